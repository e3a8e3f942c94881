// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, ridge 2) over every
// other frame of the training part of the corpus, then the counted probability that verdicts
// were right. Do not edit: run `npm run cpd:fit`.

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = [
  -0.486, 0.728, 1.953, 1.271, 0.991, 3.037, 2.913, -2.354, -7.702, -3.301, -0.746, 1.71, -1.245,
  -0.166, 0.12, -8.101, 0.067, 0.014, 1.83, -0.015,
];

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = {
  personLogOdds: { shortTalk: -2, fullTalk: -2.4 },
  machineLogOdds: 6,
  revisionLogOdds: 7,
  profileShift: { 'favour-person': -1.2, neutral: 0, 'favour-machine': 1.2 },
} as const;

/** Log odds that a verdict is right: offset + slope * |log odds| + talk * seconds of talk. */
export const CALIBRATION = {
  person: { offset: 2.904, slope: -0.342, talk: -0.578 },
  machine: { offset: 5.429, slope: 0.005, talk: -0.021 },
} as const;
