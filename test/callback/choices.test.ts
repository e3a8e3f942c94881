// What customers choose by keys: at the answer, when the agent is late, after the conversation.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CallbackSettings } from '../../callback/index.ts';
import { countedAttempts } from '../../callback/attempt.ts';
import { startMs } from './support.ts';
import type { Occurrence } from './stories.ts';
import {
  agentSays,
  answered,
  cancel,
  ended,
  heard,
  hungUp,
  joined,
  notified,
  online,
  reserved,
  restarted,
  tell,
  waitingOnLine,
  wake,
} from './stories.ts';

const minuteMs = 60_000;

function key(digit: string, leg: 'customer' | 'agent' = 'customer'): Occurrence {
  return { call: { type: 'digit', leg, digit, durationMs: 100 } };
}

const asking: Partial<CallbackSettings> = {
  confirm: { snoozeMinutes: 10, whenNoKey: 'connect' },
  maxAttempts: 1,
};

test('confirm: the agent is rung once the customer has pressed 1, and greeted as ever', () => {
  const asked = tell(asking, online);
  assert.equal(asked.state.phase.name, 'confirming');
  assert.equal(asked.record.state, 'routing');
  assert.deepEqual(asked.said, ['play-to-customer confirm-call']);
  const yes = tell(asking, [...online, key('1')]);
  assert.deepEqual(yes.said, ['play-to-customer greeting', 'customer-present', 'ring-agent']);
  const other = tell(asking, [...online, key('5'), key('1', 'agent')]);
  assert.equal(
    other.state.phase.name,
    'confirming',
    'other keys, and those of agents, mean nothing',
  );
  const agentFirst = { ...asking, firstParty: 'agent' } as const;
  const waiting = [reserved, agentSays('agent-answered'), answered, heard('person')];
  assert.deepEqual(tell(agentFirst, [...waiting, key('1')]).said, ['customer-present', 'join']);
  const left = tell(agentFirst, [...waiting, agentSays('agent-hung-up')]);
  assert.equal(left.record.attempts[0]?.result, 'ABANDONED_BY_US');
});

test('confirm: snoozed, the place stays, the attempt is free and the expiry moves', () => {
  const before = tell(asking, online).record;
  const { state, record, said } = tell(asking, [...online, key('2'), ended('snoozed')]);
  assert.deepEqual(said, ['end-contact', 'customer-not-reached']);
  assert.equal(record.state, 'waiting-retry');
  assert.equal(record.attempts[0]?.result, 'SNOOZED');
  assert.equal(countedAttempts(state.attempts), 0);
  assert.equal(record.arrivedAtMs, before.arrivedAtMs);
  assert.equal(record.expiresAtMs, before.expiresAtMs + 10 * minuteMs);
  const again = tell(asking, [...online, key('2'), ended('snoozed'), wake, ...online, key('1')]);
  assert.equal(again.state.phase.name, 'on-line');
  const story = Array.from({ length: 6 }, () => [...online, key('2'), ended('snoozed'), wake]);
  const sixth = tell(asking, story.flat());
  assert.equal(sixth.record.state, 'completed', 'nobody snoozes for ever');
});

test('confirm: another time, by hours from now, at a place of that time', () => {
  const story = [...online, key('3'), key('4'), ended('rescheduled')];
  const { record, nowMs, said } = tell(asking, story);
  assert.deepEqual(said, ['end-contact', 'withdraw-from-routing']);
  assert.equal(record.state, 'scheduled');
  assert.equal(record.attempts[0]?.result, 'RESCHEDULED');
  assert.equal(record.desiredTimeMs, nowMs + 240 * minuteMs);
  assert.equal(record.arrivedAtMs, record.desiredTimeMs);
  assert.ok(record.expiresAtMs > record.arrivedAtMs);
  assert.equal(tell(asking, [...story, wake]).record.state, 'queued');
});

