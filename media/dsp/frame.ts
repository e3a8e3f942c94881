// PURE. What one 20 ms frame sounds like: level, the strongest spectral line, voicing. Feeds
// every detector; knows nothing of calls. All memory is taken once, frames overwrite it.
import { createSpectrum } from './fft.ts';
import { powerToDbov, SILENT_DBOV } from './level.ts';

const SAMPLE_RATE_HZ = 8000;
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;
/** 64 ms: resolves lines 62 Hz apart and still fits into the shortest cadence of 100 ms. */
const WINDOW_SAMPLES = 512;
/** Spectral measures describe the middle of the window, so long before the end of the frame. */
export const WINDOW_DELAY_MS = 32;
const BIN_HZ = SAMPLE_RATE_HZ / WINDOW_SAMPLES;
/** A line of the Hann window is four bins wide. */
const LINE_HALF_WIDTH_BINS = 2;
/** Telephone band; below is hum, above is the anti-aliasing filter. */
const LOWEST_BIN = Math.round(200 / BIN_HZ);
const HIGHEST_BIN = Math.round(3600 / BIN_HZ);
/** Mean of the squared Hann window: turns windowed power into signal power. */
const HANN_POWER = 0.375;
/** Second order Butterworth high-pass: takes DC offset and mains hum away, keeps 350 Hz tones. */
const HIGH_PASS_HZ = 120;
/**
 * Voicing works at half the rate (it costs a quarter) and on the last 40 ms only: the pitch of a
 * short question glides too fast to repeat over the whole window.
 */
const PITCH_SAMPLES = 160;
const PITCH_RATE_HZ = SAMPLE_RATE_HZ / 2;
/** Pitch of speech, from deep male to high female voices. */
const SHORTEST_LAG = Math.floor(PITCH_RATE_HZ / 400);
const LONGEST_LAG = Math.ceil(PITCH_RATE_HZ / 70);

/** The steady noise is learned from frames within this of the quietest ones, by such a share. */
const NOISE_WITHIN_DB = 3;
const NOISE_LEARNS = 0.08;
/** The quietest level is believed to rise by so much in a frame: 10 dB in a second. */
const NOISE_RISES_DB = 0.2;
/** So many frames on end fill the window. */
const WINDOW_FRAMES = 4;
/** Noise is taken off where the signal stands out of it by so much; else little would be left. */
const LEAST_ABOVE_NOISE = 1.6;

/** With a bin that holds more of it, it is music or a voice, and does not stay as it is. */
const NOISE_FLAT_SHARE = 0.08;

/** By so much the peak of a lower pitch must be higher. */
const PITCH_BETTER = 0.05;

/** A spectral line and its share of all power in the window, 0 to 1. */
export interface Line {
  frequencyHz: number;
  share: number;
  /** The same of the power without the steady noise before it. */
  cleanShare: number;
}

function isAllZero(samples: Int16Array): boolean {
  for (let i = 0; i < samples.length; i += 1) if (samples[i] !== 0) return false;
  return true;
}

class HighPass {
  readonly #b: number;
  readonly #a1: number;
  readonly #a2: number;
  #x1 = 0;
  #x2 = 0;
  #y1 = 0;
  #y2 = 0;

  constructor() {
    const k = Math.tan((Math.PI * HIGH_PASS_HZ) / SAMPLE_RATE_HZ);
    const norm = 1 / (1 + Math.SQRT2 * k + k * k);
    this.#b = norm;
    this.#a1 = 2 * (k * k - 1) * norm;
    this.#a2 = (1 - Math.SQRT2 * k + k * k) * norm;
  }

  /** Settles on a constant, so that a DC offset does not begin with a click. */
  settle(value: number): void {
    this.#x1 = this.#x2 = value;
    this.#y1 = this.#y2 = 0;
  }

  next(x: number): number {
    const y = this.#b * (x - 2 * this.#x1 + this.#x2) - this.#a1 * this.#y1 - this.#a2 * this.#y2;
    this.#x2 = this.#x1;
    this.#x1 = x;
    this.#y2 = this.#y1;
    this.#y1 = y;
    return y;
  }
}

