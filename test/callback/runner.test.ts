// The durable driver over recording ports: what is told to the world, in what order, and what
// creators are answered.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingbackError } from '../../core/errors.ts';
import {
  benchOf,
  failureOf,
  findingOf,
  number,
  requestOf,
  settingsOf,
  startMs,
} from './support.ts';

function hasCode(code: string, httpStatus: number) {
  return (fault: unknown): boolean =>
    fault instanceof RingbackError &&
    fault.code === code &&
    fault.verdict.httpStatus === httpStatus;
}

test('reservation: agent held, customer dialled, greeted, agent rung, joined, over', async () => {
  const { callbacks, calls, agents, tick, promised } = await benchOf();
  const id = await promised();
  assert.deepEqual(agents.told, [`submit ${id} 0`]);
  agents.reserve(id);
  tick();
  calls.say(id, { type: 'customer-ringing' });
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  tick();
  assert.equal(callbacks.get(id)?.state, 'routing');
  calls.say(id, { type: 'agent-answered', reservationId: 'r1' });
  calls.say(id, { type: 'treatment-ended', treatment: 'greeting' });
  tick();
  calls.say(id, { type: 'joined', reservationId: 'r1', recording: 'a.wav' });
  tick();
  assert.equal(callbacks.get(id)?.state, 'connected');
  calls.say(id, { type: 'agent-hung-up', reservationId: 'r1' });
  tick();
  assert.deepEqual(calls.told, [
    `dial ${number}`,
    'play greeting',
    'ring ann r1',
    'join r1 record',
    'end-contact',
  ]);
  assert.deepEqual(agents.told.slice(1), [`present ${id}`, 'agent-answered r1', `ended ${id}`]);
  const record = callbacks.get(id);
  assert.equal(record?.reason, 'AGENT_CONNECTED');
  assert.equal(record?.attempts[0]?.result, 'CONNECTED');
  assert.equal(record?.attempts[0]?.recording, 'a.wav');
  assert.deepEqual(
    callbacks.history(id).map(({ type }) => type),
    [
      'created',
      'agent-reserved',
      'customer-ringing',
      'customer-answered',
      'customer-classified',
      'agent-answered',
      'treatment-ended',
      'joined',
      'agent-hung-up',
    ],
  );
});

test('busy: tried again after the gap at the same place, then given up', async () => {
  const { callbacks, calls, agents, tick, promised } = await benchOf({
    settings: [settingsOf({ maxAttempts: 2 })],
  });
  const id = await promised();
  agents.reserve(id);
  tick();
  calls.say(id, { type: 'customer-failed', failure: failureOf(486) });
  tick();
  assert.equal(callbacks.get(id)?.state, 'waiting-retry');
  assert.equal(callbacks.get(id)?.nextAttemptAtMs, startMs + 300_000);
  tick(299_999);
  assert.equal(callbacks.get(id)?.state, 'waiting-retry');
  tick(1);
  assert.equal(callbacks.get(id)?.state, 'queued');
  assert.deepEqual(agents.told, [`submit ${id} 0`, `not-reached ${id}`, `submit ${id} 0`]);
  agents.reserve(id, 'r2');
  tick();
  calls.say(id, { type: 'customer-failed', failure: failureOf(480) });
  tick();
  const record = callbacks.get(id);
  assert.equal(record?.reason, 'FAIL_CALL_TO_CUSTOMER');
  assert.deepEqual(
    record?.attempts.map(({ result }) => result),
    ['BUSY', 'NO_ANSWER'],
  );
});

test('scheduled: nothing before the desired time, whose place it then has', async () => {
  const { callbacks, agents, tick, promised } = await benchOf();
  const id = await promised({ desiredTimeMs: startMs + 3_600_000 });
  tick(3_599_999);
  assert.deepEqual(agents.told, []);
  tick(1);
  assert.deepEqual(agents.told, [`submit ${id} 3600000`]);
  assert.equal(callbacks.get(id)?.state, 'queued');
});

test('expired in the queue: FAIL_TIMEOUT_TTL, early enough not to ring beyond it', async () => {
  const { callbacks, agents, tick, promised } = await benchOf({
    settings: [settingsOf({ ttlSeconds: 600 })],
  });
  const id = await promised();
  tick(600_000 - 25_000 - 1);
  assert.equal(callbacks.get(id)?.state, 'queued');
  tick(1);
  assert.equal(callbacks.get(id)?.reason, 'FAIL_TIMEOUT_TTL');
  assert.equal(agents.told.at(-1), `withdraw ${id} expired`);
});

test('refusals: unknown queue, past time, the same number again, a bad count', async () => {
  const { callbacks, tick, promised } = await benchOf();
  const first = await promised();
  const refused = async (changes: Parameters<typeof requestOf>[0]): Promise<unknown> => {
    const creating = callbacks.create(requestOf(changes));
    tick();
    return creating;
  };
  await assert.rejects(refused({ queueId: 'no' }), hasCode('CALLBACK_QUEUE_UNKNOWN', 404));
  const past = { desiredTimeMs: startMs - 61_000, customerNumber: '+12025550102' };
  await assert.rejects(refused(past), hasCode('CALLBACK_TIME_PAST', 400));
  await assert.rejects(refused({}), (fault: unknown) => {
    assert.ok(hasCode('CALLBACK_DUPLICATE', 409)(fault));
    return fault instanceof RingbackError && fault.fields['callbackId'] === first;
  });
  const many = { maxAttempts: 21, customerNumber: '+12025550102' };
  await assert.rejects(refused(many), hasCode('CALLBACK_REQUEST_INVALID', 400));
});

