// The life of a callback, from the promise to its end. PURE, total: every event has an answer in
// every phase. Here: the diagram, the dispatch, and the phases in which nobody is on the telephone.
//
//  scheduled --due--> queued <---------------- gap over ---------------- waiting-retry
//     (nobody may be called at this hour: closed, until it is allowed, then queued)
//     (before the call: asking-customer, previewing; no, later or nobody: see asking.ts)
//     (who calls in is told, and awaited instead of dialled: awaiting-call, then on-line)
//                      |  |                                                    ^
//      agent first:    |  | agent reserved (held), or dial notified            |
//      ringing-agent <-+  |        number in use by another callback:          |
//          |   |          |        deferred, until it is free, then queued     |
//    agent |   +- RONA -> | queued                                             |
//  answered|              v                                                    |
//          +---------> dialing ---- busy, no answer, SIT, refused, ... --------+
//                         | answered                                           |
//                         v             fax, tone, hang-up                     |
//                     classifying -----------------------------------> attempts left?
//                         |       \  machine                               |   |
//                  person |        +-----> leaving-message ----- over -----+   | no
//     (confirming: asked by key, where the queue does so; put off: waiting-retry or scheduled)
//                or doubt v                                                |   v
//                      on-line ---- waited too long ----> apologizing -----+  completed
//                 RONA |  |  ^          customer hung up: FAIL_INTERACTION_DELETED  ^
//                      +--|--+ keeps the place                                      |
//                         v joined                                                  |
//                     connected ------------------- over: AGENT_CONNECTED ----------+
//                         +- the agent hung up first: surveying, where the queue asks
//
// From everywhere: cancelled (not while connected), expired (only while nobody is on the
// telephone). A lost call or process is an INTERRUPTED attempt: free, tried again after the old
// call surely is over. Time: `wakeAtMs` of schedule.ts says when `time-passed` is due.
import { reach, stepAnswer, stepAsking, stepDisposition, stepPreview } from './asking.ts';
import { liveAttempt } from './attempt.ts';
import type { Step } from '../core/step.ts';
import { stepApologizing } from './apologizing.ts';
import { stepAwaitingCall } from './awaiting-call.ts';
import { awaitCall, stepCallLanded } from './calling-in.ts';
import { stepConfirming } from './confirming.ts';
import { stepConnected } from './conversation.ts';
import {
  complete,
  expire,
  go,
  noSeat,
  recheckGapMs,
  stay,
  takePlace,
  waitForHours,
} from './moves.ts';
import type { Move } from './moves.ts';
import { stepOnLine } from './on-line.ts';
import { stepMerge, stepMove } from './moving.ts';
import { stepSurveying } from './surveying.ts';
import { stepClassifying, stepDialing, stepRingingAgent } from './reaching.ts';
import { stepLeavingMessage } from './message.ts';
import { dialClosesAtMs, dueAtMs, wakeAtMs } from './schedule.ts';
import type {
  CallbackEffect,
  CallbackMachineEvent,
  CallbackMachineState,
  CallbackPromise,
  PhaseEvent,
  RetryPhase,
} from './state.ts';

/** Gap before routing is asked again after it refused the entry. */
const routingRefusedGapMs = 10_000;

/**
 * The promise was accepted: revision 1, in the queue at once or when due.
 * @param dialAllowedAtMs the first moment at which the customer may be called; left out: any
 */
export function begin(promise: CallbackPromise, dialAllowedAtMs?: number): Move {
  const state: CallbackMachineState = {
    promise,
    revision: 0,
    attempts: [],
    phase: { name: 'scheduled' },
  };
  const { callIn, createdAtMs } = promise;
  if (callIn?.opens === 'now') return awaitCall(state, noSeat, createdAtMs, false);
  return dueAtMs(promise) <= promise.createdAtMs
    ? takePlace(state, promise.createdAtMs, dialAllowedAtMs)
    : go(state, state.phase);
}

/** The rule of a callback. Unchanged state (the same object): the event means nothing here. */
export const step: Step<CallbackMachineState, CallbackMachineEvent, CallbackEffect> = (
  state,
  event,
) => {
  if (event.type === 'move-requested') return stepMove(state, event);
  if (event.type === 'merge-requested') return stepMerge(state, event);
  if (event.type === 'call-landed') return stepCallLanded(state, event);
  if (event.type === 'answer-given') return stepAnswer(state, event);
  if (event.type === 'disposition-given') return stepDisposition(state, event);
  if (isStale(state, event)) return stay(state);
  const { phase } = state;
  switch (phase.name) {
    case 'scheduled':
    case 'closed':
      return stepScheduled(state, event);
    case 'queued':
      return stepQueued(state, event);
    case 'deferred':
      return stepDeferred(state, event);
    case 'waiting-retry':
      return stepWaitingRetry(state, phase, event);
    case 'asking-customer':
      return stepAsking(state, phase, event);
    case 'awaiting-call':
      return stepAwaitingCall(state, phase, event);
    case 'previewing':
      return stepPreview(state, phase, event);
    case 'ringing-agent':
      return stepRingingAgent(state, phase, event);
    case 'dialing':
      return stepDialing(state, phase, event);
    case 'classifying':
      return stepClassifying(state, phase, event);
    case 'confirming':
      return stepConfirming(state, phase, event);
    case 'leaving-message':
      return stepLeavingMessage(state, phase, event);
    case 'on-line':
      return stepOnLine(state, phase, event);
    case 'connected':
      return stepConnected(state, event);
    case 'apologizing':
      return stepApologizing(state, phase, event);
    case 'surveying':
      return stepSurveying(state, phase, event);
    case 'completed':
      return stay(state);
  }
};

