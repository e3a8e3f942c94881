// What one received stream was like: order, loss, jitter. PURE, no allocation per packet.
// RFC 3550 App. A.1 (sequence), A.3 (loss), A.8 (jitter).
// Deviation: no probation of a new source; the leg validates by address and payload type instead.
import { sequenceDistance } from './packet.ts';

const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;
const SEQUENCE_MODULUS = 65_536;

/** Where a packet stands in its stream. */
export type Arrival = 'first' | 'in-order' | 'late' | 'jumped';

export class ReceiveStats {
  ssrc = 0;
  received = 0;
  /** Packets missing just before the latest one that came in order. */
  missing = 0;
  #started = false;
  #highest = 0;
  #cycles = 0;
  #base = 0;
  #awaitedAfterJump = -1;
  #lostBefore = 0;
  #receivedInRun = 0;
  #transit = 0;
  #jitterTicks = 0;
  #expectedAtReport = 0;
  #receivedAtReport = 0;

  /**
   * Counts a packet.
   * @param arrivalTicks the moment of arrival in ticks of the media clock
   */
  update(ssrc: number, sequence: number, rtpTimestamp: number, arrivalTicks: number): Arrival {
    const arrival = this.#place(ssrc, sequence);
    this.received += 1;
    this.#receivedInRun += 1;
    const transit = (arrivalTicks - rtpTimestamp) | 0;
    if (arrival === 'in-order' || arrival === 'late') {
      const difference = Math.abs((transit - this.#transit) | 0);
      this.#jitterTicks += (difference - this.#jitterTicks) / 16;
    }
    this.#transit = transit;
    return arrival;
  }

  #place(ssrc: number, sequence: number): Arrival {
    if (!this.#started || ssrc !== this.ssrc) {
      this.#begin(ssrc, sequence);
      return 'first';
    }
    const ahead = sequenceDistance(sequence, this.#highest);
    this.missing = 0;
    if (ahead > 0 && ahead < MAX_DROPOUT) {
      if (sequence < this.#highest) this.#cycles += SEQUENCE_MODULUS;
      this.#highest = sequence;
      this.missing = ahead - 1;
      return 'in-order';
    }
    if (ahead <= 0 && ahead >= -MAX_MISORDER) return 'late';
    // A jump is believed when two packets in a row agree on it: the sender restarted.
    if (sequence === this.#awaitedAfterJump) {
      this.#begin(ssrc, sequence);
      return 'first';
    }
    this.#awaitedAfterJump = (sequence + 1) % SEQUENCE_MODULUS;
    return 'jumped';
  }

  #begin(ssrc: number, sequence: number): void {
    if (this.#started) this.#lostBefore = this.lost;
    this.#started = true;
    this.ssrc = ssrc;
    this.#base = sequence;
    this.#highest = sequence;
    this.#cycles = 0;
    this.#receivedInRun = 0;
    this.#awaitedAfterJump = -1;
    this.missing = 0;
    this.#expectedAtReport = 0;
    this.#receivedAtReport = 0;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Cycles and highest sequence number, as a reception report wants it. */
  get extendedHighest(): number {
    return (this.#cycles + this.#highest) >>> 0;
  }

  get #expected(): number {
    return this.#started ? this.#cycles + this.#highest - this.#base + 1 : 0;
  }

  /** Packets that never came, over all sources of this leg; never negative. */
  get lost(): number {
    return this.#lostBefore + Math.max(0, this.#expected - this.#receivedInRun);
  }

  /** Interarrival jitter in ticks of the media clock. */
  get jitterTicks(): number {
    return this.#jitterTicks;
  }

  /** Fraction lost since the last call, in 1/256ths (App. A.3). */
  takeFractionLost(): number {
    const expected = this.#expected - this.#expectedAtReport;
    const received = this.#receivedInRun - this.#receivedAtReport;
    this.#expectedAtReport = this.#expected;
    this.#receivedAtReport = this.#receivedInRun;
    const lost = expected - received;
    return expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / expected));
  }
}
