// What is asked before the call: the customer whether the moment is good, the agent whether to take
// it; what the agent says after it; and whose callback it is.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { step } from '../../callback/machine.ts';
import { SqliteStore } from '../../callback/index.ts';
import type { Answer, CallbackSettings, PreviewRule, ReadyRule } from '../../callback/index.ts';
import { benchOf, findingOf, settingsOf, startMs } from './support.ts';
import {
  agentSays,
  assigned,
  cancel,
  notified,
  reserved,
  restarted,
  tell,
  wake,
} from './stories.ts';
import type { Occurrence } from './stories.ts';

const preview: PreviewRule = { timeoutSeconds: 20, maxRejects: 2, onTimeout: 'not-ready' };
const readyConfirm: ReadyRule = { timeoutSeconds: 30, attempts: 2, onTimeout: 'fail' };
const customer = (says: 'yes' | 'no'): Occurrence => ({ answer: { by: 'customer', says } });
const agent = (says: 'yes' | 'no', agentId = 'ann'): Occurrence => ({
  answer: { by: 'agent', agentId, says },
});
const lostAgent: Occurrence = { agent: { type: 'reservation-lost', reservationId: 'r1' } };
const agentFirst: Partial<CallbackSettings> = { firstParty: 'agent', preview };

test('preview: nobody is dialled before the agent accepts; then the agent is rung', () => {
  const shown = tell(agentFirst, [reserved]);
  assert.equal(shown.state.phase.name, 'previewing');
  assert.deepEqual(shown.said, []);
  assert.deepEqual(shown.record.asked, {
    who: 'agent',
    agentId: 'ann',
    untilMs: shown.nowMs + 20_000,
  });
  const accepted = tell(agentFirst, [reserved, agent('yes')]);
  assert.deepEqual(accepted.said, ['ring-agent']);
  assert.equal(accepted.record.asked, null);
  assert.deepEqual(tell({ preview }, [reserved, agent('yes')]).said, ['dial-customer']);
});

test('preview: another agent has no say, and an answer nobody asked for means nothing', () => {
  const other = tell(agentFirst, [reserved, agent('yes', 'bob')]);
  assert.equal(other.state.phase.name, 'previewing');
  assert.equal(tell(agentFirst, [agent('yes')]).record.revision, 1);
  assert.equal(tell(agentFirst, [reserved, customer('yes')]).state.phase.name, 'previewing');
});

test('preview: rejected, the agent is free and the place is taken again; twice is the end', () => {
  const once = tell(agentFirst, [reserved, agent('no')]);
  assert.deepEqual(once.said, ['customer-not-reached', 'submit-to-routing']);
  assert.equal(once.record.previewRejects, 1);
  const twice = tell(agentFirst, [reserved, agent('no'), reserved, agent('no')]);
  assert.equal(twice.record.reason, 'AGENT_PREVIEW_CANCEL_AFTER_2REJECTS');
  assert.deepEqual(twice.said, ['withdraw-from-routing']);
  const patient = { firstParty: 'agent', preview: { ...preview, maxRejects: null } } as const;
  const thrice = [reserved, agent('no'), reserved, agent('no'), reserved, agent('no')];
  assert.equal(tell(patient, thrice).record.state, 'queued');
});

test('preview: snoozed, the callback waits so long and the agent is free', () => {
  const answer: Answer = { by: 'agent', agentId: 'ann', says: 'later', minutes: 20 };
  const { record, said, nowMs } = tell(agentFirst, [reserved, { answer }]);
  assert.equal(record.state, 'waiting-retry');
  assert.equal(record.nextAttemptAtMs, nowMs + 20 * 60_000);
  assert.deepEqual(said, ['customer-not-reached']);
  const again = tell(agentFirst, [reserved, { answer }, wake]);
  assert.equal(again.record.state, 'queued');
  assert.equal(again.record.arrivedAtMs, startMs);
});

test('preview: ignored, the agent is not ready, or the next one is asked', () => {
  const ignored = tell(agentFirst, [reserved, wake]);
  assert.deepEqual(ignored.said, ['agent-not-ready', 'customer-not-reached', 'submit-to-routing']);
  const next = tell({ preview: { ...preview, onTimeout: 'next' } }, [reserved, wake]);
  assert.deepEqual(next.said, ['customer-not-reached', 'submit-to-routing']);
});

