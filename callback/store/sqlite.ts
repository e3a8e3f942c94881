// The store in one SQLite file: write-ahead log, every commit synced to disk before it counts, and
// an exclusive lock: a second process over the same file would call customers twice.
import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { RingbackError } from '../../core/errors.ts';
import type { CallbackEventRecord, CallbackFilter } from '../model.ts';
import { stateNameOf, toRecord } from '../record.ts';
import type { HistoryLine } from '../record.ts';
import type { CallbackEffect, CallbackMachineState } from '../state.ts';
import { cursorUnknown, storeConflict, storeUnavailable } from './faults.ts';
import { migrate } from './migrate.ts';
import { pageSize } from './store.ts';
import type {
  AcceptedCallback,
  CallbackPage,
  CallbackStore,
  CallbackWrite,
  OutboxRow,
} from './store.ts';

type Row = Record<string, SQLOutputValue>;

export interface SqliteStoreOptions {
  /** The file; its folder exists. */
  readonly path: string;
  /** Upper bound of the file in pages of 4096 bytes; null: the disk's own. */
  readonly maxPages?: number | null;
}

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

export class SqliteStore implements CallbackStore {
  readonly #db: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws RingbackError STORE_UNAVAILABLE */
  constructor(options: SqliteStoreOptions) {
    this.#db = asStore(() => new DatabaseSync(options.path, { timeout: 1000 }));
    try {
      asStore(() => {
        this.#db.exec('PRAGMA locking_mode = EXCLUSIVE');
        this.#db.exec('PRAGMA journal_mode = WAL');
        this.#db.exec('PRAGMA synchronous = FULL');
        migrate(this.#db);
        this.#db.exec('BEGIN IMMEDIATE; COMMIT'); // takes the lock now, not at the first callback
        if (options.maxPages) this.limitPages(options.maxPages);
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

  commit(
    writes: readonly CallbackWrite[],
    doneKeys: readonly string[],
  ): readonly CallbackEventRecord[] {
    return asStore(() => {
      this.#db.exec('BEGIN IMMEDIATE');
      try {
        for (const key of doneKeys) this.#run('DELETE FROM outbox WHERE key = ?', key);
        const events = writes.flatMap((write) => this.#write(write));
        this.#db.exec('COMMIT');
        return events;
      } catch (fault) {
        if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
        throw fault;
      }
    });
  }

  #write(write: CallbackWrite): CallbackEventRecord[] {
    const { state, expectedRevision, idempotency } = write;
    const { id } = state.promise;
    if (expectedRevision === 0) this.#insert(state);
    else this.#update(state, expectedRevision);
    if (idempotency !== null) {
      this.#run(
        'INSERT INTO idempotency_keys (key, request_hash, callback_id) VALUES (?, ?, ?)',
        idempotency.key,
        idempotency.requestHash,
        id,
      );
    }
    for (const { key, revision, effect } of write.effects) {
      this.#run(
        'INSERT INTO outbox (key, callback_id, revision, effect) VALUES (?, ?, ?, ?)',
        key,
        id,
        revision,
        JSON.stringify(effect),
      );
    }
    return write.history.map((line) => this.#append(id, line));
  }

  #insert(state: CallbackMachineState): void {
    const { id, queueId, customerNumber, createdAtMs } = state.promise;
    const changes = this.#run(
      `INSERT INTO callbacks
         (id, revision, queue_id, customer_number, state, created_at_ms, body)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      id,
      state.revision,
      queueId,
      customerNumber,
      stateNameOf(state.phase),
      createdAtMs,
      JSON.stringify(state),
    );
    if (changes !== 1) throw storeConflict(id);
  }

  #update(state: CallbackMachineState, expectedRevision: number): void {
    const { id } = state.promise;
    const changes = this.#run(
      'UPDATE callbacks SET revision = ?, state = ?, body = ? WHERE id = ? AND revision = ?',
      state.revision,
      stateNameOf(state.phase),
      JSON.stringify(state),
      id,
      expectedRevision,
    );
    if (changes !== 1) throw storeConflict(id);
  }

  #append(callbackId: string, line: HistoryLine): CallbackEventRecord {
    const row = this.#get(
      `INSERT INTO callback_events (callback_id, revision, at_ms, type, data, state)
       VALUES (?, ?, ?, ?, ?, ?) RETURNING sequence`,
      callbackId,
      line.revision,
      line.atMs,
      line.type,
      JSON.stringify(line.data),
      line.state,
    );
    return { sequence: Number(row?.['sequence']), callbackId, ...line };
  }

  load(id: string): CallbackMachineState | null {
    return asStore(() => {
      const row = this.#get('SELECT body FROM callbacks WHERE id = ?', id);
      return row === null ? null : stateOf(row);
    });
  }

  unfinished(): readonly CallbackMachineState[] {
    const sql = `SELECT body FROM callbacks WHERE state <> 'completed' ORDER BY created_at_ms, id`;
    return asStore(() => this.#all(sql).map(stateOf));
  }

  list(filter: CallbackFilter): CallbackPage {
    return asStore(() => {
      const limit = pageSize(filter.limit);
      const { where, values } = this.#conditions(filter);
      const rows = this.#all(
        `SELECT body FROM callbacks ${where} ORDER BY created_at_ms, id LIMIT ?`,
        ...values,
        limit + 1,
      );
      const records = rows.slice(0, limit).map((row) => toRecord(stateOf(row)));
      return { records, nextCursor: rows.length > limit ? (records.at(-1)?.id ?? null) : null };
    });
  }

  #conditions(filter: CallbackFilter): { where: string; values: SQLInputValue[] } {
    const terms: string[] = [];
    const values: SQLInputValue[] = [];
    const demand = (term: string, ...these: SQLInputValue[]): void => {
      terms.push(term);
      values.push(...these);
    };
    if (filter.queueId !== undefined) demand('queue_id = ?', filter.queueId);
    if (filter.state !== undefined) demand('state = ?', filter.state);
    if (filter.customerNumber !== undefined) demand('customer_number = ?', filter.customerNumber);
    if (filter.cursor !== undefined) {
      const row = this.#get('SELECT created_at_ms FROM callbacks WHERE id = ?', filter.cursor);
      if (row === null) throw cursorUnknown(filter.cursor);
      demand('(created_at_ms, id) > (?, ?)', row['created_at_ms'] ?? 0, filter.cursor);
    }
    return { where: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values };
  }

  history(id: string): readonly CallbackEventRecord[] {
    const sql = 'SELECT * FROM callback_events WHERE callback_id = ? ORDER BY sequence';
    return asStore(() => this.#all(sql, id).map(eventOf));
  }

  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[] {
    const sql = 'SELECT * FROM callback_events WHERE sequence > ? ORDER BY sequence LIMIT ?';
    return asStore(() => this.#all(sql, Math.floor(sequence), pageSize(limit)).map(eventOf));
  }

  acceptedSince(sinceMs: number): readonly AcceptedCallback[] {
    const sql = 'SELECT body FROM callbacks WHERE created_at_ms > ? ORDER BY created_at_ms';
    return asStore(() => this.#all(sql, sinceMs).map((row) => stateOf(row).promise));
  }

  openEffects(): readonly OutboxRow[] {
    return asStore(() =>
      this.#all('SELECT * FROM outbox ORDER BY ordinal').map((row) => ({
        key: String(row['key']),
        callbackId: String(row['callback_id']),
        revision: Number(row['revision']),
        effect: JSON.parse(String(row['effect'])) as CallbackEffect,
      })),
    );
  }

  idempotency(key: string): { readonly requestHash: string; readonly callbackId: string } | null {
    return asStore(() => {
      const row = this.#get('SELECT * FROM idempotency_keys WHERE key = ?', key);
      if (row === null) return null;
      return {
        requestHash: String(row['request_hash']),
        callbackId: String(row['callback_id']),
      };
    });
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  #get(sql: string, ...values: SQLInputValue[]): Row | null {
    return this.#statement(sql).get(...values) ?? null;
  }

  #all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values);
  }
}

function stateOf(row: Row): CallbackMachineState {
  return JSON.parse(String(row['body'])) as CallbackMachineState;
}

function eventOf(row: Row): CallbackEventRecord {
  return {
    sequence: Number(row['sequence']),
    callbackId: String(row['callback_id']),
    revision: Number(row['revision']),
    atMs: Number(row['at_ms']),
    type: String(row['type']),
    data: JSON.parse(String(row['data'])) as Readonly<Record<string, unknown>>,
    state: String(row['state']) as CallbackEventRecord['state'],
  };
}

/** Turns SQLite's world faults into ours; its complaints about our SQL stay bugs. */
function asStore<Answer>(work: () => Answer): Answer {
  try {
    return work();
  } catch (fault) {
    if (fault instanceof RingbackError) throw fault;
    const code = (fault as { readonly errcode?: unknown }).errcode;
    const why = typeof code === 'number' ? unavailableCodes[code & 0xff] : undefined;
    if (why !== undefined) throw storeUnavailable(why, fault);
    throw fault;
  }
}