/** Analyses frame after frame; the fields describe the last one. */
export class FrameAnalyser {
  /** Milliseconds of audio heard so far: the end of the last frame. */
  endMs = 0;
  /** Level of the last 20 ms, without DC and hum. */
  levelDbov = SILENT_DBOV;
  /** Every sample was zero: a lost packet, or digital silence. */
  isZero = true;
  /** Level over the window. */
  windowDbov = SILENT_DBOV;
  readonly strongest: Line = { frequencyHz: 0, share: 0, cleanShare: 0 };
  /** The strongest line outside the first. */
  readonly second: Line = { frequencyHz: 0, share: 0, cleanShare: 0 };
  /** Height of the pitch peak of the normalised autocorrelation, 0 (noise) to 1 (periodic). */
  voicing = 0;
  /** Pitch where the peak lies; no meaning where `voicing` is low. */
  pitchHz = 0;

  readonly #highPass = new HighPass();
  readonly #ring = new Float64Array(WINDOW_SAMPLES);
  readonly #pitch = new Float64Array(PITCH_SAMPLES);
  readonly #spectrum = createSpectrum(WINDOW_SAMPLES);
  #ringAt = 0;
  #windowPower = 0;
  readonly #noise = new Float64Array(WINDOW_SAMPLES / 2);
  #noisePower = 0;
  #isNoise = false;
  #filled = 0;
  #quietDbov = 0;

  /** @param samples 160 samples at 8 kHz; not kept */
  push(samples: Int16Array): void {
    if (this.endMs === 0) this.#highPass.settle(samples[0] ?? 0);
    this.endMs += FRAME_MS;
    this.isZero = isAllZero(samples);
    this.#filter(samples);
    this.#spectrum.analyse(this.#ring, this.#ringAt);
    this.#measureSpectrum();
    this.voicing = this.isZero ? 0 : this.#measureVoicing();
  }

