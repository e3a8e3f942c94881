// Answers kept under idempotency keys, in SQLite: that a request began is on disk before it is
// acted upon, and its answer before the client has it, so that a repeat is known after kill -9 too.
import { DatabaseSync } from 'node:sqlite';
import { eraseRows } from '../erasing.ts';

/** An answer as it is given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is known of a key: which request it was first sent with, and what came of that. */
export interface KnownKey {
  readonly requestHash: string;
  /** Null: there was no end, or there is none yet. `not kept`: it showed a secret. */
  readonly answer: KeptAnswer | 'not kept' | null;
  /** The request is being worked on right now. */
  readonly isRunning: boolean;
}

/** Keys kept at most; the oldest give way. */
const MAX_KEYS = 100_000;

const SCHEMA = `
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS answers (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, request_hash TEXT NOT NULL,
    created_ms INTEGER NOT NULL, status INTEGER, headers TEXT, body TEXT) STRICT;
  CREATE INDEX IF NOT EXISTS by_age ON answers (created_ms)`;

export class AnswerStore {
  readonly #db: DatabaseSync;
  readonly #running = new Set<string>();

  /** @param path of the file; `:memory:` keeps answers for as long as the process lives */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    this.#db.exec(SCHEMA);
  }

  /** Null: the key is new, and taken for this request from now on. */
  begin(id: string, requestHash: string, nowMs: number, keptMs: number): KnownKey | null {
    this.#db.prepare('DELETE FROM answers WHERE created_ms < ?').run(nowMs - keptMs);
    const row = this.#db.prepare('SELECT * FROM answers WHERE id = ?').get(id);
    if (row !== undefined) return { ...knownOf(row), isRunning: this.#running.has(id) };
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO answers (id, request_hash, created_ms) VALUES (?, ?, ?)')
      .run(id, requestHash, nowMs);
    this.#db.prepare('DELETE FROM answers WHERE row <= ?').run(Number(lastInsertRowid) - MAX_KEYS);
    this.#running.add(id);
    return null;
  }

  /** The answer a repeat gets from now on. */
  keep(id: string, { status, headers, body }: KeptAnswer): void {
    this.#running.delete(id);
    this.#db
      .prepare('UPDATE answers SET status = ?, headers = ?, body = ? WHERE id = ?')
      .run(status, JSON.stringify(headers), body, id);
  }

  /** It was done, and its answer is nowhere on disk. */
  keepStatus(id: string, status: number): void {
    this.#running.delete(id);
    this.#db.prepare('UPDATE answers SET status = ? WHERE id = ?').run(status, id);
  }

  /** Nothing was done: the key is as new. */
  free(id: string): void {
    this.#running.delete(id);
    this.#db.prepare('DELETE FROM answers WHERE id = ?').run(id);
  }

  /** No kept answer tells of the person any more; repeats of their requests are refused. */
  erase(isAbout: (text: string) => boolean): void {
    eraseRows(this.#db, isAbout, [
      'DELETE FROM answers WHERE is_about(id)',
      `UPDATE answers SET status = NULL, headers = NULL, body = NULL
         WHERE is_about(coalesce(headers, '') || body)`,
    ]);
  }

  close(): void {
    this.#db.close();
  }
}

function knownOf(row: Readonly<Record<string, unknown>>): Omit<KnownKey, 'isRunning'> {
  return { requestHash: String(row['request_hash']), answer: answerOf(row) };
}

function answerOf({ status, headers, body }: Readonly<Record<string, unknown>>) {
  if (typeof status !== 'number') return null;
  if (typeof body !== 'string') return 'not kept';
  return { status, headers: JSON.parse(String(headers)) as Record<string, string>, body };
}
