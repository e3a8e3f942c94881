// The router as its owners see it: live calls, reservations, RONA, skills, refusals.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingbackError } from '../../core/errors.ts';
import { agentNamed, callback, liveCall, queueNamed, stage } from './support.ts';

function withCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof RingbackError && error.code === code;
}

test('the agent idle the longest gets a new caller', async () => {
  const { router, staff, told } = stage({});
  staff('bob', 'ann');
  router.submit(liveCall('c1'));
  router.submit(liveCall('c2'));
  router.submit(liveCall('c3'));
  assert.deepEqual(await told(), ['agent-assigned c1 bob', 'agent-assigned c2 ann']);
  assert.equal(router.entry('c3')?.position, 1);
  assert.equal(router.entry('c1')?.state, 'assigned');
  assert.equal(router.entry('c1')?.position, 0);
});

test('a ready agent takes priority first, then arrival, then order of submit', async () => {
  const { router, staff, told, lastReservation } = stage({ agents: [agentNamed('ann')] });
  router.submit(liveCall('later', { arrivedAtMs: 20 }));
  router.submit(liveCall('early', { arrivedAtMs: 10 }));
  router.submit(liveCall('twin', { arrivedAtMs: 10 }));
  router.submit(callback('vip', { arrivedAtMs: 99, priority: 5 }));
  assert.deepEqual(
    router.queue('sales')?.entries.map(({ interactionId, position }) => [interactionId, position]),
    [
      ['vip', 1],
      ['early', 2],
      ['twin', 3],
      ['later', 4],
    ],
  );
  staff('ann');
  const order: string[] = [];
  for (let served = 0; served < 4; served += 1) {
    order.push(...(await told()));
    router.agentAnswered(lastReservation());
    router.interactionEnded(order.at(-1)?.split(' ')[1] ?? '');
  }
  assert.deepEqual(order, [
    'agent-reserved vip ann',
    'agent-assigned early ann',
    'agent-assigned twin ann',
    'agent-assigned later ann',
  ]);
  assert.equal(router.agent('ann')?.state, 'ready');
});

test('a call runs: reserved, talking, wrap-up, ready', async () => {
  const { router, clock, staff, told, lastReservation } = stage({
    queues: [queueNamed('sales', { wrapUpSeconds: 30 })],
  });
  staff('ann');
  router.submit(liveCall('c1'));
  await told();
  assert.equal(router.agent('ann')?.state, 'reserved');
  clock.advance(5000);
  router.agentAnswered(lastReservation());
  assert.equal(router.agent('ann')?.state, 'talking');
  assert.equal(router.agent('ann')?.interactionId, 'c1');
  clock.advance(60_000);
  router.interactionEnded('c1');
  assert.equal(router.agent('ann')?.state, 'wrap-up');
  assert.equal(router.agent('ann')?.reservationId, null);
  assert.equal(router.entry('c1'), null);
  clock.advance(29_999);
  assert.equal(router.agent('ann')?.state, 'wrap-up');
  clock.advance(1);
  assert.equal(router.agent('ann')?.state, 'ready');
  assert.equal(clock.pendingCount, 0);
  const wait = router.queue('sales')?.estimatedWait;
  assert.equal(wait?.inputs.averageHandleSeconds, 90);
  assert.equal(wait?.reason, 'agent-free');
  const { agentsReady } = router.queue('sales') ?? {};
  const alone = router.queueWait('sales');
  assert.deepEqual([alone?.estimatedWait, alone?.agentsReady], [wait, agentsReady]);
  assert.equal(router.queueWait('nowhere'), null);
});

