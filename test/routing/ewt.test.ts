// Estimated wait by Stat Server's formula, and the running average it is made from.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averageWith, estimateWait, NO_HANDLING } from '../../routing/ewt.ts';
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
  router.submit(liveCall('c1'));
  await told();
  router.agentAnswered(lastReservation());
  clock.advance(40_000);
  clock.stepWall(3_600_000);
  router.submit(liveCall('c2'));
  router.submit(liveCall('c3'));
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
