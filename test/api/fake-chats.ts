// Nobody chats: for tests about something else.
import type { Chats } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';

function unknown(): never {
  throw notFound('CHAT_UNKNOWN', 'there is no such chat');
}

export const noChats: Chats = {
  open: () => {
    throw notFound('CHAT_QUEUE_UNKNOWN', 'there is no such queue');
  },
  get: () => null,
  list: () => ({ records: [], isMore: false }),
  lines: () => [],
  say: unknown,
  answerOffer: unknown,
  end: unknown,
  handOver: unknown,
  callInstead: async () => unknown(),
  onLine: () => undefined,
};