/** News of an earlier attempt. The agent's events are told apart by their reservation instead. */
function isStale(state: CallbackMachineState, event: PhaseEvent): boolean {
  if (event.type !== 'call-reported') return false;
  const about = event.event;
  if ('reservationId' in about) return false;
  const live = liveAttempt(state.attempts);
  if (live !== null) return live.attemptKey !== event.attemptKey;
  return state.attempts.some(({ attemptKey }) => attemptKey === event.attemptKey);
}

/** Whether a cancel can still do anything; a conversation is not cut off. */
export function cancellable(state: CallbackMachineState): boolean {
  const { name } = state.phase;
  return name !== 'connected' && name !== 'surveying' && name !== 'completed';
}

function isDue(state: CallbackMachineState, atMs: number): boolean {
  const dueMs = wakeAtMs(state);
  return dueMs !== null && atMs >= dueMs;
}

function stepScheduled(state: CallbackMachineState, event: PhaseEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (!isDue(state, atMs)) return stay(state);
      if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
      if (isEarly(state, atMs, event.predictedWaitMs)) return stay(state);
      return takePlace(state, atMs, event.dialAllowedAtMs);
    case 'cancel-requested':
      return complete(state, atMs, 'CANCELLED', []);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

/** Within the execution buffer, and whoever took a place now would still be called too soon. */
function isEarly(state: CallbackMachineState, atMs: number, predictedWaitMs = 0): boolean {
  return state.phase.name === 'scheduled' && atMs + predictedWaitMs < dueAtMs(state.promise);
}

function stepQueued(state: CallbackMachineState, event: PhaseEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'agent-noticed':
      return noticeQueued(state, event);
    case 'time-passed':
      return isDue(state, atMs) ? expire(state, atMs) : stay(state);
    case 'cancel-requested':
      return withdrawn(state, atMs);
    case 'command-failed': {
      if (event.command !== 'submit-to-routing') return stay(state);
      const nextAttemptAtMs = atMs + routingRefusedGapMs;
      return go(state, { name: 'waiting-retry', nextAttemptAtMs, quietUntilMs: null });
    }
    case 'process-restarted': // the driver takes the place again, from the state
    case 'call-reported':
      return stay(state);
  }
}

function noticeQueued(
  state: CallbackMachineState,
  event: Extract<PhaseEvent, { type: 'agent-noticed' }>,
): Move {
  const { notice, atMs, numberInUse, dialAllowedAtMs = atMs } = event;
  if (notice.type === 'reservation-lost') return stay(state);
  if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
  const giveBack: CallbackEffect = { type: 'customer-not-reached' };
  if (dialAllowedAtMs > atMs) return waitForHours(state, atMs, dialAllowedAtMs, [giveBack]);
  if (numberInUse) {
    return go(state, { name: 'deferred', recheckAtMs: atMs + recheckGapMs }, [giveBack]);
  }
  switch (notice.type) {
    case 'dial-notified':
      return reach(state, noSeat, atMs);
    case 'agent-assigned':
    case 'agent-reserved': {
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent = { reservationId, agentId, username, ringTimeoutMs };
      return reach(state, { kind: 'held', agent }, atMs);
    }
  }
}

function stepDeferred(state: CallbackMachineState, event: PhaseEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (!isDue(state, atMs)) return stay(state);
      if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
      return event.numberInUse ? stay(state) : takePlace(state, atMs, event.dialAllowedAtMs);
    case 'cancel-requested':
      return withdrawn(state, atMs);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

function stepWaitingRetry(state: CallbackMachineState, phase: RetryPhase, event: PhaseEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (atMs < phase.nextAttemptAtMs) return stay(state);
      if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
      return takePlace(state, atMs, event.dialAllowedAtMs);
    case 'cancel-requested':
      return withdrawn(state, atMs);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

function withdrawn(state: CallbackMachineState, atMs: number): Move {
  const effects: CallbackEffect[] = [{ type: 'withdraw-from-routing', why: 'cancelled' }];
  return complete(state, atMs, 'CANCELLED', effects);
}
