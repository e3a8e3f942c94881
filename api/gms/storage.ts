// What clients keep for a while: texts by name under an id, in a file of its own, gone after their
// time to live.
import { DatabaseSync } from 'node:sqlite';
import type { Hono } from 'hono';
import type { Clock, Ids } from '../../core/ports.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { eraseRows } from '../erasing.ts';
import { ApiError } from '../problem.ts';
import { invalidOption } from './errors.ts';
import { paramsOf } from './params.ts';

export type Stored = Readonly<Record<string, string>>;

export interface GmsStorage {
  /** @returns false when there are `maxEntries` that have not expired */
  put(id: string, values: Stored, expiresAtMs: number, nowMs: number): boolean;
  /** Null: there is none, or it has expired. */
  get(id: string, nowMs: number): Stored | null;
  /** @returns whether there was one */
  remove(id: string, nowMs: number): boolean;
  /** Takes away what names the person. */
  erase(isAbout: (text: string) => boolean): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS stored (
    id TEXT PRIMARY KEY,
    entries TEXT NOT NULL,
    expires_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS stored_by_expiry ON stored (expires_at_ms)`;

/** @param path SQLite file, made when missing; `:memory:` for none */
export function openGmsStorage(path: string, maxEntries: number): GmsStorage {
  const database = new DatabaseSync(path);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON',
  );
  database.exec(SCHEMA);
  const sweep = database.prepare('DELETE FROM stored WHERE expires_at_ms <= ?');
  const count = database.prepare('SELECT count(*) AS entries FROM stored WHERE id <> ?');
  const put = database.prepare(
    'INSERT INTO stored (id, entries, expires_at_ms) VALUES (?, ?, ?) ON CONFLICT (id) ' +
      'DO UPDATE SET entries = excluded.entries, expires_at_ms = excluded.expires_at_ms',
  );
  const get = database.prepare('SELECT entries FROM stored WHERE id = ? AND expires_at_ms > ?');
  const remove = database.prepare('DELETE FROM stored WHERE id = ?');
  return {
    put: (id, values, expiresAtMs, nowMs) => {
      sweep.run(nowMs);
      if (Number(count.get(id)?.['entries']) >= maxEntries) return false;
      put.run(id, JSON.stringify(values), Math.ceil(expiresAtMs));
      return true;
    },
    get: (id, nowMs) => {
      const row = get.get(id, nowMs);
      return row === undefined ? null : (JSON.parse(String(row['entries'])) as Stored);
    },
    remove: (id, nowMs) => {
      sweep.run(nowMs);
      return Number(remove.run(id).changes) > 0;
    },
    erase: (isAbout) =>
      eraseRows(database, isAbout, ['DELETE FROM stored WHERE is_about(entries)']),
    close: () => database.close(),
  };
}

const MAX_TTL_SECONDS = 30 * 86_400;

interface Deps {
  readonly clock: Clock;
  readonly ids: Ids;
}

export function storageRoutes(app: Hono<ApiEnv>, storage: GmsStorage, { clock, ids }: Deps): void {
  const known = (id: string): Stored => {
    const values = storage.get(id, clock.nowMs());
    if (values !== null) return values;
    throw unknown();
  };
  const store = (id: string, values: Stored, ttl: string): void => {
    const nowMs = clock.nowMs();
    if (storage.put(id, values, nowMs + secondsOf(ttl) * 1_000, nowMs)) return;
    throw new ApiError('GENESYS_STORAGE_FULL', 'the storage is full');
  };
  const use = permit('storage.use');
  app.post('/genesys/1/storage/:ttl', use, async (c) => {
    const id = ids.next();
    store(id, Object.fromEntries(await paramsOf(c)), c.req.param('ttl'));
    return c.json({ _id: id }, 200);
  });
  app.post('/genesys/1/storage/:id/:ttl', use, async (c) => {
    const { id, ttl } = c.req.param();
    const values = { ...known(id), ...Object.fromEntries(await paramsOf(c)) };
    store(id, values, ttl);
    return c.json({ _id: id }, 200);
  });
  app.get('/genesys/1/storage/:id', use, (c) => c.json(known(c.req.param('id')), 200));
  app.get('/genesys/1/storage/:id/:key', use, (c) => {
    const { id, key } = c.req.param();
    const values = known(id);
    if (!Object.hasOwn(values, key)) throw unknown();
    return c.text(values[key] ?? '', 200);
  });
  app.delete('/genesys/1/storage/:id', use, (c) => {
    if (!storage.remove(c.req.param('id'), clock.nowMs())) throw unknown();
    return c.json({}, 200);
  });
}

function unknown(): ApiError {
  return new ApiError('GENESYS_STORED_UNKNOWN', 'nothing is stored there');
}

function secondsOf(ttl: string): number {
  const seconds = /^\d{1,9}$/.test(ttl) ? Number(ttl) : 0;
  if (seconds >= 1 && seconds <= MAX_TTL_SECONDS) return seconds;
  throw invalidOption('ttl', `must be a whole number of seconds from 1 to ${MAX_TTL_SECONDS}`);
}
