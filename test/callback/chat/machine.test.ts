// The rules of a chat: what each event does in each state, and what holds after any of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ChatParty, ChatRules, OpenChat } from '../../../callback/index.ts';
import { beginChat, stepChat } from '../../../callback/chat/machine.ts';
import { chatRecordOf, entryOf, wakeAtMs } from '../../../callback/chat/state.ts';
import type { ChatEffect, ChatEvent, ChatState } from '../../../callback/chat/state.ts';

const rules: ChatRules = {
  silenceSeconds: 600,
  agentSilenceSeconds: 120,
  maxWaitSeconds: 3_600,
  messagesPerMinute: 3,
  maxMessages: 5,
};
const asked: OpenChat = {
  queueId: 'support',
  person: { name: 'Ann', number: null },
  context: { page: 'cart' },
  text: null,
  idempotencyKey: null,
};
const customer: ChatParty = { who: 'customer' };
const ann: ChatParty = { who: 'agent', agentId: 'ann' };
const held = { agentId: 'ann', reservationId: 'r1' };

type Untimed<E> = E extends { readonly atMs: number } ? Omit<E, 'atMs'> : never;

/** A chat stepped by hand: `at` seconds, what effects came. */
class Story {
  state: ChatState;
  effects: readonly ChatEffect[];
  #told: string[] = [];

  constructor(changes: Partial<OpenChat> = {}) {
    [this.state, this.effects] = beginChat('chat-1', { ...asked, ...changes }, rules, 0);
    this.#note();
  }

  at(seconds: number, event: Untimed<ChatEvent>): this {
    [this.state, this.effects] = stepChat(this.state, { ...event, atMs: seconds * 1_000 });
    this.#note();
    return this;
  }

  say(seconds: number, by: ChatParty, text = 'hello'): this {
    return this.at(seconds, { type: 'said', by, text, messageId: null });
  }

  accepted(): this {
    return this.at(10, { type: 'agent-reserved', agent: held, ringTimeoutMs: 20_000 }).at(12, {
      ...{ type: 'offer-answered', agentId: 'ann', accepts: true },
    });
  }

  get told(): readonly string[] {
    return this.#told;
  }

  /** Effects but lines. */
  get done(): readonly string[] {
    return this.effects.filter(({ type }) => type !== 'write').map(({ type }) => type);
  }

  #note(): void {
    for (const effect of this.effects)
      if (effect.type === 'write') this.#told.push(effect.told.type);
  }
}

test('opened with a first word: in line from that moment, both written down', () => {
  const story = new Story({ text: 'help' });
  assert.deepEqual(story.told, ['opened', 'message']);
  assert.deepEqual(story.done, ['submit']);
  assert.equal(story.state.revision, 1);
  const { arrivedAtMs, kind, queueId } = entryOf(story.state);
  assert.deepEqual([arrivedAtMs, kind, queueId], [0, 'live', 'support']);
});

test('offered, accepted, talked over, ended by either', () => {
  const story = new Story().accepted();
  assert.deepEqual(story.done, ['agent-answered']);
  story.say(20, customer).say(21, ann);
  assert.equal(story.state.messages, 2);
  assert.deepEqual(story.at(30, { type: 'end-asked', by: ann }).done, ['interaction-ended']);
  assert.equal(chatRecordOf(story.state).reason, 'ENDED_BY_AGENT');
  assert.deepEqual(story.say(31, customer).told.at(-1), 'ended', 'nothing is heard any more');
  const other = new Story().accepted().at(30, { type: 'end-asked', by: customer });
  assert.equal(chatRecordOf(other.state).reason, 'ENDED_BY_CUSTOMER');
});

