// The files behind access control, and the job that ends what is kept too long.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { Config } from '../config.ts';
import { keptSecret } from '../secret-file.ts';
import { AuditLog } from './audit.ts';
import { KeyBook } from './keys.ts';
import { Tokens } from './tokens.ts';

export interface Access {
  readonly keys: KeyBook;
  readonly audit: AuditLog;
  /** Under which links of customers are signed. */
  readonly linkSecret: string;
  /** Null: no tokens are let in. */
  readonly tokens: Tokens | null;
  close(): void;
}

const SECRET_BYTES = 32;
const DAY_MS = 86_400_000;
const ROUND_MS = 3_600_000;
/** So long between two batches of one round. */
const PAUSE_MS = 100;

/** @param inMemory nothing outlives the process */
export function openAccess(
  { dataDir, http, retention }: Pick<Config, 'dataDir' | 'http' | 'retention'>,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  inMemory = false,
): Access {
  const file = inMemory ? ':memory:' : join(dataDir, 'access.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const secret = inMemory
    ? 'secret'
    : keptSecret(join(dataDir, 'audit-key'), '', SECRET_BYTES).secret;
  const linkSecret = inMemory
    ? 'another secret'
    : keptSecret(join(dataDir, 'link-key'), '', SECRET_BYTES).secret;
  const configured = new Set([...Object.keys(http.apiKeys), ...http.keys.map(({ name }) => name)]);
  const isTaken = (name: string): boolean => name === 'generated' || configured.has(name);
  const keys = new KeyBook(database, clock, isTaken);
  const audit = new AuditLog(database, secret);
  let timer: Timer | null = null;
  const round = (): void => {
    let gone = 0;
    try {
      gone = audit.prune(clock.nowMs() - retention.auditDays * DAY_MS);
    } catch (error) {
      log.error('audit-retention-failed', { error });
    }
    timer = clock.after(gone > 0 ? PAUSE_MS : ROUND_MS, round);
  };
  if (!inMemory) timer = clock.after(ROUND_MS, round);
  const close = (): void => {
    timer?.cancel();
    database.close();
  };
  const tokens = http.oidc === null ? null : new Tokens(http.oidc, clock);
  return { keys, audit, linkSecret, tokens, close };
}
