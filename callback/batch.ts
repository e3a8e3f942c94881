// The steps of one tick, before their common commit. Changes the book as it goes, so that later
// steps of the same tick see the earlier ones; `revert` takes everything back.
import type { Book } from './book.ts';
import { begin, step } from './machine.ts';
import { historyOf, historyOfCreation, questionOf } from './record.ts';
import type { HistoryLine } from './record.ts';
import { effectKey } from './state.ts';
import type {
  CallbackEffect,
  CallbackMachineEvent,
  CallbackMachineState,
  CallbackPromise,
} from './state.ts';
import type { CallbackWrite, IdempotencyKey, OutboxRow } from './store/store.ts';

interface Draft {
  readonly before: CallbackMachineState | null;
  readonly idempotency: IdempotencyKey | null;
  readonly history: HistoryLine[];
  readonly effects: OutboxRow[];
  state: CallbackMachineState;
}

export class Batch {
  readonly #book: Book;
  readonly #drafts = new Map<string, Draft>();
  readonly #keys = new Map<string, { requestHash: string; callbackId: string }>();
  readonly #rows: OutboxRow[] = [];
  readonly #undos: (() => void)[] = [];

  constructor(book: Book) {
    this.#book = book;
  }

  /** All effects of the tick, in the order they were asked for. */
  get effects(): readonly OutboxRow[] {
    return this.#rows;
  }

  /** A new callback; answers its first state. */
  create(
    promise: CallbackPromise,
    idempotency: IdempotencyKey | null,
    dialAllowedAtMs?: number,
  ): CallbackMachineState {
    const [state, effects] = begin(promise, dialAllowedAtMs);
    const history = [historyOfCreation(state)];
    const draft: Draft = { before: null, idempotency, history, effects: [], state };
    this.#drafts.set(promise.id, draft);
    if (idempotency !== null) {
      const { key, requestHash } = idempotency;
      this.#keys.set(key, { requestHash, callbackId: promise.id });
    }
    this.#note(draft, effects);
    return state;
  }

  /** How a callback stands after the steps of this tick; null: none of them was its. */
  state(id: string): CallbackMachineState | null {
    return this.#drafts.get(id)?.state ?? null;
  }

  /** What a key was used for earlier in this tick, or null. */
  idempotency(key: string): { readonly requestHash: string; readonly callbackId: string } | null {
    return this.#keys.get(key) ?? null;
  }

  /** Steps a callback of the book; false when the event meant nothing. */
  step(before: CallbackMachineState, event: CallbackMachineEvent): boolean {
    const [state, effects] = step(before, event);
    if (state === before) return false;
    const { id } = before.promise;
    const known = this.#drafts.get(id);
    const draft = known ?? { before, idempotency: null, history: [], effects: [], state };
    this.#drafts.set(id, draft);
    draft.state = state;
    draft.history.push(historyOf(event, before, state));
    const question = questionOf(before, state, event.atMs);
    if (question !== null) draft.history.push(question);
    this.#note(draft, effects);
    return true;
  }

  #note(draft: Draft, effects: readonly CallbackEffect[]): void {
    const { state } = draft;
    const { id: callbackId } = state.promise;
    const { revision } = state;
    for (const [index, effect] of effects.entries()) {
      const row = { key: effectKey(callbackId, revision, index), callbackId, revision, effect };
      draft.effects.push(row);
      this.#rows.push(row);
    }
    this.#book.put(state);
  }

  writes(): CallbackWrite[] {
    return [...this.#drafts.values()].map(({ before, state, history, effects, idempotency }) => ({
      expectedRevision: before?.revision ?? 0,
      state,
      history,
      effects,
      idempotency,
    }));
  }

  /** To be taken back, too, if this does not happen. */
  onRevert(undo: () => void): void {
    this.#undos.push(undo);
  }

  /** Nothing of this happened. */
  revert(): void {
    for (const undo of this.#undos) undo();
    for (const { before, state } of this.#drafts.values()) {
      this.#book.remove(state);
      if (before !== null) this.#book.put(before);
    }
  }
}
