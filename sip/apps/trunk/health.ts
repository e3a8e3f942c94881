// Whether a trunk can be used, as far as pings, Retry-After and people say. PURE. Registration is
// another machine; the driver puts both together. RFC 3261 s.11 (OPTIONS), s.20.33 (Retry-After).
//
//   up ── failuresToDown unanswered in a row ──▶ down ── successesToUp answered in a row ──▶ up
//
// Resting and disabled lie over this: a resting trunk goes on being asked, a disabled one does not.
import type { Step } from '../../../core/step.ts';

export type Reach =
  | { readonly name: 'up'; readonly failures: number }
  | { readonly name: 'down'; readonly successes: number; readonly reason: string };

export interface HealthState {
  readonly thresholds: { readonly failuresToDown: number; readonly successesToUp: number };
  readonly reach: Reach;
  /** Null: not resting. Grows with every Retry-After, so that an old timer is told apart. */
  readonly rest: { readonly turn: number; readonly untilMs: number } | null;
  readonly turn: number;
  readonly disabled: boolean;
}

export type HealthEvent =
  | { readonly type: 'probe-answered' }
  | { readonly type: 'probe-failed'; readonly reason: string }
  | { readonly type: 'rest-asked'; readonly atMs: number; readonly afterMs: number }
  | { readonly type: 'rest-timer-fired'; readonly turn: number }
  | { readonly type: 'disabled' }
  | { readonly type: 'enabled' };

export type HealthEffect = {
  readonly type: 'start-rest-timer';
  readonly turn: number;
  readonly afterMs: number;
};

/** A longer Retry-After than this is taken for a fault of the trunk's. */
export const MAX_REST_MS = 600_000;

const none: readonly HealthEffect[] = [];
type Result = readonly [HealthState, readonly HealthEffect[]];

/** Up until the contrary is heard. */
export function startHealth(thresholds: HealthState['thresholds']): HealthState {
  return { thresholds, reach: { name: 'up', failures: 0 }, rest: null, turn: 0, disabled: false };
}

/** The rule. */
export const stepHealth: Step<HealthState, HealthEvent, HealthEffect> = (state, event) => {
  switch (event.type) {
    case 'probe-answered':
      return [{ ...state, reach: answered(state) }, none];
    case 'probe-failed':
      return [{ ...state, reach: failed(state, event.reason) }, none];
    case 'rest-asked':
      return rest(state, event.atMs, event.afterMs);
    case 'rest-timer-fired':
      return [state.rest?.turn === event.turn ? { ...state, rest: null } : state, none];
    case 'disabled':
      return [{ ...state, disabled: true }, none];
    case 'enabled':
      // Whoever enables a trunk has looked at it: it starts afresh.
      return [{ ...startHealth(state.thresholds), turn: state.turn }, none];
  }
};

function answered({ reach, thresholds }: HealthState): Reach {
  switch (reach.name) {
    case 'up':
      return { name: 'up', failures: 0 };
    case 'down': {
      const successes = reach.successes + 1;
      const isBack = successes >= thresholds.successesToUp;
      return isBack ? { name: 'up', failures: 0 } : { ...reach, successes };
    }
  }
}

function failed({ reach, thresholds }: HealthState, reason: string): Reach {
  switch (reach.name) {
    case 'up': {
      const failures = reach.failures + 1;
      const isGone = failures >= thresholds.failuresToDown;
      return isGone ? { name: 'down', successes: 0, reason } : { name: 'up', failures };
    }
    case 'down':
      return { name: 'down', successes: 0, reason };
  }
}

/** A rest is made longer, never shorter. */
function rest(state: HealthState, atMs: number, askedMs: number): Result {
  const afterMs = Math.min(askedMs, MAX_REST_MS);
  const untilMs = atMs + afterMs;
  if (!(afterMs > 0) || (state.rest !== null && state.rest.untilMs >= untilMs)) {
    return [state, none];
  }
  const turn = state.turn + 1;
  return [
    { ...state, turn, rest: { turn, untilMs } },
    [{ type: 'start-rest-timer', turn, afterMs }],
  ];
}
