// What a REGISTER does (RFC 3261 s.10.3), rule by rule.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Binding } from '../../../sip/index.ts';
import { contactsOf, decideRegister } from '../../../sip/apps/registrar-rules.ts';
import type { RegisterRequest } from '../../../sip/apps/registrar-rules.ts';
import { registrarOptions } from './support/options.ts';

const nowMs = Date.UTC(2026, 0, 5);
const options = registrarOptions();

function binding(change: Partial<Binding> = {}): Binding {
  return {
    username: '1001',
    contact: 'sip:1001@192.0.2.1:5070',
    callId: 'call',
    cseq: 1,
    expiresAtMs: nowMs + 100_000,
    receivedFrom: 'udp/192.0.2.1:5070',
    userAgent: null,
    ...change,
  };
}

function decide(change: Partial<RegisterRequest>, current: readonly Binding[] = []) {
  const request = {
    username: '1001',
    contact: '<sip:1001@192.0.2.1:5070>',
    expires: null,
    callId: 'call',
    cseq: 2,
    receivedFrom: 'udp/192.0.2.1:5070',
    userAgent: 'phone',
  };
  return decideRegister({ ...request, ...change }, current, options, nowMs);
}

test('RFC 3327 s.5.3: a Path is kept with the binding, and refused when it is none', () => {
  const path = '<sip:edge.example.com;lr>, <sip:inner.example.com;lr;ob>';
  assert.equal(accepted(decide({ path })).put[0]?.path, path);
  assert.equal(accepted(decide({})).put[0]?.path, null);
  const hop = '<sip:edge.example.com;lr>';
  for (const bad of ['edge', 'sip:edge.example.com', '<http://e>', Array(9).fill(hop).join(', ')]) {
    assert.equal(decide({ path: bad }).kind, 'refused', bad);
  }
});

function accepted(outcome: ReturnType<typeof decide>) {
  assert.ok(outcome.kind === 'accepted', JSON.stringify(outcome));
  return outcome;
}

function statusOf(outcome: ReturnType<typeof decide>): number {
  return outcome.kind === 'refused' ? outcome.status : 200;
}

function secondsOf(contact: string, expires: string | null): number {
  const { put } = accepted(decide({ contact, expires }));
  return ((put[0]?.expiresAtMs ?? 0) - nowMs) / 1_000;
}

test('s.10.3 step 7: the Contact parameter, then Expires, then the default; never too long', () => {
  const contact = '<sip:a@192.0.2.1>';
  assert.equal(secondsOf(`${contact};expires=120`, '600'), 120);
  assert.equal(secondsOf(contact, '600'), 600);
  assert.equal(secondsOf(contact, null), 300);
  assert.equal(secondsOf(contact, 'soon'), 300);
  assert.equal(secondsOf(contact, '999999'), 3_600);
});

test('too brief is 423 with Min-Expires; zero is not brief but a removal', () => {
  const refused = decide({ expires: '59' });
  assert.deepEqual(refused, {
    kind: 'refused',
    status: 423,
    reason: 'Interval Too Brief',
    headers: { 'Min-Expires': '60' },
  });
  assert.deepEqual(accepted(decide({ expires: '0' }, [binding()])).remove, [binding().contact]);
  assert.deepEqual(accepted(decide({ expires: '0' })), { kind: 'accepted', put: [], remove: [] });
});

test('a query changes nothing', () => {
  const outcome = accepted(decide({ contact: null }, [binding()]));
  assert.deepEqual([outcome.put, outcome.remove], [[], []]);
});

test('Contact * removes all, and only with Expires 0', () => {
  const two = [binding({ callId: 'other' }), binding({ contact: 'sip:b@h', callId: 'other' })];
  assert.equal(accepted(decide({ contact: '*', expires: '0' }, two)).remove.length, 2);
  assert.equal(statusOf(decide({ contact: '*', expires: '60' }, two)), 400);
  assert.equal(statusOf(decide({ contact: '*', expires: null }, two)), 400);
});

test('step 7: an overtaken REGISTER of the same Call-ID changes nothing', () => {
  const later = [binding({ cseq: 5 })];
  assert.equal(statusOf(decide({ cseq: 5 }, later)), 500);
  assert.equal(statusOf(decide({ cseq: 4, contact: '*', expires: '0' }, later)), 500);
  assert.equal(statusOf(decide({ cseq: 6 }, later)), 200);
  assert.equal(statusOf(decide({ cseq: 1, callId: 'after restart' }, later)), 200);
});

test('the same contact in other words replaces the old one', () => {
  const outcome = accepted(decide({ contact: '<SIP:1001@192.0.2.1:5070>' }, [binding()]));
  assert.deepEqual(outcome.remove, [binding().contact]);
  assert.equal(outcome.put.length, 1);
});

test('over the limit the binding that would expire first makes room', () => {
  const current = [1, 2, 3].map((i) =>
    binding({ contact: `sip:${i}@h`, callId: `${i}`, expiresAtMs: nowMs + i * 100_000 }),
  );
  const outcome = accepted(decide({}, current));
  assert.deepEqual(outcome.remove, ['sip:1@h']);
  const many = [1, 2, 3, 4].map((i) => `<sip:${i}@h>`).join(',');
  assert.equal(statusOf(decide({ contact: many })), 403);
});

test('what cannot be read or called is refused as a whole', () => {
  for (const contact of ['<tel:+1212>', 'nonsense', '<sip:a@h>,<sip:a@h>', '<sip:a|b@h>', '*,*']) {
    assert.equal(statusOf(decide({ contact })), 400, contact);
  }
});

test('the 200 lists every binding with the seconds left', () => {
  const text = contactsOf(
    [binding(), binding({ contact: 'sip:b@h;lr', expiresAtMs: nowMs })],
    nowMs,
  );
  assert.equal(text, '<sip:1001@192.0.2.1:5070>;expires=100, <sip:b@h;lr>;expires=1');
  assert.equal(contactsOf([], nowMs), null);
});

test('property: never more contacts than allowed, whatever comes', () => {
  const one = fc.record({ user: fc.nat(6), expires: fc.constantFrom(0, 30, 60, 600) });
  fc.assert(
    fc.property(fc.array(fc.array(one, { maxLength: 4 }), { maxLength: 12 }), (requests) => {
      let current: readonly Binding[] = [];
      for (const [index, contacts] of requests.entries()) {
        const contact = contacts.map((c) => `<sip:${c.user}@h>;expires=${c.expires}`).join(',');
        const outcome = decide({ contact, cseq: index + 10 }, current);
        if (outcome.kind === 'refused') continue;
        const put = new Set(outcome.put.map((b) => b.contact));
        const kept = current.filter((b) => !outcome.remove.includes(b.contact));
        current = [...kept.filter((b) => !put.has(b.contact)), ...outcome.put];
        assert.ok(current.length <= options.maxContactsPerUser);
      }
    }),
  );
});
