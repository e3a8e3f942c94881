// Moving a callback: its customer wants another time, another number, or says something else. Part
// of the callback machine (diagram in machine.ts). PURE.
import { complete, go, stay, takePlace } from './moves.ts';
import type { Move } from './moves.ts';
import { dueAtMs } from './schedule.ts';
import type {
  CallbackEffect,
  CallbackMachineState,
  CallbackPhase,
  MergeRequested,
  MoveRequested,
  RetryPhase,
} from './state.ts';

/** Whether it can be moved: nobody is on the telephone for it. */
export function movable(phase: CallbackPhase): boolean {
  switch (phase.name) {
    case 'scheduled':
    case 'closed':
    case 'queued':
    case 'deferred':
    case 'waiting-retry':
    case 'awaiting-call':
      return true;
    case 'asking-customer':
    case 'previewing':
    case 'ringing-agent':
    case 'dialing':
    case 'classifying':
    case 'leaving-message':
    case 'on-line':
    case 'connected':
    case 'apologizing':
    case 'confirming':
    case 'surveying':
    case 'completed':
      return false;
  }
}

/** The place goes over to a call; nobody is dialled for it any more. */
export function stepMerge(state: CallbackMachineState, { atMs }: MergeRequested): Move {
  if (!movable(state.phase)) return stay(state);
  const leave: CallbackEffect = { type: 'withdraw-from-routing', why: 'cancelled' };
  return complete(state, atMs, 'MERGED', [leave]);
}

/** As if it had been promised so, with the attempts it has had. */
export function stepMove(state: CallbackMachineState, event: MoveRequested): Move {
  const { phase } = state;
  if (!movable(phase)) return stay(state);
  if (phase.name === 'waiting-retry') return moveRetry(state, phase, event);
  const leave: CallbackEffect = { type: 'withdraw-from-routing', why: 'cancelled' };
  const hasPlace = phase.name === 'queued' || phase.name === 'awaiting-call';
  return moveTo(state, event, hasPlace ? [leave] : []);
}

function moveTo(
  state: CallbackMachineState,
  { promise, atMs, dialAllowedAtMs }: MoveRequested,
  effects: readonly CallbackEffect[],
): Move {
  const next = { ...state, promise };
  return dueAtMs(promise) <= atMs
    ? takePlace(next, atMs, dialAllowedAtMs, effects)
    : go(next, { name: 'scheduled' }, effects);
}

/** Between two attempts: an old INVITE may still ring, so not before that has surely stopped. */
function moveRetry(state: CallbackMachineState, phase: RetryPhase, event: MoveRequested): Move {
  const { promise, atMs } = event;
  const nextAttemptAtMs = Math.max(dueAtMs(promise), phase.quietUntilMs ?? 0);
  if (nextAttemptAtMs <= atMs) return moveTo(state, event, []);
  return go({ ...state, promise }, { ...phase, nextAttemptAtMs });
}