test('preview: agent lost or process killed, the place is taken again', () => {
  for (const what of [lostAgent, restarted]) {
    const { state, said, record } = tell(agentFirst, [reserved, what]);
    assert.equal(state.phase.name, 'queued');
    assert.deepEqual(said, ['customer-not-reached', 'submit-to-routing']);
    assert.equal(record.attempts.length, 0);
  }
  assert.equal(tell(agentFirst, [reserved, cancel]).record.reason, 'CANCELLED');
});

test('ready: asked first, dialled on yes, given up on no, asked again in silence', () => {
  const asked = tell({ readyConfirm }, [notified]);
  assert.equal(asked.state.phase.name, 'asking-customer');
  assert.deepEqual(asked.said, []);
  assert.equal(asked.record.asked?.who, 'customer');
  assert.deepEqual(tell({ readyConfirm }, [notified, customer('yes')]).said, ['dial-customer']);
  const refused = tell({ readyConfirm }, [notified, customer('no')]);
  assert.equal(refused.record.reason, 'FAIL_USER_NO_CONFIRM');
  assert.equal(tell({ readyConfirm }, [notified, wake]).state.phase.name, 'asking-customer');
  const silent = tell({ readyConfirm }, [notified, wake, wake]);
  assert.equal(silent.record.reason, 'FAIL_USER_NO_CONFIRM');
});

test('ready: no answer may also mean call anyway, or later', () => {
  const anyway = { readyConfirm: { ...readyConfirm, attempts: 1, onTimeout: 'dial' } } as const;
  assert.deepEqual(tell(anyway, [reserved, wake]).said, ['dial-customer']);
  const later = { readyConfirm: { ...readyConfirm, attempts: 1, onTimeout: 'requeue' } } as const;
  const { record, said } = tell(later, [reserved, wake]);
  assert.equal(record.state, 'waiting-retry');
  assert.deepEqual(said, ['customer-not-reached']);
});

test('ready: a lost agent is not missed before the yes; then the next one sees it at once', () => {
  const both = { readyConfirm, preview };
  assert.equal(tell({ readyConfirm }, [reserved, lostAgent]).state.phase.name, 'asking-customer');
  const early = tell(both, [reserved, lostAgent, customer('yes')]);
  assert.deepEqual(early.said, ['customer-not-reached', 'submit-to-routing']);
  const next = tell(both, [reserved, lostAgent, customer('yes'), reserved]);
  assert.equal(next.state.phase.name, 'previewing', 'the customer is not asked twice');
  const given = tell({ readyConfirm }, [notified, assigned(), customer('yes')]);
  assert.equal(given.record.attempts[0]?.agentId, 'ann');
  const restartedOne = tell({ readyConfirm }, [reserved, restarted]);
  assert.equal(restartedOne.record.state, 'queued');
});

test('questions are lines of the history; answers are refused when nothing is asked', async () => {
  const settings = [settingsOf({ preview, readyConfirm })];
  const { callbacks, agents, tick, promised } = await benchOf({ settings });
  const id = await promised();
  const says = async (answer: Answer): Promise<string> => {
    const answered = callbacks.answer(id, answer).then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );
    tick();
    return answered;
  };
  assert.equal(await says({ by: 'customer', says: 'yes' }), 'CALLBACK_NOT_ASKED');
  agents.reserve(id);
  tick();
  const never = { by: 'customer', says: 'later', minutes: 1_440 } as const;
  assert.equal(await says(never), 'CALLBACK_TIME_TOO_FAR');
  const bad = { by: 'customer', says: 'later', minutes: NaN } as const;
  assert.equal(await says(bad), 'CALLBACK_REQUEST_INVALID');
  assert.equal(await says({ by: 'customer', says: 'yes' }), 'taken');
  assert.equal(await says({ by: 'agent', agentId: 'bob', says: 'yes' }), 'CALLBACK_NOT_ASKED');
  assert.equal(await says({ by: 'agent', agentId: 'ann', says: 'no' }), 'taken');
  const types = callbacks.history(id).map(({ type }) => type);
  assert.deepEqual(types, [
    'created',
    'agent-reserved',
    'ready-asked',
    'ready-answered',
    'preview-offered',
    'preview-answered',
  ]);
});

