// Fits the weights of media/dsp/greeting-weights.ts and beep-weights.ts on the part `train` of the
// corpus, and how sure verdicts are on the part `tune`: `npm run cpd:fit`. Deterministic: the same
// corpus and voices make the same files. Held-out calls are not read here; cpd-report.ts judges by
// them. A machine without flite fits without its voice.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BEEP_FEATURES } from '../media/dsp/beep.ts';
import { CALIBRATED, calibrationFeature, FEATURES } from '../media/dsp/greeting.ts';
import type { Heard } from './cpd/hear.ts';
import { fit, type Row } from './cpd/logistic.ts';
import { hearAll, observeAll } from './cpd/pool.ts';

/** Some minutes on two processors; more calls change the weights little. */
const TRAIN_SCALE = 0.6;
const TUNE_SCALE = 0.5;
const path = (name: string): string =>
  fileURLToPath(new URL(`../media/dsp/${name}-weights.ts`, import.meta.url));
/** A line that glides one way all the time was never heard in a voice: as sure as a long tone. */
const CHIRP_LOG_ODDS = 3;

/** The operating point, chosen by hand on the parts `train` and `tune`. */
const DECIDED = {
  personLogOdds: -2.5,
  shortAnswerLogOdds: 1,
  shortAnswerFactor: { 'favour-person': 0.85, neutral: 1, 'favour-machine': 1.3 },
  machineLogOdds: 6,
  overLogOdds: 0.95,
  likelyLogOdds: 1,
  revisionLogOdds: 5.5,
  profileShift: { 'favour-person': -1.2, neutral: 0, 'favour-machine': 1.2 },
};

type Calibration = readonly number[];

function round(value: number): number {
  return Number(value.toFixed(3));
}

const BEEP_HEAD = `// PURE. Made by scripts/cpd-fit.ts: logistic regression over the tones
// heard on the part \`train\` of the corpus, beeps against vowels and notes. Do not edit: run
// \`npm run cpd:fit\`.`;

function writeBeeps(weights: Readonly<Record<'single' | 'dual', readonly number[]>>): void {
  const text = `${BEEP_HEAD}

/** One weight for each beepFeature of beep.ts. */
export const BEEP_WEIGHTS = ${JSON.stringify(weights)} as const;

/** A line that glides one way all the time was never heard in a voice. */
export const CHIRP_LOG_ODDS = ${CHIRP_LOG_ODDS};
`;
  writeFileSync(path('beep'), text);
}

const HEAD = `// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, with a ridge) over
// every other frame of the part \`train\` of the corpus, then the counted probability that
// verdicts on the part \`tune\` were right. Do not edit: run \`npm run cpd:fit\`.`;

function write(weights: readonly number[], person: Calibration, machine: Calibration): void {
  const text = `${HEAD}

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = ${JSON.stringify(weights.map(round))};

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = ${JSON.stringify(DECIDED)} as const;

/** Weights of calibrationFeature in greeting.ts: log odds that a verdict is right. */
export const CALIBRATION = ${JSON.stringify({ person, machine })} as const;
`;
  writeFileSync(path('greeting'), text);
}

/** Of the verdicts that a greeting brought: how often were they right? */
function calibrate(heard: readonly Heard[], kind: 'person' | 'machine'): Calibration {
  const rows: Row[] = [];
  for (const { first, reason, logOdds, measures, truth } of heard) {
    if (first !== kind || reason !== 'greeting' || logOdds === null) continue;
    const features = Array.from({ length: CALIBRATED }, (_, i) =>
      calibrationFeature(i, measures, logOdds),
    );
    rows.push({ features, label: truth === kind });
  }
  return [...fit(rows, CALIBRATED)].map(round);
}

const UNKNOWN: Calibration = Array.from({ length: CALIBRATED }, () => 0);

const observed = await observeAll('train', TRAIN_SCALE);
const rows = observed.flatMap(({ greeting }) => greeting);
const weights = [...fit(rows, FEATURES)];
const beepRows = (form: 'single' | 'dual'): Row[] => observed.flatMap((each) => each[form]);
const weightsOf = (form: 'single' | 'dual'): number[] =>
  [...fit(beepRows(form), BEEP_FEATURES)].map(round);
writeBeeps({ single: weightsOf('single'), dual: weightsOf('dual') });
write(weights, UNKNOWN, UNKNOWN);
const heard = await hearAll('tune', TUNE_SCALE, { families: ['person', 'machine'] });
write(weights, calibrate(heard, 'person'), calibrate(heard, 'machine'));
console.log(`${rows.length} observations; weights written. Now: npm run cpd:report`);
