// What DNS is asked to find a server: the port, its live adapter, and a bounded cache over either.
// RFC 3263 s.4; RFC 2782; RFC 3403.
import { promises as dns } from 'node:dns';
import type { Clock } from '../../core/ports.ts';

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

/** Records and how long they may be kept; whatever goes wrong is an answer without records. */
export interface DnsAnswer<T> {
  readonly records: readonly T[];
  readonly ttlMs: number;
}

export interface Dns {
  readonly naptr: (name: string) => Promise<DnsAnswer<NaptrRecord>>;
  readonly srv: (name: string) => Promise<DnsAnswer<SrvRecord>>;
  /** IPv4 and IPv6 addresses, in the order to try them. */
  readonly addresses: (name: string) => Promise<DnsAnswer<string>>;
}

const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;

/** The runtime does not tell the TTL of these. */
const SERVICE_TTL_MS = 60_000;
const HOSTS_TTL_MS = 30_000;

/** A name without an answer is asked for again after this. */
const FAILURE_TTL_MS = 5_000;

const MIN_TTL_MS = 1_000;
const MAX_TTL_MS = 3_600_000;

/** Most answers kept; more push out the oldest. */
const MAX_ANSWERS = 10_000;

/** Most questions at the same time; more have no answer. */
const MAX_QUESTIONS = 256;

/** @param servers to ask, `192.0.2.53:53`; empty: the system's, and its hosts file for addresses */
export function liveDns(servers: readonly string[]): Dns {
  const resolver = new dns.Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    naptr: (name) => answer(resolver.resolveNaptr(name), SERVICE_TTL_MS),
    srv: (name) => answer(resolver.resolveSrv(name), SERVICE_TTL_MS),
    addresses: (name) => (servers.length > 0 ? asked(resolver, name) : known(name)),
  };
}

async function answer<T>(records: Promise<readonly T[]>, ttlMs: number): Promise<DnsAnswer<T>> {
  return records.then(
    (found) => ({ records: found, ttlMs }),
    () => ({ records: [], ttlMs: FAILURE_TTL_MS }),
  );
}

async function asked(resolver: dns.Resolver, name: string): Promise<DnsAnswer<string>> {
  const families = await Promise.all([
    resolver.resolve4(name, { ttl: true }).catch(() => []),
    resolver.resolve6(name, { ttl: true }).catch(() => []),
  ]);
  const found = families.flat();
  const ttlMs = Math.min(...found.map(({ ttl }) => ttl * 1_000));
  return { records: found.map(({ address }) => address), ttlMs: clamped(ttlMs, found.length) };
}

function clamped(ttlMs: number, count: number): number {
  return count === 0 ? FAILURE_TTL_MS : Math.min(Math.max(ttlMs, MIN_TTL_MS), MAX_TTL_MS);
}

function known(name: string): Promise<DnsAnswer<string>> {
  const found = dns.lookup(name, { all: true, order: 'verbatim' });
  return answer(
    found.then((addresses) => addresses.map(({ address }) => address)),
    HOSTS_TTL_MS,
  );
}

interface Kept {
  readonly answer: Promise<DnsAnswer<unknown>>;
  /** Null while the answer has not come. */
  expiresAtMs: number | null;
}

/** The same answers, each kept as long as it may be; the same question is not asked twice. */
export function cachedDns(source: Dns, clock: Pick<Clock, 'monotonicMs'>): Dns {
  const kept = new Map<string, Kept>();
  let questions = 0;
  const ask = <T>(
    kind: string,
    name: string,
    question: (name: string) => Promise<DnsAnswer<T>>,
  ): Promise<DnsAnswer<T>> => {
    const key = `${kind} ${name.toLowerCase()}`;
    const before = kept.get(key);
    const fresh = before !== undefined && (before.expiresAtMs ?? Infinity) > clock.monotonicMs();
    if (fresh) return before.answer as Promise<DnsAnswer<T>>;
    if (questions >= MAX_QUESTIONS) return Promise.resolve({ records: [], ttlMs: 0 });
    questions++;
    const entry: Kept = { answer: question(name), expiresAtMs: null };
    kept.delete(key);
    kept.set(key, entry);
    const oldest = kept.keys().next().value;
    if (kept.size > MAX_ANSWERS && oldest !== undefined) kept.delete(oldest);
    void entry.answer.then(({ ttlMs }) => {
      questions--;
      entry.expiresAtMs = clock.monotonicMs() + ttlMs;
    });
    return entry.answer as Promise<DnsAnswer<T>>;
  };
  return {
    naptr: (name) => ask('naptr', name, source.naptr),
    srv: (name) => ask('srv', name, source.srv),
    addresses: (name) => ask('addresses', name, source.addresses),
  };
}
