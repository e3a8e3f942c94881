// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, with a ridge) over
// every other frame of the part `train` of the corpus, then the counted probability that
// verdicts on the part `tune` were right. Do not edit: run `npm run cpd:fit`.

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = [
  0.336, 1.326, -1.708, 0.729, 0.042, 0.092, 0.556, 0.158, 1.092, 0.749, 1.168, -0.627, -3.931,
  -3.591, -4.004, -4.122, -2.553, -0.686, 0.725, -1.396, 2.27, -2.18, 0.832, 0.102, 2.592, -0.535,
  -7.162, 0.395, -0.002, -0.576, -0.043, 0.892, 0.917, -1.465, -0.188, 0.486, 0.482, -0.612, 0.402,
  -0.417,
];

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = {
  personLogOdds: -2.5,
  shortAnswerLogOdds: 1,
  shortAnswerFactor: { 'favour-person': 0.85, neutral: 1, 'favour-machine': 1.3 },
  machineLogOdds: 6,
  overLogOdds: 0.95,
  likelyLogOdds: 1,
  revisionLogOdds: 5.5,
  profileShift: { 'favour-person': -1.2, neutral: 0, 'favour-machine': 1.2 },
} as const;

/** Weights of calibrationFeature in greeting.ts: log odds that a verdict is right. */
export const CALIBRATION = {
  person: [0.121, -0.384, 0.439, -1.076, 0.652, 0.185],
  machine: [0.071, 0.688, 0, 0, -0.001, -0.246],
} as const;
