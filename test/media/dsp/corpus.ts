// Signals with known truth for call progress detection, and what a line does to them: level, noise,
// companding, lost packets, DC offset. Everything comes from a seed.
import { createCpd, DEFAULT_CPD_OPTIONS } from '../../../media/dsp/cpd.ts';
import type { CpdPhase, CpdVerdict } from '../../../media/types.ts';
import {
  activeLevelDbov,
  addNoise,
  atLevel,
  concat,
  losePackets,
  silence,
  throughG711,
  tone,
} from '../../support/audio.ts';

/** What a line does to a signal. */
export interface Line {
  readonly name: string;
  readonly levelDbov: number;
  readonly snrDb: number | null;
  readonly law: 'ulaw' | 'alaw';
  readonly lossShare: number;
  readonly dcOffset: number;
  /** What is heard before the signal. */
  readonly before: 'silence' | 'click' | 'ringback';
}

const PLAIN: Omit<Line, 'name'> = {
  levelDbov: -20,
  snrDb: null,
  law: 'ulaw',
  lossShare: 0,
  dcOffset: 0,
  before: 'silence',
};

/** From a clean line to the worst that must still do. */
export const LINES: readonly Line[] = [
  { ...PLAIN, name: 'clean' },
  { ...PLAIN, name: 'soft', levelDbov: -35 },
  { ...PLAIN, name: 'loud, A-law', levelDbov: -10, law: 'alaw' },
  { ...PLAIN, name: '20 dB SNR', snrDb: 20, before: 'click' },
  { ...PLAIN, name: '15 dB SNR, A-law', snrDb: 15, law: 'alaw' },
  { ...PLAIN, name: '2 % loss, DC offset', lossShare: 0.02, dcOffset: 900, before: 'click' },
  { ...PLAIN, name: '2 % loss, 15 dB SNR', lossShare: 0.02, snrDb: 15, levelDbov: -25 },
  { ...PLAIN, name: 'soft, 20 dB SNR', levelDbov: -35, snrDb: 20, law: 'alaw' },
];

function withDc(samples: Int16Array, offset: number): Int16Array {
  return samples.map((sample) => Math.max(-32768, Math.min(32767, sample + offset)));
}

function lead(line: Line, random: () => number): Int16Array {
  const quiet = silence(Math.round(100 + 900 * random()));
  switch (line.before) {
    case 'silence':
      return quiet;
    case 'click':
      for (let i = 400; i < 440; i += 1) quiet[i] = i % 2 === 0 ? 9000 : -9000;
      return quiet;
    case 'ringback':
      return concat(tone([440, 480], Math.round(200 + 900 * random()), -22), quiet);
  }
}

/** A signal as it arrives, over a line: with what comes before it and silence after it. */
export function overLine(
  signal: Int16Array,
  line: Line,
  random: () => number,
  silenceAfterMs: number,
): { readonly heard: Int16Array; readonly startMs: number; readonly endMs: number } {
  const before = lead(line, random);
  const levelled = atLevel(signal, line.levelDbov);
  const whole = concat(before, levelled, silence(silenceAfterMs));
  // Noise relative to the signal, not to what comes before it.
  const snrDb = line.snrDb === null ? null : line.snrDb + activeLevelDbov(whole) - line.levelDbov;
  const noisy = snrDb === null ? whole : addNoise(whole, snrDb, random);
  const coded = throughG711(withDc(noisy, line.dcOffset), line.law);
  const heard = losePackets(coded, line.lossShare, random);
  const startMs = before.length / 8;
  return { heard, startMs, endMs: startMs + levelled.length / 8 };
}

/** All verdicts on a signal. */
export function verdictsOn(
  heard: Int16Array,
  phase: CpdPhase,
  options = DEFAULT_CPD_OPTIONS,
): readonly CpdVerdict[] {
  const cpd = createCpd(phase, options);
  const verdicts: CpdVerdict[] = [];
  for (let at = 0; at + 160 <= heard.length; at += 160) {
    const verdict = cpd.push(heard.subarray(at, at + 160));
    if (verdict !== null) verdicts.push(verdict);
  }
  return verdicts;
}

/** The decision that stands: the first verdict, or the one that corrected it. */
export function standingOf(verdicts: readonly CpdVerdict[]): string {
  return verdicts.findLast(({ kind }) => kind !== 'beep')?.kind ?? 'nothing';
}

/** Truth against verdict, counted. */
export class Confusion {
  readonly #counts = new Map<string, Map<string, number>>();
  #right = 0;
  #total = 0;

  count(truth: string, verdict: string): void {
    const row = this.#counts.get(truth) ?? new Map<string, number>();
    row.set(verdict, (row.get(verdict) ?? 0) + 1);
    this.#counts.set(truth, row);
    this.#total += 1;
    if (truth === verdict) this.#right += 1;
  }

  get accuracy(): number {
    return this.#right / Math.max(1, this.#total);
  }

  /** Share of one truth that was recognised. */
  recall(truth: string): number {
    const row = this.#counts.get(truth);
    if (row === undefined) return 0;
    const total = [...row.values()].reduce((sum, count) => sum + count, 0);
    return (row.get(truth) ?? 0) / total;
  }

  /** The matrix as text. */
  report(): string {
    const rows = [...this.#counts].map(([truth, row]) => {
      const cells = [...row].map(([verdict, count]) => `${verdict} ${count}`);
      return `  ${truth.padEnd(16)} ${cells.join(', ')}`;
    });
    const share = (100 * this.accuracy).toFixed(1);
    return `${share} % of ${this.#total} (truth: verdicts)\n${rows.join('\n')}`;
  }
}

/** Median and 95th percentile, rounded, for the test's report. */
export function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.floor(share * sorted.length)] ?? 0);
  return `median ${at(0.5)} ms, 95 % within ${at(0.95)} ms`;
}
