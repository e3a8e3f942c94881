// Token buckets: a steady rate with room for bursts. PURE.
import type { RateLimit } from './types.ts';

/** What is left, and when that was reckoned (monotonic). */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export function fullBucket(limit: RateLimit, nowMs: number): Bucket {
  return { tokens: limit.burst, atMs: nowMs };
}

/** The bucket after one more request, and whether there was room for it. */
export function taken(
  bucket: Bucket,
  limit: RateLimit,
  nowMs: number,
): readonly [Bucket, isWithin: boolean] {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(limit.burst, bucket.tokens + (elapsedMs * limit.perSecond) / 1_000);
  const isWithin = tokens >= 1;
  return [{ tokens: isWithin ? tokens - 1 : tokens, atMs: nowMs }, isWithin];
}
