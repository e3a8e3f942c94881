// Callers on the line: the same order and agents, and a callback for who gave up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unavailable } from '../../core/errors.ts';
import { silentLog } from '../../core/live.ts';
import { createLiveCalls } from '../../callback/index.ts';
import type { CallbackSettings, CreateCallback, LiveCalls } from '../../callback/index.ts';
import { VirtualClock } from '../support/clock.ts';
import { number, RecordingAgents, RecordingCalls, settingsOf, startMs } from './support.ts';

/** No callback waits for anybody. */
const noCallIns = {
  cancel: () => Promise.reject(new Error('unexpected')),
  merge: () => Promise.reject(new Error('unexpected')),
  callIn: () => Promise.reject(new Error('unexpected')),
  waitingFor: () => null,
};

interface Desk {
  readonly live: LiveCalls;
  readonly calls: RecordingCalls;
  readonly agents: RecordingAgents;
  readonly clock: VirtualClock;
  readonly created: CreateCallback[];
}

/** Live calls whose callbacks are only written down; the first `failing` creates are refused. */
function deskOf(changes: Partial<CallbackSettings> = {}, failing = 0): Desk {
  const calls = new RecordingCalls();
  const agents = new RecordingAgents();
  const clock = new VirtualClock(startMs);
  const created: CreateCallback[] = [];
  let refusals = failing;
  const create = async (request: CreateCallback) => {
    if ((refusals -= 1) >= 0) throw unavailable('STORE_UNAVAILABLE', 'disk full');
    created.push(request);
    return { record: { id: 'c1' } as never, replayed: false };
  };
  const live = createLiveCalls(
    { settings: [settingsOf(changes)] },
    { calls, agents, clock, log: silentLog, callbacks: { ...noCallIns, create } },
  );
  return { live, calls, agents, clock, created };
}

function arrive({ live }: Desk, callerNumber: string | null = number, queueId = 'sales'): void {
  live.callerArrived({ interactionId: 'x', queueId, callerNumber, arrivedAtMs: startMs - 500 });
}

test('welcome, music, agent, join, over', () => {
  const desk = deskOf();
  const { live, calls, agents } = desk;
  arrive(desk);
  calls.say('x', { type: 'treatment-ended', treatment: 'queue-welcome' });
  agents.assign('x');
  assert.equal(live.list()[0]?.state, 'ringing');
  calls.say('x', { type: 'agent-answered', reservationId: 'r1' });
  calls.say('x', { type: 'joined', reservationId: 'r1', recording: null });
  assert.deepEqual(
    live.list().map(({ state, agentId }) => [state, agentId]),
    [['connected', 'ann']],
  );
  calls.say('x', { type: 'customer-hung-up' });
  assert.deepEqual(live.list(), []);
  assert.deepEqual(calls.told, [
    'play queue-welcome',
    'play waiting loop',
    'ring ann r1',
    'join r1 record',
    'end-contact',
  ]);
  assert.deepEqual(agents.told, ['submit x -500', 'agent-answered r1', 'ended x']);
  assert.deepEqual(desk.created, []);
});

test('RONA, a lost reservation, and a silent telephone: the caller keeps the place', () => {
  const desk = deskOf();
  const { live, calls, agents, clock } = desk;
  arrive(desk);
  agents.assign('x', 'r1');
  calls.say('x', { type: 'agent-failed', reservationId: 'r1', why: 'no-answer' });
  agents.assign('x', 'r2');
  agents.say('x', { type: 'reservation-lost', reservationId: 'r2' });
  agents.assign('x', 'r3');
  clock.advance(26_000);
  assert.deepEqual(agents.told.slice(1), [
    'agent-not-answered r1 no-answer',
    'agent-not-answered r3 no-answer',
  ]);
  assert.equal(live.list()[0]?.state, 'waiting');
  assert.equal(calls.told.filter((told) => told.startsWith('ring')).length, 3);
});

test('who hangs up while waiting keeps the place as a callback', async () => {
  const desk = deskOf();
  arrive(desk);
  desk.calls.say('x', { type: 'customer-hung-up' });
  await Promise.resolve();
  assert.equal(desk.agents.told.at(-1), 'withdraw x abandoned');
  const [made] = desk.created;
  assert.equal(made?.arrivedAtMs, startMs - 500);
  assert.equal(made?.customerNumber, number);
  assert.equal(made?.idempotencyKey, 'abandoned-x');
});

test('no callback without a number, or where the queue makes none', async () => {
  for (const desk of [deskOf(), deskOf({ callbackOnAbandon: false })]) {
    arrive(desk, desk.created.length === 0 ? null : number);
    desk.calls.say('x', { type: 'customer-hung-up' });
    await Promise.resolve();
    assert.deepEqual(desk.created, []);
  }
});

test('the store is full: the callback of a caller who is gone is tried again', async () => {
  const desk = deskOf({}, 2);
  arrive(desk);
  desk.calls.say('x', { type: 'customer-hung-up' });
  for (let round = 0; round < 4; round += 1) {
    await Promise.resolve();
    await Promise.resolve();
    desk.clock.advance(2_000);
  }
  assert.equal(desk.created.length, 1);
});

test('an hour is enough: apology, and a callback', async () => {
  const desk = deskOf();
  arrive(desk);
  desk.clock.advance(3_600_000);
  assert.equal(desk.calls.told.at(-1), 'play apology');
  desk.calls.say('x', { type: 'treatment-ended', treatment: 'apology' });
  await Promise.resolve();
  assert.equal(desk.created.length, 1);
  assert.deepEqual(desk.live.list(), []);
});

test('an agent who leaves before the join: the caller is queued again at the old place', () => {
  const desk = deskOf();
  arrive(desk);
  desk.agents.assign('x');
  desk.calls.say('x', { type: 'agent-answered', reservationId: 'r1' });
  desk.calls.say('x', { type: 'agent-hung-up', reservationId: 'r1' });
  assert.deepEqual(desk.agents.told.slice(-2), ['ended x', 'submit x -500']);
  assert.equal(desk.live.list()[0]?.state, 'waiting');
});

test('an unknown queue is hung up; a port that throws is no crash; stop ends all', () => {
  const desk = deskOf();
  arrive(desk, number, 'no-such-queue');
  assert.deepEqual(desk.calls.told, ['end-contact']);
  arrive(desk);
  desk.calls.ringAgent = () => {
    throw new Error('no phone');
  };
  desk.agents.assign('x');
  assert.equal(desk.agents.told.at(-1), 'agent-not-answered r1 unreachable');
  desk.live.stop();
  assert.deepEqual(desk.live.list(), []);
  assert.equal(desk.clock.pendingCount, 0);
});

test('stop: who still waits is promised a callback, who talks is not', async () => {
  const waiting = deskOf();
  arrive(waiting);
  waiting.live.stop();
  assert.equal(waiting.created[0]?.customerNumber, number);
  assert.equal(waiting.created[0].arrivedAtMs, startMs - 500);
  const talking = deskOf();
  arrive(talking);
  talking.agents.assign('x');
  talking.calls.say('x', { type: 'agent-answered', reservationId: 'r1' });
  talking.calls.say('x', { type: 'joined', reservationId: 'r1', recording: null });
  talking.live.stop();
  assert.equal(talking.created.length, 0);
  const full = deskOf({}, 1);
  arrive(full);
  full.live.stop();
  await Promise.resolve();
  assert.equal(full.clock.pendingCount, 0, 'not tried again: nobody would be there');
});
