// A clock that stands still until told to move: same port as the live one.
import type { Clock, Timer } from '../../core/ports.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

/** Virtual time. `advance` fires due timers in order, also those set while advancing. */
export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  readonly #pending = new Set<Pending>();

  constructor(startMs = Date.UTC(2026, 0, 5, 9, 0, 0)) {
    this.#wallOffsetMs = startMs;
  }

  nowMs(): number {
    return this.#wallOffsetMs + this.#monotonicMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    const entry = {
      dueMs: this.#monotonicMs + Math.max(0, delayMs),
      order: this.#order++,
      fire,
    };
    this.#pending.add(entry);
    return { cancel: () => void this.#pending.delete(entry) };
  }

  /** Moves wall time alone, as an operator or NTP step would. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** How many timers run. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** Moves time on by `byMs`, firing what falls due on the way. */
  advance(byMs: number): void {
    const untilMs = this.#monotonicMs + byMs;
    for (;;) {
      const next = this.#next();
      if (next === null || next.dueMs > untilMs) break;
      this.#pending.delete(next);
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      next.fire();
    }
    this.#monotonicMs = untilMs;
  }

  /** Moves to the next timer and fires it; false when none runs. */
  advanceToNext(): boolean {
    const next = this.#next();
    if (next === null) return false;
    this.advance(Math.max(0, next.dueMs - this.#monotonicMs));
    return true;
  }

  #next(): Pending | null {
    let best: Pending | null = null;
    for (const entry of this.#pending) {
      if (
        best === null ||
        entry.dueMs < best.dueMs ||
        (entry.dueMs === best.dueMs && entry.order < best.order)
      ) {
        best = entry;
      }
    }
    return best;
  }
}
