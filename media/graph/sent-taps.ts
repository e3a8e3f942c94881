// Recordings of what one leg says to its peer.
import { TickScale } from '../rtp/tick-scale.ts';
import type { Timeline } from './timeline.ts';

export class SentTaps {
  readonly taps: Timeline[] = [];
  readonly #scale = new TickScale();

  /** The clock of the RTP timestamps that `write` gets. */
  setClock(clockHz: number): void {
    this.#scale.setClock(clockHz);
  }

  /** Takes what was said; see `Timeline.write`. */
  write(samples: Int16Array, count: number, rtpTimestamp: number, position: number): void {
    if (this.taps.length === 0) return;
    const ticks = this.#scale.toTicks(rtpTimestamp);
    for (const tap of this.taps) tap.write(samples, count, ticks, position, false);
  }
}
