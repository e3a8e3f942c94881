// Our registration with carriers over real sockets: SIPp that challenges and wants longer, one that
// refuses, and the trunk's state that follows from it.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TrunkOptions } from '../../../../sip/index.ts';
import { header } from '../../../support/phone/message.ts';
import { startSipp } from '../../../support/sipp.ts';
import { requireTool } from '../../../support/tools.ts';
import { until } from '../../../support/until.ts';
import { answers, openCarrier, reply } from '../support/carrier.ts';
import { trunkOptions } from '../support/options.ts';
import { Notes, openWorld, request } from '../support/world.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');
const CREDENTIALS = { username: 'ringback', password: 'secret' };

/** A world with one trunk that wants us registered for a minute. */
async function registering(
  t: TestContext,
  place: { readonly host: string; readonly port: number },
  change: Partial<TrunkOptions> = {},
) {
  const registration = { domain: null, expiresSeconds: 60 };
  const { host, port } = place;
  const trunk = trunkOptions({ host, port, credentials: CREDENTIALS, registration, ...change });
  const world = await openWorld(t, { options: { trunks: [trunk] } });
  return { world, view: () => world.sip.trunks()[0] };
}

test('registers, obeys 423, answers challenges, refreshes, and leaves at the stop', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const sipp = await startSipp({ scenario: 'registrar-of-carrier', folder: SCENARIOS });
  t.after(() => sipp.stop());
  const { world, view } = await registering(t, sipp);
  const states: string[] = [];
  world.sip.onTrunkChanged(({ state, registration }) =>
    states.push(`${state} ${registration?.state}`),
  );
  assert.equal(view()?.state, 'down', 'not before it is registered');
  await until('the registration', () => view()?.registration?.state === 'registered');
  assert.equal(view()?.state, 'up');
  // One that was answered late stands there twice.
  const sent = () => {
    const registers = world.trace.filter(
      ({ direction, startLine }) => direction === 'sent' && startLine.startsWith('REGISTER'),
    );
    return [...new Map(registers.map((message) => [message.cseq, message])).values()];
  };
  await until('the refresh', () => sent().length === 5);
  await until('its answer', () => Number(view()?.registration?.expiresAtMs) > Date.now() + 60_000);
  await world.sip.stop();
  await sipp.done;
  const texts = sent().map(({ text }) => text);
  assert.deepEqual(
    texts.map((text) => /^Expires: (\d+)/m.exec(text)?.[1]),
    ['60', '60', '120', '120', '120', '0'],
  );
  const numbers = sent().map(({ cseq }) => parseInt(cseq, 10));
  assert.ok(numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0)));
  assert.equal(new Set(sent().map(({ callId }) => callId)).size, 1);
  const { host, port } = world.address;
  assert.match(texts[0] ?? '', new RegExp(`^Contact: <sip:ringback@${host}:${port}>`, 'm'));
  assert.match(texts[0] ?? '', /^REGISTER sip:127\.0\.0\.1 SIP\/2\.0/);
  assert.deepEqual(states.slice(0, 4), [
    ...['up registered', 'up registering', 'up registered', 'down unregistering'],
  ]);
});

test('a refusal is shown, waited out, and the only trunk is tried all the same', async (t) => {
  const challenge = [
    'WWW-Authenticate',
    'Digest realm="carrier", nonce="n1", algorithm=SHA-256, qop="auth"',
  ] as const;
  const carrier = await openCarrier(t, {
    INVITE: answers,
    REGISTER: (asked, nth) => {
      const proven = header(asked.message, 'authorization') !== '';
      (proven ? reply(403, 'Forbidden') : reply(401, 'Who?', [challenge]))(asked, nth);
    },
  });
  const registration = { domain: 'example.org', expiresSeconds: 60 };
  const { world, view } = await registering(t, carrier.address, { registration });
  await until('the refusal', () => view()?.registration?.state === 'waiting');
  assert.equal(view()?.registration?.reason, '403 Forbidden');
  assert.deepEqual([view()?.state, view()?.reason], ['down', 'not registered']);
  assert.deepEqual(
    view()?.failures.map(({ what, status }) => [what, status]),
    [['registration', 403]],
  );
  assert.equal(carrier.count('REGISTER'), 2);
  const [first, second] = carrier.requests;
  assert.ok(first && second);
  assert.equal(first.uri, 'sip:example.org');
  assert.equal(header(first, 'to'), '<sip:ringback@example.org>');
  assert.match(header(second, 'authorization'), /algorithm=SHA-256/);
  const notes = new Notes();
  const leg = world.sip.originate(request(), notes);
  await notes.heard('answered');
  leg.hangUp('done');
  await until('the BYE', () => carrier.count('BYE') === 1);
});

test('a stop while an answer is under way waits for that of the removal', async (t) => {
  let answerFirst: () => void = () => undefined;
  let removed = false;
  const carrier = await openCarrier(t, {
    REGISTER: (asked, nth) => {
      if (nth === 1) answerFirst = () => reply(200, 'OK')(asked, nth);
      if (nth === 1) return;
      answerFirst();
      setTimeout(() => {
        removed = true;
        reply(200, 'OK')(asked, nth);
      }, 150);
    },
  });
  const { world } = await registering(t, carrier.address);
  await until('the first REGISTER', () => carrier.count('REGISTER') === 1);
  await world.sip.stop();
  assert.equal(removed, true);
  const [, removal] = carrier.requests;
  assert.equal(removal && header(removal, 'expires'), '0');
});

test('a stop does not wait long for the answer to the removal', async (t) => {
  const carrier = await openCarrier(t, { REGISTER: reply(200, 'OK') });
  const { world, view } = await registering(t, carrier.address);
  await until('the registration', () => view()?.registration?.state === 'registered');
  carrier.become({ REGISTER: () => undefined });
  const startedAtMs = performance.now();
  await world.sip.stop();
  assert.ok(performance.now() - startedAtMs < 15_000, 'not as long as the transaction lasts');
  assert.equal(carrier.count('REGISTER'), 2);
});
