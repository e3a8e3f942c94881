// Sound for tests and the demo: makes signals with known truth and measures what came through.
// Everything is mono at 8 kHz unless a name or a parameter says otherwise.
import { readFileSync } from 'node:fs';
import {
  ALAW_TO_LINEAR,
  LINEAR_TO_ALAW,
  LINEAR_TO_ULAW,
  ULAW_TO_LINEAR,
} from '../../media/codec/g711.ts';
import { readWav, resampleMono, toMono } from '../../media/codec/wav.ts';
import { samplesDbov } from '../../media/dsp/level.ts';
import { createToneSource } from '../../media/dsp/tone.ts';

export const SAMPLE_RATE_HZ = 8000;
/** Speech pauses and codec noise live below; steps of this length are measured. */
const LEVEL_STEP_MS = 10;

/** Random numbers in [0, 1) that a seed repeats (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One burst of up to four frequencies; `levelDbov` is the level of their sum. */
export function tone(
  frequenciesHz: readonly number[],
  durationMs: number,
  levelDbov = -20,
): Int16Array {
  const samples = new Int16Array(Math.round((durationMs * SAMPLE_RATE_HZ) / 1000));
  const cadenceMs = [durationMs];
  createToneSource({ frequenciesHz, levelDbov, cadenceMs }, SAMPLE_RATE_HZ).read(samples);
  return samples;
}

export function silence(durationMs: number): Int16Array {
  return new Int16Array(Math.round((durationMs * SAMPLE_RATE_HZ) / 1000));
}

export function concat(...parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Amplitude of a pitch in sound, by correlation over its length. */
export function amplitude(samples: ArrayLike<number>, frequencyHz: number): number {
  let [cos, sin] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const phase = (2 * Math.PI * frequencyHz * i) / 8_000;
    cos += (samples[i] ?? 0) * Math.cos(phase);
    sin += (samples[i] ?? 0) * Math.sin(phase);
  }
  return (2 * Math.hypot(cos, sin)) / samples.length;
}

/** Level of all samples together; 0 dBov is a full scale square wave. */
export function levelDbov(samples: Int16Array): number {
  return samplesDbov(samples);
}

/** Level of the speech alone: of the 20 ms frames within 25 dB of the loudest. */
export function activeLevelDbov(samples: Int16Array): number {
  const levels: number[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    levels.push(samplesDbov(samples.subarray(at, at + 160)));
  }
  const loudest = Math.max(-100, ...levels);
  const active = levels.filter((level) => level > loudest - 25);
  const power = active.reduce((sum, level) => sum + 10 ** (level / 10), 0);
  return active.length === 0 ? -100 : 10 * Math.log10(power / active.length);
}

function clip(value: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(value)));
}

/** Louder or softer; what does not fit is clipped. */
export function gain(samples: Int16Array, gainDb: number): Int16Array {
  const factor = 10 ** (gainDb / 20);
  return samples.map((sample) => clip(sample * factor));
}

/** Brings the speech in `samples` to a level. */
export function atLevel(samples: Int16Array, wantedDbov: number): Int16Array {
  return gain(samples, wantedDbov - activeLevelDbov(samples));
}

/** Adds white Gaussian noise `snrDb` below the active level of the samples. */
export function addNoise(samples: Int16Array, snrDb: number, seedRng: () => number): Int16Array {
  const rms = 32768 * 10 ** ((activeLevelDbov(samples) - snrDb) / 20);
  const noisy = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i += 2) {
    // Box and Muller: two uniform numbers make two normal ones.
    const radius = rms * Math.sqrt(-2 * Math.log(1 - seedRng()));
    const angle = 2 * Math.PI * seedRng();
    noisy[i] = clip((samples[i] ?? 0) + radius * Math.cos(angle));
    if (i + 1 < samples.length) {
      noisy[i + 1] = clip((samples[i + 1] ?? 0) + radius * Math.sin(angle));
    }
  }
  return noisy;
}

/** Encodes and decodes, as the network does. */
export function throughG711(samples: Int16Array, law: 'ulaw' | 'alaw' = 'ulaw'): Int16Array {
  const encode = law === 'ulaw' ? LINEAR_TO_ULAW : LINEAR_TO_ALAW;
  const decode = law === 'ulaw' ? ULAW_TO_LINEAR : ALAW_TO_LINEAR;
  return samples.map((sample) => decode[encode[sample & 0xffff] ?? 0] ?? 0);
}

