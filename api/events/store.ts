// Webhooks, where each is in the log of callback events, and what is to be delivered: kept in
// SQLite, so that after kill -9 exactly the events after the last acknowledged one go on.
import type { DatabaseSync } from 'node:sqlite';
import type { EventFilter } from '../schemas/events.ts';

export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly description: string;
  readonly filter: EventFilter;
  readonly active: boolean;
  /** Newest first; an old one is good until `oldSecretUntilMs`. */
  readonly secret: string;
  readonly oldSecret: string | null;
  readonly oldSecretUntilMs: number;
  readonly createdAtMs: number;
  /** Callback events up to this sequence are among its deliveries, or filtered out. */
  readonly cursor: number;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

export interface Delivery {
  /** Grows with every delivery. */
  readonly row: number;
  /** Webhook and event: the same one for ever, by which receivers know a repeat. */
  readonly id: string;
  readonly webhookId: string;
  readonly eventType: string;
  /** The event as JSON, as it is sent. */
  readonly body: string;
  readonly status: DeliveryStatus;
  readonly queuedAtMs: number;
  readonly tries: number;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly endedAtMs: number | null;
}

/** Which deliveries of a webhook are asked for; what is left out filters nothing. */
export interface DeliveryFilter {
  readonly status?: DeliveryStatus | undefined;
  readonly queuedFromMs?: number | undefined;
  readonly queuedToMs?: number | undefined;
  /** Older than the one in this row. */
  readonly beforeRow?: number | undefined;
  readonly limit: number;
}

/** A delivery to be made; one that waits under the same key gives way to it. */
export interface NewDelivery {
  readonly id: string;
  readonly webhookId: string;
  readonly key: string;
  readonly eventType: string;
  readonly body: string;
  readonly queuedAtMs: number;
}

