// PURE. Made by scripts/cpd-fit.ts: logistic regression (Newton, ridge 2) over every other frame of
// the training part of the corpus, then the counted probability that verdicts were right. Do not
// edit: run `npm run cpd:fit`.

/** One weight for each feature of greeting.ts, the constant first. */
export const WEIGHTS: readonly number[] = [-0.491,0.754,1.932,1.276,0.988,3.037,2.913,-2.4,-7.709,-3.284,-0.707,1.714,-1.259,-0.166,0.119,-8.106,0.065,0.014,1.822,-0.015];

/** Log odds of a machine at which verdicts fall, and how far a profile moves them. */
export const DECIDED = {"personLogOdds":{"shortTalk":-1.6,"fullTalk":-3.1},"machineLogOdds":6,"revisionLogOdds":7,"profileShift":{"favour-person":-1.2,"neutral":0,"favour-machine":1.2}} as const;

/** Log odds that a verdict is right: offset + slope * |log odds| + talk * seconds of talk. */
export const CALIBRATION = {"person":{"offset":2.433,"slope":-0.287,"talk":-0.416},"machine":{"offset":2.711,"slope":0.414,"talk":-0.001}} as const;
