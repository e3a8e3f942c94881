// How the legs of attempts were heard, in SQLite: written when a leg ends, which is after the
// attempt is over, and shown with it from then on. Attempts of older versions have nothing here.
import { DatabaseSync } from 'node:sqlite';
import type { CallbackRecord, Callbacks, LegQuality } from '../callback/index.ts';
import type { Clock, Log } from '../core/ports.ts';
import { over } from './access/scoped.ts';

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS legs (
    row INTEGER PRIMARY KEY, callback_id TEXT NOT NULL, attempt_key TEXT NOT NULL,
    ended_ms INTEGER NOT NULL, quality TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS by_callback ON legs (callback_id);
  CREATE INDEX IF NOT EXISTS by_age ON legs (ended_ms)`;

const DAY_MS = 86_400_000;
/** Old rows taken away with each one that is added. */
const PRUNED_AT_ONCE = 10;

export class QualityBook {
  readonly #db: DatabaseSync;
  readonly #keptMs: number;
  readonly #clock: Clock;
  readonly #log: Log;

  /** @param days so long, at most, is a callback kept */
  constructor(path: string, days: number, ports: { readonly clock: Clock; readonly log: Log }) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(SCHEMA);
    this.#keptMs = days * DAY_MS;
    this.#clock = ports.clock;
    this.#log = ports.log;
  }

  /** Never throws: the call was made, whether it can be told how it was heard or not. */
  add(callbackId: string, attemptKey: string, quality: LegQuality): void {
    const nowMs = Math.floor(this.#clock.nowMs());
    try {
      this.#db
        .prepare(
          'INSERT INTO legs (callback_id, attempt_key, ended_ms, quality) VALUES (?, ?, ?, ?)',
        )
        .run(callbackId, attemptKey, nowMs, JSON.stringify(quality));
      const old = 'SELECT row FROM legs WHERE ended_ms < ? LIMIT ?';
      this.#db
        .prepare(`DELETE FROM legs WHERE row IN (${old})`)
        .run(nowMs - this.#keptMs, PRUNED_AT_ONCE);
    } catch (error) {
      this.#log.error('leg-quality-lost', { callbackId, error });
    }
  }

  /** The record with what is known of its legs; the same object when that is nothing. */
  with(record: CallbackRecord): CallbackRecord {
    if (record.attempts.length === 0) return record;
    const rows = this.#db
      .prepare('SELECT attempt_key, quality FROM legs WHERE callback_id = ? ORDER BY row')
      .all(record.id);
    if (rows.length === 0) return record;
    const attempts = record.attempts.map((attempt) => {
      const own = rows.filter((row) => row['attempt_key'] === attempt.attemptKey);
      const quality = own.map((row) => JSON.parse(String(row['quality'])) as LegQuality);
      return quality.length === 0 ? attempt : { ...attempt, quality };
    });
    return { ...record, attempts };
  }

  close(): void {
    this.#db.close();
  }
}

/** The face whose records tell how they were heard. */
export function withQuality(callbacks: Callbacks, book: QualityBook): Callbacks {
  return over(callbacks, {
    get: (id) => {
      const record = callbacks.get(id);
      return record === null ? null : book.with(record);
    },
    list: (filter) => {
      const page = callbacks.list(filter);
      return { ...page, records: page.records.map((record) => book.with(record)) };
    },
    move: async (id, change) => book.with(await callbacks.move(id, change)),
    cancel: async (id) => book.with(await callbacks.cancel(id)),
    answer: async (id, answer) => book.with(await callbacks.answer(id, answer)),
    dispose: async (id, said) => book.with(await callbacks.dispose(id, said)),
  });
}
