// The audit log: who did what, in a chain of hashes under a key of its own, so that a line that was
// changed or taken out shows. Lines are only added; the oldest go when their time is over.
import { createHmac } from 'node:crypto';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export interface AuditEntry {
  readonly atMs: number;
  /** Name of the key, subject of the token, or who else it was; null: nobody who is known. */
  readonly actor: string | null;
  readonly kind: string;
  readonly roles: readonly string[];
  readonly address: string | null;
  /** `operationId`, or method and route. */
  readonly operation: string;
  /** Ids of the path, numbers masked. */
  readonly target: string;
  readonly status: number;
  readonly requestId: string;
  /** So many alike are told by this line. */
  readonly times: number;
}

export interface StoredEntry extends AuditEntry {
  readonly sequence: number;
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly operation?: string | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Only what was refused: 401 and 403. */
  readonly refused?: boolean | undefined;
  /** Entries before this one. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** What a look over the whole chain found. */
export interface AuditCheck {
  readonly intact: boolean;
  readonly entries: number;
  /** The first line that is not as it was written, or after which one is missing; null: none. */
  readonly brokenAt: number | null;
}

/** `first`: the oldest that must be there, and the hash before it. `last`: the newest. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS audit (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    actor TEXT,
    operation TEXT NOT NULL,
    status INTEGER NOT NULL,
    entry TEXT NOT NULL,
    hash TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS audit_by_actor ON audit (actor, sequence);
  CREATE INDEX IF NOT EXISTS audit_by_operation ON audit (operation, sequence);
  CREATE INDEX IF NOT EXISTS audit_by_time ON audit (at_ms);
  CREATE TABLE IF NOT EXISTS audit_ends (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    first INTEGER NOT NULL,
    before_first TEXT NOT NULL,
    last INTEGER NOT NULL,
    last_hash TEXT NOT NULL,
    seal TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER IF NOT EXISTS audit_stays BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is not changed'); END;
  CREATE TRIGGER IF NOT EXISTS audit_kept BEFORE DELETE ON audit
    WHEN old.sequence >= (SELECT first FROM audit_ends)
    BEGIN SELECT RAISE(ABORT, 'the audit log is not cut'); END`;

interface Ends {
  readonly first: number;
  readonly beforeFirst: string;
  readonly last: number;
  readonly lastHash: string;
}

const NOTHING_YET: Ends = { first: 1, beforeFirst: '', last: 0, lastHash: '' };
const CHECKED_AT_ONCE = 500;
const PRUNED_AT_ONCE = 1_000;

export class AuditLog {
  readonly #db: DatabaseSync;
  readonly #key: string;
  readonly #insert: StatementSync;
  readonly #readEnds: StatementSync;
  readonly #writeEnds: StatementSync;

  /** @param key secret under which the chain is made */
  constructor(database: DatabaseSync, key: string) {
    this.#db = database;
    this.#key = key;
    database.exec(SCHEMA);
    this.#insert = database.prepare(
      'INSERT INTO audit (sequence, at_ms, actor, operation, status, entry, hash) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#readEnds = database.prepare('SELECT * FROM audit_ends');
    this.#writeEnds = database.prepare(
      'INSERT OR REPLACE INTO audit_ends (one, first, before_first, last, last_hash, seal) ' +
        'VALUES (1, ?, ?, ?, ?, ?)',
    );
    if (this.#readEnds.get() === undefined) this.#setEnds(NOTHING_YET);
  }

