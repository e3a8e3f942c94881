// Pings and limits over real sockets: a carrier that dies and comes back, one that is full.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrunkLimits, TrunkOptions } from '../../../../sip/index.ts';
import { startSipp } from '../../../support/sipp.ts';
import { requireTool } from '../../../support/tools.ts';
import { until } from '../../../support/until.ts';
import { answers, openCarrier, reply, silent } from '../support/carrier.ts';
import type { Carrier } from '../support/carrier.ts';
import { trunkOptions } from '../support/options.ts';
import { Notes, openWorld, request, TO_TRUNK } from '../support/world.ts';
import type { World } from '../support/world.ts';

const SCENARIOS = join(import.meta.dirname, '../scenarios');
/** An answer must come within an interval: one that a busy machine keeps, too. */
const PING = { intervalMs: 250, failuresToDown: 2, successesToUp: 2 };

const ONE_CALL: TrunkLimits = { callsPerSecond: null, maxCalls: 1, maxWaitMs: 150 };

/** A world with one carrier behind trunk `a`, which is alone in a group with an idle `b`. */
async function oneTrunk(t: TestContext, change: Partial<TrunkOptions>) {
  let stop = async (): Promise<void> => undefined;
  t.after(() => stop());
  const [a, b] = await Promise.all([openCarrier(t, { INVITE: answers }), openCarrier(t, {})]);
  b.become({ INVITE: answers });
  const place = ({ address: { port } }: Carrier) => ({ port });
  const member = (trunk: string, priority: number) => ({ trunk, priority, weight: 1 });
  const world = await openWorld(t, {
    options: {
      trunks: [
        trunkOptions({ name: 'a', ...place(a), ...change }),
        trunkOptions({ name: 'b', ...place(b) }),
      ],
      trunkGroups: [{ name: 'both', members: [member('a', 1), member('b', 2)] }],
    },
  });
  stop = () => world.sip.stop();
  const call = (trunk: string | null) => {
    const notes = new Notes();
    const target = { ...TO_TRUNK, trunk };
    return { notes, leg: world.sip.originate(request({ target }), notes) };
  };
  return { a, b, world, call, view: () => world.sip.trunks()[0] };
}

test('unanswered pings take a trunk out, answered ones take it in again', async (t) => {
  const { a, b, world, call, view } = await oneTrunk(t, { ping: PING });
  const heard: string[] = [];
  world.sip.onTrunkChanged(({ state, reason }) => heard.push(`${state}: ${reason}`));
  await until('pings', () => a.count('OPTIONS') >= 3);
  assert.equal(view()?.state, 'up');
  a.become({ OPTIONS: silent, INVITE: answers });
  await until('the trunk to be down', () => view()?.state === 'down');
  assert.equal(view()?.failures[0]?.what, 'ping');
  await call('both').notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [0, 1], 'it is passed over');
  await call('a').notes.heard('answered');
  assert.equal(a.count('INVITE'), 1, 'alone it is tried all the same');
  // Whatever it says, it lives.
  a.become({ OPTIONS: reply(404, 'Not Found'), INVITE: answers });
  await until('the trunk to be up', () => view()?.state === 'up');
  assert.deepEqual(heard, ['down: ping: 408 no answer', 'up: null']);
});

test('a ping refused with Retry-After is a pause; a disabled trunk is not asked', async (t) => {
  const { a, world, call, view } = await oneTrunk(t, { ping: PING });
  a.become({ OPTIONS: reply(503, 'Full', [['Retry-After', '60']]), INVITE: answers });
  await until('the trunk to rest', () => view()?.state === 'resting');
  assert.ok(Number(view()?.restsUntilMs) > Date.now() + 50_000);
  const { notes } = call('a');
  await notes.heard('failed 503');
  assert.equal(notes.failure?.reason, 'No Trunk Available');
  world.sip.setTrunkEnabled('a', false);
  const asked = a.count('OPTIONS');
  const since = performance.now();
  await until('some intervals', () => performance.now() - since > 4 * PING.intervalMs);
  assert.ok(a.count('OPTIONS') <= asked + 1);
});

test('what is switched off stays off over a restart, until it is switched on', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-trunks-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const switches = join(folder, 'off.json');
  const options = { trunks: [trunkOptions({ name: 'a' }), trunkOptions({ name: 'b' })] };
  const states = ({ sip }: World) => sip.trunks().map(({ state }) => state);
  const first = await openWorld(t, { options, switches });
  first.sip.setTrunkEnabled('b', false);
  await first.sip.stop();
  const second = await openWorld(t, { options, switches });
  assert.deepEqual(states(second), ['up', 'disabled']);
  second.sip.setTrunkEnabled('b', true);
  await until('the file to say so', () => readFileSync(switches, 'utf8') === '[]');
  const renamed = await openWorld(t, {
    options: { trunks: [trunkOptions({ name: 'c' })] },
    switches,
  });
  assert.deepEqual(states(renamed), ['up']);
});

