// Estimated wait by Stat Server's formula, and the running average it is made from.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageWith, estimateWait, NO_HANDLING } from '../../routing/ewt.ts';
import { hangUpsPerSecond, NO_FLOW, withLeft, withReturned } from '../../routing/flow.ts';
import { FIRST_PROMISES, windowOf, withOutcome } from '../../routing/promise.ts';
import { fits, lineKeyOf, normalized } from '../../routing/skills.ts';
import { agentNamed, liveCall, stage } from './support.ts';

const base = { averageHandleMs: 120_000, queued: 6, agentsLoggedIn: 4, agentsReady: 0 };

test('EWT = AHT * CIQU / AA', () => {
  const wait = estimateWait(base);
  assert.deepEqual(wait, {
    ewtSeconds: 180,
    reason: 'estimated',
    method: 'stat-server',
    inputs: {
      averageHandleSeconds: 120,
      interactionsAhead: 6,
      agentsServing: 4,
      departureSeconds: null,
    },
    quantiles: wait.quantiles,
  });
  assert.equal(estimateWait({ ...base, agentsReady: 2 }).ewtSeconds, 120);
});

test('nobody logged in is unknown, more ready agents than queued is no wait', () => {
  const nobody = estimateWait({ ...base, agentsLoggedIn: 0 });
  assert.deepEqual([nobody.ewtSeconds, nobody.reason], [-1, 'nobody-logged-in']);
  const free = estimateWait({ ...base, queued: 1, agentsReady: 2 });
  assert.deepEqual([free.ewtSeconds, free.reason], [0, 'agent-free']);
});

test('the average is 90 s at first, exact for 32 interactions, then leans to the new ones', () => {
  assert.equal(NO_HANDLING.averageMs, 90_000);
  let average = NO_HANDLING;
  for (let n = 1; n <= 32; n += 1) average = averageWith(average, n * 1000);
  assert.ok(Math.abs(average.averageMs - 16_500) < 1e-6);
  for (let n = 0; n < 32; n += 1) average = averageWith(average, 60_000);
  assert.ok(average.averageMs > 16_500 + (1 - 1 / Math.E) * 43_500);
});

test('a queue tells the wait with the handle times it has seen', async () => {
  const { router, clock, staff, told, lastReservation } = stage({ agents: [agentNamed('ann')] });
  assert.equal(router.queue('sales')?.estimatedWait.ewtSeconds, -1);
  staff('ann');
  router.submit(liveCall('c1', { arrivedAtMs: clock.nowMs() }));
  await told();
  router.agentAnswered(lastReservation());
  clock.advance(40_000);
  clock.stepWall(3_600_000);
  router.submit(liveCall('c2', { arrivedAtMs: clock.nowMs() }));
  router.submit(liveCall('c3', { arrivedAtMs: clock.nowMs() }));
  assert.equal(router.queue('sales')?.estimatedWait.ewtSeconds, 180);
  router.interactionEnded('c1');
  const wait = router.queue('sales')?.estimatedWait;
  assert.equal(wait?.ewtSeconds, 40);
  assert.deepEqual(wait?.inputs, {
    averageHandleSeconds: 40,
    interactionsAhead: 1,
    agentsServing: 1,
    departureSeconds: null,
  });
  assert.deepEqual(router.estimateNext('sales'), wait);
  assert.equal(router.estimateNext('unknown'), null);
});

test('skills: every requirement at its level; a name inherited by all objects is no skill', () => {
  const needs = [
    { skill: 'a', minLevel: 2 },
    { skill: 'b', minLevel: 1 },
  ];
  assert.equal(fits({ a: 2, b: 9 }, needs), true);
  assert.equal(fits({ a: 1, b: 9 }, needs), false);
  assert.equal(fits({ a: 3 }, needs), false);
  assert.equal(fits({}, []), true);
  assert.equal(fits({}, [{ skill: 'constructor', minLevel: 0 }]), false);
});

test('skills: equal needs stand in one line, whatever their order and repeats', () => {
  const one = normalized([
    { skill: 'b', minLevel: 1 },
    { skill: 'a', minLevel: 2 },
    { skill: 'b', minLevel: 4 },
  ]);
  const other = normalized([
    { skill: 'a', minLevel: 2 },
    { skill: 'b', minLevel: 4 },
  ]);
  assert.deepEqual(one, other);
  assert.equal(lineKeyOf(one), lineKeyOf(other));
  assert.notEqual(lineKeyOf(one), lineKeyOf(normalized([{ skill: 'a', minLevel: 2 }])));
  assert.equal(lineKeyOf([]), '');
});

test('who hangs up ahead shortens the wait, who comes back lengthens it, within bounds', () => {
  const wait = (perSecond: number, queued = 20): number =>
    estimateWait({
      ...{ averageHandleMs: 180_000, queued, agentsLoggedIn: 10, agentsReady: 0 },
      hangUpsPerSecond: perSecond,
    }).ewtSeconds;
  assert.equal(wait(0), 360);
  // Ten minutes of patience: the queue ahead empties by itself as well.
  assert.ok(Math.abs(wait(1 / 600) - 600 * Math.log(1.6)) < 1e-9);
  let before = Infinity;
  for (const perSecond of [-1, -0.01, -0.001, 0, 0.001, 0.01, 1]) {
    const now = wait(perSecond);
    assert.ok(now > 0 && now < 360 * 2.1 && now <= before, `${perSecond}: ${now}`);
    before = now;
  }
});

test('hang-ups are learned from who leaves, and taken back by who returns', () => {
  let flow = NO_FLOW;
  assert.equal(hangUpsPerSecond(flow), 0);
  for (let n = 0; n < 2_000; n += 1) flow = withLeft(flow, 200_000, n % 3 === 0);
  // A third of them after 200 s each: one in 600 s.
  assert.ok(Math.abs(hangUpsPerSecond(flow) * 600 - 1) < 0.15, String(hangUpsPerSecond(flow)));
  for (let n = 0; n < 100; n += 1) flow = withReturned(flow);
  assert.ok(hangUpsPerSecond(flow) < 0);
});

test('a window is stretched while promises are broken, and only then', () => {
  let promises = FIRST_PROMISES;
  const width = (): number => {
    const window = windowOf(promises, 600);
    return window === null ? 0 : window.toSeconds - window.fromSeconds;
  };
  const first = width();
  for (let n = 0; n < 5; n += 1) {
    promises = withOutcome(promises, { fromSeconds: 1, toSeconds: 2 }, 3);
  }
  assert.ok(width() > 1.3 * first);
  for (let n = 0; n < 200; n += 1) {
    promises = withOutcome(promises, { fromSeconds: 1, toSeconds: 2 }, 1);
  }
  assert.equal(width(), first);
});
