// What is refused of what customers and agents ask of chats. PURE.
import { conflict, limited, notFound, unavailable } from '../../core/errors.ts';
import type { RingbackError } from '../../core/errors.ts';
import { isParty, wouldExceed } from './machine.ts';
import type { ChatParty, OpenChat } from './model.ts';
import type { ChatState } from './state.ts';

/** @throws RingbackError CHAT_STATE, CHAT_RATE_LIMITED, CHAT_FULL */
export function checkSaid(state: ChatState, by: ChatParty, atMs: number): void {
  checkParty(state, by);
  const exceeded = wouldExceed(state, by.who, atMs);
  switch (exceeded?.why) {
    case 'full': {
      const { maxMessages } = state.rules;
      throw conflict('CHAT_FULL', 'the chat has as many messages as it may', { maxMessages });
    }
    case 'rate': {
      const retryAfterSeconds = Math.max(1, Math.ceil((exceeded.retryAtMs - atMs) / 1_000));
      throw limited('CHAT_RATE_LIMITED', 'too many messages in a minute', { retryAfterSeconds });
    }
    case undefined:
  }
}

/** @throws RingbackError CHAT_STATE: an agent who does not have the chat */
export function checkParty({ id, phase }: ChatState, by: ChatParty): void {
  if (isParty(phase, by)) return;
  const fields = { chatId: id, state: phase.name };
  throw conflict('CHAT_STATE', 'the chat is not with this agent', fields);
}

/** @throws RingbackError CHAT_NOT_OFFERED */
export function checkOffered({ id, phase }: ChatState, agentId: string): void {
  if (phase.name === 'offered' && phase.agent.agentId === agentId) return;
  throw conflict('CHAT_NOT_OFFERED', 'the chat is not offered to this agent', { chatId: id });
}

/** @throws RingbackError IDEMPOTENCY_KEY_REUSED */
export function checkSame({ queueId, person, context }: ChatState, asked: OpenChat): void {
  const isSame =
    queueId === asked.queueId &&
    person.name === asked.person.name &&
    (asked.person.number === null || person.number === asked.person.number) &&
    Object.keys(context).length === Object.keys(asked.context).length &&
    Object.entries(asked.context).every(([key, value]) => context[key] === value);
  if (isSame) return;
  throw conflict('IDEMPOTENCY_KEY_REUSED', 'the idempotency key was used for another request');
}

export function chatUnknown(chatId: string): RingbackError {
  return notFound('CHAT_UNKNOWN', 'there is no such chat', { chatId });
}

export function chatOver(chatId: string): RingbackError {
  return conflict('CHAT_OVER', 'the chat is over', { chatId });
}

export function queueUnknown(queueId: string): RingbackError {
  return notFound('CHAT_QUEUE_UNKNOWN', 'there is no such queue', { queueId });
}

export function agentUnknown(agentId: string): RingbackError {
  return notFound('CHAT_AGENT_UNKNOWN', 'there is no such other agent', { agentId });
}

export function tooManyChats(limit: number): RingbackError {
  return unavailable('CHAT_LIMIT_REACHED', 'too many chats are open', { limit });
}

export function chatsStopped(): RingbackError {
  return unavailable('CHATS_STOPPED', 'chats are not running');
}