test('RONA: the agent becomes not-ready, the caller keeps the place', async () => {
  const { router, staff, told, lastReservation } = stage({});
  staff('ann');
  router.submit(liveCall('c1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  await told();
  router.agentNotAnswered(lastReservation(), 'no-answer');
  assert.equal(router.agent('ann')?.state, 'not-ready');
  assert.equal(router.agent('ann')?.notReadyReason, 'rona');
  assert.deepEqual([router.entry('c1')?.state, router.entry('c1')?.position], ['present', 1]);
  staff('bob');
  assert.deepEqual(await told(), ['agent-assigned c1 bob']);
});

test('a phone that is never reported on is a RONA after the ring time and its grace', async () => {
  const { router, clock, staff, told, lastReservation } = stage({});
  staff('ann');
  router.submit(liveCall('c1'));
  await told();
  const reservationId = lastReservation();
  clock.advance(21_999);
  assert.deepEqual(await told(), []);
  assert.ok(router.isHeld(reservationId));
  clock.advance(1);
  assert.ok(!router.isHeld(reservationId));
  assert.deepEqual(await told(), ['reservation-lost c1 timeout']);
  assert.equal(router.agent('ann')?.notReadyReason, 'rona');
  assert.equal(router.entry('c1')?.state, 'present');
});

test('a reserved agent who logs out loses the caller to the next, at the same place', async () => {
  const { router, staff, told, lastReservation } = stage({});
  staff('ann');
  router.submit(liveCall('c1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  await told();
  const lost = lastReservation();
  router.logout('ann');
  staff('bob');
  assert.deepEqual(await told(), ['reservation-lost c1 agent-logged-out', 'agent-assigned c1 bob']);
  router.agentAnswered(lost);
  assert.equal(router.agent('bob')?.state, 'reserved');
  assert.equal(router.agent('ann')?.state, 'logged-out');
});

test('not-ready waits for the end of wrap-up; ready ends wrap-up early', async () => {
  const { router, clock, staff, told, lastReservation } = stage({
    queues: [queueNamed('sales', { wrapUpSeconds: 30 })],
    agents: [agentNamed('ann')],
  });
  staff('ann');
  router.submit(liveCall('c1'));
  await told();
  router.agentAnswered(lastReservation());
  const talkingSinceMs = clock.nowMs();
  clock.advance(10_000);
  router.notReady('ann', 'lunch');
  assert.equal(router.agent('ann')?.state, 'talking');
  assert.equal(router.agent('ann')?.sinceMs, talkingSinceMs);
  router.interactionEnded('c1');
  clock.advance(30_000);
  assert.equal(router.agent('ann')?.notReadyReason, 'lunch');
  router.ready('ann');
  router.submit(liveCall('c2'));
  await told();
  router.agentAnswered(lastReservation());
  router.interactionEnded('c2');
  assert.equal(router.agent('ann')?.state, 'wrap-up');
  router.ready('ann');
  assert.equal(router.agent('ann')?.state, 'ready');
  assert.equal(clock.pendingCount, 0);
});

test('skills: an agent takes the first one in the order who fits, over all queues', async () => {
  const { router, staff, told, lastReservation } = stage({
    queues: [
      queueNamed('sales', { requiredSkills: [{ skill: 'sales', minLevel: 5 }] }),
      queueNamed('help', { requiredSkills: [{ skill: 'help', minLevel: 1 }] }),
    ],
    agents: [agentNamed('ann', { sales: 7, help: 1 }), agentNamed('bob', { sales: 4, help: 9 })],
  });
  const german = [{ skill: 'german', minLevel: 1 }];
  router.submit(liveCall('sales-1', { arrivedAtMs: 1 }));
  router.submit(
    liveCall('help-german', { queueId: 'help', arrivedAtMs: 2, requiredSkills: german }),
  );
  router.submit(liveCall('help-3', { queueId: 'help', arrivedAtMs: 3 }));
  staff('bob');
  assert.deepEqual(await told(), ['agent-assigned help-3 bob']);
  staff('ann');
  assert.deepEqual(await told(), ['agent-assigned sales-1 ann']);
  router.withdraw('sales-1', 'abandoned');
  assert.equal(router.agent('ann')?.state, 'ready');
  assert.deepEqual(await told(), []);
  router.putAgent(agentNamed('ann', { help: 1, german: 3 }));
  assert.deepEqual(await told(), ['agent-assigned help-german ann']);
  router.agentAnswered(lastReservation());
  assert.equal(router.agent('ann')?.state, 'talking');
});

test('the wrong queue, too many and impossible entries are refused', () => {
  const { router } = stage({ pacing: { maxWaiting: 2 } });
  assert.throws(
    () => router.submit(liveCall('x', { queueId: 'nope' })),
    withCode('ROUTING_QUEUE_UNKNOWN'),
  );
  assert.throws(
    () => router.submit(liveCall('x', { priority: NaN })),
    withCode('ROUTING_ENTRY_INVALID'),
  );
  router.submit(liveCall('a'));
  router.submit(liveCall('b'));
  router.submit(liveCall('b', { priority: 9 }));
  assert.throws(() => router.submit(liveCall('c')), withCode('ROUTING_QUEUE_FULL'));
  assert.equal(router.entry('b')?.priority, 0);
  assert.equal(router.entry('c'), null);
});

test('what an agent may not do now is refused, what is unknown is ignored or named', async () => {
  const { router, staff, told, lastReservation } = stage({});
  assert.throws(() => router.login('zoe'), withCode('ROUTING_AGENT_UNKNOWN'));
  assert.throws(() => router.ready('ann'), withCode('ROUTING_AGENT_STATE'));
  assert.throws(() => router.notReady('ann', 'x'), withCode('ROUTING_AGENT_STATE'));
  staff('ann');
  router.submit(liveCall('c1'));
  await told();
  assert.throws(() => router.removeAgent('ann'), withCode('ROUTING_AGENT_BUSY'));
  router.agentAnswered(lastReservation());
  assert.throws(() => router.logout('ann'), withCode('ROUTING_AGENT_STATE'));
  router.agentAnswered('nothing');
  router.agentNotAnswered('nothing', 'rejected');
  router.customerPresent('nobody');
  router.customerNotReached('nobody');
  router.interactionEnded('nobody');
  router.withdraw('nobody', 'cancelled');
  router.removeAgent('zoe');
  router.removeAgent('bob');
  assert.equal(router.agent('bob'), null);
  assert.equal(router.agent('ann')?.state, 'talking');
});

test('a config that makes no sense is refused by name', () => {
  const twice = [queueNamed('a'), queueNamed('a')];
  assert.throws(() => stage({ queues: twice }), withCode('ROUTING_CONFIG_INVALID'));
  const noRing = [queueNamed('a', { agentRingTimeoutSeconds: 0 })];
  assert.throws(() => stage({ queues: noRing }), withCode('ROUTING_CONFIG_INVALID'));
  assert.throws(() => stage({ pacing: { maxWaiting: NaN } }), withCode('ROUTING_CONFIG_INVALID'));
});

test('notices come after the call, survive a failing listener, and end with stop', async () => {
  const { router, clock, notices, staff } = stage({});
  router.onNotice(() => {
    throw new Error('a listener of somebody else');
  });
  const late: string[] = [];
  router.onNotice((notice) => late.push(notice.type));
  await Promise.resolve();
  notices.length = 0;
  late.length = 0;
  staff('ann');
  router.submit(liveCall('c1'));
  router.submit(liveCall('c2'));
  assert.deepEqual(notices, []);
  await Promise.resolve();
  assert.equal(notices.filter(({ type }) => type === 'queue-changed').length, 1);
  assert.equal(notices.filter(({ type }) => type === 'agent-assigned').length, 1);
  assert.equal(late.length, notices.length);
  router.submit(liveCall('c3'));
  await Promise.resolve();
  assert.equal(notices.filter(({ type }) => type === 'queue-changed').length, 2);
  router.submit(liveCall('c4'));
  router.stop();
  const before = notices.length;
  await Promise.resolve();
  assert.equal(notices.length, before);
  assert.equal(clock.pendingCount, 0);
});

test('what a listener does in answer to a notice is told later, in order', async () => {
  const { router, staff, told } = stage({ agents: [agentNamed('ann')] });
  router.onNotice((notice) => {
    if (notice.type === 'agent-assigned' && notice.interactionId === 'c1') {
      router.withdraw('c1', 'abandoned');
      assert.equal(router.agent('ann')?.interactionId, 'c2');
    }
  });
  staff('ann');
  router.submit(liveCall('c1', { arrivedAtMs: 1 }));
  router.submit(liveCall('c2', { arrivedAtMs: 2 }));
  assert.deepEqual(await told(), ['agent-assigned c1 ann']);
  assert.deepEqual(await told(), ['agent-assigned c2 ann']);
});
