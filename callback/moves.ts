// The moves that several phases of the callback machine share: how an attempt begins and ends, how
// a callback waits again or completes. PURE.
import { closeAttempt, countedAttempts, liveAttempt, noteAttempt, openAttempt } from './attempt.ts';
import type { AttemptRecord, AttemptResult, CompletionReason } from './model.ts';
import { dialClosesAtMs, dueAtMs, queueEntry } from './schedule.ts';
import { effectKey, seatedAgent } from './state.ts';
import type {
  CallbackEffect,
  CallbackMachineState,
  CallbackPhase,
  HeldAgent,
  Seat,
} from './state.ts';

/** Longer than the ring time-out the Calls port needs at most to report its own time-outs. */
export const portMarginMs = 10_000;
/** An INVITE out of our control rings until its Expires; this much later it surely has stopped. */
export const expiresMarginMs = 5_000;
/** After an answered call was lost: long enough that the customer has put the receiver down. */
export const afterLossGapMs = 15_000;
/** Longest wait for `joined` once both parties are there. */
export const joinLimitMs = 10_000;
/** How soon a callback looks again whether its customer's number is free. */
export const recheckGapMs = 5_000;

export type Move = readonly [CallbackMachineState, readonly CallbackEffect[]];

export const noSeat: Seat = { kind: 'none' };

/** The written answer "this means nothing here". */
export function stay(state: CallbackMachineState): Move {
  return [state, []];
}

/** One step on: the next revision with these changes. */
export function go(
  state: CallbackMachineState,
  phase: CallbackPhase,
  effects: readonly CallbackEffect[] = [],
  attempts: readonly AttemptRecord[] = state.attempts,
): Move {
  return [{ ...state, phase, attempts, revision: state.revision + 1 }, effects];
}

export function complete(
  state: CallbackMachineState,
  atMs: number,
  reason: CompletionReason,
  effects: readonly CallbackEffect[],
  attempts: readonly AttemptRecord[] = state.attempts,
  quietUntilMs = state.phase.name === 'waiting-retry' ? state.phase.quietUntilMs : null,
): Move {
  const phase: CallbackPhase = { name: 'completed', reason, completedAtMs: atMs, quietUntilMs };
  return go(state, phase, effects, attempts);
}

/** Takes (again) the one place this callback has. */
export function enqueue(
  state: CallbackMachineState,
  effects: readonly CallbackEffect[] = [],
): Move {
  const submit: CallbackEffect = { type: 'submit-to-routing', entry: queueEntry(state.promise) };
  return go(state, { name: 'queued' }, [...effects, submit]);
}

/** Takes the place, unless nobody may be called before a later moment: then waits for that. */
export function takePlace(
  state: CallbackMachineState,
  atMs: number,
  dialAllowedAtMs: number = atMs,
  effects: readonly CallbackEffect[] = [],
): Move {
  return dialAllowedAtMs > atMs
    ? waitForHours(state, atMs, dialAllowedAtMs, effects)
    : enqueue(state, effects);
}

/** Nobody may be called now: waits until it is allowed, or gives up when that is too late. */
export function waitForHours(
  state: CallbackMachineState,
  atMs: number,
  opensAtMs: number,
  effects: readonly CallbackEffect[],
): Move {
  if (opensAtMs >= dialClosesAtMs(state.promise)) return expire(state, atMs, effects);
  return go(state, { name: 'closed', opensAtMs }, effects);
}

/** Too late to dial: the place is given up. */
export function expire(
  state: CallbackMachineState,
  atMs: number,
  before: readonly CallbackEffect[] = [],
): Move {
  const withdraw: CallbackEffect = { type: 'withdraw-from-routing', why: 'expired' };
  return complete(state, atMs, 'FAIL_TIMEOUT_TTL', [...before, withdraw]);
}

/** Gives the place up: who talked, or was about to, is done with; a held agent is free again. */
export function leaveRouting(
  state: CallbackMachineState,
  seat: Seat,
  otherwise: CallbackEffect,
): CallbackEffect {
  const met = state.phase.name === 'on-line' && seat.kind === 'answered';
  return met ? { type: 'interaction-ended' } : otherwise;
}

export function ringAgent(state: CallbackMachineState, agent: HeldAgent): CallbackEffect {
  const { reservationId, username, ringTimeoutMs } = agent;
  const { id, customerNumber } = state.promise;
  return {
    type: 'ring-agent',
    command: { interactionId: id, reservationId, username, ringTimeoutMs, customerNumber },
  };
}

export function ringingSeat(agent: HeldAgent, atMs: number): Seat {
  return { kind: 'ringing', agent, giveUpAtMs: atMs + agent.ringTimeoutMs + portMarginMs };
}

/** Begins an attempt: dials the customer under the key of that effect. */
export function dial(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  before: readonly CallbackEffect[] = [],
  after: readonly CallbackEffect[] = [],
): Move {
  const { id, customerNumber, trunk, ringTimeoutMs } = state.promise;
  const { callerId = null, withholdCallerId = false } = state.promise;
  const attemptKey = effectKey(id, state.revision + 1, before.length);
  const effect: CallbackEffect = {
    type: 'dial-customer',
    command: {
      ...{ interactionId: id, attemptKey, customerNumber, trunk, ringTimeoutMs },
      ...{ callerId, withholdCallerId },
    },
  };
  const giveUpAtMs = atMs + ringTimeoutMs + portMarginMs;
  const agentId = seatedAgent(seat)?.agentId ?? null;
  return go(
    state,
    { name: 'dialing', seat, ringing: false, giveUpAtMs },
    [...before, effect, ...after],
    openAttempt(state.attempts, attemptKey, atMs, agentId),
  );
}

