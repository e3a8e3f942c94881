// The abandon guard: how careful pacing is, so that at most X % of the customers who answered wait
// over 2 s for an agent. PURE. After each of them the care moves by a small bounded step: up when
// the customer waited, a little down when not, in the proportion that stands still at the target
// (Robbins and Monro, "A stochastic approximation method"). It is held between bounds, so that it
// can neither run away nor swing.

export interface Guard {
  /** Standard deviations of doubt that must be covered by agents. */
  readonly care: number;
  readonly answered: number;
  readonly waited: number;
}

/** An answered customer should have an agent within this. */
export const ANSWER_WAIT_MS = 2_000;

export const CARE_MIN = -0.5;
export const CARE_MAX = 4;
const FIRST_CARE = 1;
const GAIN = 0.25;
/** The step aims below the limit: the limit is a promise, not a mean. */
const AIM = 0.8;

export const FIRST_GUARD: Guard = { care: FIRST_CARE, answered: 0, waited: 0 };

/** After one more customer answered. @param limitPercent of customers who may wait over 2 s */
export function guardWith(guard: Guard, hasWaited: boolean, limitPercent: number): Guard {
  const aim = (AIM * limitPercent) / 100;
  const step = GAIN * ((hasWaited ? 1 : 0) - aim);
  return {
    care: Math.min(CARE_MAX, Math.max(CARE_MIN, guard.care + step)),
    answered: guard.answered + 1,
    waited: guard.waited + (hasWaited ? 1 : 0),
  };
}
