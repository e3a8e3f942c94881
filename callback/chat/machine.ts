// The rules of a chat. PURE, total; the driver is runner.ts.
//
//   open --> waiting --agent-reserved--> offered --accepts--> chatting --ended, silence--> over
//             ^   ^                        |                    |  |                        ^
//             |   +--rejects, time, lost---+                    |  |                        |
//             +------agent silent, hand-over, restart-----------+  +--call me instead-------+
//
// From everywhere: the customer ends it, or is called instead. From waiting: waited too long, or
// no place. A word of the customer is taken in every state but over; of the agent while chatting.
import type { Step } from '../../core/step.ts';
import type { ChatEnd, ChatParty, ChatRules, ChatTold, OfferEnd, OpenChat } from './model.ts';
import { entryOf, wakeAtMs } from './state.ts';
import type { ChatEffect, ChatEvent, ChatPhase, ChatState, SaidLately } from './state.ts';

type Move = readonly [ChatState, readonly ChatEffect[]];
type In<Name extends ChatPhase['name']> = Extract<ChatPhase, { name: Name }>;
type Said = Extract<ChatEvent, { type: 'said' }>;

const minuteMs = 60_000;
/** Why an agent who left a customer without an answer is not ready. */
export const silentReason = 'chat-silent';
/** So long a chat is kept for the agent it was handed to, or who had it before a restart. */
const keptForAgentSeconds = 60;

/** A new chat, in line from `atMs` on. */
export function beginChat(id: string, asked: OpenChat, rules: ChatRules, atMs: number): Move {
  const nothing: SaidLately = { fromMs: atMs, count: 0 };
  const state: ChatState = {
    id,
    revision: 0,
    queueId: asked.queueId,
    person: asked.person,
    context: asked.context,
    rules,
    createdAtMs: atMs,
    arrivedAtMs: atMs,
    phase: { name: 'waiting', sinceMs: atMs },
    lastSequence: 0,
    messages: 0,
    lately: { customer: nothing, agent: nothing },
    preferred: null,
  };
  const submit: ChatEffect = { type: 'submit', entry: entryOf(state) };
  const opened = go(state, state.phase, { type: 'opened' }, [submit]);
  if (asked.text === null) return opened;
  const by = { who: 'customer' } as const;
  const [said, more] = hear(opened[0], {
    type: 'said',
    atMs,
    by,
    text: asked.text,
    messageId: null,
  });
  return [{ ...said, revision: 1 }, [...opened[1], ...more]];
}

export const stepChat: Step<ChatState, ChatEvent, ChatEffect> = (state, event) => {
  switch (state.phase.name) {
    case 'waiting':
      return stepWaiting(state, state.phase, event);
    case 'offered':
      return stepOffered(state, state.phase, event);
    case 'chatting':
      return stepChatting(state, state.phase, event);
    case 'over':
      return stepOver(state, state.phase, event);
  }
};

function stepWaiting(state: ChatState, phase: In<'waiting'>, event: ChatEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'agent-reserved': {
      const { agent, ringTimeoutMs } = event;
      const untilMs = atMs + ringTimeoutMs;
      const offered: ChatPhase = { name: 'offered', sinceMs: phase.sinceMs, agent, untilMs };
      return go(state, offered, { type: 'offered', agentId: agent.agentId, untilMs });
    }
    case 'said':
      return event.by.who === 'customer' ? hear(state, event) : stay(state);
    case 'end-asked':
      return event.by.who === 'customer' ? customerEnds(state, atMs) : stay(state);
    case 'called-instead':
      return calledInstead(state, event, [{ type: 'withdraw', why: 'cancelled' }]);
    case 'line-refused':
      return end(state, 'FAIL_ERROR', atMs, [{ type: 'withdraw', why: 'cancelled' }]);
    case 'time-passed':
      return isDue(state, atMs)
        ? end(state, 'WAITED_TOO_LONG', atMs, [{ type: 'withdraw', why: 'expired' }])
        : stay(state);
    case 'process-restarted':
      return [state, [{ type: 'submit', entry: entryOf(state) }]];
    case 'reservation-lost':
    case 'offer-answered':
    case 'hand-over-asked':
      return stay(state);
  }
}

