// Tunes for the corpus: chords and a melody with harmonics, drums, and a style drawn from a seed.
// Held-out calls hear other instruments than those by which detection was tuned.
import { between, type Part, pick } from './voices.ts';

const RATE = 8000;
const ROOTS_HZ = [131, 147, 165, 175, 196, 220];
const SCALE = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16];

/** Level of a note over its life, and its waveform at a phase of 0 to 1. */
interface Instrument {
  readonly decays: number;
  readonly vibrato: number;
  readonly wave: (phase: number) => number;
}

function sine(phase: number): number {
  return Math.sin(2 * Math.PI * phase);
}

const PIANO: Instrument = {
  decays: 3,
  vibrato: 0,
  wave: (phase) => sine(phase) + 0.5 * sine(2 * phase) + 0.25 * sine(3 * phase),
};
const OTHERS: readonly Instrument[] = [
  // An organ, a reed, strings, a plucked string.
  { decays: 0, vibrato: 0, wave: (phase) => 0.7 * sine(phase) + 0.6 * sine(2 * phase) },
  { decays: 0.4, vibrato: 0.002, wave: (phase) => 0.6 * Math.sign(sine(phase)) },
  { decays: 0.5, vibrato: 0.005, wave: (phase) => 1.2 * ((phase % 1) - 0.5) },
  {
    decays: 6,
    vibrato: 0,
    wave: (phase) => sine(phase) + 0.7 * sine(2 * phase) + 0.4 * sine(4 * phase),
  },
];

/** What is written on: samples and the instrument that plays. */
interface Score {
  readonly into: Float64Array;
  readonly instrument: Instrument;
}

function note(
  { into, instrument }: Score,
  from: number,
  length: number,
  hz: number,
  share: number,
) {
  const { decays, vibrato, wave } = instrument;
  for (let i = 0; i < length && from + i < into.length; i += 1) {
    const seconds = i / RATE;
    const phase = hz * seconds + ((vibrato * hz) / 34) * sine(5.5 * seconds);
    const attack = Math.min(1, i / 80) * Math.min(1, (length - i) / 80);
    const loud = share * attack * Math.exp((-decays * i) / length);
    into[from + i] = (into[from + i] ?? 0) + loud * wave(phase);
  }
}

function drum(into: Float64Array, from: number, random: () => number): void {
  for (let i = 0; i < 400 && from + i < into.length; i += 1) {
    into[from + i] = (into[from + i] ?? 0) + 0.7 * Math.exp(-i / 90) * (2 * random() - 1);
  }
}

/** So many samples of music of one style. */
export function melody(part: Part, length: number, random: () => number): Int16Array {
  const into = new Float64Array(length);
  const score = { into, instrument: part === 'held-out' ? pick(random, OTHERS) : PIANO };
  const rootHz = pick(random, ROOTS_HZ);
  const beat = Math.round(RATE * between(random, 0.22, 0.6));
  const hasDrums = random() < 0.4;
  const hzOf = (step: number): number => rootHz * 2 ** (step / 12);
  for (let at = 0, count = 0; at < length; at += beat, count += 1) {
    if (count % 4 === 0) {
      const root = pick(random, [0, 5, 7, 9]);
      for (const step of [0, 4, 7]) note(score, at, 4 * beat, hzOf(root + step), 0.35);
    }
    if (random() < 0.85) {
      const beats = pick(random, [1, 1, 2]);
      note(score, at, beats * beat, 2 * hzOf(pick(random, SCALE)), 0.6);
    }
    if (hasDrums) drum(into, at, random);
  }
  return Int16Array.from(into, (value) => Math.max(-32768, Math.min(32767, 8000 * value)));
}
