// Packet loss concealment: what was last heard goes on, at its own pitch, and fades. PURE, no
// allocation after construction. In the spirit of ITU-T G.711 Appendix I: pitch by correlation,
// repetition of whole periods, 10 ms at full level, then 20 % less each 10 ms, silence at 60 ms.

/** Pitch periods searched: 66 Hz to 200 Hz at 8 kHz. */
const MIN_PERIOD = 40;
const MAX_PERIOD = 120;
/** Samples compared for the pitch: 20 ms. */
const COMPARED = 160;
/** What is remembered: the longest period and the stretch compared with it. */
export const HISTORY_SAMPLES = COMPARED + MAX_PERIOD;
const FULL_LEVEL_SAMPLES = 80;
const FADED_AFTER_SAMPLES = 480;
const FADE_PER_SAMPLE = 0.2 / 80;
/** The first true sound after a hole is blended in over 4 ms. */
const BLEND_SAMPLES = 32;

/** Longest hole that is filled; 60 ms. */
export const MAX_CONCEALED_SAMPLES = FADED_AFTER_SAMPLES;

export class Concealment {
  readonly #history = new Int16Array(HISTORY_SAMPLES);
  #period = 0;
  /** Samples made up since the last true one. */
  #made = 0;

  /**
   * Takes true sound, in order. The beginning of `samples` is changed when it ends a hole.
   * @param samples mono at 8 kHz; the first `count` are used
   */
  heard(samples: Int16Array, count: number): void {
    if (this.#made > 0 && this.#made < FADED_AFTER_SAMPLES) this.#blend(samples, count);
    this.#made = 0;
    this.#keep(samples, count);
  }

  /** Makes up the next `count` samples into the start of `into`; silence after 60 ms. */
  conceal(into: Int16Array, count: number): void {
    if (this.#made === 0) this.#period = this.#findPeriod();
    for (let i = 0; i < count; i++) {
      into[i] = this.#next();
      if (this.#made < FADED_AFTER_SAMPLES) this.#made += 1;
    }
  }

  /** True while what would be made up is sound: the hole is not yet 60 ms long. */
  get fading(): boolean {
    return this.#made < FADED_AFTER_SAMPLES;
  }

  /** Forgets what was heard: another stream begins. */
  reset(): void {
    this.#history.fill(0);
    this.#made = 0;
  }

  #next(): number {
    const faded = Math.max(0, this.#made - FULL_LEVEL_SAMPLES) * FADE_PER_SAMPLE;
    if (faded >= 1 || this.#made >= FADED_AFTER_SAMPLES) return 0;
    const at = HISTORY_SAMPLES - this.#period + (this.#made % this.#period);
    return Math.round((this.#history[at] ?? 0) * (1 - faded));
  }

  #blend(samples: Int16Array, count: number): void {
    const blended = Math.min(BLEND_SAMPLES, count);
    for (let i = 0; i < blended; i++) {
      const share = (i + 1) / (BLEND_SAMPLES + 1);
      samples[i] = Math.round(this.#next() * (1 - share) + (samples[i] ?? 0) * share);
      this.#made += 1;
    }
  }

  #keep(samples: Int16Array, count: number): void {
    const taken = Math.min(count, HISTORY_SAMPLES);
    this.#history.copyWithin(0, taken);
    for (let i = 0; i < taken; i++) {
      this.#history[HISTORY_SAMPLES - taken + i] = samples[count - taken + i] ?? 0;
    }
  }

  /** The lag at which the last 20 ms are most like what came before them. */
  #findPeriod(): number {
    const history = this.#history;
    const start = HISTORY_SAMPLES - COMPARED;
    let best = MAX_PERIOD;
    let bestScore = 0;
    for (let period = MIN_PERIOD; period <= MAX_PERIOD; period++) {
      let product = 0;
      let energy = 1;
      for (let i = start; i < HISTORY_SAMPLES; i += 2) {
        const before = history[i - period] ?? 0;
        product += (history[i] ?? 0) * before;
        energy += before * before;
      }
      const score = product <= 0 ? 0 : (product * product) / energy;
      if (score > bestScore) {
        best = period;
        bestScore = score;
      }
    }
    return best;
  }
}
