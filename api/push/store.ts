// Devices of callbacks and what is to be pushed to them, in SQLite beside the webhooks.
import type { DatabaseSync } from 'node:sqlite';
import type { ChannelName, PushText } from './channel.ts';

export interface Device {
  readonly id: string;
  readonly callbackId: string;
  readonly channel: ChannelName;
  readonly target: string;
  readonly language: string | null;
}

export interface Push {
  readonly row: number;
  readonly device: Device;
  readonly text: PushText;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS devices (
    id TEXT PRIMARY KEY, callback_id TEXT NOT NULL, device TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS devices_by_callback ON devices (callback_id);
  CREATE TABLE IF NOT EXISTS pushes (
    row INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, text TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS push_cursor (one INTEGER PRIMARY KEY, cursor INTEGER NOT NULL) STRICT`;

export class PushStore {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync) {
    this.#db = db;
    db.exec(SCHEMA);
  }

  put(device: Device): void {
    const text = 'INSERT INTO devices VALUES (?, ?, ?)';
    this.#db.prepare(text).run(device.id, device.callbackId, JSON.stringify(device));
  }

  devices(callbackId: string): readonly Device[] {
    const text = 'SELECT device FROM devices WHERE callback_id = ? ORDER BY rowid';
    return this.#db.prepare(text).all(callbackId).map(deviceIn);
  }

  /** False: there is none. */
  remove(callbackId: string, id: string): boolean {
    const text = 'DELETE FROM devices WHERE callback_id = ? AND id = ?';
    return this.#db.prepare(text).run(callbackId, id).changes > 0;
  }

  /** Null: never set. */
  cursor(): number | null {
    const row = this.#db.prepare('SELECT cursor FROM push_cursor').get();
    return row === undefined ? null : Number(row['cursor']);
  }

  /** Pushes, the place in the log, and callbacks whose devices are not needed any more. */
  queue(
    pushes: readonly Omit<Push, 'row'>[],
    cursor: number,
    overCallbackIds: readonly string[],
  ): void {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const insert = this.#db.prepare('INSERT INTO pushes (device, text) VALUES (?, ?)');
      for (const { device, text } of pushes) {
        insert.run(JSON.stringify(device), JSON.stringify(text));
      }
      const forget = this.#db.prepare('DELETE FROM devices WHERE callback_id = ?');
      for (const id of overCallbackIds) forget.run(id);
      this.#db.prepare('INSERT OR REPLACE INTO push_cursor VALUES (1, ?)').run(cursor);
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  /** Oldest first. */
  waiting(limit: number): readonly Push[] {
    const text = 'SELECT * FROM pushes ORDER BY row LIMIT ?';
    return this.#db
      .prepare(text)
      .all(limit)
      .map((row) => ({
        row: Number(row['row']),
        device: deviceIn(row),
        text: JSON.parse(String(row['text'])) as PushText,
      }));
  }

  /** False: it is done, or was erased. */
  isWaiting(row: number): boolean {
    return this.#db.prepare('SELECT 1 FROM pushes WHERE row = ?').get(row) !== undefined;
  }

  done(row: number): void {
    this.#db.prepare('DELETE FROM pushes WHERE row = ?').run(row);
  }
}

function deviceIn(row: Readonly<Record<string, unknown>>): Device {
  return JSON.parse(String(row['device'])) as Device;
}
