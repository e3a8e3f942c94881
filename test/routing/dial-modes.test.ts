// The two ways to time the dial, on a virtual clock: pre-emptive agent reservation, and dialing
// notification.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentNamed, callback, liveCall, notifiedCallback, queueNamed, stage } from './support.ts';
import type { Stage } from './support.ts';

const ONE_AGENT = { agents: [agentNamed('ann')] };

/** Puts the only agent into a conversation. */
async function occupy(s: Stage, interactionId = 'busy'): Promise<void> {
  s.staff('ann');
  s.router.submit(liveCall(interactionId, { arrivedAtMs: -1 }));
  await s.told();
  s.router.agentAnswered(s.lastReservation());
}

test('reservation: an agent is held, the customer dialled, then the agent rung', async () => {
  const { router, clock, staff, told, lastReservation } = stage(ONE_AGENT);
  staff('ann');
  router.submit(callback('k1'));
  assert.deepEqual(await told(), ['agent-reserved k1 ann']);
  assert.deepEqual([router.entry('k1')?.state, router.entry('k1')?.position], ['dialling', 0]);
  clock.advance(15_000);
  router.customerPresent('k1');
  assert.deepEqual(await told(), []);
  assert.equal(router.entry('k1')?.state, 'assigned');
  router.agentAnswered(lastReservation());
  assert.equal(router.agent('ann')?.state, 'talking');
  assert.equal(clock.pendingCount, 0);
});

