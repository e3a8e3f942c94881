// Performs committed effects and remembers which are done. A row is marked done lazily, with the
// next commit or after a moment: performed twice means the same as once, lost a broken promise.
import type { Clock, Log, Timer } from '../core/ports.ts';
import { perform } from './perform.ts';
import type { Agents, Calls } from './ports.ts';
import type { CallbackStore, OutboxRow } from './store/store.ts';

/** Performed effects are marked done with the next commit, at the latest after this. */
const flushAfterMs = 1_000;

export interface OutboxDeps {
  readonly store: CallbackStore;
  readonly calls: Calls;
  readonly agents: Agents;
  readonly clock: Clock;
  readonly log: Log;
}

export class Outbox {
  readonly #deps: OutboxDeps;
  readonly #onFailed: (row: OutboxRow, reason: string) => void;
  #done: string[] = [];
  #flushTimer: Timer | null = null;

  /** @param onFailed a port threw; the row counts as done, the machine decides what follows */
  constructor(deps: OutboxDeps, onFailed: (row: OutboxRow, reason: string) => void) {
    this.#deps = deps;
    this.#onFailed = onFailed;
  }

  /** Keys for the next commit to mark. */
  get doneKeys(): readonly string[] {
    return this.#done;
  }

  /** A commit marked them. */
  marked(): void {
    this.#done = [];
  }

  perform(row: OutboxRow): void {
    try {
      perform(row.effect, row.callbackId, this.#deps);
    } catch (fault) {
      const { callbackId, key } = row;
      const reason = String(fault);
      this.#deps.log.warn('callback-command-failed', { callbackId, key, reason });
      this.#onFailed(row, reason);
    }
    this.discard(row);
  }

  /** The row needs no performing (any more). */
  discard(row: OutboxRow): void {
    this.#done.push(row.key);
    this.#flushTimer ??= this.#deps.clock.after(flushAfterMs, () => this.flush());
  }

  flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = null;
    if (this.#done.length === 0) return;
    try {
      this.#deps.store.commit([], this.#done);
      this.#done = [];
    } catch (fault) {
      // Rows left open are performed again at the next start; they may be.
      this.#deps.log.warn('callback-outbox-not-marked', { reason: String(fault) });
    }
  }
}
