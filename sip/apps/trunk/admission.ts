// Who may call through a trunk now: a token bucket for new calls, a cap on live ones, and a line
// for the excess, served in order and for a bounded time. PURE; time is monotonic milliseconds.
import type { Step } from '../../../core/step.ts';
import type { TrunkLimits } from '../../types.ts';

export interface AdmissionState {
  readonly limits: TrunkLimits;
  /** New calls that may go out at once, as of `filledAtMs`; at most `burstOf(limits)`. */
  readonly tokens: number;
  readonly filledAtMs: number;
  readonly live: number;
  readonly waiting: readonly { readonly id: string; readonly untilMs: number }[];
}

export type AdmissionEvent = { readonly atMs: number } & (
  | { readonly type: 'asked'; readonly id: string }
  /** Whoever waits under this id does not want it any more. */
  | { readonly type: 'withdrawn'; readonly id: string }
  /** A call that was granted is over. */
  | { readonly type: 'released' }
  | { readonly type: 'timer-fired' }
  /** The trunk cannot be used: nobody waits for it. */
  | { readonly type: 'closed'; readonly why: string }
);

export type AdmissionEffect =
  | { readonly type: 'grant'; readonly id: string }
  | { readonly type: 'refuse'; readonly id: string; readonly why: string }
  /** Replaces the timer before it. */
  | { readonly type: 'start-timer'; readonly afterMs: number };

/** A longer line could not be served in any bounded time. */
export const MAX_WAITING = 1_000;

type Result = readonly [AdmissionState, readonly AdmissionEffect[]];
/** Tokens are sums of fractions: this much may be missing. */
const EPSILON = 1e-9;

/** An idle trunk, its bucket full. */
export function startAdmission(limits: TrunkLimits, atMs: number): AdmissionState {
  return { limits, tokens: burstOf(limits), filledAtMs: atMs, live: 0, waiting: [] };
}

/** One second's worth of calls, at least one. */
export function burstOf({ callsPerSecond }: TrunkLimits): number {
  return callsPerSecond === null ? 1 : Math.max(1, Math.floor(callsPerSecond));
}

/** The rule. */
export const stepAdmission: Step<AdmissionState, AdmissionEvent, AdmissionEffect> = (
  state,
  event,
) => {
  const filled = refilled(state, event.atMs);
  switch (event.type) {
    case 'asked': {
      if (filled.waiting.length >= MAX_WAITING) {
        return [filled, [{ type: 'refuse', id: event.id, why: 'too many calls wait' }]];
      }
      const place = { id: event.id, untilMs: event.atMs + filled.limits.maxWaitMs };
      return settle({ ...filled, waiting: [...filled.waiting, place] }, event.atMs);
    }
    case 'withdrawn': {
      const waiting = filled.waiting.filter(({ id }) => id !== event.id);
      return settle({ ...filled, waiting }, event.atMs);
    }
    case 'released':
      return settle({ ...filled, live: Math.max(0, filled.live - 1) }, event.atMs);
    case 'timer-fired':
      return settle(filled, event.atMs);
    case 'closed': {
      const refusals = filled.waiting.map(({ id }) => refusal(id, event.why));
      return [{ ...filled, waiting: [] }, refusals];
    }
  }
};

function refilled(state: AdmissionState, atMs: number): AdmissionState {
  const { limits, tokens, filledAtMs } = state;
  const burst = burstOf(limits);
  const gained = ((atMs - filledAtMs) / 1_000) * (limits.callsPerSecond ?? Infinity);
  // NaN: no time went by and there is no limit.
  const filled = Number.isNaN(gained) ? burst : Math.min(burst, tokens + Math.max(0, gained));
  return { ...state, tokens: filled, filledAtMs: Math.max(atMs, filledAtMs) };
}

/** Grants in order what can be granted, refuses who waited too long, says when to look again. */
function settle(state: AdmissionState, atMs: number): Result {
  const { limits } = state;
  const maxCalls = limits.maxCalls ?? Infinity;
  const effects: AdmissionEffect[] = [];
  let { tokens, live } = state;
  const waiting = state.waiting.filter(({ id, untilMs }) => {
    if (tokens >= 1 - EPSILON && live < maxCalls) {
      if (limits.callsPerSecond !== null) tokens = Math.max(0, tokens - 1);
      live += 1;
      effects.push({ type: 'grant', id });
      return false;
    }
    if (untilMs > atMs) return true;
    effects.push(refusal(id, live < maxCalls ? 'calls per second' : 'calls at once'));
    return false;
  });
  const next = { ...state, tokens, live, waiting };
  const [first] = waiting;
  if (first !== undefined)
    effects.push({ type: 'start-timer', afterMs: wakeMs(next, first, atMs) });
  return [next, effects];
}

function refusal(id: string, why: string): AdmissionEffect {
  return { type: 'refuse', id, why };
}

/** Until the next token when only that is missing, at the latest when the first one gives up. */
function wakeMs(state: AdmissionState, first: { readonly untilMs: number }, atMs: number): number {
  const { callsPerSecond, maxCalls } = state.limits;
  const giveUpMs = first.untilMs - atMs;
  if (callsPerSecond === null || state.live >= (maxCalls ?? Infinity)) return Math.ceil(giveUpMs);
  const tokenMs = ((1 - state.tokens) / callsPerSecond) * 1_000;
  return Math.max(1, Math.ceil(Math.min(giveUpMs, tokenMs)));
}
