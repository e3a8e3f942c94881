// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, with a ridge) over
// every other frame of the part `train` of the corpus, then the counted probability that
// verdicts on the part `tune` were right. Do not edit: run `npm run cpd:fit`.

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = [
  0.017, -0.146, -1.211, 1.685, -1.519, 0.201, 0.369, 1.072, 0.937, 1.29, 0.08, -3.199, -2.67,
  -3.017, -3.403, -2.436, -1.382, -0.212, -1.351, 1.459, -1.611, 0.334, 0.419, 2.469, -0.601,
  -6.095, 0.034, 0.105, 0.779, 0.004, 1.003, 2.656, -0.676,
];

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = {
  personLogOdds: -2.5,
  shortAnswerLogOdds: 1,
  shortAnswerFactor: { 'favour-person': 0.85, neutral: 1, 'favour-machine': 1.3 },
  machineLogOdds: 5.5,
  overLogOdds: 2,
  revisionLogOdds: 5.5,
  profileShift: { 'favour-person': -1.2, neutral: 0, 'favour-machine': 1.2 },
} as const;

/** Weights of calibrationFeature in greeting.ts: log odds that a verdict is right. */
export const CALIBRATION = {
  person: [0.954, -0.325, -0.361, -1.257, 0.464, -0.117],
  machine: [0.783, 0.185, 0, 0, 0.694, 0],
} as const;