test('other settings while calls live: the rest keeps its state, calls go on', async (t) => {
  const { a, b, world, call } = await oneTrunk(t, { limits: ONE_CALL });
  const first = call('a');
  await first.notes.heard('answered');
  world.sip.setTrunkEnabled('b', false);
  const moved = trunkOptions({ name: 'a', port: b.address.port, limits: ONE_CALL });
  const same = trunkOptions({ name: 'b', port: b.address.port });
  assert.throws(() => world.sip.setTrunks([moved, moved], []), { code: 'SIP_TRUNK_INVALID' });
  world.sip.setTrunks([moved, same], []);
  assert.deepEqual(
    world.sip.trunks().map(({ state, liveCalls }) => [state, liveCalls]),
    [
      ['up', 0],
      ['disabled', 0],
    ],
  );
  const second = call('a');
  await second.notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [1, 1]);
  first.leg.hangUp('done');
  await first.notes.heard('ended us');
  assert.equal(world.sip.trunks()[0]?.liveCalls, 1, 'the turn was another trunk’s');
  world.sip.setTrunks([same], []);
  await call('a').notes.heard('failed 404');
  second.leg.hangUp('done');
  await second.notes.heard('ended us');
});

test('SIPp answers a ping; its 503 with Retry-After makes the trunk rest', async (t) => {
  if (!requireTool(t, 'sipp')) return;
  const run = (scenario: string) => startSipp({ scenario, folder: SCENARIOS });
  const [alive, full] = await Promise.all([run('carrier-options'), run('carrier-503-retry-after')]);
  t.after(() => Promise.all([alive.stop(), full.stop()]));
  const ping = { ...PING, intervalMs: 1_000 };
  const trunks = [
    trunkOptions({ name: 'full', port: full.port }),
    trunkOptions({ name: 'alive', port: alive.port, ping }),
  ];
  const world = await openWorld(t, { options: { trunks } });
  const notes = new Notes();
  world.sip.originate(request(), notes);
  await notes.heard('failed 503');
  assert.equal(notes.failure?.retryAfterSeconds, 60);
  await Promise.all([alive.done, full.done]);
  assert.equal(world.sip.trunks()[0]?.state, 'resting');
});

function limited(limits: Partial<TrunkLimits>): Partial<TrunkOptions> {
  return { limits: { callsPerSecond: null, maxCalls: null, maxWaitMs: 800, ...limits } };
}

test('calls at once: one waits, then goes elsewhere, or is told why not', async (t) => {
  const { a, b, call, view } = await oneTrunk(t, limited({ maxCalls: 1 }));
  const first = call('both');
  await first.notes.heard('answered');
  const second = call('both');
  assert.equal(view()?.waitingCalls, 1);
  const third = call('a');
  await second.notes.heard('answered');
  assert.deepEqual([a.count('INVITE'), b.count('INVITE')], [1, 1]);
  await third.notes.heard('failed 503');
  assert.equal(third.notes.failure?.reason, 'Trunk Unavailable: calls at once');
  const fourth = call('both');
  first.leg.hangUp('done');
  await fourth.notes.heard('answered');
  assert.equal(a.count('INVITE'), 2, 'the turn was passed on');
  const fifth = call('both');
  fifth.leg.hangUp('enough');
  await fifth.notes.heard('failed 487');
  assert.deepEqual([view()?.liveCalls, view()?.waitingCalls], [1, 0]);
});

test('who waits for a trunk is sent on when it is switched off', async (t) => {
  const { world, call } = await oneTrunk(t, limited({ maxCalls: 1, maxWaitMs: 8_000 }));
  await call('a').notes.heard('answered');
  const waiting = call('a');
  world.sip.setTrunkEnabled('a', false);
  await waiting.notes.heard('failed 503');
  assert.equal(waiting.notes.failure?.reason, 'Trunk Unavailable: disabled by an operator');
});

test('a call of which nothing is heard counts as an unanswered ping', async (t) => {
  const ping = { intervalMs: 60_000, failuresToDown: 1, successesToUp: 1 };
  const { call, view } = await oneTrunk(t, { ping, protocol: 'tcp' });
  await call('both').notes.heard('answered');
  assert.equal(view()?.state, 'down');
  assert.match(view()?.reason ?? '', /^call: 503/);
});

test('calls per second: the excess goes later, in order', async (t) => {
  const { world, call, view } = await oneTrunk(t, limited({ callsPerSecond: 4, maxWaitMs: 3_000 }));
  const calls = Array.from({ length: 6 }, () => call('a'));
  await Promise.all(calls.map(({ notes }) => notes.heard('answered')));
  const traced = world.trace.filter(
    ({ direction, startLine }) => direction === 'sent' && startLine.startsWith('INVITE'),
  );
  // The first copy of each: an INVITE that was answered late is sent twice.
  const invites = traced.filter(({ callId }, index) => {
    return traced.findIndex((other) => other.callId === callId) === index;
  });
  assert.deepEqual(
    invites.map(({ callId }) => callId),
    calls.map(({ leg }) => leg.callId),
  );
  const atMs = invites.map((invite) => invite.atMs - (invites[0]?.atMs ?? 0));
  assert.ok((atMs[4] ?? 0) >= 200 && (atMs[5] ?? 0) >= 450, `a burst, then: ${atMs.join(', ')}`);
  assert.deepEqual([view()?.callsTotal, view()?.callsPerSecond], [6, 0.6]);
});
