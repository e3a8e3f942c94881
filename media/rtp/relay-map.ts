// Numbers for a stream that is passed on: the incoming sequence numbers and timestamps shifted into
// our own stream, so that the receiver still sees loss and order as they were. PURE.
// RFC 3550 s.7.1 (translators).
import { sequenceDistance, timestampDistance } from './packet.ts';

/** Farther than this from our clock the mapping is made anew. */
const MAX_CLOCK_DISTANCE_MS = 1_000;
const FRAME_MS = 20;

export class RelayMap {
  /** Results of the last `map`. */
  sequenceNumber = 0;
  rtpTimestamp = 0;
  /** The first packet after a change of source carries the marker bit. */
  opens = false;

  /** Clock of the stream, ticks in a millisecond. */
  ticksPerMs = 8;

  #aligned = false;
  #ssrc = 0;
  #sequenceShift = 0;
  #timestampShift = 0;
  #firstSequence = 0;

  /** Our own packets went in between: the next mapped packet continues behind them. */
  interrupt(): void {
    this.#aligned = false;
  }

  /**
   * Maps one packet; the answer is in the fields.
   * @param nextSequence the number our next packet has
   * @param clockTicks our media clock now
   * @param lastTicks timestamp of our latest packet, null before the first
   * @returns false when the packet is too old to be given a number
   */
  map(
    ssrc: number,
    sequence: number,
    rtpTimestamp: number,
    nextSequence: number,
    clockTicks: number,
    lastTicks: number | null,
  ): boolean {
    const shifted = (rtpTimestamp + this.#timestampShift) >>> 0;
    const astray =
      Math.abs(timestampDistance(shifted, clockTicks)) > MAX_CLOCK_DISTANCE_MS * this.ticksPerMs ||
      Math.abs(sequenceDistance(sequence, this.#firstSequence)) > 30_000;
    this.opens = !this.#aligned || ssrc !== this.#ssrc || astray;
    if (this.opens) {
      this.#align(ssrc, sequence, rtpTimestamp, nextSequence, clockTicks, lastTicks);
    } else if (sequenceDistance(sequence, this.#firstSequence) < 0) {
      return false;
    }
    this.sequenceNumber = (sequence + this.#sequenceShift) & 0xffff;
    this.rtpTimestamp = (rtpTimestamp + this.#timestampShift) >>> 0;
    return true;
  }

  #align(
    ssrc: number,
    sequence: number,
    rtpTimestamp: number,
    nextSequence: number,
    clockTicks: number,
    lastTicks: number | null,
  ): void {
    const behind = lastTicks !== null && timestampDistance(clockTicks, lastTicks) <= 0;
    const start = behind ? lastTicks + FRAME_MS * this.ticksPerMs : clockTicks;
    this.#aligned = true;
    this.#ssrc = ssrc;
    this.#firstSequence = sequence;
    this.#sequenceShift = nextSequence - sequence;
    this.#timestampShift = start - rtpTimestamp;
  }
}
