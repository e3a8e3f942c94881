// The callback machine by itself: one story per rule, each a list of events.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countedAttempts, maxFreeAttempts } from '../../callback/attempt.ts';
import { toRecord } from '../../callback/record.ts';
import { failureOf, startMs } from './support.ts';
import type { Occurrence } from './stories.ts';
import {
  reserved,
  notified,
  assigned,
  answered,
  heard,
  ended,
  hungUp,
  lost,
  agentSays,
  rona,
  joined,
  restarted,
  cancel,
  wake,
  tell,
  online,
  waitingOnLine,
} from './stories.ts';

test('reservation: the agent rings at once, while the greeting plays', () => {
  const { state, said } = tell({}, online);
  assert.equal(state.phase.name, 'on-line');
  assert.deepEqual(said, ['play-to-customer greeting', 'customer-present', 'ring-agent']);
});

test('taken for a person, found to be a machine: the agent is let go, the message left', () => {
  const leaving = { machineMessage: 'machine-message' };
  const person = [reserved, answered, heard('person')];
  const ringing = tell(leaving, [...person, heard('machine')]);
  assert.equal(ringing.state.phase.name, 'leaving-message');
  assert.deepEqual(ringing.said, ['hang-up-agent', 'customer-not-reached']);
  const early = tell(leaving, [...person, agentSays('agent-answered'), heard('machine')]);
  assert.deepEqual(early.said, ['hang-up-agent', 'interaction-ended']);
  const waiting = tell(leaving, [...waitingOnLine, heard('machine')]);
  assert.deepEqual(waiting.said, ['customer-not-reached']);
  const silent = tell({ machineMessage: null }, [...person, heard('machine')]);
  assert.equal(silent.record.attempts[0]?.result, 'ANSWERING_MACHINE');
  const still = tell(leaving, [...person, heard('person')]);
  assert.equal(still.state.phase.name, 'on-line', 'a person remains one');
});

test('an agent who answers during the greeting is joined at its end, whoever tells it', () => {
  const answeredEarly = [reserved, answered, heard('person'), agentSays('agent-answered')];
  assert.deepEqual(tell({}, answeredEarly).said, ['agent-answered']);
  assert.deepEqual(tell({}, [...answeredEarly, ended('greeting')]).said, ['join']);
  assert.deepEqual(tell({}, [...answeredEarly, wake]).said, ['join']);
  const gone = tell({}, [...answeredEarly, agentSays('agent-hung-up')]);
  assert.ok(gone.said.includes('submit-to-routing'), 'the place is taken again');
});

test('notification: greeting, then the waiting treatment, then the assigned agent rings', () => {
  const { said } = tell({}, waitingOnLine);
  assert.deepEqual(said, ['play-to-customer greeting', 'customer-present']);
  const waiting = tell({}, [...waitingOnLine, ended('greeting')]);
  assert.deepEqual(waiting.said, ['play-to-customer waiting']);
  const ringing = tell({}, [...waitingOnLine, ended('greeting'), assigned()]);
  assert.deepEqual(ringing.said, ['ring-agent']);
  assert.equal(ringing.record.attempts[0]?.agentId, 'ann');
});

test('agent first: agent rung, hears connecting, then the customer is dialled and joined', () => {
  const agentFirst = { firstParty: 'agent' } as const;
  assert.deepEqual(tell(agentFirst, [reserved]).said, ['ring-agent']);
  const dialled = tell(agentFirst, [reserved, agentSays('agent-answered')]);
  assert.deepEqual(dialled.said, ['agent-answered', 'dial-customer', 'play-to-agent connecting']);
  assert.equal(dialled.record.attempts[0]?.attemptKey, 'c1:3:1');
  const person = tell(agentFirst, [
    reserved,
    agentSays('agent-answered'),
    answered,
    heard('person'),
  ]);
  assert.deepEqual(person.said, ['customer-present', 'join']);
});

test('agent first: RONA keeps the place; an agent who leaves frees the customer', () => {
  const agentFirst = { firstParty: 'agent' } as const;
  const missed = tell(agentFirst, [reserved, rona()]);
  assert.deepEqual(missed.said, ['end-contact', 'agent-not-answered', 'submit-to-routing']);
  assert.equal(missed.record.attempts.length, 0);
  const left = tell(agentFirst, [
    reserved,
    agentSays('agent-answered'),
    agentSays('agent-hung-up'),
  ]);
  assert.equal(left.record.attempts[0]?.result, 'ABANDONED_BY_US');
  assert.deepEqual(left.said, ['end-contact', 'customer-not-reached']);
  assert.equal(countedAttempts(left.state.attempts), 0);
});

