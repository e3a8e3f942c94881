// API keys of the configuration: who they belong to, compared in constant time, and the one that is
// made at the first start of an installation that configured none.
import { createHash, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import type { Identity } from './access/identity.ts';
import type { Config } from './config.ts';
import { keptSecret } from './secret-file.ts';

/** What a key may do: without, everything (`administrator`, no limit). */
export type KeyGrants = Pick<Identity, 'roles' | 'lines' | 'agentId'>;

const EVERYTHING: KeyGrants = { roles: ['administrator'], lines: null, agentId: null };

/** Keys by name; only their hashes are kept. */
export class ApiKeys {
  readonly #known: readonly (readonly [Identity, Buffer])[];

  /** @param keys name and key of each, and what it may do */
  constructor(keys: Iterable<readonly [name: string, key: string, grants?: KeyGrants]>) {
    this.#known = [...keys].map(([name, key, grants = EVERYTHING]) => {
      return [{ kind: 'key', name, ...grants }, hashOf(key)] as const;
    });
  }

  /**
   * Whose the presented key is, or null. Every key is compared, and hashes of one length are,
   * so the time taken tells nothing about how near a guess was.
   */
  identityOf(presented: string): Identity | null {
    const hash = hashOf(presented);
    let found: Identity | null = null;
    for (const [identity, known] of this.#known) {
      if (timingSafeEqual(hash, known)) found = identity;
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

function configuredKeys({ http, secrets }: Config): (readonly [string, string, KeyGrants])[] {
  const full = Object.entries(http.apiKeys).map(
    ([name, variable]) => [name, secrets.get(variable), EVERYTHING] as const,
  );
  const limited = http.keys.map(({ name, keyEnv, roles, linesOfBusiness, agentId }) => {
    return [name, secrets.get(keyEnv), { roles, lines: linesOfBusiness, agentId }] as const;
  });
  return [...full, ...limited];
}

/**
 * The configured keys; without any, the generated one, made now if it does not exist yet.
 * @throws RingbackError DATA_DIR_UNUSABLE, DATA_FILE_BROKEN
 */
export function prepareApiKeys(config: Config): PreparedKeys {
  const configured = configuredKeys(config);
  if (configured.length > 0) {
    return { apiKeys: new ApiKeys(configured), keyFile: null, newKey: null };
  }
  const keyFile = join(config.dataDir, 'api-key');
  const { secret, isNew } = keptSecret(keyFile, 'rbk_', KEY_BYTES);
  const apiKeys = new ApiKeys([[GENERATED_NAME, secret]]);
  return { apiKeys, keyFile, newKey: isNew ? secret : null };
}
