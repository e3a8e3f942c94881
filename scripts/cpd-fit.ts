// Fits the weights of media/dsp/greeting-weights.ts on the training part of the corpus: `npm run
// cpd:fit`. Deterministic: the same corpus and voices make the same file. Held-out calls are not
// read here; cpd-report.ts judges by them.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FEATURES } from '../media/dsp/greeting.ts';
import type { Heard } from './cpd/hear.ts';
import { fit, type Row } from './cpd/logistic.ts';
import { hearAll, observeAll } from './cpd/pool.ts';

const SCALE = 1;
const PATH = fileURLToPath(new URL('../media/dsp/greeting-weights.ts', import.meta.url));

/** The operating point, chosen by hand on the training part. */
const DECIDED = {
  personLogOdds: { shortTalk: -2, fullTalk: -2.4 },
  machineLogOdds: 6,
  revisionLogOdds: 7,
  profileShift: { 'favour-person': -1.2, neutral: 0, 'favour-machine': 1.2 },
};

interface Calibration {
  readonly offset: number;
  readonly slope: number;
  readonly talk: number;
}

function round(value: number): number {
  return Number(value.toFixed(3));
}

const HEAD = `// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, ridge 2) over every
// other frame of the training part of the corpus, then the counted probability that verdicts
// were right. Do not edit: run \`npm run cpd:fit\`.`;

function write(weights: readonly number[], person: Calibration, machine: Calibration): void {
  const text = `${HEAD}

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = ${JSON.stringify(weights.map(round))};

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = ${JSON.stringify(DECIDED)} as const;

/** Log odds that a verdict is right: offset + slope * |log odds| + talk * seconds of talk. */
export const CALIBRATION = ${JSON.stringify({ person, machine })} as const;
`;
  writeFileSync(PATH, text);
}

/** Of the verdicts that a greeting brought: how often were they right? */
function calibrate(heard: readonly Heard[], kind: 'person' | 'machine'): Calibration {
  const rows: Row[] = [];
  for (const { first, reason, logOdds, talkMs, truth } of heard) {
    if (first !== kind || reason !== 'greeting' || logOdds === null) continue;
    const features = [1, Math.abs(logOdds), Math.min(4, talkMs / 1000)];
    rows.push({ features, label: truth === kind });
  }
  const [offset = 0, slope = 0, talk = 0] = fit(rows, 3).map(round);
  return { offset, slope, talk };
}

const UNKNOWN: Calibration = { offset: 0, slope: 1, talk: 0 };

const rows = await observeAll('train', SCALE);
const weights = [...fit(rows, FEATURES)];
write(weights, UNKNOWN, UNKNOWN);
const heard = await hearAll('train', SCALE, { families: ['person', 'machine'] });
write(weights, calibrate(heard, 'person'), calibrate(heard, 'machine'));
console.log(`${rows.length} observations; ${PATH} written. Now: npm run cpd:report`);