test('a machine: agent released, the message waits for the beep, then a failed attempt', () => {
  const machine = [reserved, answered, heard('machine')];
  assert.deepEqual(tell({}, machine).said, ['customer-not-reached']);
  const beep: Occurrence = { call: { type: 'machine-beeped' } };
  assert.deepEqual(tell({}, [...machine, beep]).said, ['play-to-customer machine-message']);
  assert.deepEqual(tell({}, [...machine, wake]).said, ['play-to-customer machine-message']);
  const twice = tell({}, [...machine, beep, beep]);
  assert.deepEqual(twice.said, ['play-to-customer machine-message'], 'the message begins anew');
  assert.equal(twice.record.state, 'dialing');
  const over = tell({}, [...machine, beep, ended('machine-message')]);
  assert.equal(over.record.state, 'waiting-retry');
  assert.equal(over.record.attempts[0]?.result, 'ANSWERING_MACHINE');
  const silent = tell({ machineMessage: null }, machine);
  assert.deepEqual(silent.said, ['end-contact', 'customer-not-reached']);
  assert.equal(silent.record.attempts[0]?.result, 'ANSWERING_MACHINE');
});

test('silence and no verdict at all count as a person, and say so', () => {
  assert.equal(tell({}, [notified, answered, heard('silence')]).state.phase.name, 'on-line');
  const unheard = tell({}, [notified, answered, wake]);
  assert.equal(unheard.state.phase.name, 'on-line');
  assert.equal(unheard.record.attempts[0]?.cpd?.kind, 'undecided');
});

test('a fax is nobody: tried again', () => {
  const { record, said } = tell({}, [reserved, answered, heard('fax')]);
  assert.equal(record.attempts[0]?.result, 'FAX');
  assert.equal(record.state, 'waiting-retry');
  assert.deepEqual(said, ['end-contact', 'customer-not-reached']);
});

test('RONA: the customer keeps the place and the next agent is rung', () => {
  const missed = tell({}, [...online, rona()]);
  assert.deepEqual(missed.said, ['hang-up-agent', 'agent-not-answered']);
  assert.equal(missed.record.state, 'routing');
  assert.deepEqual(tell({}, [...online, rona(), assigned('r2')]).said, ['ring-agent']);
});

test('an agent who leaves between answer and join: the place is taken again', () => {
  const { said, record } = tell({}, [
    ...online,
    agentSays('agent-answered'),
    agentSays('agent-hung-up'),
  ]);
  assert.deepEqual(said.slice(0, 3), [
    'interaction-ended',
    'submit-to-routing',
    'customer-present',
  ]);
  assert.equal(record.state, 'routing');
});

test('waited too long: apology, retry while attempts remain, else FAIL_AGENT_CONNECT', () => {
  const apology = tell({}, [...waitingOnLine, wake]);
  assert.deepEqual(apology.said, ['customer-not-reached', 'play-to-customer apology']);
  const again = tell({}, [...waitingOnLine, wake, ended('apology')]);
  assert.equal(again.record.state, 'waiting-retry');
  const last = tell({ maxAttempts: 1 }, [...waitingOnLine, wake, ended('apology')]);
  assert.equal(last.record.reason, 'FAIL_AGENT_CONNECT');
  assert.equal(last.record.attempts[0]?.result, 'PERSON');
});

test('waited too long while an agent is rung: the ringing decides', () => {
  const ringing = tell({ maxWaitOnLineSeconds: 10 }, [
    ...waitingOnLine,
    { ...assigned(), after: 9_000 },
  ]);
  assert.equal(ringing.state.phase.name, 'on-line');
  const missed = tell({ maxWaitOnLineSeconds: 10 }, [
    ...waitingOnLine,
    { ...assigned(), after: 9_000 },
    { ...rona(), after: 15_000 },
  ]);
  assert.equal(missed.state.phase.name, 'apologizing');
});

test('a person who hangs up while waiting has decided; a doubtful answer is tried again', () => {
  const left = tell({}, [...waitingOnLine, hungUp]);
  assert.equal(left.record.reason, 'FAIL_INTERACTION_DELETED');
  assert.deepEqual(left.said, ['end-contact', 'withdraw-from-routing']);
  const doubt = tell({}, [notified, answered, heard('silence'), hungUp]);
  assert.equal(doubt.record.state, 'waiting-retry');
  assert.equal(doubt.record.attempts[0]?.result, 'SILENCE');
  const early = tell({}, [notified, answered, hungUp]);
  assert.equal(early.record.attempts[0]?.result, 'UNKNOWN');
});

