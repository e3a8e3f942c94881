// What goes into the audit log: every change, reads of what is most personal, and refusals. Those
// are gathered when there are many, so that nobody fills the disk by knocking.
import type { Context, MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { ApiEnv } from '../deps.ts';
import { maskedText } from '../mask.ts';
import { RateLimiter } from '../rate-limit.ts';
import { addressOf } from './address.ts';
import type { AuditEntry, AuditLog } from './audit.ts';
import type { Permission } from './permissions.ts';

/** Reads that are written down as changes are. */
const TOLD_READS: ReadonlySet<Permission> = new Set([
  'people.read',
  'recordings.read',
  'traces.read',
  'audit.read',
]);

/** Refusals written at once, over all; more are gathered. */
const REFUSALS = { perSecond: 0.2, burst: 20 };
const GATHERED_MS = 60_000;
/** Kinds of refusals gathered apart; the rest is told as one. */
const MAX_KINDS = 200;
const MAX_TARGET = 200;

export class Auditor {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #audit: AuditLog;
  readonly #limit: RateLimiter;
  readonly #gathered = new Map<string, AuditEntry>();
  #timer: Timer | null = null;
  /** Entries of this turn, and when they are on disk. */
  #batch: AuditEntry[] = [];
  #onDisk: Promise<void> | null = null;

  constructor(audit: AuditLog, { clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#audit = audit;
    this.#clock = clock;
    this.#log = log;
    this.#limit = new RateLimiter(clock, REFUSALS);
  }

  /** @param nameOf `operationId` of a method and route; null: it has none */
  middleware(nameOf: (method: string, route: string) => string | null): MiddlewareHandler<ApiEnv> {
    return async (c, next) => {
      await next();
      const { status } = c.res;
      const isRefusal = status === 401 || status === 403;
      if (!isRefusal && !isTold(c)) return;
      const route = routePath(c, -1);
      const entry: AuditEntry = {
        ...this.#who(c),
        atMs: this.#clock.nowMs(),
        operation: nameOf(c.req.method, route) ?? `${c.req.method} ${route}`,
        target: targetOf(c),
        status,
        requestId: c.get('requestId'),
        times: 1,
      };
      if (isRefusal) this.#refused(entry);
      else await this.#soon(entry);
    };
  }

  /** Writes what was gathered. */
  flush(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#write(...this.#batch.splice(0), ...this.#gathered.values());
    this.#gathered.clear();
  }

  #who(c: Context<ApiEnv>): Pick<AuditEntry, 'actor' | 'kind' | 'roles' | 'address'> {
    const identity = c.get('identity');
    const { actor = null } = c.var;
    return {
      actor: identity?.name ?? actor,
      kind: identity?.kind ?? (actor === null ? 'unknown' : 'session'),
      roles: identity?.roles ?? [],
      address: addressOf(c),
    };
  }

  #refused(entry: AuditEntry): void {
    if (this.#limit.take('').allowed) return this.#write(entry);
    const kind = [entry.actor ?? entry.address, entry.operation, entry.status].join('\n');
    const full = this.#gathered.size >= MAX_KINDS && !this.#gathered.has(kind);
    const key = full ? '' : kind;
    const known = this.#gathered.get(key);
    const first = full ? { ...entry, actor: null, operation: 'others', target: '' } : entry;
    this.#gathered.set(key, { ...(known ?? first), times: (known?.times ?? 0) + 1 });
    this.#timer ??= this.#clock.after(GATHERED_MS, () => this.flush());
  }

  /** Resolves when it is on disk, with all others of this turn in one commit. */
  #soon(entry: AuditEntry): Promise<void> {
    this.#batch.push(entry);
    this.#onDisk ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#onDisk = null;
        this.#write(...this.#batch.splice(0));
        resolve();
      });
    });
    return this.#onDisk;
  }

  /** What was done cannot be undone because it cannot be told; the log says so. */
  #write(...entries: readonly AuditEntry[]): void {
    if (entries.length === 0) return;
    try {
      this.#audit.add(...entries);
    } catch (error) {
      for (const { actor, operation, requestId } of entries) {
        this.#log.error('audit-lost', { actor, operation, requestId, error });
      }
    }
  }
}

function isTold(c: Context<ApiEnv>): boolean {
  const permission = c.get('permission');
  if (permission === undefined) return false;
  if (TOLD_READS.has(permission)) return true;
  const isChange = !['GET', 'HEAD', 'OPTIONS'].includes(c.req.method);
  return isChange && c.res.status !== 404 && permission !== 'events.read';
}

function targetOf(c: Context<ApiEnv>): string {
  const named = Object.entries(c.req.param() as Record<string, string>)
    .filter(([name]) => name !== 'token')
    .map(([name, value]) => `${name}=${value}`);
  return maskedText(named.join(' ')).slice(0, MAX_TARGET);
}