test('confirm: cancelled, or the wrong person', () => {
  const no = tell(asking, [...online, key('9'), ended('callback-cancelled')]);
  assert.equal(no.record.reason, 'CANCELLED');
  const wrong = tell(asking, [...online, key('7'), wake]);
  assert.equal(wrong.record.reason, 'WRONG_PERSON', 'also when the end of the words is not told');
  assert.deepEqual(wrong.said, ['end-contact', 'withdraw-from-routing']);
});

test('confirm: no key in time is a person or a machine, as the queue says', () => {
  const silent = [...online, ended('confirm-call'), wake];
  assert.equal(tell(asking, silent).state.phase.name, 'on-line');
  const strict = { confirm: { snoozeMinutes: 10, whenNoKey: 'machine' } } as const;
  assert.deepEqual(tell(strict, silent).said, [
    'customer-not-reached',
    'play-to-customer machine-message',
  ]);
  const machine = tell(asking, [...online, heard('machine')]);
  assert.equal(machine.state.phase.name, 'leaving-message', 'detection listens on');
  const gone = tell(asking, [...online, hungUp]);
  assert.equal(gone.record.reason, 'FAIL_INTERACTION_DELETED');
  const died = tell({ ...asking, maxAttempts: 2 }, [...online, restarted]);
  assert.equal(died.record.attempts[0]?.result, 'INTERRUPTED');
  assert.equal(tell(asking, [...online, cancel]).record.reason, 'CANCELLED');
  const unplayed = tell(asking, [...online, { failed: 'play-to-customer' }, wake]);
  assert.equal(unplayed.state.phase.name, 'on-line', 'a prompt that cannot be played holds nobody');
});

test('a late agent: called again in some minutes at the same place, or the apology', () => {
  const late = { laterMinutes: 5, maxAttempts: 1 };
  const offered = tell(late, [...waitingOnLine, wake]);
  assert.deepEqual(offered.said, ['customer-not-reached', 'play-to-customer later-offer']);
  const again = tell(late, [...waitingOnLine, wake, key('1'), ended('snoozed')]);
  assert.equal(again.record.nextAttemptAtMs, again.nowMs + 5 * minuteMs);
  assert.equal(again.record.arrivedAtMs, startMs);
  const silent = [...waitingOnLine, wake, ended('later-offer'), wake];
  assert.deepEqual(tell(late, silent).said, ['play-to-customer apology']);
  const over = tell(late, [...silent, ended('apology')]);
  assert.equal(over.record.reason, 'FAIL_AGENT_CONNECT');
  assert.equal(tell(late, [...waitingOnLine, wake, hungUp]).record.state, 'completed');
});

test('survey: asked when the agent hangs up first, and kept with the record', () => {
  const asks = { survey: ['survey-satisfaction', 'goodbye'] };
  const talk = [...online, agentSays('agent-answered'), joined];
  const asked = tell(asks, [...talk, agentSays('agent-hung-up')]);
  assert.deepEqual(asked.said, ['interaction-ended', 'play-to-customer survey-satisfaction']);
  assert.equal(asked.record.state, 'connected');
  const story = [...talk, agentSays('agent-hung-up'), key('4')];
  const left = tell(asks, [...story, hungUp]);
  assert.deepEqual(left.record.survey, [{ question: 'survey-satisfaction', key: '4' }]);
  assert.equal(left.record.reason, 'AGENT_CONNECTED');
  const all = tell(asks, [...story, ended('goodbye'), key('9'), key('2'), ended('survey-thanks')]);
  assert.deepEqual(all.record.survey?.at(-1), { question: 'goodbye', key: '2' });
  assert.deepEqual(all.said, ['end-contact']);
  assert.equal(tell(asks, [...talk, hungUp]).record.state, 'completed', 'the customer hung up');
  assert.equal(tell(asks, [...story, restarted]).record.reason, 'AGENT_CONNECTED');
  assert.equal(tell(asks, [...story, cancel]).record.state, 'connected');
  assert.equal('survey' in tell({}, [...talk, agentSays('agent-hung-up')]).record, false);
  assert.equal(tell({}, [notified]).record.survey, undefined);
});