  /** Share of the window's power in the bins from one frequency up to, not at, another; 0 to 1. */
  shareBetween(fromHz: number, toHz: number): number {
    if (this.#windowPower <= 0) return 0;
    const first = Math.max(0, Math.ceil(fromHz / BIN_HZ));
    const last = Math.min(this.#spectrum.power.length, Math.ceil(toHz / BIN_HZ)) - 1;
    return this.#powerOf(first, last) / this.#windowPower;
  }

  /** The same without the steady noise. */
  cleanShareBetween(fromHz: number, toHz: number): number {
    const first = Math.max(0, Math.ceil(fromHz / BIN_HZ));
    const last = Math.min(this.#spectrum.power.length, Math.ceil(toHz / BIN_HZ)) - 1;
    return this.#cleanShare(first, last);
  }

  #cleanShare(firstBin: number, lastBin: number): number {
    const power = this.#powerOf(firstBin, lastBin);
    if (this.#windowPower <= 0) return 0;
    if (!this.#isNoise || this.#windowPower < LEAST_ABOVE_NOISE * this.#noisePower)
      return power / this.#windowPower;
    let noise = 0;
    for (let k = firstBin; k <= lastBin; k += 1) noise += this.#noise[k] ?? 0;
    const share = (power - noise) / (this.#windowPower - this.#noisePower);
    return Math.min(1, Math.max(0, share));
  }

  /** Learns the spectrum of what is always there. */
  #followNoise(): void {
    this.#quietDbov = Math.min(this.#quietDbov + NOISE_RISES_DB, this.windowDbov);
    if (this.windowDbov > this.#quietDbov + NOISE_WITHIN_DB) return;
    const power = this.#spectrum.power;
    let sum = 0;
    let most = 0;
    for (let k = 1; k < WINDOW_SAMPLES / 2; k += 1) {
      const known = this.#noise[k] ?? 0;
      const now = known + NOISE_LEARNS * ((power[k] ?? 0) - known);
      this.#noise[k] = now;
      if (now > most) most = now;
      sum += now;
    }
    this.#noisePower = sum;
    this.#isNoise = most <= NOISE_FLAT_SHARE * sum;
  }

  #filter(samples: Int16Array): void {
    let sum = 0;
    for (let i = 0; i < FRAME_SAMPLES; i += 1) {
      // A lost frame leaves the filter alone: with a DC offset the hole would ring at both edges.
      const value = this.isZero ? 0 : this.#highPass.next(samples[i] ?? 0);
      sum += value * value;
      this.#ring[this.#ringAt] = value;
      this.#ringAt = (this.#ringAt + 1) % WINDOW_SAMPLES;
    }
    this.levelDbov = powerToDbov(sum / FRAME_SAMPLES);
  }

  #powerOf(firstBin: number, lastBin: number): number {
    let sum = 0;
    for (let k = firstBin; k <= lastBin; k += 1) sum += this.#spectrum.power[k] ?? 0;
    return sum;
  }

  #measureSpectrum(): void {
    this.#windowPower = this.#powerOf(1, WINDOW_SAMPLES / 2 - 1);
    // Parseval: both halves of the spectrum, divided by the size and the window's power.
    const meanSquare = (2 * this.#windowPower) / (WINDOW_SAMPLES ** 2 * HANN_POWER);
    this.windowDbov = powerToDbov(meanSquare);
    this.#measureStrongest();
    this.#filled = this.isZero ? 0 : this.#filled + 1;
    if (this.#filled >= WINDOW_FRAMES) this.#followNoise();
  }

  #measureStrongest(): void {
    const best = this.#peakOutside(-100);
    this.#describe(best, this.strongest);
    this.#describe(this.#peakOutside(best), this.second);
  }

  /** The bin with most power, except those around `taken`. */
  #peakOutside(taken: number): number {
    const power = this.#spectrum.power;
    let best = LOWEST_BIN;
    let bestPower = -1;
    for (let k = LOWEST_BIN; k <= HIGHEST_BIN; k += 1) {
      const value = power[k] ?? 0;
      if (
        value > bestPower &&
        (k < taken - LINE_HALF_WIDTH_BINS || k > taken + LINE_HALF_WIDTH_BINS)
      ) {
        best = k;
        bestPower = value;
      }
    }
    return best;
  }

  #describe(bin: number, line: Line): void {
    if (this.#windowPower <= 0) {
      line.frequencyHz = 0;
      line.share = 0;
      line.cleanShare = 0;
      return;
    }
    line.frequencyHz = (bin + this.#offsetOf(bin)) * BIN_HZ;
    const first = bin - LINE_HALF_WIDTH_BINS;
    const last = bin + LINE_HALF_WIDTH_BINS;
    line.share = this.#powerOf(first, last) / this.#windowPower;
    line.cleanShare = this.#cleanShare(first, last);
  }

  /** Where between the bins the line really is: the amplitude ratio of a Hann main lobe. */
  #offsetOf(bin: number): number {
    const power = this.#spectrum.power;
    const centre = Math.sqrt(power[bin] ?? 0);
    const left = Math.sqrt(power[bin - 1] ?? 0);
    const right = Math.sqrt(power[bin + 1] ?? 0);
    const neighbour = Math.max(left, right);
    if (centre <= 0) return 0;
    const ratio = neighbour / centre;
    const offset = Math.max(0, (2 * ratio - 1) / (ratio + 1));
    return right > left ? offset : -offset;
  }

  #measureVoicing(): number {
    const x = this.#pitch;
    let energy = 0;
    for (let i = 0; i < PITCH_SAMPLES; i += 1) {
      const at = (this.#ringAt + WINDOW_SAMPLES - 2 * (PITCH_SAMPLES - i)) % WINDOW_SAMPLES;
      const value = ((this.#ring[at] ?? 0) + (this.#ring[(at + 1) % WINDOW_SAMPLES] ?? 0)) / 2;
      x[i] = value;
      energy += value * value;
    }
    if (energy <= PITCH_SAMPLES) return 0;
    return this.#highestPeak();
  }

  /** Normalised autocorrelation over the lags of voices; energies are carried from lag to lag. */
  #highestPeak(): number {
    const x = this.#pitch;
    const span = PITCH_SAMPLES - LONGEST_LAG;
    let early = 1e-9;
    let late = 1e-9;
    for (let i = 0; i < span; i += 1) {
      early += (x[i] ?? 0) ** 2;
      late += (x[i + SHORTEST_LAG] ?? 0) ** 2;
    }
    let best = 0;
    let bestLag = LONGEST_LAG;
    let before = 1;
    let last = 1;
    for (let lag = SHORTEST_LAG; lag <= LONGEST_LAG; lag += 1) {
      let product = 0;
      for (let i = 0; i < span; i += 1) product += (x[i] ?? 0) * (x[i + lag] ?? 0);
      const now = product / Math.sqrt(early * Math.max(1e-9, late));
      late += (x[span + lag] ?? 0) ** 2 - (x[lag] ?? 0) ** 2;
      // Only a peak is a pitch: noise with a slope correlates too, but falls off steadily.
      // Twice the lag fits as well: the shorter one is the pitch unless the longer is far better.
      if (last > before && last >= now && last > best + (best > 0 ? PITCH_BETTER : 0)) {
        best = last;
        bestLag = lag - 1;
      }
      before = last;
      last = now;
    }
    this.pitchHz = PITCH_RATE_HZ / bestLag;
    return Math.min(1, best);
  }
}
