// How long something lasts, learned: a histogram of durations that forgets slowly, with its
// survival function. PURE. Bins grow by 9 % from 1 s to above 2 h, so a share of the value is what
// is known of it; within a bin durations are taken as spread evenly.

const BINS = 104;
const GROWTH = 1.09;
/** Beyond this weight, each new duration makes the older ones count for less. */
const MEMORY = 400;
/** Weight of what is assumed before anything was seen. */
const PRIOR_WEIGHT = 4;

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

/** Share of durations longer than this: 1 at 0, falling. O(bins). */
export function survival(known: Durations, durationMs: number): number {
  const prior = Math.exp(-Math.max(0, durationMs) / known.priorMs);
  if (known.total === 0) return prior;
  const at = binOf(durationMs);
  let above = 0;
  for (let bin = at + 1; bin < BINS; bin += 1) above += known.weights[bin] ?? 0;
  const [fromMs, toMs] = edgesOf(at);
  const left = Math.min(1, Math.max(0, (toMs - durationMs) / (toMs - fromMs)));
  above += (known.weights[at] ?? 0) * left;
  return (above + PRIOR_WEIGHT * prior) / (known.total + PRIOR_WEIGHT);
}

/** Chance that what has lasted `elapsedMs` ends within the next `withinMs`. O(bins). */
export function endsWithin(known: Durations, elapsedMs: number, withinMs: number): number {
  const still = survival(known, elapsedMs);
  if (still <= 0) return 1;
  return Math.min(1, Math.max(0, 1 - survival(known, elapsedMs + withinMs) / still));
}

/** The duration that a share `q` of those longer than `elapsedMs` does not exceed. O(bins^2). */
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
    const [fromMs, toMs] = edgesOf(bin);
    const middle = (fromMs + toMs) / 2;
    sum += weight * middle;
    squares += weight * middle * middle;
  });
  const weight = PRIOR_WEIGHT + known.total;
  const meanMs = sum / weight;
  const variance = Math.max(0, squares / weight - meanMs * meanMs);
  return { meanMs, spread: Math.sqrt(variance) / meanMs };
}

function binOf(durationMs: number): number {
  if (durationMs < 1_000) return 0;
  return Math.min(BINS - 1, 1 + Math.floor(Math.log(durationMs / 1_000) / Math.log(GROWTH)));
}

function edgesOf(bin: number): readonly [number, number] {
  if (bin === 0) return [0, 1_000];
  return [1_000 * GROWTH ** (bin - 1), 1_000 * GROWTH ** bin];
}
