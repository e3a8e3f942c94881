// Digits as tones in the sound (ITU-T Q.23), for peers that know no telephone events. Allocates
// only when a digit begins.
import { frequenciesOf } from '../dsp/dtmf.ts';
import { createToneSource } from '../dsp/tone.ts';
import type { ToneSource } from '../dsp/tone.ts';
import { SAMPLE_RATE_HZ } from './timeline.ts';

/** 100 ms of tone and of quiet: 40 ms of each is what every receiver must take (Q.24). */
const CADENCE_MS = [100, 100];
/** Of both tones together: -7 dBm0 for each, what telephones send. */
const LEVEL_DBOV = -10;
const MAX_WAITING = 64;

export class DigitTones {
  #waiting = '';
  #tone: ToneSource | null = null;

  get busy(): boolean {
    return this.#tone !== null || this.#waiting !== '';
  }

  /** Puts digits (`0`-`9*#A-D`) behind those that wait; what is too much is left out. */
  push(digits: string): void {
    this.#waiting = (this.#waiting + digits).slice(0, MAX_WAITING);
  }

  clear(): void {
    this.#waiting = '';
    this.#tone = null;
  }

  /** Fills a frame; false when there is no digit to be heard. */
  read(frame: Int16Array): boolean {
    if (this.#tone === null) this.#begin();
    frame.fill(0);
    if (this.#tone === null) return false;
    if (this.#tone.read(frame) < frame.length) this.#tone = null;
    return true;
  }

  #begin(): void {
    const [digit] = this.#waiting;
    if (digit === undefined) return;
    this.#waiting = this.#waiting.slice(1);
    const frequenciesHz = frequenciesOf(digit);
    const spec = { frequenciesHz, levelDbov: LEVEL_DBOV, cadenceMs: CADENCE_MS };
    this.#tone = createToneSource(spec, SAMPLE_RATE_HZ);
  }
}
