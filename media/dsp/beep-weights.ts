// PURE. Made by scripts/cpd-fit.ts: logistic regression over the tones
// heard on the part `train` of the corpus, beeps against vowels and notes. Do not edit: run
// `npm run cpd:fit`.

/** One weight for each beepFeature of beep.ts. */
export const BEEP_WEIGHTS = {
  single: [-0.748, 2.217, -0.711, 1.91, 2.512, 0],
  dual: [0.038, 1.006, -0.779, 1.008, 1.277, -0.69],
} as const;

/** A line that glides one way all the time was never heard in a voice. */
export const CHIRP_LOG_ODDS = 3;