test('killed while somebody is asked: in the queue again, nobody dialled', async () => {
  for (const rule of [{ preview }, { readyConfirm }]) {
    const settings = [settingsOf(rule)];
    const first = await benchOf({ settings });
    const id = await first.promised();
    first.agents.reserve(id);
    first.tick();
    const { store, clock } = first;
    const second = await benchOf({ settings, store, clock });
    second.tick();
    assert.equal(second.callbacks.get(id)?.state, 'queued');
    assert.deepEqual(second.agents.told, [`not-reached ${id}`, `submit ${id} 0`]);
    assert.deepEqual([...first.calls.told, ...second.calls.told], []);
  }
});

test('the disposition is kept with the record, after the conversation only', async (t) => {
  const store = new SqliteStore({ path: ':memory:' });
  t.after(() => store.close());
  const { callbacks, agents, calls, tick, promised } = await benchOf({ store });
  const id = await promised();
  const dispose = async (outcome: string): Promise<string> => {
    const said = callbacks.dispose(id, { outcome, notes: 'n' }).then(
      ({ disposition }) => disposition?.outcome ?? '',
      (error: { code: string }) => error.code,
    );
    tick();
    return said;
  };
  assert.equal(await dispose('early'), 'CALLBACK_STATE');
  agents.reserve(id);
  tick();
  calls.say(id, { type: 'customer-answered' });
  calls.say(id, { type: 'customer-classified', finding: findingOf('person') });
  calls.say(id, { type: 'agent-answered', reservationId: 'r1' });
  calls.say(id, { type: 'treatment-ended', treatment: 'greeting' });
  calls.say(id, { type: 'joined', reservationId: 'r1', recording: null });
  tick();
  assert.equal(await dispose('sold'), 'sold');
  calls.say(id, { type: 'customer-hung-up' });
  tick();
  assert.equal(callbacks.get(id)?.reason, 'AGENT_CONNECTED');
  assert.equal(callbacks.get(id)?.disposition?.outcome, 'sold');
  const both = [callbacks.dispose(id, { outcome: 'a', notes: '' })];
  both.push(callbacks.dispose(id, { outcome: 'b', notes: '' }));
  tick();
  await Promise.all(both);
  const record = callbacks.get(id);
  assert.equal(record?.disposition?.outcome, 'b');
  assert.equal(record?.reason, 'AGENT_CONNECTED');
});

test('whose callback it is goes with its place, for a while or for good', () => {
  const placeOf = (request: object) => {
    const { promise } = tell({ preferredAgentSeconds: 60 }, [], request).state;
    return promise.preferredAgent;
  };
  assert.equal(placeOf({}), undefined);
  assert.deepEqual(placeOf({ agentId: 'ann' }), { agentId: 'ann', forSeconds: 60 });
  const strict = { agentId: 'ann', agentStrict: true };
  assert.deepEqual(placeOf(strict), { agentId: 'ann', forSeconds: null });
  const { record } = tell({}, [], strict);
  assert.deepEqual([record.agentId, record.agentStrict], ['ann', true]);
  assert.deepEqual(
    tell({ firstParty: 'agent' }, [reserved, agentSays('agent-answered')], strict).said,
    ['agent-answered', 'dial-customer', 'play-to-agent connecting'],
  );
});

test('who calls in, or may not be called any more, while being asked is not dialled', async () => {
  let isOnTheLine = false;
  const settings = [settingsOf({ readyConfirm })];
  const bench = await benchOf({ settings, isOnTheLine: () => isOnTheLine });
  const { callbacks, agents, calls, tick, promised } = bench;
  const id = await promised();
  agents.reserve(id);
  tick();
  isOnTheLine = true;
  const answering = callbacks.answer(id, { by: 'customer', says: 'yes' });
  tick();
  assert.equal((await answering).state, 'waiting-retry');
  assert.deepEqual(calls.dials, []);
  assert.equal(agents.told.at(-1), `not-reached ${id}`, 'the agent is free');
  isOnTheLine = false;
  tick(5_000);
  agents.reserve(id, 'r2');
  tick();
  assert.equal(calls.dials.length, 1, 'not asked again');
  const answer: Answer = { by: 'customer', says: 'yes' };
  const { state } = tell({ readyConfirm }, [reserved]);
  const atMs = startMs + 5_000;
  const closed = { type: 'answer-given', atMs, answer, dialAllowedAtMs: atMs + 60_000 } as const;
  assert.equal(step(state, closed)[0].phase.name, 'closed');
});