export type TryOutcome = {
  readonly status: DeliveryStatus;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly atMs: number;
};

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS webhooks (
    id TEXT PRIMARY KEY, cursor INTEGER NOT NULL, definition TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS deliveries (
    row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, webhook_id TEXT NOT NULL,
    key TEXT NOT NULL, event_type TEXT NOT NULL, body TEXT NOT NULL, status TEXT NOT NULL,
    queued_ms INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0, last_status INTEGER,
    last_error TEXT, ended_ms INTEGER) STRICT;
  CREATE INDEX IF NOT EXISTS by_webhook ON deliveries (webhook_id, status, row)`;

/** One file; writes are on disk after `kill -9`, and of a power cut the last ones are repeated. */
export class WebhookStore {
  readonly #db: DatabaseSync;
  /** As on disk: every event asks for all of them. */
  readonly #webhooks = new Map<string, Webhook>();

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(SCHEMA);
    for (const row of db.prepare('SELECT * FROM webhooks ORDER BY rowid').all()) {
      const webhook = webhookOf(row);
      this.#webhooks.set(webhook.id, webhook);
    }
  }

  /** Oldest first. */
  webhooks(): readonly Webhook[] {
    return [...this.#webhooks.values()];
  }

  webhook(id: string): Webhook | null {
    return this.#webhooks.get(id) ?? null;
  }

  /** New, or in place of the one with that id, whose cursor stays. Survives a power cut. */
  put(webhook: Webhook): void {
    const { id, cursor, ...definition } = webhook;
    this.#db
      .prepare(
        'INSERT INTO webhooks VALUES (?, ?, ?) ' +
          'ON CONFLICT (id) DO UPDATE SET definition = excluded.definition',
      )
      .run(id, cursor, JSON.stringify(definition));
    this.#db.exec('PRAGMA wal_checkpoint(FULL)');
    this.#webhooks.set(id, { ...webhook, cursor: this.#webhooks.get(id)?.cursor ?? cursor });
  }

  remove(id: string): void {
    this.#within(() => {
      this.#db.prepare('DELETE FROM deliveries WHERE webhook_id = ?').run(id);
      this.#db.prepare('DELETE FROM webhooks WHERE id = ?').run(id);
    });
    this.#webhooks.delete(id);
  }

  /** Deliveries and the new place in the log, all or nothing; what is there already is left. */
  queue(webhookId: string, deliveries: readonly NewDelivery[], cursor: number | null): void {
    const replaced = this.#db.prepare(
      "DELETE FROM deliveries WHERE webhook_id = ? AND status = 'pending' AND key = ? " +
        'AND tries = 0',
    );
    const insert = this.#db.prepare(
      'INSERT OR IGNORE INTO deliveries ' +
        '(id, webhook_id, key, event_type, body, status, queued_ms) ' +
        "VALUES (?, ?, ?, ?, ?, 'pending', ?)",
    );
    this.#within(() => {
      for (const { id, key, eventType, body, queuedAtMs } of deliveries) {
        replaced.run(webhookId, key);
        insert.run(id, webhookId, key, eventType, body, queuedAtMs);
      }
      if (cursor === null) return;
      this.#db.prepare('UPDATE webhooks SET cursor = ? WHERE id = ?').run(cursor, webhookId);
    });
    const webhook = this.#webhooks.get(webhookId);
    if (webhook !== undefined && cursor !== null) {
      this.#webhooks.set(webhookId, { ...webhook, cursor });
    }
  }

  pendingCount(webhookId: string): number {
    const text = "SELECT count(*) AS n FROM deliveries WHERE webhook_id = ? AND status = 'pending'";
    return Number(this.#db.prepare(text).get(webhookId)?.['n']);
  }

  /** The one whose turn it is. */
  firstPending(webhookId: string): Delivery | null {
    const text =
      "SELECT * FROM deliveries WHERE webhook_id = ? AND status = 'pending' ORDER BY row LIMIT 1";
    const row = this.#db.prepare(text).get(webhookId);
    return row === undefined ? null : deliveryOf(row);
  }

  /** A try is about to be made: from now on nothing replaces the delivery. */
  trying(id: string): void {
    this.#db.prepare('UPDATE deliveries SET tries = tries + 1 WHERE id = ?').run(id);
  }

  /** @param kept deliveries that are over, of its webhook, which stay readable */
  tried(
    { id, webhookId }: Delivery,
    { status, lastStatus, lastError, atMs }: TryOutcome,
    kept: number,
  ): void {
    const endedMs = status === 'pending' ? null : atMs;
    this.#within(() => {
      this.#db
        .prepare(
          'UPDATE deliveries SET status = ?, last_status = ?, last_error = ?, ended_ms = ? ' +
            "WHERE id = ? AND status = 'pending'", // may have been erased during the try
        )
        .run(status, lastStatus, lastError, endedMs, id);
      if (status === 'pending') return;
      this.#db
        .prepare(
          "DELETE FROM deliveries WHERE webhook_id = ?1 AND status <> 'pending' AND row <= " +
            "(SELECT row FROM deliveries WHERE webhook_id = ?1 AND status <> 'pending' " +
            'ORDER BY row DESC LIMIT 1 OFFSET ?2)',
        )
        .run(webhookId, kept);
    });
  }

  /** Newest first. */
  deliveries(webhookId: string, filter: DeliveryFilter): readonly Delivery[] {
    const { status, queuedFromMs, queuedToMs, beforeRow, limit } = filter;
    const text =
      'SELECT * FROM deliveries WHERE webhook_id = ?1 AND (?2 IS NULL OR status = ?2) ' +
      'AND queued_ms >= ?3 AND queued_ms < ?4 AND row < ?5 ORDER BY row DESC LIMIT ?6';
    const [from, to] = [queuedFromMs ?? 0, queuedToMs ?? Number.MAX_SAFE_INTEGER];
    const before = beforeRow ?? Number.MAX_SAFE_INTEGER;
    const found = this.#db.prepare(text).all(webhookId, status ?? null, from, to, before, limit);
    return found.map(deliveryOf);
  }

  delivery(webhookId: string, id: string): Delivery | null {
    const text = 'SELECT * FROM deliveries WHERE webhook_id = ? AND id = ?';
    const row = this.#db.prepare(text).get(webhookId, id);
    return row === undefined ? null : deliveryOf(row);
  }

  /** One that is over is to be made again, in its old place: before all that came later. */
  again(id: string, queuedAtMs: number): void {
    this.#db
      .prepare(
        "UPDATE deliveries SET status = 'pending', tries = 0, ended_ms = NULL, queued_ms = ? " +
          "WHERE id = ? AND status <> 'pending'",
      )
      .run(queuedAtMs, id);
  }

  #within(act: () => void): void {
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

type Row = Readonly<Record<string, unknown>>;

function webhookOf(row: Row): Webhook {
  const definition = JSON.parse(String(row['definition'])) as Omit<Webhook, 'id' | 'cursor'>;
  return { id: String(row['id']), cursor: Number(row['cursor']), ...definition };
}

function deliveryOf(row: Row): Delivery {
  const numberOrNull = (value: unknown): number | null => (value === null ? null : Number(value));
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    row: Number(row['row']),
    id: String(row['id']),
    webhookId: String(row['webhook_id']),
    eventType: String(row['event_type']),
    body: String(row['body']),
    status: String(row['status']) as DeliveryStatus,
    queuedAtMs: Number(row['queued_ms']),
    tries: Number(row['tries']),
    lastStatus: numberOrNull(row['last_status']),
    lastError: textOrNull(row['last_error']),
    endedAtMs: numberOrNull(row['ended_ms']),
  };
}