function stepOffered(state: ChatState, phase: In<'offered'>, event: ChatEvent): Move {
  const { atMs } = event;
  const { agentId, reservationId } = phase.agent;
  switch (event.type) {
    case 'offer-answered': {
      if (event.agentId !== agentId) return stay(state);
      if (!event.accepts) return declined(state, phase, 'rejected');
      const owedSinceMs = state.messages > 0 ? atMs : null;
      const chatting = {
        name: 'chatting',
        agent: phase.agent,
        saidAtMs: atMs,
        owedSinceMs,
      } as const;
      const told: ChatTold = { type: 'accepted', agentId };
      return go(state, chatting, told, [{ type: 'agent-answered', reservationId }]);
    }
    case 'reservation-lost':
      return event.reservationId === reservationId ? backToLine(state, phase, 'lost') : stay(state);
    case 'time-passed':
      return isDue(state, atMs) ? declined(state, phase, 'no-answer') : stay(state);
    case 'said':
      return event.by.who === 'customer' ? hear(state, event) : stay(state);
    case 'end-asked':
      return event.by.who === 'customer' ? customerEnds(state, atMs) : stay(state);
    case 'called-instead':
      return calledInstead(state, event, [{ type: 'withdraw', why: 'cancelled' }]);
    case 'process-restarted': {
      const [waiting, effects] = backToLine(state, phase, 'restart');
      return [waiting, [...effects, { type: 'submit', entry: entryOf(waiting) }]];
    }
    case 'agent-reserved':
    case 'hand-over-asked':
    case 'line-refused':
      return stay(state);
  }
}

function stepChatting(state: ChatState, phase: In<'chatting'>, event: ChatEvent): Move {
  const { atMs } = event;
  const ended: readonly ChatEffect[] = [{ type: 'interaction-ended' }];
  switch (event.type) {
    case 'said':
      return isParty(phase, event.by) ? hear(state, event) : stay(state);
    case 'end-asked':
      if (!isParty(phase, event.by)) return stay(state);
      return end(
        state,
        event.by.who === 'agent' ? 'ENDED_BY_AGENT' : 'ENDED_BY_CUSTOMER',
        atMs,
        ended,
      );
    case 'hand-over-asked':
      return event.agentId === phase.agent.agentId ? handOver(state, event) : stay(state);
    case 'called-instead':
      return calledInstead(state, event, ended);
    case 'time-passed':
      if (!isDue(state, atMs)) return stay(state);
      return phase.owedSinceMs === null
        ? end(state, 'SILENCE', atMs, ended)
        : agentSilent(state, phase, atMs);
    case 'process-restarted':
      return lineUp(kept(state, phase.agent.agentId, atMs), atMs, {
        ...{ type: 'back-in-line', why: 'restart' },
      });
    case 'agent-reserved':
    case 'reservation-lost':
    case 'offer-answered':
    case 'line-refused':
      return stay(state);
  }
}

/** A callback that was promised at the last moment is still known. */
function stepOver(state: ChatState, phase: In<'over'>, event: ChatEvent): Move {
  switch (event.type) {
    case 'called-instead':
      return [bump(state, { ...phase, callbackId: event.callbackId }), []];
    case 'agent-reserved':
    case 'reservation-lost':
    case 'offer-answered':
    case 'said':
    case 'end-asked':
    case 'hand-over-asked':
    case 'line-refused':
    case 'time-passed':
    case 'process-restarted':
      return stay(state);
  }
}

function hear(state: ChatState, { by, text, messageId, atMs }: Said): Move {
  if (wouldExceed(state, by.who, atMs) !== null) return stay(state);
  const lately = { ...state.lately, [by.who]: counted(state.lately[by.who], atMs) };
  const agentId = by.who === 'agent' ? by.agentId : null;
  const next = { ...state, lately, messages: state.messages + 1 };
  const told: ChatTold = { type: 'message', from: by.who, agentId, text, messageId };
  return go(next, heard(state.phase, by, atMs), told);
}

function heard(phase: ChatPhase, by: ChatParty, atMs: number): ChatPhase {
  if (phase.name !== 'chatting') return phase;
  const owedSinceMs = by.who === 'agent' ? null : (phase.owedSinceMs ?? atMs);
  return { ...phase, saidAtMs: atMs, owedSinceMs };
}

function counted({ fromMs, count }: SaidLately, atMs: number): SaidLately {
  return atMs - fromMs < minuteMs ? { fromMs, count: count + 1 } : { fromMs: atMs, count: 1 };
}

