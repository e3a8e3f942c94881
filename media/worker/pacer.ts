// Says when the steps of the 20 ms tick are due. PURE: monotonic time comes in. Steps stand on a
// fixed grid, so the pace never drifts; a late thread catches up by a few ticks and leaves whole
// ticks out, because a long burst would only overflow the peer's jitter buffer.

/** How many ticks may run back to back: 100 ms, what common jitter buffers swallow. */
const MAX_BURST = 5;

/** What to do at one waking. */
export interface Due {
  /** Run so many steps. */
  readonly run: number;
  /** Place in its tick of the first of them, from 0. */
  readonly phase: number;
  /** So many ticks are lost before them: the media clock moves on without a packet. */
  readonly skipped: number;
}

export class Pacer {
  readonly #startMs: number;
  readonly #stepMs: number;
  readonly #stepsPerTick: number;
  /** Grid points passed, run or skipped. */
  #passed = 0;

  constructor(startMs: number, stepMs: number, stepsPerTick: number) {
    this.#startMs = startMs;
    this.#stepMs = stepMs;
    this.#stepsPerTick = stepsPerTick;
  }

  /** Steps due at `nowMs` (monotonic), each told once. */
  due(nowMs: number): Due {
    const reached = Math.floor((nowMs - this.#startMs) / this.#stepMs);
    const behind = Math.max(0, reached - this.#passed);
    const perTick = this.#stepsPerTick;
    const skipped = Math.max(0, Math.ceil(behind / perTick) - MAX_BURST);
    const run = behind - skipped * perTick;
    const phase = (this.#passed + 1) % perTick;
    this.#passed += behind;
    return { run, phase, skipped };
  }

  /**
   * How late the first phase of a tick is that is among the steps due, and the oldest of them;
   * null when there is none.
   */
  tickLateMs({ run, phase, skipped }: Due, nowMs: number): number | null {
    const perTick = this.#stepsPerTick;
    const until = (perTick - phase) % perTick;
    if (until >= run) return null;
    const sinceLast = nowMs - this.#startMs - this.#passed * this.#stepMs;
    return sinceLast + (run - 1 - until + skipped * perTick) * this.#stepMs;
  }

  /** Place in its tick of the latest step passed. */
  get phase(): number {
    return this.#passed % this.#stepsPerTick;
  }

  /** How long to sleep at `nowMs` for a grid point so many steps ahead; never negative. */
  sleepMs(nowMs: number, steps: number): number {
    return Math.max(0, this.#startMs + (this.#passed + steps) * this.#stepMs - nowMs);
  }
}