test('the conversation ends by either party: AGENT_CONNECTED', () => {
  const talk = [...online, agentSays('agent-answered'), joined];
  const corrected = tell({}, [...talk, heard('machine')]);
  assert.equal(corrected.state.phase.name, 'connected', 'they decide for themselves');
  assert.deepEqual(corrected.said, []);
  const { cpd } = corrected.record.attempts[0] ?? {};
  assert.deepEqual([cpd?.kind, cpd?.correctedTo], ['person', 'machine']);
  for (const end of [hungUp, agentSays('agent-hung-up'), lost, restarted]) {
    const { record, said } = tell({}, [...talk, end]);
    assert.equal(record.reason, 'AGENT_CONNECTED');
    assert.deepEqual(said, ['end-contact', 'interaction-ended']);
    assert.equal(record.attempts[0]?.result, 'CONNECTED');
  }
  assert.equal(tell({}, [...talk, cancel]).record.state, 'connected');
});

test('killed while dialling: free, and not dialled before the old INVITE surely stopped', () => {
  const { record, state } = tell({ maxAttempts: 1 }, [reserved, restarted]);
  assert.equal(record.attempts[0]?.result, 'INTERRUPTED');
  assert.equal(record.state, 'waiting-retry');
  assert.equal(record.nextAttemptAtMs, startMs + 1_000 + 25_000 + 5_000);
  assert.equal(countedAttempts(state.attempts), 0);
  const onLine = tell({}, [...online, restarted]);
  assert.equal(onLine.record.nextAttemptAtMs, onLine.nowMs + 15_000);
});

test('interruptions are free five times, then they count', () => {
  const one: Occurrence[] = [reserved, lost, wake];
  const free = tell({ maxAttempts: 1 }, Array.from({ length: maxFreeAttempts }, () => one).flat());
  assert.equal(free.record.state, 'queued');
  const sixth = tell({ maxAttempts: 1 }, [
    ...Array.from({ length: maxFreeAttempts }, () => one).flat(),
    reserved,
    lost,
  ]);
  assert.equal(sixth.record.reason, 'FAIL_CALL_TO_CUSTOMER');
});

test('every retry takes the same place; scheduled ones that of the desired time', () => {
  const failed: Occurrence = { call: { type: 'customer-failed', failure: failureOf(486) } };
  const desiredTimeMs = startMs + 60_000;
  const { state } = tell({}, [wake, reserved, failed, wake], { desiredTimeMs });
  assert.equal(state.phase.name, 'queued');
  assert.equal(toRecord(state).arrivedAtMs, desiredTimeMs);
  const given = tell({}, [], { arrivedAtMs: startMs - 90_000 });
  assert.equal(given.record.arrivedAtMs, startMs - 90_000);
});

test('a retry that would come after the expiry is not waited for', () => {
  const failed: Occurrence = { call: { type: 'customer-failed', failure: failureOf(486) } };
  const { record } = tell({ ttlSeconds: 120, retryGapSeconds: 300 }, [reserved, failed]);
  assert.equal(record.reason, 'FAIL_TIMEOUT_TTL');
});

test('a port that throws: routing is asked again, a dial failed, an agent is unreachable', () => {
  const unqueued = tell({}, [{ failed: 'submit-to-routing' }]);
  assert.equal(unqueued.record.state, 'waiting-retry');
  const undialled = tell({}, [reserved, { failed: 'dial-customer' }]);
  assert.equal(undialled.record.attempts[0]?.result, 'CREATE_CALL_ERROR');
  const unrung = tell({}, [...online, { failed: 'ring-agent' }]);
  assert.deepEqual(unrung.said, ['hang-up-agent', 'agent-not-answered']);
  const first = tell({ firstParty: 'agent' }, [reserved, { failed: 'ring-agent' }]);
  assert.deepEqual(first.said, ['end-contact', 'agent-not-answered', 'submit-to-routing']);
  const unjoined = tell({}, [...online, agentSays('agent-answered'), { failed: 'join' }]);
  assert.equal(unjoined.record.attempts[0]?.result, 'INTERRUPTED');
  assert.deepEqual(unjoined.said, ['end-contact', 'interaction-ended']);
});

test('news of an earlier attempt is ignored', () => {
  const { state } = tell({}, [reserved, { call: { type: 'customer-answered' }, key: 'c1:0:0' }]);
  assert.equal(state.phase.name, 'dialing');
});

// ---- properties -------------------------------------------------------------------------------
