// Token buckets: a key may keep up a rate and save up for a burst. Time comes from a clock port.
import type { Clock } from '../core/ports.ts';

export interface RateLimits {
  readonly perSecond: number;
  readonly burst: number;
}

/** What a request got, and what is left. */
export interface RateAnswer {
  readonly allowed: boolean;
  readonly limit: number;
  /** In which an empty bucket fills. */
  readonly windowSeconds: number;
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly resetSeconds: number;
  /** Until one more request would be allowed; 0 when it is now. */
  readonly retryAfterSeconds: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets remembered: beyond it those that were used least lately begin anew. */
const MAX_BUCKETS = 10_000;

/** One bucket for each name: a key, an address. */
export class RateLimiter {
  readonly #clock: Clock;
  readonly #limits: RateLimits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock, limits: RateLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** Takes one token if there is one. */
  take(name: string): RateAnswer {
    const { perSecond, burst } = this.#limits;
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(name) ?? { tokens: burst, atMs: nowMs };
    const refilled = bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * perSecond;
    const available = Math.min(burst, refilled);
    const allowed = available >= 1;
    const tokens = allowed ? available - 1 : available;
    this.#buckets.delete(name);
    this.#buckets.set(name, { tokens, atMs: nowMs });
    if (this.#buckets.size > MAX_BUCKETS) this.#forgetOldest();
    return {
      allowed,
      limit: burst,
      windowSeconds: Math.ceil(burst / perSecond),
      remaining: Math.floor(tokens),
      resetSeconds: Math.ceil((burst - tokens) / perSecond),
      retryAfterSeconds: tokens >= 1 ? 0 : Math.ceil((1 - tokens) / perSecond),
    };
  }

  #forgetOldest(): void {
    const { value, done } = this.#buckets.keys().next();
    if (done !== true) this.#buckets.delete(value);
  }
}
