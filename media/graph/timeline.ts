// Received audio laid out on our own clock: packets are placed by RTP timestamp, so jitter and
// reordering vanish, short losses are concealed, and other holes read as silence. For recording,
// detection and mixing, never for a plain relay. No allocation per packet. RFC 3550 s.5.1.
import { Concealment, HISTORY_SAMPLES, MAX_CONCEALED_SAMPLES } from '../codec/concealment.ts';
import { timestampDistance } from '../rtp/packet.ts';

/** The clock of all audio here; positions are samples since the worker began. */
export const SAMPLE_RATE_HZ = 8_000;

/** Sound this far in the future is misplaced: the sender's clock jumped or runs fast. */
const MAX_AHEAD_SAMPLES = SAMPLE_RATE_HZ * 0.4;

/** Scratch for all timelines of the thread: nothing here outlives a call. */
const concealment = new Concealment();
const before = new Int16Array(HISTORY_SAMPLES);
const filler = new Int16Array(MAX_CONCEALED_SAMPLES);

export class Timeline {
  /** How long sound waits before it is read, samples. Its owner may change it at any time. */
  delaySamples: number;
  /** How much later than its place in time the latest packet came, samples. */
  latenessSamples = 0;
  /** What comes is not kept: it reads as silence. */
  muted = false;
  /** Sound made up for losses so far. */
  concealedSamples = 0;
  readonly #ring: Int16Array;
  readonly #mask: number;
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
    this.delaySamples = delaySamples;
    this.#readPosition = nowPosition;
  }

  /** The next packet is of another stream: its timestamps mean nothing relative to the last. */
  reset(): void {
    this.#anchored = false;
  }

  /**
   * Places `count` samples that carry `rtpTimestamp` and came at `nowPosition`.
   * @param late the packet was overtaken: it may fill its hole but not move the stream
   * @param lost packets missing before this one, by sequence number: their hole is concealed
   */
  write(
    samples: Int16Array,
    count: number,
    rtpTimestamp: number,
    nowPosition: number,
    late: boolean,
    lost = 0,
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
    this.latenessSamples = nowPosition - position;
    const room = this.#ring.length - HISTORY_SAMPLES;
    if (position + count - this.#readPosition > room) return;
    if (this.muted) return;
    if (lost > 0) this.#fillHole(position);
    for (let i = 0; i < count; i++) this.#ring[(position + i) & this.#mask] = samples[i] ?? 0;
    this.#writtenTo = Math.max(this.#writtenTo, position + count);
  }

  /** Losses up to 60 ms long sound on from what stood before them. */
  #fillHole(end: number): void {
    const start = this.#writtenTo;
    const length = end - start;
    if (length <= 0 || length > MAX_CONCEALED_SAMPLES || start < this.#readPosition) return;
    for (let i = 0; i < HISTORY_SAMPLES; i++) {
      before[i] = this.#ring[(start - HISTORY_SAMPLES + i) & this.#mask] ?? 0;
    }
    concealment.reset();
    concealment.heard(before, HISTORY_SAMPLES);
    concealment.conceal(filler, length);
    for (let i = 0; i < length; i++) this.#ring[(start + i) & this.#mask] = filler[i] ?? 0;
    this.concealedSamples += length;
  }

  /** Where the next sample is read. */
  get readPosition(): number {
    return this.#readPosition;
  }

  /** Where the latest sound ends, for whoever must not cut it off. */
  get writtenTo(): number {
    return this.#writtenTo;
  }

  /** How many samples may be read at `nowPosition`. */
  readable(nowPosition: number): number {
    return Math.max(0, nowPosition - this.delaySamples - this.#readPosition);
  }

  /**
   * Reads the next `count` samples into `into` from `offset`, every `stride`th; silence where
   * nothing came. What was read is forgotten (but for what concealment needs).
   */
  read(into: Int16Array, count: number, offset: number, stride: number): void {
    for (let i = 0; i < count; i++) {
      const at = (this.#readPosition + i) & this.#mask;
      into[offset + i * stride] = this.#ring[at] ?? 0;
      // What stands just behind stays: a hole at the reading point is filled from it.
      this.#ring[(at - HISTORY_SAMPLES) & this.#mask] = 0;
    }
    this.#readPosition += count;
  }
}
