// Says when the 20 ms tick is due. PURE: monotonic time comes in. Ticks stand on a fixed grid, so
// the pace never drifts; a late thread catches up by a few ticks and leaves the rest out, because a
// long burst would only overflow the peer's jitter buffer.

/** How many ticks may run back to back: 100 ms, what common jitter buffers swallow. */
const MAX_BURST = 5;

/** What to do at one waking. */
export interface Due {
  /** Run the tick so many times. */
  readonly run: number;
  /** So many ticks are lost: the media clock moves on without a packet. */
  readonly skipped: number;
}

const NOTHING: Due = { run: 0, skipped: 0 };
const ONE: Due = { run: 1, skipped: 0 };

export class Pacer {
  readonly #startMs: number;
  readonly #periodMs: number;
  /** Grid points passed, run or skipped. */
  #passed = 0;

  constructor(startMs: number, periodMs: number) {
    this.#startMs = startMs;
    this.#periodMs = periodMs;
  }

  /** Ticks due at `nowMs` (monotonic), each told once. */
  due(nowMs: number): Due {
    const reached = Math.floor((nowMs - this.#startMs) / this.#periodMs);
    const behind = reached - this.#passed;
    if (behind <= 0) return NOTHING;
    this.#passed = reached;
    if (behind === 1) return ONE;
    const run = Math.min(behind, MAX_BURST);
    return { run, skipped: behind - run };
  }

  /** How long ago the latest grid point that `due` told of was at `nowMs`. */
  lateMs(nowMs: number): number {
    return nowMs - this.#startMs - this.#passed * this.#periodMs;
  }

  /** How long to sleep at `nowMs` for the next grid point; never negative. */
  sleepMs(nowMs: number): number {
    return Math.max(0, this.#startMs + (this.#passed + 1) * this.#periodMs - nowMs);
  }
}
