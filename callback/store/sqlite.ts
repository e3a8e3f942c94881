// The store of callbacks in one SQLite file, see database.ts: the rows of every commit, and how
// they are read. What is kept for how long is in sqlite-keeping.ts.
import type { SQLInputValue } from 'node:sqlite';
import type { ChatStore } from '../chat/store.ts';
import { factOf } from '../facts.ts';
import type { CallbackEventRecord, CallbackFilter } from '../model.ts';
import { stateNameOf, toRecord } from '../record.ts';
import type { HistoryLine } from '../record.ts';
import type { CallbackMachineState } from '../state.ts';
import { Database } from './database.ts';
import { cursorUnknown, storeConflict } from './faults.ts';
import type { Keeping } from './keeping.ts';
import { SqliteChats } from './sqlite-chats.ts';
import { SqliteKeeping } from './sqlite-keeping.ts';
import { eventOf, stateOf } from './sqlite-rows.ts';
import { pageSize } from './store.ts';
import type {
  AcceptedCallback,
  CallbackPage,
  CallbackStore,
  CallbackWrite,
  OutboxRow,
} from './store.ts';
import { effectVersion, stateVersion, upcastEffect } from './upcast.ts';

export interface SqliteStoreOptions {
  /** The file; its folder exists. */
  readonly path: string;
  /** Upper bound of the file in pages of 4096 bytes; null: the disk's own. */
  readonly maxPages?: number | null;
}

export class SqliteStore implements CallbackStore {
  readonly keeping: Keeping;
  readonly chats: ChatStore;
  readonly #db: Database;
  readonly #keeping: SqliteKeeping;

  /** @throws RingbackError STORE_UNAVAILABLE */
  constructor(options: SqliteStoreOptions) {
    this.#db = new Database(options.path);
    this.keeping = this.#keeping = new SqliteKeeping(this.#db);
    this.chats = new SqliteChats(this.#db);
    if (options.maxPages) this.limitPages(options.maxPages);
  }

  /** Bounds the file (never below its present size): how a full disk behaves, or a quota. */
  limitPages(maxPages: number): void {
    this.#db.limitPages(maxPages);
  }

  /**
   * Nothing while commits pass; after a refused one, whether something can be written again.
   * @throws RingbackError STORE_UNAVAILABLE
   */
  probe(): void {
    this.#db.probe();
  }

  commit(
    writes: readonly CallbackWrite[],
    doneKeys: readonly string[],
  ): readonly CallbackEventRecord[] {
    return this.#db.transaction(() => {
      for (const key of doneKeys) this.#db.run('DELETE FROM outbox WHERE key = ?', key);
      return writes.flatMap((write) => this.#write(write));
    });
  }

