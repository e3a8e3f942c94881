// One trunk of several servers, found by DNS and called on real sockets: the next one takes over
// within the trunk, and each has a state of its own. RFC 3263 s.4.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { TrunkOptions } from '../../../../sip/index.ts';
import type { Dns } from '../../../../sip/transport/dns.ts';
import { header } from '../../../support/phone/message.ts';
import { until } from '../../../support/until.ts';
import { answers, openCarrier, reply, silent } from '../support/carrier.ts';
import type { Carrier, Conduct } from '../support/carrier.ts';
import { trunkOptions } from '../support/options.ts';
import { Notes, openWorld, request, TO_TRUNK } from '../support/world.ts';

const PING = { intervalMs: 250, failuresToDown: 2, successesToUp: 2 };

class TrunkNotes extends Notes {
  readonly trunks: string[] = [];

  trunkChosen(trunk: string): void {
    this.trunks.push(trunk);
  }
}

/** SRV records of carrier.example for these carriers, in this order; nothing else exists. */
function dnsOf(carriers: readonly Carrier[]): Dns {
  const answer = <T>(records: readonly T[]) => Promise.resolve({ records, ttlMs: 0 });
  return {
    naptr: () => answer([]),
    srv: (name) =>
      answer(
        name !== '_sip._udp.carrier.example'
          ? []
          : carriers.map(({ address: { port } }, index) => {
              return { priority: index, weight: 1, port, name: `s${index}.carrier.example` };
            }),
      ),
    addresses: (name) => answer(/^s\d\.carrier\.example$/.test(name) ? ['127.0.0.1'] : []),
  };
}

/** A world whose trunk `named` has two servers; trunk `other`, at an address, comes second. */
async function twoServers(
  t: TestContext,
  [first, second]: readonly [Conduct, Conduct],
  change: Partial<TrunkOptions> = {},
) {
  let stop = async (): Promise<void> => undefined;
  t.after(() => stop());
  const a = await openCarrier(t, { INVITE: first });
  const b = await openCarrier(t, { INVITE: second });
  const c = await openCarrier(t, { INVITE: answers });
  const named = { name: 'named', host: 'carrier.example', port: null, inviteTimeoutMs: 600 };
  const world = await openWorld(t, {
    dns: dnsOf([a, b]),
    options: {
      trunks: [
        trunkOptions({ ...named, ...change }),
        trunkOptions({ name: 'other', port: c.address.port }),
      ],
      trunkGroups: [
        {
          name: 'both',
          members: [
            { trunk: 'named', priority: 1, weight: 1 },
            { trunk: 'other', priority: 2, weight: 1 },
          ],
        },
      ],
    },
  });
  stop = () => world.sip.stop();
  const call = (trunk: string) => {
    const notes = new TrunkNotes();
    const leg = world.sip.originate(request({ target: { ...TO_TRUNK, trunk } }), notes);
    return { notes, leg };
  };
  const view = () => world.sip.trunks()[0];
  const states = () => view()?.targets.map(({ state }) => state);
  return { a, b, c, world, call, view, states };
}

test('a silent server is left for the next of the same trunk, and comes last', async (t) => {
  const { a, b, c, call, view } = await twoServers(t, [silent, answers]);
  const { notes, leg } = call('both');
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['named'], 'it is one trunk');
  const [toFirst, toSecond] = [a, b].map((carrier) => carrier.requests[0]);
  assert.ok(toFirst && toSecond);
  assert.equal(toSecond.uri, 'sip:+12125550123@carrier.example', 'the name, without maddr');
  assert.equal(header(toFirst, 'call-id'), header(toSecond, 'call-id'));
  assert.notEqual(header(toFirst, 'from'), header(toSecond, 'from'), 'another From tag');
  await call('both').notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE'), c.count('INVITE')], [1, 2, 0]);
  assert.equal(view()?.state, 'up');
  assert.equal(view()?.failures.length, 1);
  leg.hangUp('done');
});

test('503 goes on to the next server; its Retry-After rests that server alone', async (t) => {
  const full = reply(503, 'Full', [['Retry-After', '60']]);
  const { a, b, call, view, states } = await twoServers(t, [full, answers]);
  await call('named').notes.heard('answered');
  await call('named').notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [1, 2]);
  assert.equal(view()?.state, 'up');
  assert.deepEqual(states(), ['resting', 'up']);
});

test('when no server of the trunk can, the next trunk is tried; busy is busy', async (t) => {
  const { a, b, call } = await twoServers(t, [silent, reply(500, 'Out')]);
  const { notes } = call('both');
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['named', 'other']);
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [1, 1]);
  a.become({ INVITE: reply(486, 'Busy Here') });
  b.become({ INVITE: reply(486, 'Busy Here') });
  await call('both').notes.heard('failed 486');
  assert.equal(a.count('INVITE') + b.count('INVITE'), 3, 'only one of them was asked');
});

test('pings: each server has a state, and the trunk is down when all are', async (t) => {
  const { a, b, call, view, states } = await twoServers(t, [answers, answers], { ping: PING });
  await until('both to be asked', () => a.count('OPTIONS') > 1 && b.count('OPTIONS') > 1);
  a.become({ OPTIONS: silent, INVITE: answers });
  await until('one server to be down', () => states()?.[0] === 'down');
  assert.deepEqual([view()?.state, states()?.[1]], ['up', 'up']);
  assert.match(view()?.targets[0]?.reason ?? '', /^ping: 408/);
  await call('named').notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [0, 1], 'it is not even tried');
  b.become({ OPTIONS: silent, INVITE: answers });
  await until('the trunk to be down', () => view()?.state === 'down');
  a.become({ OPTIONS: reply(404, 'Not Found'), INVITE: answers });
  await until('the trunk to be up', () => view()?.state === 'up');
});

test('a name that leads nowhere: the next trunk, and one alone says so', async (t) => {
  const host = 'nowhere.example';
  const { call, view } = await twoServers(t, [answers, answers], { host });
  const { notes } = call('both');
  await notes.heard('answered');
  assert.deepEqual(notes.trunks, ['other']);
  const alone = call('named');
  await alone.notes.heard('failed 503');
  assert.equal(alone.notes.failure?.reason, 'Trunk Unavailable: no server has this name');
  assert.equal(view()?.failures.length, 2);
  const hasty = call('both');
  hasty.leg.hangUp('enough');
  await hasty.notes.heard('failed 487');
  assert.deepEqual([view()?.liveCalls, view()?.waitingCalls], [0, 0]);
});

test('without a port an address has the usual one, and any protocol is one we have', async (t) => {
  const world = await openWorld(t, {
    options: {
      trunks: [trunkOptions({ host: '127.0.0.9', port: null, protocol: 'any', ping: PING })],
    },
  });
  await until('a ping', () => world.trace.some(({ remote }) => remote === '127.0.0.9:5060'));
  assert.deepEqual(
    world.sip.trunks()[0]?.targets.map(({ protocol, port }) => [protocol, port]),
    [['udp', 5_060]],
  );
});
