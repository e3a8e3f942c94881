// Who may register and who has, kept in a SQLite file: a restart forgets nobody. Knows no SIP.
import { DatabaseSync } from 'node:sqlite';
import type { SQLOutputValue } from 'node:sqlite';
import type { Binding, RegistrarStore, Subscriber } from '../types.ts';

type Row = Record<string, SQLOutputValue>;

/** Numbered from 1, append only; `user_version` counts those applied. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE subscriber (
     username TEXT PRIMARY KEY, ha1_md5 TEXT NOT NULL, ha1_sha256 TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE binding (
     username TEXT NOT NULL, contact TEXT NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,
     expires_at_ms INTEGER NOT NULL, received_from TEXT NOT NULL, user_agent TEXT,
     sequence INTEGER NOT NULL,
     PRIMARY KEY (username, contact)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX binding_expiry ON binding (expires_at_ms);
   CREATE INDEX binding_sequence ON binding (sequence);`,
  'ALTER TABLE binding ADD COLUMN path TEXT;',
];

/**
 * A store in one SQLite file (`:memory:` for none): write-ahead log, every change on disk before
 * the call returns.
 */
export function sqliteRegistrarStore(path: string): RegistrarStore {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
  migrate(db);
  const putSubscriber = db.prepare(
    `INSERT INTO subscriber VALUES (?, ?, ?) ON CONFLICT (username)
     DO UPDATE SET ha1_md5 = excluded.ha1_md5, ha1_sha256 = excluded.ha1_sha256`,
  );
  const removeSubscriber = db.prepare('DELETE FROM subscriber WHERE username = ?');
  const subscriber = db.prepare('SELECT * FROM subscriber WHERE username = ?');
  const putBinding = db.prepare(
    `INSERT OR REPLACE INTO binding
     SELECT ?, ?, ?, ?, ?, ?, ?, 1 + coalesce(max(sequence), 0), ? FROM binding`,
  );
  const removeBinding = db.prepare('DELETE FROM binding WHERE username = ? AND contact = ?');
  const removeBindings = db.prepare('DELETE FROM binding WHERE username = ?');
  const bindings = db.prepare(
    'SELECT * FROM binding WHERE username = ? AND expires_at_ms > ? ORDER BY sequence DESC',
  );
  const allBindings = db.prepare(
    'SELECT * FROM binding WHERE expires_at_ms > ? ORDER BY sequence DESC',
  );
  const removeExpired = db.prepare('DELETE FROM binding WHERE expires_at_ms <= ?');
  return {
    putSubscriber: ({ username, ha1Md5, ha1Sha256 }) =>
      void putSubscriber.run(username, ha1Md5, ha1Sha256),
    removeSubscriber(username) {
      removeBindings.run(username);
      removeSubscriber.run(username);
    },
    subscriber(username) {
      const row = subscriber.get(username);
      return row === undefined ? null : subscriberOf(row);
    },
    putBinding: (one) =>
      void putBinding.run(
        one.username,
        one.contact,
        one.callId,
        one.cseq,
        one.expiresAtMs,
        one.receivedFrom,
        one.userAgent,
        one.path ?? null,
      ),
    removeBinding: (username, contact) => void removeBinding.run(username, contact),
    bindings: (username, nowMs) => bindings.all(username, nowMs).map(bindingOf),
    allBindings: (nowMs) => allBindings.all(nowMs).map(bindingOf),
    removeExpired: (nowMs) => Number(removeExpired.run(nowMs).changes),
    close: () => db.close(),
  };
}

/** The same without a file: for tests and for sites that want no memory. */
export function memoryRegistrarStore(): RegistrarStore {
  const subscribers = new Map<string, Subscriber>();
  const contacts = new Map<string, Map<string, Binding>>();
  const all = (nowMs: number): readonly Binding[] =>
    [...contacts.values()]
      .flatMap((ofUser) => [...ofUser.values()])
      .filter((one) => one.expiresAtMs > nowMs);
  const remove = (username: string, contact: string): void => {
    const ofUser = contacts.get(username);
    ofUser?.delete(contact);
    if (ofUser?.size === 0) contacts.delete(username);
  };
  return {
    putSubscriber: (one) => void subscribers.set(one.username, one),
    removeSubscriber(username) {
      contacts.delete(username);
      subscribers.delete(username);
    },
    subscriber: (username) => subscribers.get(username) ?? null,
    putBinding(one) {
      remove(one.username, one.contact);
      const ofUser = contacts.get(one.username) ?? new Map<string, Binding>();
      contacts.set(one.username, ofUser.set(one.contact, one));
    },
    removeBinding: remove,
    bindings: (username, nowMs) =>
      [...(contacts.get(username)?.values() ?? [])]
        .filter((one) => one.expiresAtMs > nowMs)
        .reverse(),
    allBindings: all,
    removeExpired(nowMs) {
      const expired = all(-Infinity).filter((one) => one.expiresAtMs <= nowMs);
      for (const one of expired) remove(one.username, one.contact);
      return expired.length;
    },
    close: () => undefined,
  };
}

function migrate(db: DatabaseSync): void {
  const row = db.prepare('PRAGMA user_version').get();
  const applied = Number(row?.['user_version'] ?? 0);
  if (applied > MIGRATIONS.length) {
    throw new Error(`registrar store: made by a newer version (${applied})`);
  }
  for (const [index, sql] of MIGRATIONS.entries()) {
    if (index < applied) continue;
    db.exec(`BEGIN IMMEDIATE; ${sql} PRAGMA user_version = ${index + 1}; COMMIT`);
  }
}

function subscriberOf(row: Row): Subscriber {
  return {
    username: String(row['username']),
    ha1Md5: String(row['ha1_md5']),
    ha1Sha256: String(row['ha1_sha256']),
  };
}

function bindingOf(row: Row): Binding {
  return {
    username: String(row['username']),
    contact: String(row['contact']),
    callId: String(row['call_id']),
    cseq: Number(row['cseq']),
    expiresAtMs: Number(row['expires_at_ms']),
    receivedFrom: String(row['received_from']),
    userAgent: row['user_agent'] === null ? null : String(row['user_agent']),
    path: row['path'] === null ? null : String(row['path']),
  };
}
