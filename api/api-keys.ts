// API keys: who they belong to, compared in constant time, and the one that is made at the first
// start of an installation that configured none.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiError } from './problem.ts';
import type { Config } from './config.ts';

/** Keys by name; only their hashes are kept. */
export class ApiKeys {
  readonly #hashes: readonly (readonly [string, Buffer])[];

  /** @param keys name and key of each; a key opens everything (the one role, `admin`) */
  constructor(keys: Iterable<readonly [string, string]>) {
    this.#hashes = [...keys].map(([name, key]) => [name, hashOf(key)] as const);
  }

  /**
   * The name of the presented key, or null. Every key is compared, and hashes of one length are,
   * so the time taken tells nothing about how near a guess was.
   */
  nameOf(presented: string): string | null {
    const hash = hashOf(presented);
    let found: string | null = null;
    for (const [name, known] of this.#hashes) {
      if (timingSafeEqual(hash, known)) found = name;
    }
    return found;
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}

export interface PreparedKeys {
  readonly apiKeys: ApiKeys;
  /** Where the generated key is; null when the configuration names keys. */
  readonly keyFile: string | null;
  /** The key itself, only at the start that made it: to be shown once. */
  readonly newKey: string | null;
}

/** Name of the generated key in the log. */
const GENERATED_NAME = 'generated';

/**
 * The configured keys; without any, the generated one, made now if it does not exist yet.
 * @throws RingbackError DATA_DIR_UNUSABLE, DATA_FILE_BROKEN
 */
export function prepareApiKeys(config: Config): PreparedKeys {
  const configured = Object.entries(config.http.apiKeys);
  if (configured.length > 0) {
    const keys = configured.map(
      ([name, variable]) => [name, config.secrets.get(variable)] as const,
    );
    return { apiKeys: new ApiKeys(keys), keyFile: null, newKey: null };
  }
  const keyFile = join(config.dataDir, 'api-key');
  const stored = storedKey(keyFile);
  const key = stored ?? makeKey(config.dataDir, keyFile);
  return {
    apiKeys: new ApiKeys([[GENERATED_NAME, key]]),
    keyFile,
    newKey: stored === null ? key : null,
  };
}

function storedKey(keyFile: string): string | null {
  let text: string;
  try {
    text = readFileSync(keyFile, 'utf8').trim();
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw unusable(keyFile, cause);
  }
  if (text.length >= 16) return text;
  throw new ApiError('DATA_FILE_BROKEN', `${keyFile} holds no API key (16 characters or more)`, {
    fields: { path: keyFile },
  });
}

/** 256 random bits, readable by the owner of the file only. */
function makeKey(dataDir: string, keyFile: string): string {
  const key = `rbk_${randomBytes(32).toString('base64url')}`;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(keyFile, `${key}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw unusable(dataDir, cause);
  }
  return key;
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

function unusable(path: string, cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ApiError('DATA_DIR_UNUSABLE', `the data folder cannot be used: ${reason}`, {
    fields: { path },
    cause,
  });
}
