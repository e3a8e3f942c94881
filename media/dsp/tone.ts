// PURE. Tone generation: up to four sines with an on/off cadence (ITU-T E.180), phase continuous
// over reads and with short ramps, so that nothing clicks. Knows nothing of where samples go.
import type { ToneSpec } from '../types.ts';

/** Raised-cosine rise and fall; short against the 100 ms of the shortest cadence in use. */
const RAMP_MS = 4;
const MAX_FREQUENCIES = 4;
const FULL_SCALE = 32768;

/** A player of one pass through a tone's cadence. */
export interface ToneSource {
  /** Writes the next samples, fewer than asked at the end of the cadence, then 0 for ever. */
  read(into: Int16Array): number;
  /** Back to the beginning, for another pass. */
  reset(): void;
}

/**
 * Oscillator bank by the recurrence s[n] = 2 cos(w) s[n-1] - s[n-2]: one multiplication for each
 * sample and frequency, exact enough in doubles for days.
 */
class Oscillators {
  readonly #stepRad: Float64Array;
  readonly #amplitude: number;
  readonly #coefficient: Float64Array;
  readonly #previous: Float64Array;
  readonly #beforePrevious: Float64Array;

  constructor(frequenciesHz: readonly number[], levelDbov: number, sampleRateHz: number) {
    const count = frequenciesHz.length;
    // The level is that of the sum, so each sine has an equal share of the power.
    this.#amplitude = FULL_SCALE * 10 ** (levelDbov / 20) * Math.sqrt(2 / Math.max(1, count));
    this.#stepRad = Float64Array.from(frequenciesHz, (hz) => (2 * Math.PI * hz) / sampleRateHz);
    this.#coefficient = this.#stepRad.map((rad) => 2 * Math.cos(rad));
    this.#previous = new Float64Array(count);
    this.#beforePrevious = new Float64Array(count);
    this.reset();
  }

  reset(): void {
    for (let i = 0; i < this.#stepRad.length; i += 1) {
      const rad = this.#stepRad[i] ?? 0;
      this.#previous[i] = -this.#amplitude * Math.sin(rad);
      this.#beforePrevious[i] = -this.#amplitude * Math.sin(2 * rad);
    }
  }

  next(): number {
    let sum = 0;
    for (let i = 0; i < this.#previous.length; i += 1) {
      const previous = this.#previous[i] ?? 0;
      const now = (this.#coefficient[i] ?? 0) * previous - (this.#beforePrevious[i] ?? 0);
      this.#beforePrevious[i] = previous;
      this.#previous[i] = now;
      sum += now;
    }
    return sum;
  }
}

/** Gain at sample `at` of an on period of `length` samples. */
function rampGain(at: number, length: number, rampSamples: number): number {
  const edge = Math.min(at + 1, length - at);
  if (edge >= rampSamples) return 1;
  return 0.5 - 0.5 * Math.cos((Math.PI * edge) / rampSamples);
}

/**
 * Starts one pass of a tone.
 * @param tone its `levelDbov` is the level of the sum of all frequencies while the tone is on
 * (0 dBov = full scale square wave, so one full scale sine is -3); what does not fit is clipped
 * @throws RangeError more than four frequencies, or one at or above half the sample rate
 */
export function createToneSource(tone: ToneSpec, sampleRateHz: number): ToneSource {
  const { frequenciesHz, levelDbov, cadenceMs } = tone;
  if (frequenciesHz.length > MAX_FREQUENCIES) throw new RangeError('more than four frequencies');
  if (frequenciesHz.some((hz) => !(hz > 0 && hz < sampleRateHz / 2))) {
    throw new RangeError(`a frequency is not between 0 and ${sampleRateHz / 2} Hz`);
  }
  const oscillators = new Oscillators(frequenciesHz, levelDbov, sampleRateHz);
  const rampSamples = Math.round((RAMP_MS * sampleRateHz) / 1000);
  const lengths = cadenceMs.map((ms) => Math.max(0, Math.round((ms * sampleRateHz) / 1000)));
  let period = 0;
  let at = 0;

  return {
    read(into) {
      let written = 0;
      while (written < into.length && period < lengths.length) {
        const length = lengths[period] ?? 0;
        const isOn = period % 2 === 0;
        const until = Math.min(length, at + into.length - written);
        for (; at < until; at += 1) {
          const value = isOn ? oscillators.next() * rampGain(at, length, rampSamples) : 0;
          into[written] = Math.max(-32768, Math.min(32767, Math.round(value)));
          written += 1;
        }
        if (at === length) {
          period += 1;
          at = 0;
        }
      }
      return written;
    },
    reset() {
      oscillators.reset();
      period = 0;
      at = 0;
    },
  };
}
