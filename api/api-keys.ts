// API keys: who they belong to, compared in constant time, and the one that is made at the first
// start of an installation that configured none.
import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { keptSecret } from './secret-file.ts';

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

const KEY_BYTES = 32;

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
  const { secret, isNew } = keptSecret(keyFile, 'rbk_', KEY_BYTES);
  const apiKeys = new ApiKeys([[GENERATED_NAME, secret]]);
  return { apiKeys, keyFile, newKey: isNew ? secret : null };
}
