// How long something lasts, learned: a histogram of durations that forgets slowly, with its
// survival function. PURE. Bins grow by 9 % from 1 s to above 2 h, so a share of the value is what
// is known of it; within a bin durations are taken as spread evenly.

const BINS = 104;
const GROWTH = 1.09;
const LOG_GROWTH = Math.log(GROWTH);
/** Beyond this weight, each new duration makes the older ones count for less. */
const MEMORY = 400;
/** Weight of what is assumed before anything was seen. */
const PRIOR_WEIGHT = 4;

/** Where each bin begins, and where the last one ends. */
const EDGES_MS = Array.from({ length: BINS + 1 }, (_, bin) =>
  bin === 0 ? 0 : 1_000 * GROWTH ** (bin - 1),
);
/** Sums worked out once for each value; they live as long as it does. */
const above = new WeakMap<Durations, Float64Array>();

/** Weights by bin; never changed once made. */
export interface Durations {
  readonly weights: readonly number[];
  readonly total: number;
  /** Mean that is assumed at first, exponentially distributed. */
  readonly priorMs: number;
}

export function noDurations(priorMs: number): Durations {
  return { weights: new Array<number>(BINS).fill(0), total: 0, priorMs };
}

/** With one more duration in it. O(bins). */
export function durationsWith(known: Durations, durationMs: number): Durations {
  const keep = known.total >= MEMORY ? 1 - 1 / MEMORY : 1;
  const weights = known.weights.map((weight) => weight * keep);
  const bin = binOf(durationMs);
  weights[bin] = (weights[bin] ?? 0) + 1;
  return { ...known, weights, total: known.total * keep + 1 };
}

/** Share of durations longer than this: 1 at 0, falling. O(bins) the first time, then O(1). */
export function survival(known: Durations, durationMs: number): number {
  const prior = Math.exp(-Math.max(0, durationMs) / known.priorMs);
  if (known.total === 0) return prior;
  const at = binOf(durationMs);
  const fromMs = EDGES_MS[at] ?? 0;
  const toMs = EDGES_MS[at + 1] ?? 0;
  const left = Math.min(1, Math.max(0, (toMs - durationMs) / (toMs - fromMs)));
  const above = (weightsAbove(known)[at] ?? 0) + (known.weights[at] ?? 0) * left;
  return (above + PRIOR_WEIGHT * prior) / (known.total + PRIOR_WEIGHT);
}

/** Chance that what has lasted `elapsedMs` ends within the next `withinMs`. */
export function endsWithin(known: Durations, elapsedMs: number, withinMs: number): number {
  const still = survival(known, elapsedMs);
  if (still <= 0) return 1;
  return Math.min(1, Math.max(0, 1 - survival(known, elapsedMs + withinMs) / still));
}

/** The duration that a share `q` of those longer than `elapsedMs` does not exceed. */
export function quantileAfter(known: Durations, elapsedMs: number, q: number): number {
  const still = survival(known, elapsedMs) * (1 - q);
  let low = elapsedMs;
  let high = Math.max(2 * elapsedMs, 60_000);
  while (survival(known, high) > still && high < 1e9) high *= 2;
  for (let step = 0; step < 24; step += 1) {
    const middle = (low + high) / 2;
    if (survival(known, middle) > still) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean and spread (standard deviation over mean), what is assumed at first included. */
export function momentsOf(known: Durations): { readonly meanMs: number; readonly spread: number } {
  let sum = PRIOR_WEIGHT * known.priorMs;
  let squares = PRIOR_WEIGHT * 2 * known.priorMs * known.priorMs;
  known.weights.forEach((weight, bin) => {
    if (weight === 0) return;
    const middle = ((EDGES_MS[bin] ?? 0) + (EDGES_MS[bin + 1] ?? 0)) / 2;
    sum += weight * middle;
    squares += weight * middle * middle;
  });
  const weight = PRIOR_WEIGHT + known.total;
  const meanMs = sum / weight;
  const variance = Math.max(0, squares / weight - meanMs * meanMs);
  return { meanMs, spread: Math.sqrt(variance) / meanMs };
}

/** The weight of all bins above each bin. */
function weightsAbove(known: Durations): Float64Array {
  const kept = above.get(known);
  if (kept !== undefined) return kept;
  const sums = new Float64Array(BINS);
  for (let bin = BINS - 2; bin >= 0; bin -= 1) {
    sums[bin] = (sums[bin + 1] ?? 0) + (known.weights[bin + 1] ?? 0);
  }
  above.set(known, sums);
  return sums;
}

function binOf(durationMs: number): number {
  if (durationMs < 1_000) return 0;
  return Math.min(BINS - 1, 1 + Math.floor(Math.log(durationMs / 1_000) / LOG_GROWTH));
}
