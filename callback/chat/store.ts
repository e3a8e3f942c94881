// The store of chats, as a port: a state and the lines of its step are committed together.
import type { ChatFilter, ChatLine, ChatPage } from './model.ts';
import type { ChatState } from './state.ts';

export interface ChatStore {
  /**
   * All of it or nothing, on disk when this returns.
   * @param key idempotency key of a new chat
   * @throws RingbackError STORE_UNAVAILABLE
   */
  commit(state: ChatState, lines: readonly ChatLine[], key: string | null): void;
  load(id: string): ChatState | null;
  /** The chat that was opened under an idempotency key. */
  openedUnder(key: string): ChatState | null;
  unfinished(): readonly ChatState[];
  list(filter: ChatFilter): ChatPage;
  /** After a sequence, in order. */
  lines(id: string, after: number, limit: number): readonly ChatLine[];
  /** The message that was sent under an id of its sender. */
  lineOf(id: string, from: 'customer' | 'agent', messageId: string): ChatLine | null;
  /** Chats of a number, oldest first. */
  ofPerson(customerNumber: string): readonly ChatState[];
  /** Erases chats that are over, with their lines; answers how many. */
  erasePerson(customerNumber: string): number;
  /** Erases chats over before `beforeMs`, at most `limit`; answers how many. */
  eraseOver(beforeMs: number, limit: number): number;
}