/** Replaces a share of the 20 ms packets by zeros. */
export function losePackets(
  samples: Int16Array,
  lossShare: number,
  seedRng: () => number,
): Int16Array {
  const heard = Int16Array.from(samples);
  for (let at = 0; at < heard.length; at += 160) {
    if (seedRng() < lossShare) heard.fill(0, at, at + 160);
  }
  return heard;
}

/** A WAV file as mono at 8 kHz. */
export function readWavFile(path: string | URL): Int16Array {
  const { samples, channels, sampleRateHz } = readWav(readFileSync(path));
  return resampleMono(toMono(samples, channels), sampleRateHz, SAMPLE_RATE_HZ);
}

/** Takes interleaved stereo apart. */
export function splitStereo(samples: Int16Array): { left: Int16Array; right: Int16Array } {
  const left = new Int16Array(Math.floor(samples.length / 2));
  const right = new Int16Array(left.length);
  for (let i = 0; i < left.length; i += 1) {
    left[i] = samples[2 * i] ?? 0;
    right[i] = samples[2 * i + 1] ?? 0;
  }
  return { left, right };
}

/** The longest stretch, measured in steps of 10 ms, that stays below a level. */
export function longestGapMs(
  samples: Int16Array,
  sampleRateHz: number,
  thresholdDbov: number,
): number {
  const step = Math.round((LEVEL_STEP_MS * sampleRateHz) / 1000);
  let longest = 0;
  let current = 0;
  for (let at = 0; at + step <= samples.length; at += step) {
    const quiet = samplesDbov(samples.subarray(at, at + step)) < thresholdDbov;
    current = quiet ? current + LEVEL_STEP_MS : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}

/** In-place radix-2 transform; `sign` -1 forward, +1 back (not scaled). */
function fft(re: Float64Array, im: Float64Array, sign: 1 | -1): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i += 1) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j] ?? 0, re[i] ?? 0];
      [im[i], im[j]] = [im[j] ?? 0, im[i] ?? 0];
    }
  }
  const cos = new Float64Array(n / 2);
  const sin = new Float64Array(n / 2);
  for (let k = 0; k < n / 2; k += 1) {
    cos[k] = Math.cos((2 * Math.PI * k) / n);
    sin[k] = sign * Math.sin((2 * Math.PI * k) / n);
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / 2 / half;
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k += 1) {
        const low = start + k;
        const high = low + half;
        const c = cos[k * stride] ?? 0;
        const s = sin[k * stride] ?? 0;
        const hr = re[high] ?? 0;
        const hi = im[high] ?? 0;
        const tr = hr * c - hi * s;
        const ti = hr * s + hi * c;
        re[high] = (re[low] ?? 0) - tr;
        im[high] = (im[low] ?? 0) - ti;
        re[low] = (re[low] ?? 0) + tr;
        im[low] = (im[low] ?? 0) + ti;
      }
    }
  }
}

/** Running sum of squares: element i is the energy of the first i samples. */
function energyBefore(samples: Int16Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i += 1) {
    sums[i + 1] = (sums[i] ?? 0) + (samples[i] ?? 0) ** 2;
  }
  return sums;
}

/** Lags at which less than this share of the shorter signal overlaps prove nothing. */
const LEAST_OVERLAP = 0.5;

/**
 * Where `reference` is found in `heard` and how alike they are there.
 * @param maxLagMs how much later (or, as far, earlier) than its beginning it is looked for
 * @returns `correlation` normalised over the overlap: 1 identical but for gain, 0 unrelated;
 * `lagMs` positive when `heard` is late
 */