  /** When this returns the entries are on disk, all of them or none. */
  add(...entries: readonly AuditEntry[]): void {
    this.#transaction(() => {
      const sealed = this.#ends();
      let { last, lastHash } = sealed ?? this.#broken();
      for (const entry of entries) {
        last += 1;
        const text = JSON.stringify(entry);
        lastHash = this.#hash(`${lastHash}\n${last}\n${text}`);
        this.#insert.run(
          ...[last, Math.floor(entry.atMs), entry.actor, entry.operation, entry.status],
          ...[text, lastHash],
        );
      }
      if (sealed !== null) this.#setEnds({ ...sealed, last, lastHash });
    });
  }

  /** Newest first. */
  list({ actor, operation, fromMs, toMs, refused, before, limit }: AuditFilter) {
    const terms = ['1'];
    const values: SQLInputValue[] = [];
    const demand = (term: string, value: SQLInputValue | undefined): void => {
      if (value === undefined) return;
      terms.push(term);
      values.push(value);
    };
    demand('actor = ?', actor);
    demand('operation = ?', operation);
    demand('at_ms >= ?', fromMs);
    demand('at_ms < ?', toMs);
    demand('sequence < ?', before);
    if (refused === true) terms.push('status IN (401, 403)');
    const sql = `SELECT * FROM audit WHERE ${terms.join(' AND ')} ORDER BY sequence DESC LIMIT ?`;
    return this.#db
      .prepare(sql)
      .all(...values, limit)
      .map(entryOf);
  }

  /** @param pause lets everything else go on */
  async check(pause: () => Promise<void>): Promise<AuditCheck> {
    const ends = this.#ends();
    if (ends === null) return { intact: false, entries: 0, brokenAt: 0 };
    let [expected, hash] = [ends.first, ends.beforeFirst];
    for (;;) {
      const rows = this.#db
        .prepare('SELECT * FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?')
        .all(expected, CHECKED_AT_ONCE);
      for (const row of rows) {
        if (expected > ends.last) break;
        const text = String(row['entry']);
        const right = this.#hash(`${hash}\n${expected}\n${text}`);
        const { actor, operation, status, atMs, sequence } = entryOf(row);
        const isSame =
          actor === row['actor'] &&
          operation === row['operation'] &&
          status === row['status'] &&
          Math.floor(atMs) === row['at_ms'];
        if (sequence !== expected || row['hash'] !== right || !isSame) {
          return { intact: false, entries: expected - ends.first, brokenAt: expected };
        }
        hash = right;
        expected++;
      }
      if (expected > ends.last || rows.length < CHECKED_AT_ONCE) break;
      await pause();
    }
    const intact = expected === ends.last + 1 && hash === ends.lastHash;
    return { intact, entries: expected - ends.first, brokenAt: intact ? null : expected };
  }

  /** Takes away what is older, oldest first, some at a time; answers how many are gone. */
  prune(beforeMs: number): number {
    const ends = this.#ends();
    if (ends === null) return 0;
    const rows = this.#db
      .prepare(
        'SELECT sequence, at_ms, hash FROM audit WHERE sequence >= ? ORDER BY sequence LIMIT ?',
      )
      .all(ends.first, PRUNED_AT_ONCE);
    const keep = rows.findIndex((row) => Number(row['at_ms']) >= beforeMs);
    const old = rows[(keep < 0 ? rows.length : keep) - 1];
    if (old === undefined) return 0;
    const first = Number(old['sequence']) + 1;
    this.#transaction(() => {
      this.#setEnds({ ...ends, first, beforeFirst: String(old['hash']) });
      this.#db.prepare('DELETE FROM audit WHERE sequence < ?').run(first);
    });
    return first - ends.first;
  }

  /** Null: there are none, or not as they were sealed. */
  #ends(): Ends | null {
    const row = this.#readEnds.get();
    if (row === undefined) return null;
    const ends = {
      first: Number(row['first']),
      beforeFirst: String(row['before_first']),
      last: Number(row['last']),
      lastHash: String(row['last_hash']),
    };
    return row['seal'] === this.#hash(JSON.stringify(ends)) ? ends : null;
  }

  /** Goes on after the last line; the broken seal stays as it is and shows at every check. */
  #broken(): Ends {
    const row = this.#db.prepare('SELECT * FROM audit ORDER BY sequence DESC LIMIT 1').get();
    if (row === undefined) return NOTHING_YET;
    return { ...NOTHING_YET, last: Number(row['sequence']), lastHash: String(row['hash']) };
  }

  #setEnds(ends: Ends): void {
    const { first, beforeFirst, last, lastHash } = ends;
    const seal = this.#hash(JSON.stringify({ first, beforeFirst, last, lastHash }));
    this.#writeEnds.run(first, beforeFirst, last, lastHash, seal);
  }

  #hash(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }

  #transaction(act: () => void): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      act();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }
}

function entryOf(row: Readonly<Record<string, unknown>>): StoredEntry {
  const entry = JSON.parse(String(row['entry'])) as AuditEntry;
  return { ...entry, sequence: Number(row['sequence']) };
}
