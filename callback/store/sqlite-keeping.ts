// Retention, persons and facts over the SQLite file: each call is one short transaction.
import type { CallbackFact, OfferAnswer, OfferCount } from '../facts.ts';
import type { AttemptResult, CompletionReason } from '../model.ts';
import { harmlessFacts, withoutPerson } from '../personal.ts';
import type { CallbackMachineState } from '../state.ts';
import type { Database } from './database.ts';
import type { FactCursor, Keeping, PersonFile } from './keeping.ts';
import { eventOf, stateOf } from './sqlite-rows.ts';
import { stateVersion } from './upcast.ts';

const minuteMs = 60_000;
const factColumns = `completed_at_ms, id, queue_id, reason, is_scheduled, due_at_ms,
  first_dial_at_ms, connected_at_ms, answered, promised_wait_ms, results`;

export class SqliteKeeping implements Keeping {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  archive(beforeMs: number, limit: number): number {
    return this.#db.transaction(() => {
      const rows = this.#db.all(
        `SELECT id FROM callbacks WHERE completed_at_ms IS NOT NULL AND completed_at_ms < ?
         ORDER BY completed_at_ms, id LIMIT ?`,
        beforeMs,
        limit,
      );
      for (const row of rows) {
        const id = String(row['id']);
        this.#db.run(
          `INSERT INTO archived_callbacks
             SELECT id, customer_number, completed_at_ms, version, body FROM callbacks
             WHERE id = ?`,
          id,
        );
        this.#db.run('DELETE FROM callbacks WHERE id = ?', id);
      }
      return rows.length;
    });
  }

  eraseArchived(beforeMs: number, limit: number): number {
    return this.#db.transaction(() => {
      const rows = this.#db.all(
        `SELECT id FROM archived_callbacks WHERE completed_at_ms < ?
         ORDER BY completed_at_ms, id LIMIT ?`,
        beforeMs,
        limit,
      );
      for (const row of rows) {
        const id = String(row['id']);
        this.#db.run('DELETE FROM callback_events WHERE callback_id = ?', id);
        this.#db.run('DELETE FROM idempotency_keys WHERE callback_id = ?', id);
        this.#db.run('DELETE FROM archived_callbacks WHERE id = ?', id);
      }
      return rows.length;
    });
  }

  eraseHistory(
    beforeMs: number,
    afterSequence: number,
    limit: number,
  ): { readonly erased: number; readonly last: number | null } {
    return this.#db.transaction(() => {
      const rows = this.#db.all(
        `SELECT e.sequence, e.at_ms, c.id IS NOT NULL AS live FROM callback_events e
         LEFT JOIN callbacks c ON c.id = e.callback_id AND c.completed_at_ms IS NULL
         WHERE e.sequence > ? ORDER BY e.sequence LIMIT ?`,
        afterSequence,
        limit,
      );
      const old = rows.filter((row) => Number(row['at_ms']) < beforeMs);
      const over = old.filter((row) => row['live'] === 0);
      for (const row of over) {
        this.#db.run('DELETE FROM callback_events WHERE sequence = ?', Number(row['sequence']));
      }
      // The log is in the order of time: after a batch with nothing old in it there is nothing old.
      const isMore = rows.length === limit && old.length > 0;
      return { erased: over.length, last: isMore ? Number(rows.at(-1)?.['sequence']) : null };
    });
  }

  eraseKeys(beforeMs: number, limit: number): number {
    const sql = `DELETE FROM idempotency_keys WHERE key IN
      (SELECT key FROM idempotency_keys WHERE created_at_ms < ? ORDER BY created_at_ms LIMIT ?)`;
    return this.#db.transaction(() => this.#db.run(sql, beforeMs, limit));
  }

  eraseFacts(beforeMs: number, limit: number): number {
    const facts = `DELETE FROM callback_facts WHERE (completed_at_ms, id) IN
      (SELECT completed_at_ms, id FROM callback_facts WHERE completed_at_ms < ?
       ORDER BY completed_at_ms, id LIMIT ?)`;
    const offers = `DELETE FROM offer_counts WHERE (minute, queue_id) IN
      (SELECT minute, queue_id FROM offer_counts WHERE minute < ? ORDER BY minute LIMIT ?)`;
    return this.#db.transaction(
      () =>
        this.#db.run(facts, beforeMs, limit) +
        this.#db.run(offers, Math.floor(beforeMs / minuteMs), limit),
    );
  }

  person(customerNumber: string): PersonFile {
    const callbacks = this.#states(customerNumber);
    const events = callbacks.flatMap(({ promise }) =>
      this.#db
        .all('SELECT * FROM callback_events WHERE callback_id = ? ORDER BY sequence', promise.id)
        .map(eventOf),
    );
    return { callbacks, events };
  }

  erasePerson(customerNumber: string): readonly CallbackMachineState[] {
    const erased = this.#db.transaction(() => {
      const over = this.#states(customerNumber).filter(({ phase }) => phase.name === 'completed');
      for (const state of over) this.#wipe(state);
      return over;
    });
    this.#db.truncateLog();
    return erased;
  }

  #states(customerNumber: string): CallbackMachineState[] {
    const archived = 'SELECT version, body FROM archived_callbacks WHERE customer_number = ?';
    const present = 'SELECT version, body FROM callbacks WHERE customer_number = ?';
    return [archived, present]
      .flatMap((sql) => this.#db.all(sql, customerNumber).map(stateOf))
      .sort((a, b) => a.promise.createdAtMs - b.promise.createdAtMs);
  }

  #wipe(state: CallbackMachineState): void {
    const { id } = state.promise;
    const wiped = withoutPerson(state);
    for (const table of ['callbacks', 'archived_callbacks']) {
      this.#db.run(
        `UPDATE ${table} SET customer_number = ?, version = ?, body = ? WHERE id = ?`,
        wiped.promise.customerNumber,
        stateVersion,
        JSON.stringify(wiped),
        id,
      );
    }
    const sql = 'SELECT * FROM callback_events WHERE callback_id = ?';
    for (const { sequence, data } of this.#db.all(sql, id).map(eventOf)) {
      const facts = JSON.stringify(harmlessFacts(data));
      this.#db.run('UPDATE callback_events SET data = ? WHERE sequence = ?', facts, sequence);
    }
    this.#db.run('DELETE FROM idempotency_keys WHERE callback_id = ?', id);
    this.#db.run('DELETE FROM outbox WHERE callback_id = ?', id);
  }

  /** Within the commit that completed the callback; later words on it change nothing. */
  putFact(fact: CallbackFact): void {
    this.#db.run(
      `INSERT INTO callback_facts (${factColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      fact.completedAtMs,
      fact.id,
      fact.queueId,
      fact.reason,
      fact.isScheduled ? 1 : 0,
      fact.dueAtMs,
      fact.firstDialAtMs,
      fact.connectedAtMs,
      fact.answered,
      fact.promisedWaitMs,
      fact.results.join(),
    );
  }

  facts(after: FactCursor, toMs: number, limit: number): readonly CallbackFact[] {
    const rows = this.#db.lists(
      `SELECT ${factColumns} FROM callback_facts
       WHERE (completed_at_ms, id) > (?, ?) AND completed_at_ms < ?
       ORDER BY completed_at_ms, id LIMIT ?`,
      after.completedAtMs,
      after.id,
      toMs,
      limit,
    );
    return rows.map(factIn);
  }

  countOffer(queueId: string, answer: OfferAnswer, atMs: number): void {
    const sql = `INSERT INTO offer_counts (minute, queue_id, ${answer}) VALUES (?, ?, 1)
      ON CONFLICT (minute, queue_id) DO UPDATE SET ${answer} = ${answer} + 1`;
    const minute = Math.floor(atMs / minuteMs);
    this.#db.transaction(() => this.#db.run(sql, minute, queueId));
  }

  offers(fromMs: number, toMs: number): readonly OfferCount[] {
    const sql = `SELECT * FROM offer_counts WHERE minute >= ? AND minute < ?
      ORDER BY minute, queue_id`;
    return this.#db.all(sql, Math.ceil(fromMs / minuteMs), toMs / minuteMs).map((row) => ({
      atMs: Number(row['minute']) * minuteMs,
      queueId: String(row['queue_id']),
      made: Number(row['made']),
      accepted: Number(row['accepted']),
      declined: Number(row['declined']),
    }));
  }
}

function factIn(row: readonly unknown[]): CallbackFact {
  const results = row[10] as string;
  return {
    completedAtMs: row[0] as number,
    id: row[1] as string,
    queueId: row[2] as string,
    reason: row[3] as CompletionReason,
    isScheduled: row[4] === 1,
    dueAtMs: row[5] as number,
    firstDialAtMs: row[6] as number | null,
    connectedAtMs: row[7] as number | null,
    answered: row[8] as number,
    promisedWaitMs: row[9] as number | null,
    results: results === '' ? [] : (results.split(',') as AttemptResult[]),
  };
}