test('an offer that is rejected or not answered: back at the place; only its agent answers', () => {
  const offer = { type: 'agent-reserved', agent: held, ringTimeoutMs: 20_000 } as const;
  const rejected = new Story().at(10, offer);
  assert.equal(
    rejected.at(11, { type: 'offer-answered', agentId: 'bob', accepts: true }).state.phase.name,
    'offered',
  );
  rejected.at(12, { type: 'offer-answered', agentId: 'ann', accepts: false });
  assert.deepEqual(rejected.done, ['agent-not-answered']);
  assert.equal(rejected.state.phase.name, 'waiting');
  const silent = new Story().at(10, offer);
  assert.equal(silent.at(29, { type: 'time-passed' }).state.phase.name, 'offered');
  assert.deepEqual(silent.at(30, { type: 'time-passed' }).done, ['agent-not-answered']);
  assert.equal(wakeAtMs(silent.state), 3_600_000, 'the wait is counted from its beginning');
  const lost = new Story().at(10, offer).at(11, { type: 'reservation-lost', reservationId: 'old' });
  assert.equal(lost.state.phase.name, 'offered', 'another reservation');
  lost.at(11, { type: 'reservation-lost', reservationId: 'r1' });
  assert.deepEqual([lost.state.phase.name, lost.done], ['waiting', []]);
});

test('silence: an agent loses the chat by it, of both it ends the chat', () => {
  const story = new Story({ text: 'help' }).accepted();
  assert.equal(wakeAtMs(story.state), 132_000, 'the first word is to be answered');
  story.say(20, customer);
  assert.equal(wakeAtMs(story.state), 132_000, 'another word does not give the agent more time');
  story.at(132, { type: 'time-passed' });
  assert.deepEqual(story.done, ['agent-not-ready', 'interaction-ended', 'submit']);
  assert.equal(entryOf(story.state).arrivedAtMs, 0);
  const quiet = new Story().accepted().say(20, ann);
  assert.equal(quiet.at(619, { type: 'time-passed' }).state.phase.name, 'chatting');
  assert.equal(chatRecordOf(quiet.at(620, { type: 'time-passed' }).state).reason, 'SILENCE');
  const waiting = new Story().at(3_600, { type: 'time-passed' });
  assert.deepEqual(
    [chatRecordOf(waiting.state).reason, waiting.done],
    ['WAITED_TOO_LONG', ['withdraw']],
  );
});

test('handed over: to a queue with its place, to an agent who has a minute of preference', () => {
  const toQueue = new Story().accepted();
  toQueue.at(40, { type: 'hand-over-asked', agentId: 'bob', to: { queueId: 'sales' } });
  assert.equal(toQueue.state.phase.name, 'chatting', 'not by another agent');
  toQueue.at(40, { type: 'hand-over-asked', agentId: 'ann', to: { queueId: 'sales' } });
  assert.deepEqual(toQueue.done, ['interaction-ended', 'submit']);
  assert.deepEqual(
    [entryOf(toQueue.state).queueId, entryOf(toQueue.state).arrivedAtMs],
    ['sales', 0],
  );
  const toAgent = new Story().accepted();
  toAgent.at(40, { type: 'hand-over-asked', agentId: 'ann', to: { agentId: 'bob' } });
  const { queueId, preferredAgent } = entryOf(toAgent.state);
  assert.deepEqual([queueId, preferredAgent], ['support', { agentId: 'bob', forSeconds: 100 }]);
});

test('called instead, from everywhere; a promise that came too late is still known', () => {
  const called = {
    type: 'called-instead',
    callbackId: 'cb',
    customerNumber: '+12025550123',
  } as const;
  const waiting = new Story().at(5, called);
  assert.deepEqual(waiting.done, ['withdraw']);
  const { reason, callbackId, person } = chatRecordOf(waiting.state);
  assert.deepEqual([reason, callbackId, person.number], ['CALLED_INSTEAD', 'cb', '+12025550123']);
  assert.deepEqual(new Story().accepted().at(20, called).done, ['interaction-ended']);
  const late = new Story().at(5, { type: 'end-asked', by: customer }).at(6, called);
  assert.equal(chatRecordOf(late.state).callbackId, 'cb');
  assert.equal(chatRecordOf(late.state).reason, 'ENDED_BY_CUSTOMER');
});

test('a restart: in line again at its place, first for the agent who had it', () => {
  const restarted = { type: 'process-restarted' } as const;
  const waiting = new Story().at(5, restarted);
  assert.deepEqual([waiting.done, waiting.state.revision], [['submit'], 1]);
  const story = new Story().accepted().say(20, customer).at(30, restarted);
  assert.deepEqual([story.done, story.told.at(-1)], [['submit'], 'back-in-line']);
  assert.deepEqual(entryOf(story.state).preferredAgent, { agentId: 'ann', forSeconds: 90 });
  const offered = new Story().at(10, { type: 'agent-reserved', agent: held, ringTimeoutMs: 1 });
  assert.deepEqual(offered.at(11, restarted).done, ['submit']);
});

