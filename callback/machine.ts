// The life of a callback, from the promise to its end. PURE, total: every event has an answer in
// every phase. Here: the diagram, the dispatch, and the phases in which nobody is on the telephone.
//
//  scheduled --due--> queued <---------------- gap over ---------------- waiting-retry
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
//                or doubt v                                                |   v
//                      on-line ---- waited too long ----> apologizing -----+  completed
//                 RONA |  |  ^          customer hung up: FAIL_INTERACTION_DELETED  ^
//                      +--|--+ keeps the place                                      |
//                         v joined                                                  |
//                     connected ------------------- over: AGENT_CONNECTED ----------+
//
// From everywhere: cancelled (not while connected), expired (only while nobody is on the
// telephone). A lost call or process is an INTERRUPTED attempt: free, tried again after the old
// call surely is over. Time: `wakeAtMs` of schedule.ts says when `time-passed` is due.
import { liveAttempt } from './attempt.ts';
import type { Step } from '../core/step.ts';
import { stepConnected } from './conversation.ts';
import { complete, dial, enqueue, go, noSeat, recheckGapMs, stay } from './moves.ts';
import type { Move } from './moves.ts';
import { stepApologizing, stepOnLine } from './on-line.ts';
import type { AgentEvent } from './ports.ts';
import { ringFirst, stepClassifying, stepDialing, stepRingingAgent } from './reaching.ts';
import { stepLeavingMessage } from './message.ts';
import { dialClosesAtMs, dueAtMs, wakeAtMs } from './schedule.ts';
import type {
  CallbackEffect,
  CallbackMachineEvent,
  CallbackMachineState,
  CallbackPromise,
  RetryPhase,
} from './state.ts';

/** Gap before routing is asked again after it refused the entry. */
const routingRefusedGapMs = 10_000;

/** The promise was accepted: revision 1, in the queue at once or when due. */
export function begin(promise: CallbackPromise): Move {
  const state: CallbackMachineState = {
    promise,
    revision: 0,
    attempts: [],
    phase: { name: 'scheduled' },
  };
  return dueAtMs(promise) <= promise.createdAtMs ? enqueue(state) : go(state, state.phase);
}

/** The rule of a callback. Unchanged state (the same object): the event means nothing here. */
export const step: Step<CallbackMachineState, CallbackMachineEvent, CallbackEffect> = (
  state,
  event,
) => {
  if (isStale(state, event)) return stay(state);
  const { phase } = state;
  switch (phase.name) {
    case 'scheduled':
      return stepScheduled(state, event);
    case 'queued':
      return stepQueued(state, event);
    case 'deferred':
      return stepDeferred(state, event);
    case 'waiting-retry':
      return stepWaitingRetry(state, phase, event);
    case 'ringing-agent':
      return stepRingingAgent(state, phase, event);
    case 'dialing':
      return stepDialing(state, phase, event);
    case 'classifying':
      return stepClassifying(state, phase, event);
    case 'leaving-message':
      return stepLeavingMessage(state, phase, event);
    case 'on-line':
      return stepOnLine(state, phase, event);
    case 'connected':
      return stepConnected(state, event);
    case 'apologizing':
      return stepApologizing(state, phase.giveUpAtMs, event);
    case 'completed':
      return stay(state);
  }
};

/** News of an earlier attempt. The agent's events are told apart by their reservation instead. */
function isStale(state: CallbackMachineState, event: CallbackMachineEvent): boolean {
  if (event.type !== 'call-reported') return false;
  const about = event.event;
  if ('reservationId' in about) return false;
  const live = liveAttempt(state.attempts);
  if (live !== null) return live.attemptKey !== event.attemptKey;
  return state.attempts.some(({ attemptKey }) => attemptKey === event.attemptKey);
}

/** Whether a cancel can still do anything; a conversation is not cut off. */
export function cancellable(state: CallbackMachineState): boolean {
  return state.phase.name !== 'connected' && state.phase.name !== 'completed';
}

function isDue(state: CallbackMachineState, atMs: number): boolean {
  const dueMs = wakeAtMs(state);
  return dueMs !== null && atMs >= dueMs;
}

function stepScheduled(state: CallbackMachineState, event: CallbackMachineEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (!isDue(state, atMs)) return stay(state);
      return atMs >= dialClosesAtMs(state.promise) ? expire(state, atMs) : enqueue(state);
    case 'cancel-requested':
      return complete(state, atMs, 'CANCELLED', []);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

function stepQueued(state: CallbackMachineState, event: CallbackMachineEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'agent-noticed':
      return noticeQueued(state, event.notice, atMs, event.numberInUse);
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
  notice: AgentEvent,
  atMs: number,
  numberInUse: boolean,
): Move {
  if (notice.type === 'reservation-lost') return stay(state);
  if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
  if (numberInUse) {
    const recheckAtMs = atMs + recheckGapMs;
    return go(state, { name: 'deferred', recheckAtMs }, [{ type: 'customer-not-reached' }]);
  }
  switch (notice.type) {
    case 'dial-notified':
      return dial(state, atMs, noSeat);
    case 'agent-assigned':
    case 'agent-reserved': {
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent = { reservationId, agentId, username, ringTimeoutMs };
      return state.promise.firstParty === 'agent'
        ? ringFirst(state, agent, atMs)
        : dial(state, atMs, { kind: 'held', agent });
    }
  }
}

function stepDeferred(state: CallbackMachineState, event: CallbackMachineEvent): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (!isDue(state, atMs)) return stay(state);
      if (atMs >= dialClosesAtMs(state.promise)) return expire(state, atMs);
      return event.numberInUse ? stay(state) : enqueue(state);
    case 'cancel-requested':
      return withdrawn(state, atMs);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

function stepWaitingRetry(
  state: CallbackMachineState,
  phase: RetryPhase,
  event: CallbackMachineEvent,
): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      if (atMs < phase.nextAttemptAtMs) return stay(state);
      return atMs >= dialClosesAtMs(state.promise) ? expire(state, atMs) : enqueue(state);
    case 'cancel-requested':
      return withdrawn(state, atMs);
    case 'agent-noticed':
    case 'call-reported':
    case 'process-restarted':
    case 'command-failed':
      return stay(state);
  }
}

function expire(state: CallbackMachineState, atMs: number): Move {
  const effects: CallbackEffect[] = [{ type: 'withdraw-from-routing', why: 'expired' }];
  return complete(state, atMs, 'FAIL_TIMEOUT_TTL', effects);
}

function withdrawn(state: CallbackMachineState, atMs: number): Move {
  const effects: CallbackEffect[] = [{ type: 'withdraw-from-routing', why: 'cancelled' }];
  return complete(state, atMs, 'CANCELLED', effects);
}
