// DTMF digits in the sound itself, for peers without telephone events. PURE, no allocation per
// frame. Limits of ITU-T Q.24: frequencies within 1.5 % accepted and beyond 3.5 % refused, 40 ms
// accepted and 23 ms refused, the low tone up to 8 dB above the high one and up to 4 dB below it.
//
// Every 5 ms a window of 20 ms is correlated with the eight nominal frequencies. How the phase of a
// tone moved since the last window tells its true frequency to about a hertz, which no filter of
// 20 ms could; that, and two tones making up nearly all the energy, is what speech does not do.

const SAMPLE_RATE_HZ = 8_000;
const LOW_HZ = [697, 770, 852, 941];
const HIGH_HZ = [1_209, 1_336, 1_477, 1_633];
const DIGITS = '123A456B789C*0#D';
const WINDOW = 160;
const HOP = 40;
const HOP_MS = (HOP * 1_000) / SAMPLE_RATE_HZ;
/** Between the 1.5 % that must pass and the 3.5 % that must not. */
const MAX_DEVIATION = 0.025;
/** Highest low-to-high and high-to-low power ratios: 8 dB and 4 dB with half a dB for measuring. */
const MAX_LOW_OVER_HIGH = 10 ** 0.85;
const MAX_HIGH_OVER_LOW = 10 ** 0.45;
/** Share of the window's energy that the two tones have: 20 dB of noise leaves more than that. */
const MIN_PURITY = 0.72;
/** Mean square of the weaker tone: -42 dB of full scale. */
const MIN_POWER = (32_768 * 10 ** (-42 / 20)) ** 2 / 2;
/** Windows in a row that agree: a tone of 40 ms has eight such, one of 23 ms at most five. */
const MIN_HOPS = 6;
/** Windows without the tone that end it: interruptions up to 10 ms are bridged. */
const END_HOPS = 4;
/** A window agrees when most of it is tone, so about this much tone lies outside the count. */
const EDGE_MS = 5;

/** The two tones of a digit, Hz (ITU-T Q.23). @param digit one of `0`-`9*#A-D` */
export function frequenciesOf(digit: string): readonly number[] {
  const index = Math.max(0, DIGITS.indexOf(digit));
  return [LOW_HZ[index >> 2] ?? 0, HIGH_HZ[index & 3] ?? 0];
}

const TONES_HZ = [...LOW_HZ, ...HIGH_HZ];
const HAMMING = Float64Array.from(
  { length: WINDOW },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (WINDOW - 1)),
);
const WEIGHT = HAMMING.reduce((sum, w) => sum + w, 0);
const WEIGHT_SQUARED = HAMMING.reduce((sum, w) => sum + w * w, 0);
const COS = TONES_HZ.map((hz) =>
  HAMMING.map((w, i) => w * Math.cos((2 * Math.PI * hz * i) / SAMPLE_RATE_HZ)),
);
const SIN = TONES_HZ.map((hz) =>
  HAMMING.map((w, i) => w * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE_HZ)),
);

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Power response of the window to a tone so far from its nominal frequency. */
function response(offsetHz: number): number {
  const bins = (offsetHz * WINDOW) / SAMPLE_RATE_HZ;
  const amplitude = sinc(bins) + (0.23 / 0.54) * (sinc(bins - 1) + sinc(bins + 1));
  return Math.max(0.1, amplitude * amplitude);
}

/** The digit that `tell` gets, and how long it was held. */
export type TellDigit = (digit: string, durationMs: number) => void;

export class DtmfDetector {
  readonly #tell: TellDigit;
  readonly #window = new Float64Array(WINDOW);
  readonly #power = new Float64Array(TONES_HZ.length);
  readonly #phase = new Float64Array(TONES_HZ.length);
  readonly #offsetHz = new Float64Array(TONES_HZ.length);
  #candidate = -1;
  #hops = 0;
  #without = 0;

  constructor(tell: TellDigit) {
    this.#tell = tell;
  }

  /** Takes a frame at 8 kHz whose length is a multiple of 40 samples. */
  push(frame: Int16Array): void {
    for (let at = 0; at + HOP <= frame.length; at += HOP) {
      this.#window.copyWithin(0, HOP);
      for (let i = 0; i < HOP; i++) this.#window[WINDOW - HOP + i] = frame[at + i] ?? 0;
      this.#hop();
    }
  }

  #hop(): void {
    const digit = this.#digitNow();
    if (digit >= 0 && digit === this.#candidate) {
      this.#hops += 1;
      this.#without = 0;
      return;
    }
    if (this.#candidate >= 0 && digit < 0 && ++this.#without < END_HOPS) return;
    if (this.#hops >= MIN_HOPS) {
      const durationMs = this.#hops * HOP_MS + EDGE_MS;
      this.#tell(DIGITS.charAt(this.#candidate), durationMs);
    }
    this.#candidate = digit;
    this.#hops = digit < 0 ? 0 : 1;
    this.#without = 0;
  }

  /** Index of the digit that this window holds; -1 for none. */
  #digitNow(): number {
    let energy = 1e-9;
    for (let i = 0; i < WINDOW; i++) {
      const sample = (this.#window[i] ?? 0) * (HAMMING[i] ?? 0);
      energy += sample * sample;
    }
    for (let tone = 0; tone < TONES_HZ.length; tone++) this.#correlate(tone);
    const row = this.#strongest(0);
    const column = this.#strongest(LOW_HZ.length);
    if (!this.#onPitch(row) || !this.#onPitch(column)) return -1;
    const low = this.#truePower(row);
    const high = this.#truePower(column);
    if (Math.min(low, high) < MIN_POWER) return -1;
    if (low > high * MAX_LOW_OVER_HIGH || high > low * MAX_HIGH_OVER_LOW) return -1;
    if (((low + high) * WEIGHT_SQUARED) / energy < MIN_PURITY) return -1;
    return row * 4 + (column - LOW_HZ.length);
  }

  #correlate(tone: number): void {
    const cos = COS[tone];
    const sin = SIN[tone];
    if (cos === undefined || sin === undefined) return;
    let real = 0;
    let imaginary = 0;
    for (let i = 0; i < WINDOW; i++) {
      const sample = this.#window[i] ?? 0;
      real += sample * (cos[i] ?? 0);
      imaginary -= sample * (sin[i] ?? 0);
    }
    // Of a tone of amplitude A: |X| = A/2 times the sum of weights; its mean square is A*A/2.
    this.#power[tone] = (2 * (real * real + imaginary * imaginary)) / (WEIGHT * WEIGHT);
    const phase = Math.atan2(imaginary, real);
    const expected = (2 * Math.PI * (TONES_HZ[tone] ?? 0) * HOP) / SAMPLE_RATE_HZ;
    const turns = (phase - (this.#phase[tone] ?? 0) - expected) / (2 * Math.PI);
    this.#offsetHz[tone] = ((turns - Math.round(turns)) * SAMPLE_RATE_HZ) / HOP;
    this.#phase[tone] = phase;
  }

  #strongest(first: number): number {
    let best = first;
    for (let tone = first + 1; tone < first + 4; tone++) {
      if ((this.#power[tone] ?? 0) > (this.#power[best] ?? 0)) best = tone;
    }
    return best;
  }

  #onPitch(tone: number): boolean {
    const deviation = Math.abs(this.#offsetHz[tone] ?? 0) / (TONES_HZ[tone] ?? 1);
    return deviation <= MAX_DEVIATION;
  }

  #truePower(tone: number): number {
    return (this.#power[tone] ?? 0) / response(this.#offsetHz[tone] ?? 0);
  }
}
