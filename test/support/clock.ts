// A clock that stands still until told to move: same port as the live one.
import type { Clock, Timer } from '../../core/ports.ts';

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  /** Null once it was cancelled. */
  fire: (() => void) | null;
}

/** Virtual time. `advance` fires due timers in order, also those set while advancing. */
export class VirtualClock implements Clock {
  #monotonicMs = 0;
  #wallOffsetMs: number;
  #order = 0;
  #pendingCount = 0;
  /** A binary heap, the next one first; cancelled ones are left out when they come up. */
  readonly #heap: Pending[] = [];

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
    const dueMs = this.#monotonicMs + Math.max(0, delayMs);
    const entry: Pending = { dueMs, order: this.#order++, fire };
    this.#push(entry);
    this.#pendingCount += 1;
    return {
      cancel: () => {
        if (entry.fire === null) return;
        entry.fire = null;
        this.#pendingCount -= 1;
      },
    };
  }

  /** Moves wall time alone, as an operator or NTP step would. */
  stepWall(byMs: number): void {
    this.#wallOffsetMs += byMs;
  }

  /** How many timers run. */
  get pendingCount(): number {
    return this.#pendingCount;
  }

  /** Moves time on by `byMs`, firing what falls due on the way. */
  advance(byMs: number): void {
    const untilMs = this.#monotonicMs + byMs;
    for (let next = this.#next(); next !== null && next.dueMs <= untilMs; next = this.#next()) {
      this.#pop();
      const { fire } = next;
      next.fire = null;
      this.#pendingCount -= 1;
      this.#monotonicMs = Math.max(this.#monotonicMs, next.dueMs);
      fire?.();
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
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (top.fire !== null) return top;
      this.#pop();
    }
    return null;
  }

  #push(entry: Pending): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || isBefore(parent, entry)) break;
      heap[index] = parent;
      heap[parentIndex] = entry;
      index = parentIndex;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    heap[0] = last;
    for (;;) {
      const left = heap[2 * index + 1];
      const right = heap[2 * index + 2];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(last, child)) return;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
      heap[index] = last;
    }
  }
}

function isBefore(a: Pending, b: Pending): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