test('reservation: a customer not reached frees the agent at once for the next', async () => {
  const { router, staff, told } = stage(ONE_AGENT);
  staff('ann');
  router.submit(callback('k1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  await told();
  router.customerNotReached('k1');
  assert.deepEqual(await told(), ['agent-assigned c2 ann']);
  assert.equal(router.entry('k1'), null);
  router.submit(callback('k1', { arrivedAtMs: 1 }));
  assert.equal(router.entry('k1')?.state, 'waiting');
});

test('reservation: held too long, the agent is freed and the answer keeps the place', async () => {
  const { router, clock, staff, told } = stage(ONE_AGENT);
  staff('ann');
  router.submit(callback('k1', { arrivedAtMs: 1 }));
  await told();
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  router.submit(liveCall('c3', { arrivedAtMs: 3 }));
  clock.advance(60_000);
  assert.deepEqual(await told(), ['reservation-lost k1 timeout', 'agent-assigned c2 ann']);
  assert.deepEqual([router.entry('k1')?.state, router.entry('k1')?.position], ['dialling', 1]);
  router.customerPresent('k1');
  router.withdraw('c2', 'abandoned');
  assert.deepEqual(await told(), ['agent-assigned k1 ann']);
});

test('reservation, agent first: the agent answers before the customer is reached', async () => {
  const { router, staff, told, lastReservation } = stage(ONE_AGENT);
  staff('ann');
  router.submit(callback('k1'));
  await told();
  router.agentAnswered(lastReservation());
  assert.equal(router.agent('ann')?.state, 'talking');
  router.customerNotReached('k1');
  assert.equal(router.agent('ann')?.state, 'ready');
  router.submit(callback('k2'));
  await told();
  router.agentNotAnswered(lastReservation(), 'rejected');
  assert.equal(router.entry('k2')?.state, 'waiting');
  assert.equal(router.agent('ann')?.notReadyReason, 'rona');
});

test('notification: one customer is dialled for a free agent, who stays ready', async () => {
  const { router, staff, told } = stage(ONE_AGENT);
  staff('ann');
  router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  assert.deepEqual(await told(), ['dial-notified k1']);
  assert.equal(router.agent('ann')?.state, 'ready');
  assert.equal(router.entry('k1')?.state, 'dialling');
  router.customerPresent('k1');
  assert.deepEqual(await told(), ['agent-assigned k1 ann']);
});

test('notification: a customer not reached lets the next be dialled', async () => {
  const { router, staff, told } = stage(ONE_AGENT);
  staff('ann');
  router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  await told();
  router.customerNotReached('k1');
  assert.deepEqual(await told(), ['dial-notified k2']);
});

test('notification: the last free agent is kept for a callback ahead of a caller', async () => {
  const { router, told, staff, lastReservation } = stage(ONE_AGENT);
  staff('ann');
  router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  assert.deepEqual(await told(), ['dial-notified k1', 'agent-reserved k1 ann']);
  assert.equal(router.entry('c2')?.position, 1);
  router.customerPresent('k1');
  router.agentAnswered(lastReservation());
  router.interactionEnded('k1');
  assert.deepEqual(await told(), ['agent-assigned c2 ann']);
});

test('notification: an agent kept in vain takes the live caller', async () => {
  const { router, told, staff } = stage(ONE_AGENT);
  staff('ann');
  router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  await told();
  router.customerNotReached('k1');
  assert.deepEqual(await told(), ['agent-assigned c2 ann']);
});

test('notification: a live caller with the better claim, or another agent, is served', async () => {
  const { router, told, staff } = stage({});
  staff('ann', 'bob');
  router.submit(notifiedCallback('k1', { arrivedAtMs: 5 }));
  router.submit(liveCall('behind', { arrivedAtMs: 6 }));
  router.submit(liveCall('ahead', { arrivedAtMs: 4 }));
  assert.deepEqual(await told(), [
    'dial-notified k1',
    'agent-assigned behind ann',
    'agent-assigned ahead bob',
  ]);
});

test('notification: a telephone that has rung for long keeps nobody', async () => {
  const s = stage(ONE_AGENT);
  s.staff('ann');
  s.router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  s.clock.advance(40_000);
  s.router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  assert.deepEqual(await s.told(), ['dial-notified k1', 'agent-assigned c2 ann']);
});

test('notification: nobody is kept for a ringing one while a customer waits', async () => {
  const s = stage({ ...ONE_AGENT, queues: [queueNamed('sales', { wrapUpSeconds: 1 })] });
  await occupy(s);
  s.router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  s.router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  s.router.interactionEnded('busy');
  assert.deepEqual(await s.told(), ['dial-notified k1']);
  // Told by its owner without having been notified: on the line all the same.
  s.router.customerPresent('k2');
  s.clock.advance(1_000);
  assert.deepEqual(await s.told(), ['agent-assigned k2 ann']);
});

test('notification: the dial goes out when wrap-up ends while a telephone rings', async () => {
  const s = stage({ ...ONE_AGENT, queues: [queueNamed('sales', { wrapUpSeconds: 60 })] });
  await occupy(s);
  s.router.submit(notifiedCallback('k1'));
  s.router.interactionEnded('busy');
  s.clock.advance(49_000);
  assert.deepEqual(await s.told(), []);
  s.clock.advance(9_000);
  assert.deepEqual(await s.told(), ['dial-notified k1']);
});

test('notification: the end of one conversation is not foreseen', async () => {
  const s = stage(ONE_AGENT);
  await occupy(s);
  s.router.submit(notifiedCallback('k1'));
  s.clock.advance(200_000);
  assert.deepEqual(await s.told(), []);
  s.router.interactionEnded('busy');
  assert.deepEqual(await s.told(), ['dial-notified k1']);
});

test('notification: of ninety conversations some will end while a telephone rings', async () => {
  const agents = Array.from({ length: 90 }, (_, n) => agentNamed(`a${n}`));
  const s = stage({ agents });
  for (const { agentId } of agents) {
    s.staff(agentId);
    s.router.submit(liveCall(`busy-${agentId}`));
    await s.told();
    s.router.agentAnswered(s.lastReservation());
  }
  s.clock.advance(600_000);
  for (const n of [1, 2, 3, 4, 5]) {
    s.router.submit(notifiedCallback(`k${n}`, { arrivedAtMs: n }));
  }
  const dialled = await s.told();
  assert.equal(dialled[0], 'dial-notified k1');
  assert.ok(dialled.length < 5, 'as many as agents are expected for, not more');
});

test('notification: wrap-up about to end counts, unless a break was asked for', async () => {
  const s = stage({
    ...ONE_AGENT,
    queues: [queueNamed('sales', { wrapUpSeconds: 60 })],
    pacing: { predictWithinSeconds: 20 },
  });
  await occupy(s);
  s.router.interactionEnded('busy');
  s.router.submit(notifiedCallback('k1'));
  s.clock.advance(30_000);
  s.router.notReady('ann', 'lunch');
  s.clock.advance(20_000);
  assert.deepEqual(await s.told(), []);
  s.router.ready('ann');
  assert.deepEqual(await s.told(), ['dial-notified k1']);
});

test('notification: callers ahead in the order have the better claim', async () => {
  const s = stage({ ...ONE_AGENT, queues: [queueNamed('sales', { wrapUpSeconds: 2 })] });
  await occupy(s);
  s.router.submit(liveCall('ahead', { arrivedAtMs: 1 }));
  s.router.interactionEnded('busy');
  s.router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  s.router.submit(liveCall('behind', { arrivedAtMs: 3 }));
  assert.deepEqual(await s.told(), []);
  s.router.withdraw('ahead', 'abandoned');
  assert.deepEqual(await s.told(), ['dial-notified k2']);
});

test('notification: an agent of two queues is not promised twice', async () => {
  const skills = { a: 1, b: 1 };
  const s = stage({
    agents: [agentNamed('ann', skills), agentNamed('bea', { b: 1 })],
    queues: [
      queueNamed('qa', { requiredSkills: [{ skill: 'a', minLevel: 1 }] }),
      queueNamed('qb', { requiredSkills: [{ skill: 'b', minLevel: 1 }] }),
    ],
  });
  s.staff('ann');
  s.router.submit(notifiedCallback('b1', { queueId: 'qb', arrivedAtMs: 1 }));
  s.router.submit(notifiedCallback('a1', { queueId: 'qa', arrivedAtMs: 2 }));
  assert.deepEqual(await s.told(), ['dial-notified b1']);
  s.staff('bea');
  assert.deepEqual(await s.told(), ['dial-notified a1']);
});

test('notification: skills of the callback itself decide who may be expected for it', async () => {
  const s = stage({ agents: [agentNamed('ann'), agentNamed('deb', { german: 5 })] });
  const german = [{ skill: 'german', minLevel: 3 }];
  s.router.submit(notifiedCallback('g1', { arrivedAtMs: 1, requiredSkills: german }));
  s.router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  s.staff('ann');
  assert.deepEqual(await s.told(), ['dial-notified k2']);
  s.staff('deb');
  assert.deepEqual(await s.told(), ['dial-notified g1']);
});

test('notification: silence about a dial stops blocking, a late answer counts', async () => {
  const s = stage({ ...ONE_AGENT, pacing: { notificationTimeoutSeconds: 100 } });
  s.staff('ann');
  s.router.submit(notifiedCallback('k1', { arrivedAtMs: 1 }));
  s.router.submit(notifiedCallback('k2', { arrivedAtMs: 2 }));
  await s.told();
  s.clock.advance(100_000);
  assert.deepEqual(await s.told(), ['dial-notified k2']);
  assert.deepEqual([s.router.entry('k1')?.state, s.router.entry('k1')?.position], ['dialling', 1]);
  s.router.customerPresent('k1');
  assert.deepEqual(await s.told(), ['agent-assigned k1 ann']);
});

test('one order: who is to be notified is passed over, not who is to be reserved', async () => {
  const s = stage({ ...ONE_AGENT, pacing: { predictWithinSeconds: 0 } });
  await occupy(s);
  s.router.submit(notifiedCallback('n1', { arrivedAtMs: 1 }));
  s.router.submit(callback('r2', { arrivedAtMs: 2 }));
  s.router.submit(liveCall('c3', { arrivedAtMs: 3 }));
  s.router.interactionEnded('busy');
  assert.deepEqual(await s.told(), ['agent-reserved r2 ann']);
  assert.deepEqual([s.router.entry('n1')?.position, s.router.entry('c3')?.position], [1, 2]);
});
