// Before anybody is dialled: the customer may be asked whether the moment is good, and the
// reserved agent may see the callback and decide. Part of the callback machine (diagram in
// machine.ts). PURE.
import { badRequest } from '../core/errors.ts';
import { awaitCall } from './calling-in.ts';
import type { Answer } from './model.ts';
import {
  complete,
  dial,
  enqueue,
  expire,
  go,
  noSeat,
  recheckGapMs,
  stay,
  waitForHours,
} from './moves.ts';
import type { Move } from './moves.ts';
import { erasedNumber } from './personal.ts';
import { ringFirst } from './reaching.ts';
import { callbackNotAsked, requireRange } from './requests.ts';
import { dialClosesAtMs } from './schedule.ts';
import { seatedAgent } from './state.ts';
import type {
  AnswerGiven,
  AskingPhase,
  CallbackEffect,
  CallbackMachineState,
  DispositionGiven,
  HeldAgent,
  PhaseEvent,
  PreviewPhase,
  Seat,
} from './state.ts';

/** A customer who said to be ready is not asked again within this, whatever agents do. */
const readyHoldsMs = 120_000;
/** Longest snooze: a day; later is a matter of moving the callback. */
const maxSnoozeMinutes = 1_440;
/** Why an agent who let a preview pass is not ready. */
const ignoredReason = 'preview-ignored';

const giveBack: CallbackEffect = { type: 'customer-not-reached' };
const leave: CallbackEffect = { type: 'withdraw-from-routing', why: 'cancelled' };

/** What only the driver knows of this moment; questions take time, so it is looked at again. */
type Facts = Pick<AnswerGiven, 'numberInUse' | 'dialAllowedAtMs'>;

/** The moment to call has come: whoever is to be asked first is, then it is dialled. */
export function reach(
  state: CallbackMachineState,
  seat: Seat,
  atMs: number,
  facts: Facts = {},
): Move {
  const { readyConfirm, preview, callIn } = state.promise;
  if (callIn !== undefined) return awaitCall(state, seat, atMs, true);
  if (readyConfirm !== undefined && !isConfirmed(state, atMs)) {
    return ask(state, seat, readyConfirm.timeoutSeconds, atMs);
  }
  const agent = seatedAgent(seat);
  if (preview === undefined) return call(state, agent, atMs, facts);
  // The agent who was to see it is gone: the next one will.
  if (agent === null) {
    return isReserving(state) ? queueAgain(state) : call(state, agent, atMs, facts);
  }
  const giveUpAtMs = atMs + preview.timeoutSeconds * 1000;
  return go(state, { name: 'previewing', agent, giveUpAtMs });
}

function isConfirmed({ confirmedAtMs }: CallbackMachineState, atMs: number): boolean {
  return confirmedAtMs !== undefined && atMs < confirmedAtMs + readyHoldsMs;
}

/** Whether an agent is held before the call; by notification nobody is there to see anything. */
function isReserving({ promise }: CallbackMachineState): boolean {
  return promise.dialMode === 'reservation';
}

function ask(
  state: CallbackMachineState,
  seat: Seat,
  timeoutSeconds: number,
  atMs: number,
  asked = 1,
): Move {
  const giveUpAtMs = atMs + timeoutSeconds * 1000;
  return go(state, { name: 'asking-customer', seat, asked, giveUpAtMs });
}

/** Everybody asked has agreed, or need not. */
function call(
  state: CallbackMachineState,
  agent: HeldAgent | null,
  atMs: number,
  { numberInUse = false, dialAllowedAtMs = atMs }: Facts,
): Move {
  if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
  if (dialAllowedAtMs > atMs) return waitForHours(state, atMs, dialAllowedAtMs, [giveBack]);
  if (numberInUse) {
    return go(state, { name: 'deferred', recheckAtMs: atMs + recheckGapMs }, [giveBack]);
  }
  if (agent === null) return dial(state, atMs, noSeat);
  return state.promise.firstParty === 'agent'
    ? ringFirst(state, agent, atMs)
    : dial(state, atMs, { kind: 'held', agent });
}

/** Gives the agent back and waits again, at its place. */
function queueAgain(state: CallbackMachineState, before: readonly CallbackEffect[] = []): Move {
  return enqueue(state, [...before, giveBack]);
}

/** Tried again no sooner than that; the agent is free meanwhile. */
function later(state: CallbackMachineState, atMs: number, nextAttemptAtMs: number): Move {
  if (nextAttemptAtMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
  const { confirmedAtMs: _, ...unconfirmed } = state;
  const phase = { name: 'waiting-retry', nextAttemptAtMs, quietUntilMs: null } as const;
  return go(unconfirmed, phase, [giveBack]);
}

/** The customer was asked. */
export function stepAsking(
  state: CallbackMachineState,
  phase: AskingPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      return atMs >= phase.giveUpAtMs ? notAnswered(state, phase, atMs, event) : stay(state);
    case 'agent-noticed':
      return noticeAsking(state, phase, event.notice);
    case 'cancel-requested':
      return complete(state, atMs, 'CANCELLED', [leave]);
    case 'process-restarted':
      return queueAgain(state);
    case 'call-reported':
    case 'command-failed':
      return stay(state);
  }
}

