// Which even ports are free, taken or resting. PURE: monotonic time comes in. RFC 3550 s.11 (even
// port for RTP, the next for RTCP).

interface Resting {
  readonly rtpPort: number;
  readonly freeAtMs: number;
}

export class PortPool {
  readonly #restMs: number;
  readonly #free: number[] = [];
  readonly #taken = new Set<number>();
  /** In the order in which they become free. */
  readonly #resting: Resting[] = [];

  /**
   * @param min lowest port; with `max` both inclusive, the RTCP port inside the range too
   * @param restMs how long a given-back port stays unused, so late packets of the last call die out
   * @param random in [0, 1): where to begin, so a restarted process does not reuse the last ports
   */
  constructor(min: number, max: number, restMs: number, random: number) {
    this.#restMs = restMs;
    for (let port = min + (min % 2); port + 1 <= max; port += 2) this.#free.push(port);
    const start = Math.floor(random * this.#free.length);
    this.#free.push(...this.#free.splice(0, start));
  }

  /** An even port, the longest unused first; null when all are taken or resting. */
  take(nowMs: number): number | null {
    this.#wake(nowMs);
    const port = this.#free.shift();
    if (port === undefined) return null;
    this.#taken.add(port);
    return port;
  }

  /** Gives a port back to rest. Giving back what is not taken changes nothing. */
  giveBack(rtpPort: number, nowMs: number): void {
    if (!this.#taken.delete(rtpPort)) return;
    this.#resting.push({ rtpPort, freeAtMs: nowMs + this.#restMs });
  }

  counts(nowMs: number): { free: number; taken: number; resting: number } {
    this.#wake(nowMs);
    return {
      free: this.#free.length,
      taken: this.#taken.size,
      resting: this.#resting.length,
    };
  }

  #wake(nowMs: number): void {
    let first = this.#resting[0];
    while (first !== undefined && first.freeAtMs <= nowMs) {
      this.#free.push(first.rtpPort);
      this.#resting.shift();
      first = this.#resting[0];
    }
  }
}
