// Sessions of agents at the telephone page: a token for each, good for that agent only and for a
// working day. Kept in memory: after a restart the page logs in again.
import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../../core/ports.ts';

const LIFE_MS = 12 * 3_600_000;
/** Open pages of one agent; a further one ends the oldest. */
const MAX_PER_AGENT = 5;
const TOKEN_BYTES = 32;

interface Session {
  readonly agentId: string;
  readonly endsAtMs: number;
}

export class PhoneSessions {
  readonly #clock: Clock;
  /** By the hash of the token: who reads our memory cannot log in. */
  readonly #sessions = new Map<string, Session>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @returns the token, which is said only here */
  open(agentId: string): string {
    this.#sweep();
    const own = [...this.#sessions].filter(([, session]) => session.agentId === agentId);
    for (const [hash] of own.slice(0, Math.max(0, own.length - MAX_PER_AGENT + 1))) {
      this.#sessions.delete(hash);
    }
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const endsAtMs = this.#clock.monotonicMs() + LIFE_MS;
    this.#sessions.set(hashOf(token), { agentId, endsAtMs });
    return token;
  }

  /** Whose session it is; null when there is none. */
  agentOf(token: string): string | null {
    const session = this.#sessions.get(hashOf(token));
    return session !== undefined && session.endsAtMs > this.#clock.monotonicMs()
      ? session.agentId
      : null;
  }

  close(token: string): void {
    this.#sessions.delete(hashOf(token));
  }

  #sweep(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [hash, { endsAtMs }] of this.#sessions) {
      if (endsAtMs <= nowMs) this.#sessions.delete(hash);
    }
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
