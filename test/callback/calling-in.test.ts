// Customers who call in by themselves: told when the turn is near, awaited, taken from the line, or
// given up; and what becomes of it when the call is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallInPromise } from '../../callback/index.ts';
import {
  agentSays,
  assigned,
  cancel,
  ended,
  hungUp,
  joined,
  landed,
  lost,
  notified,
  reserved,
  restarted,
  tell,
  wake,
} from './stories.ts';
import type { Occurrence } from './stories.ts';
import { startMs } from './support.ts';

const callIn: CallInPromise = {
  accessNumber: '+12025550199',
  accessCode: '481516',
  opens: 'turn',
  callWithinMs: 90_000,
  whenNotCalled: 'expire',
  knowsByNumber: true,
};
const story = (occurrences: readonly Occurrence[], changes: Partial<CallInPromise> = {}) =>
  tell({}, occurrences, {}, { ...callIn, ...changes });

test('nobody is dialled: with an agent held the customer is told, and awaited so long', () => {
  const { state, said, record, nowMs } = story([reserved]);
  assert.equal(state.phase.name, 'awaiting-call');
  assert.deepEqual(said, []);
  assert.equal(record.state, 'queued');
  assert.deepEqual(record.access, {
    accessNumber: '+12025550199',
    accessCode: '481516',
    expiresAtMs: nowMs + 90_000,
    isAwaited: true,
  });
  assert.equal(story([notified]).state.phase.name, 'awaiting-call');
  assert.equal(story([]).record.access?.isAwaited, false, 'known before the turn, not awaited');
});

test('the call lands with an agent held: greeted, the agent rings, joined, connected', () => {
  const { state, said } = story([reserved, landed]);
  const expected = ['take-call', 'play-to-customer access-welcome', 'customer-present'];
  assert.deepEqual(said, [...expected, 'ring-agent']);
  assert.equal(state.phase.name, 'on-line');
  const met = [reserved, landed, agentSays('agent-answered'), ended('access-welcome')];
  assert.deepEqual(story(met).said, ['join']);
  const { record } = story([...met, joined, hungUp]);
  assert.equal(record.reason, 'AGENT_CONNECTED');
  assert.equal(record.attempts[0]?.result, 'CONNECTED');
  assert.equal(record.attempts[0]?.calledIn, true);
  assert.equal(record.access, null);
});

test('told by notification, or not yet: the call waits at the place for the next agent', () => {
  const expected = ['take-call', 'play-to-customer access-welcome', 'customer-present'];
  assert.deepEqual(story([notified, landed]).said, expected);
  assert.deepEqual(story([landed]).said, expected, 'early: the place is the same');
  const waiting = [notified, landed, ended('access-welcome')];
  assert.deepEqual(story(waiting).said, ['play-to-customer waiting']);
  assert.deepEqual(story([...waiting, assigned()]).said, ['ring-agent']);
});

test('good at once: no place before the call, which takes the one from the creation on', () => {
  const open = { opens: 'now' } as const;
  const { state, said } = story([], open);
  assert.equal(state.phase.name, 'awaiting-call');
  assert.deepEqual(said, []);
  const taken = story([landed], open);
  assert.deepEqual(taken.said, [
    'take-call',
    'submit-to-routing',
    'play-to-customer access-welcome',
    'customer-present',
  ]);
  assert.equal(taken.record.arrivedAtMs, startMs);
  const again = story([landed, lost, wake, reserved], open);
  assert.deepEqual(again.state.phase.name === 'awaiting-call' && again.state.phase.inLine, true);
  assert.equal(story([restarted], open).state.phase.name, 'awaiting-call', 'nothing to take up');
});

test('not called in time: given up and the agent free, or called after all', () => {
  const over = story([reserved, wake]);
  assert.equal(over.record.reason, 'FAIL_NOT_CALLED_IN');
  assert.deepEqual(over.said, ['withdraw-from-routing']);
  const dial = { whenNotCalled: 'dial' } as const;
  const dialled = story([reserved, wake], dial);
  assert.deepEqual(dialled.said, ['dial-customer']);
  assert.equal(dialled.record.access, null, 'number and code are free');
  assert.equal(dialled.record.attempts[0]?.agentId, 'ann');
  assert.deepEqual(story([notified, wake], dial).said, ['dial-customer']);
  const open = { opens: 'now' } as const;
  assert.equal(story([wake], open).record.reason, 'FAIL_NOT_CALLED_IN');
  assert.deepEqual(story([wake], { ...dial, ...open }).said, ['submit-to-routing']);
});

test('the agent is lost meanwhile: the customer is awaited all the same', () => {
  const gone: Occurrence = { agent: { type: 'reservation-lost', reservationId: 'r1' } };
  const other: Occurrence = { agent: { type: 'reservation-lost', reservationId: 'r9' } };
  const { state, said } = story([reserved, gone, landed]);
  assert.deepEqual(said, ['take-call', 'play-to-customer access-welcome', 'customer-present']);
  assert.equal(state.phase.name, 'on-line');
  assert.equal(story([reserved, other, landed]).said.at(-1), 'ring-agent');
  const given = story([notified, assigned('r2'), landed]);
  assert.equal(given.said.at(-1), 'ring-agent');
});

test('a second call is not taken, nor one for a callback that is dialled by us', () => {
  const first = story([reserved, landed]);
  const second = story([reserved, landed, { landed: 'access-2' }]);
  assert.equal(second.state.revision, first.state.revision);
  assert.equal(tell({}, [reserved, landed]).state.phase.name, 'dialing');
});

test('who hangs up while waiting has decided; a lost call is told again, at the same place', () => {
  assert.equal(story([reserved, landed, hungUp]).record.reason, 'FAIL_INTERACTION_DELETED');
  const again = story([reserved, landed, lost, wake]);
  assert.equal(again.record.attempts[0]?.result, 'INTERRUPTED');
  assert.deepEqual(again.said, ['submit-to-routing']);
  assert.equal(again.record.arrivedAtMs, startMs);
  assert.equal(story([reserved, landed, lost, wake, reserved]).record.access?.isAwaited, true);
  const early = story([reserved, landed, lost, landed]);
  assert.equal(early.state.phase.name, 'on-line', 'calls again before being told');
  assert.ok(early.said.includes('submit-to-routing'));
});

test('a restart while awaiting takes the place again; a call that cannot be taken is free', () => {
  assert.deepEqual(story([reserved, restarted]).said, [
    'customer-not-reached',
    'submit-to-routing',
  ]);
  const failed = story([reserved, landed, { failed: 'take-call' }]);
  assert.equal(failed.record.state, 'waiting-retry');
  assert.equal(failed.record.attempts[0]?.result, 'INTERRUPTED');
});

test('cancelled while awaiting', () => {
  const { record, said } = story([reserved, cancel]);
  assert.equal(record.reason, 'CANCELLED');
  assert.deepEqual(said, ['withdraw-from-routing']);
});
