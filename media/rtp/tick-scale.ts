// RTP timestamps of any clock as ticks of our 8 kHz clock, across the wrap of 32 bits. PURE, no
// allocation per packet. RFC 3550 s.5.1.
import { timestampDistance } from './packet.ts';

export class TickScale {
  #ratio = 1;
  #last = 0;
  #ticks = 0;

  /** @param clockHz a multiple of 8000 */
  setClock(clockHz: number): void {
    this.#ratio = clockHz / 8_000;
  }

  /** The timestamp in 8 kHz ticks, 32 bits; differences keep their meaning. */
  toTicks(rtpTimestamp: number): number {
    if (this.#ratio === 1) return rtpTimestamp;
    const moved = timestampDistance(rtpTimestamp, this.#last);
    this.#last = rtpTimestamp;
    this.#ticks += moved / this.#ratio;
    return Math.round(this.#ticks) >>> 0;
  }
}
