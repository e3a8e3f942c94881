// A short tone over whatever a leg says to its peer: the beep of a recorded call. Nothing is
// allocated except when a beep begins.
import { createToneSource } from '../dsp/tone.ts';
import type { ToneSource } from '../dsp/tone.ts';
import { SAMPLE_RATE_HZ } from '../graph/timeline.ts';

const FRAME_SAMPLES = 160;
/** The recorder warning tone of the United States (47 CFR 64.501): 1400 Hz, 200 ms. */
const BEEP = { frequenciesHz: [1_400], cadenceMs: [200] };

export class Overlay {
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  #tone: ToneSource | null = null;

  /** Begins a beep, with the next tick. */
  beep(levelDbov: number): void {
    this.#frame.fill(0);
    this.#tone = createToneSource({ ...BEEP, levelDbov }, SAMPLE_RATE_HZ);
  }

  /** Reads the 20 ms of this tick. */
  tick(): void {
    if (this.#tone === null) return;
    this.#frame.fill(0);
    if (this.#tone.read(this.#frame) === 0) this.#tone = null;
  }

  /** The 20 ms of this tick; null while there is no tone. */
  get frame(): Int16Array | null {
    return this.#tone === null ? null : this.#frame;
  }
}
