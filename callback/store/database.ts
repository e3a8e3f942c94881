// One SQLite file as the stores use it: write-ahead log, every commit synced to disk before it
// counts, an exclusive lock (a second process over the same file would call customers twice),
// statements prepared once, and SQLite's faults in our words.
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { RingbackError } from '../../core/errors.ts';
import { storeUnavailable } from './faults.ts';
import { migrate } from './migrate.ts';

export type Row = Record<string, SQLOutputValue>;

/** Result codes (sqlite.org/rescode.html) that mean "not now": the same commit may pass later. */
const unavailableCodes: Readonly<Record<number, string>> = {
  5: 'locked by another process',
  6: 'locked',
  8: 'read-only',
  10: 'input or output error',
  11: 'the file is damaged',
  13: 'disk full',
  14: 'the file cannot be opened',
  26: 'the file is not a database',
};

/** What a probe writes, more than the free room of any page. */
const probeBytes = 16_384;

export class Database {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #arrayStatements = new Map<string, StatementSync>();
  #wasRefused = false;

  /** @throws RingbackError STORE_UNAVAILABLE */
  constructor(path: string) {
    this.#db = asStore(() => new DatabaseSync(path, { timeout: 1000 }));
    try {
      asStore(() => {
        this.#db.exec('PRAGMA locking_mode = EXCLUSIVE');
        this.#db.exec('PRAGMA journal_mode = WAL');
        this.#db.exec('PRAGMA synchronous = FULL');
        this.#db.exec('PRAGMA secure_delete = ON'); // what is erased leaves no text behind
        migrate(this.#db);
        this.#db.exec('BEGIN IMMEDIATE; COMMIT'); // takes the lock now, not at the first callback
      });
    } catch (fault) {
      this.#db.close();
      throw fault;
    }
  }

  /** Bounds the file (never below its present size): how a full disk behaves, or a quota. */
  limitPages(maxPages: number): void {
    this.#db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxPages))}`);
  }

  /**
   * All of it or nothing, on disk when this returns.
   * @throws RingbackError STORE_UNAVAILABLE, and what the work throws
   */
  transaction<Answer>(work: () => Answer): Answer {
    return asStore(() => {
      try {
        this.#db.exec('BEGIN IMMEDIATE');
        const answer = work();
        this.#db.exec('COMMIT');
        this.#wasRefused = false;
        return answer;
      } catch (fault) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        if (whyUnavailable(fault) !== undefined) this.#wasRefused = true;
        throw fault;
      }
    });
  }

  /**
   * Nothing while commits pass; after a refused one, whether something can be written again.
   * @throws RingbackError STORE_UNAVAILABLE
   */
  probe(): void {
    if (!this.#wasRefused) return;
    this.transaction(() => this.run('INSERT INTO probes (body) VALUES (zeroblob(?))', probeBytes));
    this.transaction(() => this.run('DELETE FROM probes'));
  }

  /** Erased texts go from the log of the file, too. */
  truncateLog(): void {
    asStore(() => this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  /** Answers how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return asStore(() => Number(this.#statement(sql).run(...values).changes));
  }

  get(sql: string, ...values: SQLInputValue[]): Row | null {
    return asStore(() => this.#statement(sql).get(...values) ?? null);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return asStore(() => this.#statement(sql).all(...values));
  }

  /** Rows as lists of their columns: half the time, for reports over many. */
  lists(sql: string, ...values: SQLInputValue[]): readonly (readonly SQLOutputValue[])[] {
    return asStore(() => {
      let statement = this.#arrayStatements.get(sql);
      if (statement === undefined) {
        statement = this.#db.prepare(sql);
        statement.setReturnArrays(true);
        this.#arrayStatements.set(sql, statement);
      }
      const rows: unknown = statement.all(...values);
      return rows as readonly (readonly SQLOutputValue[])[];
    });
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

function whyUnavailable(fault: unknown): string | undefined {
  if (fault instanceof RingbackError) {
    return fault.code === 'STORE_UNAVAILABLE' ? fault.message : undefined;
  }
  const code = (fault as { readonly errcode?: unknown }).errcode;
  return typeof code === 'number' ? unavailableCodes[code & 0xff] : undefined;
}

/** Turns SQLite's world faults into ours; its complaints about our SQL stay bugs. */
function asStore<Answer>(work: () => Answer): Answer {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof RingbackError) throw fault;
    const why = whyUnavailable(fault);
    if (why !== undefined) throw storeUnavailable(why, fault);
    throw fault;
  }
}
