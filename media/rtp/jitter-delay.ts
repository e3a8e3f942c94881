// How long received sound must wait so that late packets still come in time: the worst lateness of
// the last seconds and a margin. PURE, no allocation per packet. RFC 3550 s.6.4.4 on jitter; the
// rule is a windowed maximum, which follows a network that gets worse at once and one that gets
// better within two windows.

const MARGIN_TICKS = 160;
/** 20 ms: below it every hiccup of a thread is a hole. */
const MIN_TICKS = 160;
/** 240 ms: beyond it people talk over each other, and holes are the lesser evil. */
const MAX_TICKS = 1_920;
/** 2 s of sound. */
const WINDOW_TICKS = 16_000;

export class JitterDelay {
  #before = 0;
  #present = 0;
  #windowEnds = 0;
  #started = false;

  /**
   * Takes one packet of a stream.
   * @param latenessTicks when it came, relative to where its timestamp places it (8 kHz ticks)
   * @param nowTicks our clock
   */
  update(latenessTicks: number, nowTicks: number): void {
    if (!this.#started || nowTicks >= this.#windowEnds) {
      this.#before = this.#started ? this.#present : latenessTicks;
      this.#present = latenessTicks;
      this.#windowEnds = nowTicks + WINDOW_TICKS;
      this.#started = true;
    } else if (latenessTicks > this.#present) this.#present = latenessTicks;
  }

  /** Another stream: its timestamps are placed anew. */
  reset(): void {
    this.#started = false;
  }

  /** The delay wanted now, 8 kHz ticks, 20 to 240 ms. */
  get targetTicks(): number {
    const worst = this.#started ? Math.max(this.#before, this.#present) : 2 * MIN_TICKS;
    return Math.min(MAX_TICKS, Math.max(MIN_TICKS, worst + MARGIN_TICKS));
  }
}
