// API keys that were made over the API. Only their hashes are kept: a key is shown once.
import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { conflict, notFound } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { Identity } from './identity.ts';

export type Grants = Pick<Identity, 'roles' | 'lines' | 'agentId'>;

export interface StoredKey extends Grants {
  readonly name: string;
  readonly createdAtMs: number;
  readonly createdBy: string;
  /** Null: never. */
  readonly expiresAtMs: number | null;
  /** To the minute; null: not yet. */
  readonly lastUsedAtMs: number | null;
  readonly revokedAtMs: number | null;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS api_keys (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    grants TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    expires_at_ms INTEGER,
    last_used_at_ms INTEGER,
    revoked_at_ms INTEGER
  ) STRICT`;

const KEY_BYTES = 32;
const MAX_KEYS = 10_000;
/** A key in use is written down so often, not for each request. */
const USED_EVERY_MS = 60_000;

export class KeyBook {
  readonly #db: DatabaseSync;
  readonly #clock: Clock;
  readonly #taken: (name: string) => boolean;

  /** @param taken names of keys of the configuration, which are told apart by their names too */
  constructor(database: DatabaseSync, clock: Clock, taken: (name: string) => boolean) {
    this.#db = database;
    this.#clock = clock;
    this.#taken = taken;
    database.exec(SCHEMA);
  }

  /**
   * @returns the key itself, said only here
   * @throws RingbackError KEY_EXISTS, also when a key of that name was revoked; KEYS_LIMIT
   */
  create(
    { name, expiresAtMs, ...grants }: Grants & Pick<StoredKey, 'name' | 'expiresAtMs'>,
    createdBy: string,
  ): { readonly key: string; readonly stored: StoredKey } {
    if (this.#taken(name) || this.#row(name) !== null) {
      throw conflict('KEY_EXISTS', 'there is or was a key of this name', { name });
    }
    const count = this.#db.prepare('SELECT count(*) AS keys FROM api_keys').get();
    if (Number(count?.['keys']) >= MAX_KEYS)
      throw conflict('KEYS_LIMIT', 'there are too many keys');
    const key = `rbk_${randomBytes(KEY_BYTES).toString('base64url')}`;
    const { roles, lines, agentId } = grants;
    this.#db
      .prepare(
        'INSERT INTO api_keys (name, hash, grants, created_at_ms, created_by, expires_at_ms) ' +
          'VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(
        name,
        hashOf(key),
        JSON.stringify({ roles, lines, agentId }),
        Math.floor(this.#clock.nowMs()),
        createdBy,
        expiresAtMs,
      );
    return { key, stored: this.get(name) };
  }

  /** Revoked ones too: the audit log names them. */
  list(): readonly StoredKey[] {
    return this.#db.prepare('SELECT * FROM api_keys ORDER BY name').all().map(keyOf);
  }

  /** @throws RingbackError KEY_UNKNOWN */
  get(name: string): StoredKey {
    const row = this.#row(name);
    if (row === null) throw notFound('KEY_UNKNOWN', 'there is no such key', { name });
    return row;
  }

  /** Ends a key at once; once more changes nothing. @throws RingbackError KEY_UNKNOWN */
  revoke(name: string): StoredKey {
    const nowMs = Math.floor(this.#clock.nowMs());
    this.#db
      .prepare('UPDATE api_keys SET revoked_at_ms = coalesce(revoked_at_ms, ?) WHERE name = ?')
      .run(nowMs, name);
    return this.get(name);
  }

  /** Whose the presented key is; null: nobody's, expired or revoked. Found by its hash. */
  identityOf(presented: string): Identity | null {
    const row = this.#db.prepare('SELECT * FROM api_keys WHERE hash = ?').get(hashOf(presented));
    if (row === undefined) return null;
    const { name, roles, lines, agentId, expiresAtMs, revokedAtMs, lastUsedAtMs } = keyOf(row);
    const nowMs = Math.floor(this.#clock.nowMs());
    if (revokedAtMs !== null || (expiresAtMs !== null && expiresAtMs <= nowMs)) return null;
    if (lastUsedAtMs === null || nowMs - lastUsedAtMs >= USED_EVERY_MS) {
      this.#db.prepare('UPDATE api_keys SET last_used_at_ms = ? WHERE name = ?').run(nowMs, name);
    }
    return { kind: 'key', name, roles, lines, agentId };
  }

  #row(name: string): StoredKey | null {
    const row = this.#db.prepare('SELECT * FROM api_keys WHERE name = ?').get(name);
    return row === undefined ? null : keyOf(row);
  }
}

function keyOf(row: Readonly<Record<string, unknown>>): StoredKey {
  const time = (column: string): number | null =>
    row[column] === null ? null : Number(row[column]);
  return {
    ...(JSON.parse(String(row['grants'])) as Grants),
    name: String(row['name']),
    createdAtMs: Number(row['created_at_ms']),
    createdBy: String(row['created_by']),
    expiresAtMs: time('expires_at_ms'),
    lastUsedAtMs: time('last_used_at_ms'),
    revokedAtMs: time('revoked_at_ms'),
  };
}

function hashOf(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('base64url');
}