test('no more than so many messages a minute, and in all', () => {
  const story = new Story().accepted();
  for (let n = 0; n < 4; n += 1) story.say(20, customer);
  assert.equal(story.state.messages, 3);
  story.say(21, ann);
  assert.equal(story.state.messages, 4, 'each side for itself');
  story.say(80, customer).say(80, customer);
  assert.equal(story.state.messages, 5, 'a minute later again, up to the end');
});

const anyEvent = (atMs: number): fc.Arbitrary<ChatEvent> => {
  const agentId = fc.constantFrom('ann', 'bob');
  const by = fc.oneof(
    fc.constant(customer),
    agentId.map((id) => ({ who: 'agent', agentId: id }) as const),
  );
  const reservationId = fc.constantFrom('r1', 'r2');
  return fc.oneof(
    fc
      .record({ agentId, reservationId })
      .map((agent) => ({ type: 'agent-reserved' as const, atMs, agent, ringTimeoutMs: 20_000 })),
    reservationId.map((id) => ({ type: 'reservation-lost' as const, atMs, reservationId: id })),
    fc
      .tuple(agentId, fc.boolean())
      .map(([id, accepts]) => ({ type: 'offer-answered' as const, atMs, agentId: id, accepts })),
    by.map((who) => ({ type: 'said' as const, atMs, by: who, text: 'x', messageId: null })),
    by.map((who) => ({ type: 'end-asked' as const, atMs, by: who })),
    fc
      .tuple(agentId, fc.constantFrom({ queueId: 'sales' }, { agentId: 'bob' }))
      .map(([id, to]) => ({ type: 'hand-over-asked' as const, atMs, agentId: id, to })),
    fc.constant({ type: 'called-instead' as const, atMs, callbackId: 'cb', customerNumber: '+1' }),
    fc.constant({ type: 'line-refused' as const, atMs }),
    fc.constant({ type: 'time-passed' as const, atMs }),
    fc.constant({ type: 'process-restarted' as const, atMs }),
  );
};

/** What routing makes of the effects of one chat. */
function place(before: 'none' | 'line' | 'talking', effect: ChatEffect) {
  switch (effect.type) {
    case 'submit':
      return 'line';
    case 'withdraw':
    case 'interaction-ended':
      return 'none';
    case 'agent-answered':
      return before === 'line' ? 'talking' : before;
    case 'write':
    case 'agent-not-answered':
    case 'agent-not-ready':
      return before;
  }
}

test('whatever happens: lines without a gap, a place while it waits, an end that stays', () => {
  const steps = fc
    .array(fc.nat({ max: 700_000 }), { maxLength: 40 })
    .map((gaps) =>
      gaps.map(
        (
          (at) => (gap: number) =>
            (at += gap)
        )(0),
      ),
    )
    .chain((times) => fc.tuple(...times.map((atMs) => anyEvent(atMs))));
  fc.assert(
    fc.property(steps, (events) => {
      let [state, effects] = beginChat('c', asked, rules, 0);
      let where = effects.reduce(place, 'none' as ReturnType<typeof place>);
      let lines = effects.filter(({ type }) => type === 'write').length;
      for (const event of events) {
        const before = state;
        [state, effects] = stepChat(before, event);
        // A new process has forgotten every place.
        if (event.type === 'process-restarted') where = 'none';
        where = effects.reduce(place, where);
        lines += effects.filter(({ type }) => type === 'write').length;
        assert.equal(state.lastSequence, lines);
        assert.ok(state.revision - before.revision <= 1);
        assert.equal(state.revision > before.revision, state !== before);
        const expected = { waiting: 'line', offered: 'line', chatting: 'talking', over: 'none' };
        assert.equal(where, expected[state.phase.name], event.type);
        if (before.phase.name === 'over') assert.equal(state.phase.name, 'over');
        assert.equal(state.arrivedAtMs, 0, 'the place is kept');
      }
    }),
    { numRuns: 500 },
  );
});
