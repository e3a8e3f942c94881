// How many callbacks were accepted in windows of time, by number, queue, or what was attached.
// PURE.
import type { CallbackLimits, RateLimit } from './model.ts';

/** What counts against a limit. */
export interface Accepted {
  readonly queueId: string;
  readonly customerNumber: string;
  readonly userData: Readonly<Record<string, string>>;
}

/** A limit that is used up, and when it lets the next one through. */
export interface Exceeded {
  /** `number`, `queue`, or the key it counts by. */
  readonly by: string;
  readonly limit: RateLimit;
  readonly retryAtMs: number;
}

/** Keys kept at most; the oldest are forgotten first, which can only let too many through. */
const maxKeys = 200_000;

interface Rule {
  readonly by: string;
  readonly key: string;
  readonly limit: RateLimit;
}

/** The rules that a request falls under, each with the key it is counted by. */
function rulesFor(accepted: Accepted, limits: CallbackLimits): readonly Rule[] {
  const { queueId, customerNumber, userData } = accepted;
  const rules: Rule[] = [];
  if (limits.perNumber !== null) {
    const key = `${queueId} number ${customerNumber}`;
    rules.push({ by: 'number', key, limit: limits.perNumber });
  }
  for (const limit of limits.perQueue) {
    rules.push({ by: 'queue', key: `${queueId} queue ${limit.windowSeconds}`, limit });
  }
  for (const limit of limits.perKey) {
    const value = userData[limit.key];
    if (value === undefined) continue;
    rules.push({ by: limit.key, key: `${queueId} key ${limit.key} ${value}`, limit });
  }
  return rules;
}

export class RateBook {
  /** Moments of acceptance, oldest first, of what may still count. */
  readonly #moments = new Map<string, number[]>();

  /** The first limit that the request would exceed, or null. */
  exceeded(request: Accepted, limits: CallbackLimits, nowMs: number): Exceeded | null {
    for (const { by, key, limit } of rulesFor(request, limits)) {
      const windowMs = limit.windowSeconds * 1_000;
      const counted = this.#since(key, nowMs - windowMs);
      if (counted.length < limit.count) continue;
      // So many must leave the window that one more fits; a limit of none never lets one through.
      const leaving = counted[counted.length - limit.count] ?? nowMs;
      return { by, limit, retryAtMs: leaving + windowMs };
    }
    return null;
  }

  /** Counts it; the answer takes that back. */
  accept(accepted: Accepted, limits: CallbackLimits, atMs: number): () => void {
    const rules = rulesFor(accepted, limits);
    for (const { key } of rules) {
      const moments = this.#moments.get(key);
      if (moments !== undefined) {
        moments.push(atMs);
        continue;
      }
      if (this.#moments.size >= maxKeys) this.#forgetOldest();
      this.#moments.set(key, [atMs]);
    }
    return () => {
      for (const { key } of rules) {
        const moments = this.#moments.get(key);
        const at = moments?.lastIndexOf(atMs) ?? -1;
        if (at >= 0) moments?.splice(at, 1);
      }
    };
  }

  #since(key: string, fromMs: number): readonly number[] {
    const moments = this.#moments.get(key);
    if (moments === undefined) return [];
    const first = moments.findIndex((momentMs) => momentMs > fromMs);
    if (first < 0) this.#moments.delete(key);
    else moments.splice(0, first);
    return first < 0 ? [] : moments;
  }

  #forgetOldest(): void {
    for (const key of this.#moments.keys()) {
      this.#moments.delete(key);
      return;
    }
  }
}

/** The longest window of all limits: older callbacks count nowhere. */
export function longestWindowMs(limits: readonly CallbackLimits[]): number {
  const windows = limits.flatMap(({ perNumber, perQueue, perKey }) => [
    ...(perNumber === null ? [] : [perNumber]),
    ...perQueue,
    ...perKey,
  ]);
  return Math.max(0, ...windows.map(({ windowSeconds }) => windowSeconds * 1_000));
}
