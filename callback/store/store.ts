// The store of callbacks, as a port: one transaction commits states, history and outbox together.
// Synchronous on purpose: no other event can come between reading a state and committing the next.
import type { CallbackEventRecord, CallbackFilter, CallbackRecord } from '../model.ts';
import type { HistoryLine } from '../record.ts';
import type { CallbackEffect, CallbackMachineState } from '../state.ts';

/** An effect that was committed and perhaps not performed yet. */
export interface OutboxRow {
  /** `id:revision:n`; the same effect has the same key for ever. */
  readonly key: string;
  readonly callbackId: string;
  readonly revision: number;
  readonly effect: CallbackEffect;
}

/** One callback's part of a commit: any number of steps. */
export interface CallbackWrite {
  /** Revision in the store; 0: the callback is new. */
  readonly expectedRevision: number;
  readonly state: CallbackMachineState;
  readonly history: readonly HistoryLine[];
  readonly effects: readonly OutboxRow[];
  readonly idempotency: IdempotencyKey | null;
}

export interface IdempotencyKey {
  readonly key: string;
  readonly requestHash: string;
}

/** What limits count: a request that was accepted once. */
export interface AcceptedCallback {
  readonly queueId: string;
  readonly customerNumber: string;
  readonly userData: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
}

export interface CallbackPage {
  readonly records: readonly CallbackRecord[];
  readonly nextCursor: string | null;
}

export interface CallbackStore {
  /**
   * All of it or nothing, on disk when this returns. Answers the numbered history lines, in order.
   * @throws RingbackError STORE_CONFLICT {callbackId} (another revision is stored),
   *   STORE_UNAVAILABLE (disk full, read-only, locked: the same commit may succeed later)
   */
  commit(
    writes: readonly CallbackWrite[],
    doneKeys: readonly string[],
  ): readonly CallbackEventRecord[];
  load(id: string): CallbackMachineState | null;
  /** Every callback that is not completed. */
  unfinished(): readonly CallbackMachineState[];
  /**
   * A page in (createdAtMs, id) order.
   * @throws RingbackError CALLBACK_CURSOR_UNKNOWN
   */
  list(filter: CallbackFilter): CallbackPage;
  /** Oldest first; an unknown id has none. */
  history(id: string): readonly CallbackEventRecord[];
  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[];
  /** What was accepted after a moment, oldest first. */
  acceptedSince(sinceMs: number): readonly AcceptedCallback[];
  /** Outbox rows not marked done, in the order they were committed. */
  openEffects(): readonly OutboxRow[];
  /** What an idempotency key was used for. */
  idempotency(key: string): { readonly requestHash: string; readonly callbackId: string } | null;
  close(): void;
}

/** Most rows one list or event page may have. */
export const maxPageSize = 1000;

/** A page size within bounds. */
export function pageSize(asked: number): number {
  return Math.min(maxPageSize, Math.max(1, Math.floor(asked)));
}