export function bestCorrelation(
  reference: Int16Array,
  heard: Int16Array,
  maxLagMs: number,
): { correlation: number; lagMs: number } {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, reference.length + heard.length)));
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  // Both real signals in one complex transform: their spectra come apart by symmetry.
  re.set(heard);
  im.set(reference);
  fft(re, im, -1);
  const productRe = new Float64Array(size);
  const productIm = new Float64Array(size);
  for (let k = 0; k < size; k += 1) {
    const mirror = (size - k) % size;
    const hr = ((re[k] ?? 0) + (re[mirror] ?? 0)) / 2;
    const hi = ((im[k] ?? 0) - (im[mirror] ?? 0)) / 2;
    const rr = ((im[k] ?? 0) + (im[mirror] ?? 0)) / 2;
    const ri = ((re[mirror] ?? 0) - (re[k] ?? 0)) / 2;
    productRe[k] = hr * rr + hi * ri;
    productIm[k] = hi * rr - hr * ri;
  }
  fft(productRe, productIm, 1);
  return bestLag(productRe, reference, heard, Math.round((maxLagMs * SAMPLE_RATE_HZ) / 1000));
}

function bestLag(
  products: Float64Array,
  reference: Int16Array,
  heard: Int16Array,
  maxLag: number,
): { correlation: number; lagMs: number } {
  const size = products.length;
  const referenceEnergy = energyBefore(reference);
  const heardEnergy = energyBefore(heard);
  const leastOverlap = LEAST_OVERLAP * Math.min(reference.length, heard.length);
  let best = { correlation: 0, lagMs: 0 };
  for (let lag = -maxLag; lag <= maxLag; lag += 1) {
    const from = Math.max(0, -lag);
    const until = Math.min(reference.length, heard.length - lag);
    if (until - from < Math.max(1, leastOverlap)) continue;
    const energy =
      ((referenceEnergy[until] ?? 0) - (referenceEnergy[from] ?? 0)) *
      ((heardEnergy[until + lag] ?? 0) - (heardEnergy[from + lag] ?? 0));
    if (energy <= 0) continue;
    const product = (products[(lag + size) % size] ?? 0) / size;
    const correlation = Math.min(1, product / Math.sqrt(energy));
    if (correlation > best.correlation) {
      best = { correlation, lagMs: (lag * 1000) / SAMPLE_RATE_HZ };
    }
  }
  return best;
}

/** Speech louder than this must be there; softer parts prove nothing. */
const SPOKEN_DBOV = -40;
/** Softer by so much than what was said is a hole, whatever the codecs and levels. */
const HOLE_DEPTH_DB = 25;
/** Speech is looked for in pieces of this length: nobody says everything before a call ends. */
const PIECE_MS = 2000;

/**
 * Which two seconds of `said` are most surely in `heard`.
 * @returns `correlation` 0 to 1, and `offset`: sample i of `said` is sample i + offset of `heard`
 */
export function likeness(
  said: Int16Array,
  heard: Int16Array,
): { correlation: number; offset: number } {
  const length = (PIECE_MS * SAMPLE_RATE_HZ) / 1000;
  const anywhereMs = (heard.length * 1000) / SAMPLE_RATE_HZ;
  let best = { correlation: 0, offset: 0 };
  if (heard.length < length) return best;
  for (let at = 0; at + length <= said.length; at += length) {
    const found = bestCorrelation(said.subarray(at, at + length), heard, anywhereMs);
    if (found.correlation <= best.correlation) continue;
    const offset = Math.round((found.lagMs * SAMPLE_RATE_HZ) / 1000) - at;
    best = { correlation: found.correlation, offset };
  }
  return best;
}

/**
 * The longest stretch, in steps of 10 ms, where something was said and nothing is heard: what a
 * lost packet, a late bridge or a stalled thread leaves behind. Infinite when it was never heard.
 */
export function longestHoleMs(said: Int16Array, heard: Int16Array): number {
  const { correlation, offset } = likeness(said, heard);
  if (correlation < 0.5) return Infinity;
  const step = (LEVEL_STEP_MS * SAMPLE_RATE_HZ) / 1000;
  let longest = 0;
  let current = 0;
  for (let at = Math.max(0, -offset); at + step <= said.length; at += step) {
    if (at + offset + step > heard.length) break;
    const spoken = samplesDbov(said.subarray(at, at + step));
    const got = samplesDbov(heard.subarray(at + offset, at + offset + step));
    current = spoken > SPOKEN_DBOV && got < spoken - HOLE_DEPTH_DB ? current + LEVEL_STEP_MS : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}