function noticeAsking(
  state: CallbackMachineState,
  phase: AskingPhase,
  notice: Extract<PhaseEvent, { type: 'agent-noticed' }>['notice'],
): Move {
  switch (notice.type) {
    case 'agent-assigned':
    case 'agent-reserved': {
      if (phase.seat.kind !== 'none') return stay(state);
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent = { reservationId, agentId, username, ringTimeoutMs };
      return go(state, { ...phase, seat: { kind: 'held', agent } });
    }
    case 'reservation-lost':
      return seatedAgent(phase.seat)?.reservationId === notice.reservationId
        ? go(state, { ...phase, seat: noSeat })
        : stay(state);
    case 'dial-notified':
      return stay(state);
  }
}

function notAnswered(
  state: CallbackMachineState,
  phase: AskingPhase,
  atMs: number,
  facts: Facts,
): Move {
  const rule = state.promise.readyConfirm;
  if (rule !== undefined && phase.asked < rule.attempts) {
    return ask(state, phase.seat, rule.timeoutSeconds, atMs, phase.asked + 1);
  }
  switch (rule?.onTimeout) {
    case 'fail':
      return complete(state, atMs, 'FAIL_USER_NO_CONFIRM', [leave]);
    case 'requeue':
      return later(state, atMs, atMs + state.promise.retryGapMs);
    case 'dial':
    case undefined:
      return reach({ ...state, confirmedAtMs: atMs }, phase.seat, atMs, facts);
  }
}

/** The agent sees the callback. */
export function stepPreview(
  state: CallbackMachineState,
  phase: PreviewPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  const { agentId, reservationId } = phase.agent;
  switch (event.type) {
    case 'time-passed': {
      if (atMs < phase.giveUpAtMs) return stay(state);
      const isNext = state.promise.preview?.onTimeout === 'next';
      const blame: CallbackEffect = { type: 'agent-not-ready', agentId, reason: ignoredReason };
      return queueAgain(state, isNext ? [] : [blame]);
    }
    case 'agent-noticed':
      return event.notice.type === 'reservation-lost' &&
        event.notice.reservationId === reservationId
        ? queueAgain(state)
        : stay(state);
    case 'cancel-requested':
      return complete(state, atMs, 'CANCELLED', [leave]);
    case 'process-restarted':
      return queueAgain(state);
    case 'call-reported':
    case 'command-failed':
      return stay(state);
  }
}

/** An answer to the question that is open; any other means nothing. */
export function stepAnswer(state: CallbackMachineState, event: AnswerGiven): Move {
  const { answer, atMs } = event;
  if (!isAsked(state, answer)) return stay(state);
  switch (answer.says) {
    case 'yes':
      return agreed(state, event);
    case 'no':
      return answer.by === 'customer'
        ? complete(state, atMs, 'FAIL_USER_NO_CONFIRM', [leave])
        : rejected(state, atMs);
    case 'later':
      return later(state, atMs, atMs + answer.minutes * 60_000);
  }
}

function isAsked({ phase }: CallbackMachineState, answer: Answer): boolean {
  if (answer.by === 'customer') return phase.name === 'asking-customer';
  return phase.name === 'previewing' && phase.agent.agentId === answer.agentId;
}

function agreed(state: CallbackMachineState, event: AnswerGiven): Move {
  const { atMs } = event;
  const { phase } = state;
  if (phase.name === 'asking-customer') {
    return reach({ ...state, confirmedAtMs: atMs }, phase.seat, atMs, event);
  }
  return phase.name === 'previewing' ? call(state, phase.agent, atMs, event) : stay(state);
}

function rejected(state: CallbackMachineState, atMs: number): Move {
  const previewRejects = (state.previewRejects ?? 0) + 1;
  const maxRejects = state.promise.preview?.maxRejects ?? null;
  const next = { ...state, previewRejects };
  if (maxRejects === null || previewRejects < maxRejects) return queueAgain(next);
  const reason = `AGENT_PREVIEW_CANCEL_AFTER_${previewRejects}REJECTS` as const;
  return complete(next, atMs, reason, [leave]);
}

/**
 * Whether an answer can be taken.
 * @throws RingbackError CALLBACK_NOT_ASKED, CALLBACK_REQUEST_INVALID, CALLBACK_TIME_TOO_FAR
 */
export function checkAnswer(state: CallbackMachineState, answer: Answer, atMs: number): void {
  if (!isAsked(state, answer)) throw callbackNotAsked(state.promise.id);
  if (answer.says !== 'later') return;
  const { minutes } = answer;
  requireRange('CALLBACK_REQUEST_INVALID', 'snoozeMinutes', minutes, 1, maxSnoozeMinutes);
  if (atMs + minutes * 60_000 < dialClosesAtMs(state.promise)) return;
  const { expiresAtMs } = state.promise;
  throw badRequest('CALLBACK_TIME_TOO_FAR', 'it expires before that', { expiresAtMs });
}

/** Whether there was a conversation to speak about, and its customer has not been forgotten. */
export function disposable({ attempts, promise }: CallbackMachineState): boolean {
  if (promise.customerNumber === erasedNumber) return false;
  return attempts.some(({ result }) => result === 'CONNECTED');
}

/** Keeps the agent's word; what becomes of the callback does not depend on it. */
export function stepDisposition(
  state: CallbackMachineState,
  { disposition }: DispositionGiven,
): Move {
  return disposable(state) ? go({ ...state, disposition }, state.phase) : stay(state);
}
