// The abandon guard: how careful pacing is, so that at most X % of the customers who answered wait
// over 2 s for an agent. PURE. It keeps a budget: each customer who answered adds X % of a wait to
// it, each one who waited takes a whole wait away, and the care is what is missing from it. So what
// was not used is spent, and what was overdrawn is gained back (integral control). It is held
// between bounds, so that it can neither run away nor save up for long.

export interface Guard {
  /** Each dial may bring so much of the limit: e^-care of it. Above 0: more is asked than X %. */
  readonly care: number;
  readonly answered: number;
  readonly waited: number;
}

/** An answered customer should have an agent within this. */
export const ANSWER_WAIT_MS = 2_000;

export const CARE_MIN = -1;
export const CARE_MAX = 4;
const FIRST_CARE = 0.5;
/** Care for one wait that was not in the budget. */
const GAIN = 0.12;
/** The budget aims below the limit: the limit is a promise, not a mean. */
const AIM = 0.95;

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

/** The chance to wait that one more dial may bring. */
export function riskAllowed({ care }: Guard, limitPercent: number): number {
  return Math.min(1, (limitPercent / 100) * Math.exp(-care));
}