/** Why a message cannot be taken now: said too much lately, or in all; null: it can. */
export function wouldExceed(
  { lately, messages, rules }: ChatState,
  who: ChatParty['who'],
  atMs: number,
): { readonly why: 'rate'; readonly retryAtMs: number } | { readonly why: 'full' } | null {
  if (messages >= rules.maxMessages) return { why: 'full' };
  const { fromMs } = lately[who];
  const { count } = counted(lately[who], atMs);
  return count <= rules.messagesPerMinute ? null : { why: 'rate', retryAtMs: fromMs + minuteMs };
}

function declined(state: ChatState, phase: In<'offered'>, why: 'rejected' | 'no-answer'): Move {
  const { reservationId } = phase.agent;
  const [next, effects] = backToLine(state, phase, why);
  return [next, [...effects, { type: 'agent-not-answered', reservationId, why }]];
}

/** Routing has kept the place: there is nothing to submit. */
function backToLine(state: ChatState, phase: In<'offered'>, why: OfferEnd): Move {
  const told: ChatTold = { type: 'offer-ended', agentId: phase.agent.agentId, why };
  return go(state, { name: 'waiting', sinceMs: phase.sinceMs }, told);
}

function handOver(state: ChatState, event: Extract<ChatEvent, { type: 'hand-over-asked' }>): Move {
  const { agentId, to, atMs } = event;
  const toAgentId = 'agentId' in to ? to.agentId : null;
  const queueId = 'queueId' in to ? to.queueId : state.queueId;
  const moved = { ...state, queueId, preferred: null };
  const next = toAgentId === null ? moved : kept(moved, toAgentId, atMs);
  const ended: ChatEffect = { type: 'interaction-ended' };
  return lineUp(next, atMs, { type: 'handed-over', agentId, queueId, toAgentId }, [ended]);
}

function agentSilent(state: ChatState, phase: In<'chatting'>, atMs: number): Move {
  const { agentId } = phase.agent;
  return lineUp(
    { ...state, preferred: null },
    atMs,
    { type: 'back-in-line', why: 'agent-silent' },
    [{ type: 'agent-not-ready', agentId, reason: silentReason }, { type: 'interaction-ended' }],
  );
}

/** In line again, at the place of the arrival. */
function lineUp(
  state: ChatState,
  atMs: number,
  told: ChatTold,
  before: readonly ChatEffect[] = [],
): Move {
  const submit: ChatEffect = { type: 'submit', entry: entryOf(state) };
  return go(state, { name: 'waiting', sinceMs: atMs }, told, [...before, submit]);
}

/** Kept for one agent for a while; the preference of routing counts from the arrival. */
function kept(state: ChatState, agentId: string, atMs: number): ChatState {
  const waitedSeconds = Math.max(0, Math.ceil((atMs - state.arrivedAtMs) / 1_000));
  return { ...state, preferred: { agentId, forSeconds: waitedSeconds + keptForAgentSeconds } };
}

function customerEnds(state: ChatState, atMs: number): Move {
  return end(state, 'ENDED_BY_CUSTOMER', atMs, [{ type: 'withdraw', why: 'abandoned' }]);
}

function calledInstead(
  state: ChatState,
  { atMs, callbackId, customerNumber }: Extract<ChatEvent, { type: 'called-instead' }>,
  effects: readonly ChatEffect[],
): Move {
  const person = { ...state.person, number: state.person.number ?? customerNumber };
  return end({ ...state, person }, 'CALLED_INSTEAD', atMs, effects, callbackId);
}

function end(
  state: ChatState,
  reason: ChatEnd,
  atMs: number,
  effects: readonly ChatEffect[],
  callbackId: string | null = null,
): Move {
  const over: ChatPhase = { name: 'over', reason, atMs, callbackId };
  return go(state, over, { type: 'ended', reason, callbackId }, effects);
}

function isDue(state: ChatState, atMs: number): boolean {
  const dueMs = wakeAtMs(state);
  return dueMs !== null && atMs >= dueMs;
}

/** Whether somebody takes part in the conversation. */
export function isParty(phase: ChatPhase, by: ChatParty): boolean {
  if (by.who === 'customer') return true;
  return phase.name === 'chatting' && phase.agent.agentId === by.agentId;
}

function stay(state: ChatState): Move {
  return [state, []];
}

function go(
  state: ChatState,
  phase: ChatPhase,
  told: ChatTold,
  effects: readonly ChatEffect[] = [],
): Move {
  const lastSequence = state.lastSequence + 1;
  return [{ ...bump(state, phase), lastSequence }, [{ type: 'write', told }, ...effects]];
}

function bump(state: ChatState, phase: ChatPhase): ChatState {
  return { ...state, phase, revision: state.revision + 1 };
}