  #write(write: CallbackWrite): CallbackEventRecord[] {
    const { state, expectedRevision, idempotency } = write;
    const { id, createdAtMs } = state.promise;
    if (expectedRevision === 0) this.#insert(state);
    else this.#update(state, expectedRevision);
    const fact = factOf(state);
    if (fact !== null) this.#keeping.putFact(fact);
    if (idempotency !== null) {
      this.#db.run(
        `INSERT INTO idempotency_keys (key, request_hash, callback_id, created_at_ms)
         VALUES (?, ?, ?, ?)`,
        idempotency.key,
        idempotency.requestHash,
        id,
        createdAtMs,
      );
    }
    for (const { key, revision, effect } of write.effects) {
      this.#db.run(
        'INSERT INTO outbox (key, callback_id, revision, version, effect) VALUES (?, ?, ?, ?, ?)',
        key,
        id,
        revision,
        effectVersion,
        JSON.stringify(effect),
      );
    }
    return write.history.map((line) => this.#append(id, line));
  }

  #insert(state: CallbackMachineState): void {
    const { id, queueId, customerNumber, createdAtMs } = state.promise;
    const { phase } = state;
    const changes = this.#db.run(
      `INSERT INTO callbacks
         (id, revision, queue_id, customer_number, state, created_at_ms, completed_at_ms,
          version, body)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      id,
      state.revision,
      queueId,
      customerNumber,
      stateNameOf(phase),
      createdAtMs,
      phase.name === 'completed' ? phase.completedAtMs : null,
      stateVersion,
      JSON.stringify(state),
    );
    if (changes !== 1) throw storeConflict(id);
  }

  #update(state: CallbackMachineState, expectedRevision: number): void {
    const { id, customerNumber } = state.promise;
    const { phase } = state;
    const changes = this.#db.run(
      `UPDATE callbacks SET revision = ?, customer_number = ?, state = ?, completed_at_ms = ?,
         version = ?, body = ? WHERE id = ? AND revision = ?`,
      state.revision,
      customerNumber,
      stateNameOf(phase),
      phase.name === 'completed' ? phase.completedAtMs : null,
      stateVersion,
      JSON.stringify(state),
      id,
      expectedRevision,
    );
    if (changes !== 1) throw storeConflict(id);
  }

  #append(callbackId: string, line: HistoryLine): CallbackEventRecord {
    const row = this.#db.get(
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
    const row =
      this.#db.get('SELECT version, body FROM callbacks WHERE id = ?', id) ??
      this.#db.get('SELECT version, body FROM archived_callbacks WHERE id = ?', id);
    return row === null ? null : stateOf(row);
  }

  unfinished(): readonly CallbackMachineState[] {
    const sql = `SELECT version, body FROM callbacks WHERE state <> 'completed'
                 ORDER BY created_at_ms, id`;
    return this.#db.all(sql).map(stateOf);
  }

  list(filter: CallbackFilter): CallbackPage {
    const limit = pageSize(filter.limit);
    const { where, values } = this.#conditions(filter);
    const way = filter.newestFirst === true ? 'DESC' : 'ASC';
    const rows = this.#db.all(
      `SELECT version, body FROM callbacks ${where}
         ORDER BY created_at_ms ${way}, id ${way} LIMIT ?`,
      ...values,
      limit + 1,
    );
    const records = rows.slice(0, limit).map((row) => toRecord(stateOf(row)));
    return { records, nextCursor: rows.length > limit ? (records.at(-1)?.id ?? null) : null };
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
    const { queueIds, states, createdFromMs, createdToMs, completedFromMs, completedToMs, after } =
      filter;
    if (queueIds !== undefined) {
      demand(`queue_id IN (${queueIds.map(() => '?').join()})`, ...queueIds);
    }
    if (states !== undefined) demand(`state IN (${states.map(() => '?').join()})`, ...states);
    if (createdFromMs !== undefined) demand('created_at_ms >= ?', createdFromMs);
    if (createdToMs !== undefined) demand('created_at_ms < ?', createdToMs);
    if (completedFromMs !== undefined) demand('completed_at_ms >= ?', completedFromMs);
    if (completedToMs !== undefined) demand('completed_at_ms < ?', completedToMs);
    const beyond = filter.newestFirst === true ? '<' : '>';
    if (after !== undefined) {
      demand(`(created_at_ms, id) ${beyond} (?, ?)`, after.createdAtMs, after.id);
    }
    if (filter.cursor !== undefined) {
      const last = this.load(filter.cursor); // may have been archived since the page before
      if (last === null) throw cursorUnknown(filter.cursor);
      demand(`(created_at_ms, id) ${beyond} (?, ?)`, last.promise.createdAtMs, filter.cursor);
    }
    return { where: terms.length === 0 ? '' : `WHERE ${terms.join(' AND ')}`, values };
  }

  history(id: string): readonly CallbackEventRecord[] {
    const sql = 'SELECT * FROM callback_events WHERE callback_id = ? ORDER BY sequence';
    return this.#db.all(sql, id).map(eventOf);
  }

  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[] {
    const sql = 'SELECT * FROM callback_events WHERE sequence > ? ORDER BY sequence LIMIT ?';
    return this.#db.all(sql, Math.floor(sequence), pageSize(limit)).map(eventOf);
  }

  acceptedSince(sinceMs: number): readonly AcceptedCallback[] {
    const sql = `SELECT version, body FROM callbacks WHERE created_at_ms > ?
      UNION ALL SELECT version, body FROM archived_callbacks WHERE completed_at_ms > ?`;
    return this.#db
      .all(sql, sinceMs, sinceMs)
      .map((row) => stateOf(row).promise)
      .filter(({ createdAtMs }) => createdAtMs > sinceMs)
      .sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  openEffects(): readonly OutboxRow[] {
    return this.#db.all('SELECT * FROM outbox ORDER BY ordinal').map((row) => ({
      key: String(row['key']),
      callbackId: String(row['callback_id']),
      revision: Number(row['revision']),
      effect: upcastEffect(String(row['effect']), Number(row['version'])),
    }));
  }

  idempotency(key: string): { readonly requestHash: string; readonly callbackId: string } | null {
    const row = this.#db.get('SELECT * FROM idempotency_keys WHERE key = ?', key);
    if (row === null) return null;
    return { requestHash: String(row['request_hash']), callbackId: String(row['callback_id']) };
  }

  close(): void {
    this.#db.close();
  }
}
