// Which trunks a call tries and in which order, and when the next one may be tried. PURE: chance
// comes with the candidates. RFC 3261 s.16.7, s.21.5; order as in RFC 2782 (priority, weight).
import type { CallFailure, TrunkState } from '../../types.ts';

/** One trunk that could carry the call. */
export interface Candidate {
  readonly trunk: string;
  readonly priority: number;
  readonly weight: number;
  readonly state: TrunkState;
  /** Chance of this call for this trunk, in [0, 1). */
  readonly roll: number;
}

/**
 * The trunks to try, in order: by priority, within one in random order by weight. Trunks that are
 * down are left out unless no other is up; disabled and resting ones are never tried.
 */
export function orderCandidates(candidates: readonly Candidate[]): readonly string[] {
  const up = candidates.filter(({ state }) => state === 'up');
  const eligible = up.length > 0 ? up : candidates.filter(({ state }) => state === 'down');
  return [...eligible]
    .sort((a, b) => a.priority - b.priority || compare(arrivalOf(a), arrivalOf(b)))
    .map(({ trunk }) => trunk);
}

/** A race of exponential arrivals: each is first with a chance in proportion to its weight. */
function arrivalOf({ weight, roll }: Candidate): number {
  return weight > 0 ? -Math.log(1 - roll) / weight : Infinity;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a trunk says when it could not, as opposed to what a callee says. */
const ELSEWHERE: ReadonlySet<number> = new Set([408, 500, 502, 503, 504]);

/** Q.850 causes that speak of the called number: another trunk would reach the same one. */
const ABOUT_CALLEE: ReadonlySet<number> = new Set([1, 17, 18, 19, 20, 21, 22, 28]);

/**
 * Whether a failed attempt leaves the callee untouched and another trunk may do better.
 * @param alerted whether any provisional response beyond 100 came: then somebody may have been rung
 */
export function mayTryElsewhere(failure: CallFailure, alerted: boolean): boolean {
  if (alerted || failure.cancelledByUs) return false;
  if (failure.q850Cause !== null && ABOUT_CALLEE.has(failure.q850Cause)) return false;
  return ELSEWHERE.has(failure.status);
}