/** How an attempt ended without a conversation. */
export interface AttemptEnd {
  readonly atMs: number;
  readonly result: AttemptResult;
  /** Null: the place was given up before. */
  readonly seat: Seat | null;
  /** The call was lost, not hung up: the customer may still hold the receiver. */
  readonly lost?: boolean;
  readonly known?: Partial<AttemptRecord>;
}

/** The attempt failed: tries again after the gap, at the same place, or completes. */
export function attemptOver(state: CallbackMachineState, end: AttemptEnd): Move {
  const quietUntilMs = end.lost === true ? end.atMs + afterLossGapMs : null;
  const retryAtMs = Math.max(end.atMs + state.promise.retryGapMs, quietUntilMs ?? 0);
  return giveUpAttempt(state, end, retryAtMs, quietUntilMs);
}

/**
 * The attempt failed by our own fault, so it is free (up to a bound) and tried again soon. A call
 * not yet answered may still ring where we cannot reach it: nobody dials before it surely stopped.
 */
export function interrupted(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  result: 'INTERRUPTED' | 'ABANDONED_BY_US' = 'INTERRUPTED',
): Move {
  const live = liveAttempt(state.attempts);
  const startedAtMs = live?.startedAtMs ?? atMs;
  const quietUntilMs =
    result === 'ABANDONED_BY_US' || (live !== null && live.answeredAtMs !== null)
      ? atMs + afterLossGapMs
      : Math.max(atMs, startedAtMs + state.promise.ringTimeoutMs) + expiresMarginMs;
  return giveUpAttempt(state, { atMs, result, seat }, quietUntilMs, quietUntilMs);
}

function giveUpAttempt(
  state: CallbackMachineState,
  end: AttemptEnd,
  nextAttemptAtMs: number,
  quietUntilMs: number | null,
): Move {
  const { atMs, result, seat } = end;
  const attempts = closeAttempt(noteAttempt(state.attempts, end.known ?? {}), atMs, result);
  const effects: CallbackEffect[] = [{ type: 'end-contact', reason: result }];
  if (seat !== null) effects.push(leaveRouting(state, seat, { type: 'customer-not-reached' }));
  const exhausted = countedAttempts(attempts) >= state.promise.maxAttempts;
  if (!exhausted && nextAttemptAtMs < dialClosesAtMs(state.promise)) {
    return go(state, { name: 'waiting-retry', nextAttemptAtMs, quietUntilMs }, effects, attempts);
  }
  effects.push({ type: 'withdraw-from-routing', why: exhausted ? 'not-reached' : 'expired' });
  const reason = exhausted ? exhaustedReason(result) : 'FAIL_TIMEOUT_TTL';
  const phase: CallbackPhase = { name: 'completed', reason, completedAtMs: atMs, quietUntilMs };
  return go(state, phase, effects, attempts);
}

/** The customer wants it later: the attempt is free, up to a bound; the place stays. */
export function snooze(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat | null,
  minutes: number,
): Move {
  const laterMs = minutes * 60_000;
  const promise = { ...state.promise, expiresAtMs: state.promise.expiresAtMs + laterMs };
  const end: AttemptEnd = { atMs, result: 'SNOOZED', seat };
  return giveUpAttempt({ ...state, promise }, end, atMs + laterMs, null);
}

/** The customer wants another time, and gives up the place for one from then on. */
export function postpone(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  minutes: number,
): Move {
  const { promise } = state;
  const desiredTimeMs = atMs + minutes * 60_000;
  const expiresAtMs = desiredTimeMs + Math.max(0, promise.expiresAtMs - dueAtMs(promise));
  const moved = { ...promise, desiredTimeMs, arrivedAtMs: desiredTimeMs, expiresAtMs };
  const leave: CallbackEffect = { type: 'withdraw-from-routing', why: 'cancelled' };
  const effects = [
    { type: 'end-contact', reason: 'another time' } as const,
    leaveRouting(state, seat, leave),
  ];
  const attempts = closeAttempt(state.attempts, atMs, 'RESCHEDULED');
  return go({ ...state, promise: moved }, { name: 'scheduled' }, effects, attempts);
}

/** A person who was reached last, in vain, lacked an agent and not a telephone. */
function exhaustedReason(result: AttemptResult): CompletionReason {
  return result === 'PERSON' ? 'FAIL_AGENT_CONNECT' : 'FAIL_CALL_TO_CUSTOMER';
}

/** Given up with a call up: both legs end, routing forgets the place. */
export function cancelLive(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  reason: CompletionReason = 'CANCELLED',
): Move {
  const effects: readonly CallbackEffect[] = [
    { type: 'end-contact', reason: 'cancelled' },
    leaveRouting(state, seat, { type: 'withdraw-from-routing', why: 'cancelled' }),
  ];
  const attempts = closeAttempt(state.attempts, atMs, 'ABANDONED_BY_US');
  return complete(state, atMs, reason, effects, attempts);
}
