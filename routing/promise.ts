// Promise windows: "between 14:10 and 14:25" instead of one number that is always wrong. PURE.
// The window is made of how waits came out beside what was estimated: the last 120 ratios of true
// to estimated wait give the window its edges (conformal prediction: what held for 9 of the last 10
// holds for the next with about that chance). So a queue whose estimate leans one way makes it
// good, and how often the window was right is counted for everybody to read. What held lately need
// not hold now: while promises are broken too often, the window is stretched until they are not.

export interface Promises {
  /** True over estimated wait, oldest first. */
  readonly ratios: readonly number[];
  readonly made: number;
  readonly kept: number;
  /** What an estimate is multiplied by: edges of the window, and its middle. */
  readonly fromRatio: number;
  readonly toRatio: number;
  readonly lean: number;
  /** The window is wider by this while promises are broken more often than they may be. */
  readonly stretch: number;
}

/** Seconds, whole: from the arrival once it is promised, else from now. */
export interface Window {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

const MEMORY = 120;
/** Ratios between two times the edges are made anew. */
const EVERY = 20;
/** Ratios assumed beside the first ones that are known. */
const ASSUMED = [0.4, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1, 1.2, 1.35, 1.5, 1.7, 2];
const LOW = 0.05;
const HIGH = 0.95;
/** Of the promises, so many may be broken; the stretch stands still there. */
const MAY_BREAK = 0.12;
const STRETCH_GAIN = 0.1;
const MOST_STRETCH = 3;
/** A window is never narrower: people think in minutes. */
const NARROWEST_SECONDS = 60;

export const FIRST_PROMISES: Promises = {
  ...{ ratios: [], made: 0, kept: 0, stretch: 1 },
  ...edgesOf([]),
};

/** The window for an estimated wait; null when the wait is not known. */
export function windowOf(promises: Promises, ewtSeconds: number): Window | null {
  if (ewtSeconds < 0) return null;
  const from = (ewtSeconds * promises.fromRatio) / promises.stretch;
  const to = ewtSeconds * promises.toRatio * promises.stretch;
  const missing = Math.max(0, NARROWEST_SECONDS - (to - from)) / 2;
  const begin = Math.max(0, from - missing);
  return {
    fromSeconds: Math.floor(begin),
    toSeconds: Math.ceil(Math.max(to + missing, begin + NARROWEST_SECONDS)),
  };
}

/** How the wait of one to whom a window was promised came out. */
export function withOutcome(promises: Promises, promised: Window, waitedSeconds: number): Promises {
  const { fromSeconds, toSeconds } = promised;
  const isKept = waitedSeconds >= fromSeconds && waitedSeconds <= toSeconds;
  const wanted = promises.stretch + STRETCH_GAIN * ((isKept ? 0 : 1) - MAY_BREAK);
  const stretch = Math.min(MOST_STRETCH, Math.max(1, wanted));
  return { ...promises, made: promises.made + 1, kept: promises.kept + (isKept ? 1 : 0), stretch };
}

/** With one more ratio; an estimate of less than a second says nothing and is left out. */
export function withRatio(promises: Promises, ewtSeconds: number, waitedSeconds: number): Promises {
  if (ewtSeconds < 1) return promises;
  const ratios = promises.ratios.slice(1 - MEMORY);
  ratios.push(waitedSeconds / ewtSeconds);
  const isDue = promises.made % EVERY === 0 || ratios.length < MEMORY / 4;
  return { ...promises, ratios, ...(isDue ? edgesOf(ratios) : {}) };
}

function edgesOf(ratios: readonly number[]): Pick<Promises, 'fromRatio' | 'toRatio' | 'lean'> {
  const assumed = ASSUMED.slice(Math.min(ASSUMED.length, Math.floor(ratios.length / 2)));
  const known = Float64Array.from([...ratios, ...assumed]).sort();
  const lean = ratios.length < 20 ? 1 : at(known, 0.5);
  return { fromRatio: at(known, LOW), toRatio: at(known, HIGH), lean };
}

function at(sorted: Float64Array, q: number): number {
  const place = q * (sorted.length - 1);
  const low = Math.floor(place);
  const one = sorted[low] ?? 1;
  const other = sorted[low + 1] ?? one;
  return one + (other - one) * (place - low);
}