test('two creates for one number in the same tick: one promise, one refusal', async () => {
  const { callbacks, tick } = await benchOf();
  const both = Promise.allSettled([callbacks.create(requestOf()), callbacks.create(requestOf())]);
  tick();
  assert.deepEqual(
    (await both).map(({ status }) => status),
    ['fulfilled', 'rejected'],
  );
});

test('idempotency: the first answer again, also in the same tick; else a conflict', async () => {
  const { callbacks, tick } = await benchOf();
  const asked = requestOf({ idempotencyKey: 'k' });
  const creating = Promise.all([callbacks.create(asked), callbacks.create(asked)]);
  tick();
  const [first, second] = await creating;
  assert.deepEqual([first.replayed, second.replayed], [false, true]);
  const again = callbacks.create({ ...asked, userData: {} });
  tick();
  assert.equal((await again).record.id, first.record.id);
  const other = callbacks.create({ ...asked, priority: 3 });
  tick();
  await assert.rejects(other, hasCode('IDEMPOTENCY_KEY_REUSED', 409));
});

test('cancel: withdrawn while queued, hung up while dialled, refused while connected', async () => {
  const { callbacks, calls, agents, tick, promised } = await benchOf();
  const cancelled = async (id: string): Promise<unknown> => {
    const asked = callbacks.cancel(id);
    tick();
    return asked;
  };
  const queued = await promised();
  await cancelled(queued);
  assert.equal(agents.told.at(-1), `withdraw ${queued} cancelled`);
  await assert.rejects(cancelled(queued), hasCode('CALLBACK_COMPLETED', 409));
  await assert.rejects(cancelled('none'), hasCode('CALLBACK_UNKNOWN', 404));

  const dialled = await promised();
  agents.reserve(dialled);
  tick();
  await cancelled(dialled);
  assert.equal(calls.told.at(-1), 'end-contact');
  assert.equal(callbacks.get(dialled)?.attempts[0]?.result, 'ABANDONED_BY_US');

  const talking = await promised();
  agents.reserve(talking, 'r3');
  tick();
  calls.say(talking, { type: 'customer-answered' });
  calls.say(talking, { type: 'customer-classified', finding: findingOf('person') });
  calls.say(talking, { type: 'agent-answered', reservationId: 'r3' });
  calls.say(talking, { type: 'joined', reservationId: 'r3', recording: null });
  tick();
  await assert.rejects(cancelled(talking), hasCode('CALLBACK_STATE', 409));
  assert.equal(callbacks.get(talking)?.state, 'connected');
});

test('one live attempt per number: the second callback waits until the first is over', async () => {
  const { callbacks, calls, agents, tick, promised } = await benchOf({
    settings: [settingsOf(), settingsOf({ queueId: 'support' })],
  });
  const first = await promised();
  const second = await promised({ queueId: 'support' });
  agents.reserve(first, 'r1', 'ann');
  agents.reserve(second, 'r2', 'bob');
  tick();
  assert.equal(calls.dials.length, 1);
  assert.equal(callbacks.get(second)?.state, 'waiting-retry');
  assert.equal(agents.told.at(-1), `not-reached ${second}`);
  const { revision } = callbacks.get(second) ?? { revision: -1 };
  tick(20_000);
  assert.equal(callbacks.get(second)?.revision, revision, 'looking again costs no commit');
  calls.say(first, { type: 'customer-failed', failure: failureOf(486) });
  tick(5_000);
  assert.equal(callbacks.get(second)?.state, 'queued');
});

test('events: told once each, numbered without gaps, and replayable', async () => {
  const { callbacks, agents, tick, promised } = await benchOf();
  const heard: number[] = [];
  callbacks.onEvent(({ sequence }) => heard.push(sequence));
  callbacks.onEvent(() => {
    throw new Error('a bad listener');
  });
  const id = await promised();
  agents.reserve(id);
  tick();
  assert.deepEqual(heard, [1, 2]);
  assert.deepEqual(
    callbacks.eventsAfter(1, 10).map(({ type }) => type),
    ['agent-reserved'],
  );
});

test('stopped: creates are refused with 503, news is ignored', async () => {
  const { callbacks, agents, tick, promised } = await benchOf();
  const id = await promised();
  await callbacks.stop();
  await assert.rejects(callbacks.create(requestOf()), hasCode('CALLBACKS_STOPPED', 503));
  agents.reserve(id);
  tick(1_000);
  assert.equal(callbacks.get(id)?.state, 'queued');
});

test('stopping: an agent who becomes free now is given nobody, the place is kept', async () => {
  const { callbacks, calls, agents, promised } = await benchOf();
  const id = await promised();
  agents.reserve(id);
  await callbacks.stop();
  assert.deepEqual(calls.told, [], 'nobody is dialled any more');
  assert.equal(callbacks.get(id)?.state, 'queued');
});

test('a customer who is calling us is not dialled meanwhile, and keeps the place', async () => {
  const callers = new Set([number]);
  const isOnTheLine = (one: string) => callers.has(one);
  const { calls, agents, tick, promised } = await benchOf({ isOnTheLine });
  const id = await promised();
  agents.reserve(id);
  tick(20_000);
  assert.deepEqual(calls.told, []);
  assert.deepEqual(agents.told, [`submit ${id} 0`, `not-reached ${id}`]);
  callers.clear();
  tick(10_000);
  assert.equal(agents.told.at(-1), `submit ${id} 0`);
  agents.reserve(id);
  tick();
  assert.deepEqual(calls.told, [`dial ${number}`]);
});
