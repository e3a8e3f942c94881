// Received audio laid out on our own clock: packets are placed by RTP timestamp, so jitter and
// reordering vanish, and what never came reads as silence. For recording and
// detection, never where sound is passed on. No allocation per packet. RFC 3550 s.5.1 (timestamp).
import { timestampDistance } from '../rtp/packet.ts';

/** The clock of all audio here; positions are samples since the worker began. */
export const SAMPLE_RATE_HZ = 8_000;

/** Sound this far in the future is misplaced: the sender's clock jumped or runs fast. */
const MAX_AHEAD_SAMPLES = SAMPLE_RATE_HZ * 0.4;

export class Timeline {
  readonly #ring: Int16Array;
  readonly #mask: number;
  readonly #delaySamples: number;
  #readPosition: number;
  /** Where the latest sound ends; may lie a little ahead of the clock. */
  #writtenTo = 0;
  #anchored = false;
  #anchorTicks = 0;
  #anchorPosition = 0;

  /**
   * @param ringSamples a power of two; must hold the delay, the allowed lead and a packet
   * @param delaySamples how long sound waits before it is read: what jitter may cost
   * @param nowPosition where our clock stands
   */
  constructor(ringSamples: number, delaySamples: number, nowPosition: number) {
    this.#ring = new Int16Array(ringSamples);
    this.#mask = ringSamples - 1;
    this.#delaySamples = delaySamples;
    this.#readPosition = nowPosition;
  }

  /** The next packet is of another stream: its timestamps mean nothing relative to the last. */
  reset(): void {
    this.#anchored = false;
  }

  /**
   * Places `count` samples that carry `rtpTimestamp` and came at `nowPosition`.
   * @param late the packet was overtaken: it may fill its hole but not move the stream
   */
  write(
    samples: Int16Array,
    count: number,
    rtpTimestamp: number,
    nowPosition: number,
    late: boolean,
  ): void {
    let position = this.#anchorPosition + timestampDistance(rtpTimestamp, this.#anchorTicks);
    const fits = position >= this.#readPosition && position <= nowPosition + MAX_AHEAD_SAMPLES;
    if (!this.#anchored || !fits) {
      if (late) return;
      position = Math.max(nowPosition, this.#readPosition);
      this.#anchored = true;
    }
    if (!late) {
      this.#anchorTicks = rtpTimestamp;
      this.#anchorPosition = position;
    }
    if (position + count - this.#readPosition > this.#ring.length) return;
    for (let i = 0; i < count; i++) this.#ring[(position + i) & this.#mask] = samples[i] ?? 0;
    this.#writtenTo = Math.max(this.#writtenTo, position + count);
  }

  /** Where the latest sound ends, for whoever must not cut it off. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** How many samples may be read at `nowPosition`. */
  readable(nowPosition: number): number {
    return Math.max(0, nowPosition - this.#delaySamples - this.#readPosition);
  }

  /**
   * Reads the next `count` samples into `into` from `offset`, every `stride`th; silence where
   * nothing came. What was read is forgotten.
   */
  read(into: Int16Array, count: number, offset: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      const at = (this.#readPosition + i) & this.#mask;
      into[offset + i * stride] = this.#ring[at] ?? 0;
      this.#ring[at] = 0;
    }
    this.#readPosition += count;
  }
}
