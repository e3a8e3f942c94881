// Frames of 20 ms into packets of the length the peer wishes, 10 to 60 ms. PURE; buffers are made
// once. RFC 8866 s.6.4 (ptime).

const MAX_PACKET_SAMPLES = 480;
const FRAME_SAMPLES = 160;

export class Packetizer {
  /** The samples of the packet that `take` found complete. */
  readonly samples = new Int16Array(MAX_PACKET_SAMPLES);
  /** RTP timestamp of its first sample. */
  rtpTimestamp = 0;
  readonly #pending = new Int16Array(MAX_PACKET_SAMPLES + FRAME_SAMPLES);
  #count = 0;
  #firstTicks = 0;
  #packetSamples = FRAME_SAMPLES;
  #ticksPerSample = 1;

  /** @param clockHz of the RTP timestamps, a multiple of 8000 */
  setFormat(ptimeMs: number, clockHz: number): void {
    this.#packetSamples = Math.min(MAX_PACKET_SAMPLES, ptimeMs * 8);
    this.#ticksPerSample = clockHz / 8_000;
    this.#count = 0;
  }

  get packetSamples(): number {
    return this.#packetSamples;
  }

  /** Forgets what is not yet a packet: another source speaks now. */
  interrupt(): void {
    this.#count = 0;
  }

  /** Adds one frame whose first sample has this timestamp. */
  push(frame: Int16Array, rtpTimestamp: number): void {
    if (this.#count === 0) this.#firstTicks = rtpTimestamp;
    this.#pending.set(frame, this.#count);
    this.#count += FRAME_SAMPLES;
  }

  /** Takes the next complete packet; false when there is none. */
  take(): boolean {
    const size = this.#packetSamples;
    if (this.#count < size) return false;
    for (let i = 0; i < size; i++) this.samples[i] = this.#pending[i] ?? 0;
    this.#pending.copyWithin(0, size, this.#count);
    this.#count -= size;
    this.rtpTimestamp = this.#firstTicks;
    this.#firstTicks = (this.#firstTicks + size * this.#ticksPerSample) >>> 0;
    return true;
  }
}
