// Tunes for the corpus: chords and a melody with harmonics, drums, and a style drawn from a seed.
import { between, pick } from './voices.ts';

const RATE = 8000;
const ROOTS_HZ = [131, 147, 165, 175, 196, 220];
const SCALE = [0, 2, 4, 5, 7, 9, 11, 12, 14, 16];

function note(into: Float64Array, from: number, length: number, hz: number, share: number): void {
  const decay = 3 / length;
  for (let i = 0; i < length && from + i < into.length; i += 1) {
    const phase = (2 * Math.PI * hz * i) / RATE;
    const attack = Math.min(1, i / 80);
    const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.25 * Math.sin(3 * phase);
    into[from + i] = (into[from + i] ?? 0) + share * attack * Math.exp(-decay * i) * tone;
  }
}

function drum(into: Float64Array, from: number, random: () => number): void {
  for (let i = 0; i < 400 && from + i < into.length; i += 1) {
    into[from + i] = (into[from + i] ?? 0) + 0.7 * Math.exp(-i / 90) * (2 * random() - 1);
  }
}

/** So many samples of music of one style. */
export function melody(length: number, random: () => number): Int16Array {
  const mixed = new Float64Array(length);
  const rootHz = pick(random, ROOTS_HZ);
  const beat = Math.round(RATE * between(random, 0.22, 0.6));
  const hasDrums = random() < 0.4;
  const hzOf = (step: number): number => rootHz * 2 ** (step / 12);
  for (let at = 0, count = 0; at < length; at += beat, count += 1) {
    if (count % 4 === 0) {
      const root = pick(random, [0, 5, 7, 9]);
      for (const step of [0, 4, 7]) note(mixed, at, 4 * beat, hzOf(root + step), 0.35);
    }
    if (random() < 0.85) {
      const beats = pick(random, [1, 1, 2]);
      note(mixed, at, beats * beat, 2 * hzOf(pick(random, SCALE)), 0.6);
    }
    if (hasDrums) drum(mixed, at, random);
  }
  return Int16Array.from(mixed, (value) => Math.max(-32768, Math.min(32767, 8000 * value)));
}
