// Nonces: made by us, bound to time and source, used in rising counts only. Nothing is remembered
// of those never used, so strangers cost no memory. RFC 7616 s.3.3, s.5.4, s.5.12.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What a nonce is worth now. `stale`: ask again with a fresh one. */
export type NonceState = 'good' | 'stale' | 'foreign';

const MAX_REMEMBERED = 10_000;

interface Use {
  readonly sequence: number;
  readonly madeAtMs: number;
  lastCount: number;
}

/** Mints and judges nonces `time.sequence.hmac`, all of it base64url or base 36. */
export class NonceBook {
  readonly #ttlMs: number;
  readonly #maxRemembered: number;
  readonly #secret = randomBytes(32);
  readonly #uses = new Map<string, Use>();
  #sequence = 0;
  /** Nonces minted up to here may have been used and forgotten. */
  #forgottenUpTo = 0;

  /** @param ttlMs how long a nonce may be used; @param maxRemembered how many used ones to keep */
  constructor(ttlMs: number, maxRemembered = MAX_REMEMBERED) {
    this.#ttlMs = ttlMs;
    this.#maxRemembered = maxRemembered;
  }

  /** A fresh nonce for a source (an address: ports change behind NAT). */
  mint(source: string, nowMs: number): string {
    this.#sequence += 1;
    const stem = `${Math.floor(nowMs).toString(36)}.${this.#sequence.toString(36)}`;
    return `${stem}.${this.#seal(stem, source)}`;
  }

  /** Whether the nonce may be used by this source now; says nothing of the count. */
  judge(nonce: string, source: string, nowMs: number): NonceState {
    const parts = read(nonce);
    if (parts === null) return 'foreign';
    const seal = Buffer.from(this.#seal(parts.stem, source));
    const given = Buffer.from(parts.seal);
    if (seal.length !== given.length || !timingSafeEqual(seal, given)) return 'foreign';
    const ageMs = nowMs - parts.madeAtMs;
    if (ageMs > this.#ttlMs || ageMs < -this.#ttlMs) return 'stale';
    if (parts.sequence <= this.#forgottenUpTo && !this.#uses.has(nonce)) return 'stale';
    return 'good';
  }

  /**
   * Takes a count of a good nonce, after the proof was found right. False when that count or a
   * higher one was used before: a replay.
   */
  take(nonce: string, count: number, nowMs: number): boolean {
    const use = this.#uses.get(nonce);
    if (use !== undefined) {
      if (count <= use.lastCount) return false;
      use.lastCount = count;
      return true;
    }
    const parts = read(nonce);
    if (parts === null) return false;
    this.#forget(nowMs);
    this.#uses.set(nonce, { ...parts, lastCount: count });
    return true;
  }

  /** How many used nonces are remembered. */
  get size(): number {
    return this.#uses.size;
  }

  #forget(nowMs: number): void {
    for (const [nonce, use] of this.#uses) {
      const isExpired = nowMs - use.madeAtMs > this.#ttlMs;
      if (!isExpired && this.#uses.size < this.#maxRemembered) return;
      this.#uses.delete(nonce);
      if (!isExpired) this.#forgottenUpTo = Math.max(this.#forgottenUpTo, use.sequence);
    }
  }

  #seal(stem: string, source: string): string {
    const mac = createHmac('sha256', this.#secret).update(`${stem}|${source}`);
    return mac.digest('base64url').slice(0, 32);
  }
}

function read(nonce: string) {
  const match = /^(([0-9a-z]{1,11})\.([0-9a-z]{1,11}))\.([A-Za-z0-9_-]{32})$/.exec(nonce);
  if (match === null) return null;
  const [, stem = '', time = '', sequence = '', seal = ''] = match;
  return { stem, madeAtMs: parseInt(time, 36), sequence: parseInt(sequence, 36), seal };
}
