// The guard at the door: asked of every message before it is parsed. Driver of the rules beside
// it; keeps what is known of sources, bounded however many there are, and counts what it refused.
import type { Clock, Log } from '../../core/ports.ts';
import { contains, parseNetwork, type Network } from '../apps/cidr.ts';
import { BoundedMap } from './bounded-map.ts';
import { fullBucket, taken, type Bucket } from './bucket.ts';
import { readOffenders, writeOffenders } from './ban-file.ts';
import { failed, isBanned, NO_OFFENCE, proven, type Offender } from './offender.ts';
import { isScanner, looksLikeResponse, sourceOf } from './source.ts';
import type { Ban, GuardOptions, RateLimit } from './types.ts';

/** Keeps bans over a restart. */
export interface BanKeeper {
  read(): unknown;
  /** Writes what the function gives, soon. */
  write(content: () => unknown): void;
}

/** Most sources remembered for each purpose: some ten megabytes when all are full. */
const MAX_SOURCES = 20_000;

/** Most sources with failures or bans. */
const MAX_OFFENDERS = 10_000;

/** Who gets 503 rather than silence: so that the answers to a flood are no flood themselves. */
const ANSWERS: RateLimit = { perSecond: 20, burst: 20 };

/** `answer`: refuse with 503 and Retry-After; `drop`: say nothing. */
export type Admission = 'pass' | 'answer' | 'drop';

interface Source {
  /** In an allowed network. */
  readonly isAllowed: boolean;
  bucket: Bucket;
}

export class Guard {
  readonly #options: GuardOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #allowed: readonly Network[];
  readonly #sources = new BoundedMap<Source>(MAX_SOURCES);
  /** Sources that proved who they are, or that we send requests to ourselves. */
  readonly #known = new BoundedMap<'proven' | 'called'>(MAX_SOURCES);
  readonly #offenders = new BoundedMap<Offender>(MAX_OFFENDERS);
  readonly #keeper: BanKeeper | null;
  readonly #droppedInBan = new BoundedMap<number>(MAX_OFFENDERS);
  #strangers: Bucket;
  #answers: Bucket;
  #refusedScanners = 0;
  #refusedBanned = 0;
  #refusedRate = 0;
  #refusedFlood = 0;

  constructor(options: GuardOptions, clock: Clock, log: Log, keeper: BanKeeper | null = null) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#allowed = options.allow.flatMap((text) => parseNetwork(text) ?? []);
    this.#strangers = fullBucket(options.strangers, clock.monotonicMs());
    this.#answers = fullBucket(ANSWERS, clock.monotonicMs());
    this.#keeper = keeper;
    const kept = readOffenders(keeper?.read(), options.bans, clock.nowMs(), MAX_OFFENDERS / 2);
    for (const [source, offender] of kept) this.#offenders.set(source, offender);
  }

  /** Whether a message from this address may come in. */
  admit(address: string, text: string): Admission {
    const key = sourceOf(address);
    const source = this.#sources.use(key) ?? this.#meet(key, address);
    if (source.isAllowed) return 'pass';
    if (this.#isBanned(key)) {
      this.#refusedBanned++;
      this.#droppedInBan.set(key, (this.#droppedInBan.use(key) ?? 0) + 1);
      return 'drop';
    }
    if (looksLikeResponse(text)) return 'pass';
    if (isScanner(text, this.#options.refusedUserAgents)) {
      this.#refusedScanners++;
      return 'drop';
    }
    const known = this.#known.use(key);
    if (known === 'called') return 'pass';
    const nowMs = this.#clock.monotonicMs();
    const [bucket, isWithin] = taken(source.bucket, this.#options.perSource, nowMs);
    source.bucket = bucket;
    if (!isWithin) {
      this.#refusedRate++;
      return this.mayAnswer() ? 'answer' : 'drop';
    }
    return known === 'proven' ? 'pass' : this.#admitStranger(nowMs);
  }

  /** Whether one more refusal is answered; silence from there on until the flood ebbs. */
  mayAnswer(): boolean {
    const [answers, may] = taken(this.#answers, ANSWERS, this.#clock.monotonicMs());
    this.#answers = answers;
    return may;
  }

  /** We sent a request there: trunks known by name and registered telephones are not limited. */
  called(address: string): void {
    const key = sourceOf(address);
    if (this.#known.use(key) !== 'called') this.#known.set(key, 'called');
  }

  /** A request from there answered our challenge: rightly, or with a wrong password. */
  authenticated(address: string, isProven: boolean): void {
    const key = sourceOf(address);
    const offender = this.#offenders.use(key);
    if (isProven) {
      if (this.#known.use(key) === undefined) this.#known.set(key, 'proven');
      if (offender !== undefined) this.#offenders.set(key, proven(offender));
      return;
    }
    if (this.#isAllowed(address)) return;
    const nowMs = this.#clock.nowMs();
    const next = failed(offender ?? NO_OFFENCE, this.#options.bans, nowMs);
    this.#offenders.set(key, next);
    if (!isBanned(next, nowMs) || next === offender) return;
    this.#known.delete(key);
    this.#droppedInBan.delete(key);
    const seconds = Math.round((next.bannedUntilMs - nowMs) / 1_000);
    this.#log.warn('sip-source-banned', { source: key, seconds, count: next.bans });
    this.#keep();
  }

  /** Bans in force, the latest first. */
  bans(): readonly Ban[] {
    const nowMs = this.#clock.nowMs();
    const found: Ban[] = [];
    for (const [source, offender] of this.#offenders.entries()) {
      if (!isBanned(offender, nowMs)) continue;
      const { bannedAtMs: sinceMs, bannedUntilMs: untilMs, bans: count } = offender;
      const dropped = this.#droppedInBan.use(source) ?? 0;
      found.push({ source, sinceMs, untilMs, count, dropped });
    }
    return found.sort((a, b) => b.sinceMs - a.sinceMs);
  }

  /** Ends a ban and forgets its history; false when there is none. Takes any of its addresses. */
  liftBan(source: string): boolean {
    const key = source.endsWith('/64') ? source : sourceOf(source);
    if (!this.#isBanned(key)) return false;
    this.#offenders.delete(key);
    this.#log.info('sip-ban-lifted', { source: key });
    this.#keep();
    return true;
  }

  stats(): Readonly<Record<string, number>> {
    return {
      guardBans: this.bans().length,
      guardSources: this.#sources.size,
      guardKnown: this.#known.size,
      guardOffenders: this.#offenders.size,
      guardRefusedBanned: this.#refusedBanned,
      guardRefusedScanner: this.#refusedScanners,
      guardRefusedRate: this.#refusedRate,
      guardRefusedFlood: this.#refusedFlood,
    };
  }

  #admitStranger(nowMs: number): Admission {
    const [strangers, isWithin] = taken(this.#strangers, this.#options.strangers, nowMs);
    this.#strangers = strangers;
    if (isWithin) return 'pass';
    this.#refusedFlood++;
    return 'drop';
  }

  #keep(): void {
    this.#keeper?.write(() => writeOffenders(this.#offenders.entries()));
  }

  #isBanned(key: string): boolean {
    const offender = this.#offenders.use(key);
    return offender !== undefined && isBanned(offender, this.#clock.nowMs());
  }

  #isAllowed(address: string): boolean {
    return this.#allowed.some((network) => contains(network, address));
  }

  #meet(key: string, address: string): Source {
    const bucket = fullBucket(this.#options.perSource, this.#clock.monotonicMs());
    const source = { isAllowed: this.#isAllowed(address), bucket };
    this.#sources.set(key, source);
    return source;
  }
}
