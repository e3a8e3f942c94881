// The customer calls in instead of being called: told when the turn is near, awaited, and taken
// from the line as an attempt of the callback. Part of the callback machine (diagram in
// machine.ts). PURE.
import { noteAttempt, openAttempt } from './attempt.ts';
import { go, stay } from './moves.ts';
import type { Move } from './moves.ts';
import { greet } from './on-line.ts';
import { queueEntry } from './schedule.ts';
import { effectKey, seatedAgent } from './state.ts';
import type {
  CallbackEffect,
  CallbackMachineState,
  CallbackPhase,
  CallLanded,
  Seat,
} from './state.ts';

/**
 * Nobody is dialled: from here on the customer's call is awaited.
 * @param inLine whether it has a place in line meanwhile
 */
export function awaitCall(
  state: CallbackMachineState,
  seat: Seat,
  atMs: number,
  inLine: boolean,
): Move {
  const { callIn, expiresAtMs } = state.promise;
  const giveUpAtMs = Math.min(atMs + (callIn?.callWithinMs ?? 0), expiresAtMs);
  return go(state, { name: 'awaiting-call', seat, inLine, giveUpAtMs });
}

/** Whether a call of its customer can be taken. */
export function canCallIn({ phase, promise }: CallbackMachineState): boolean {
  return promise.callIn !== undefined && seatFor(phase) !== null;
}

/** The agent who is there for the call, and whether there is a place in line; null: not now. */
function seatFor(phase: CallbackPhase): { readonly seat: Seat; readonly inLine: boolean } | null {
  switch (phase.name) {
    case 'awaiting-call':
      return { seat: phase.seat, inLine: phase.inLine };
    case 'queued':
      return { seat: { kind: 'none' }, inLine: true };
    case 'deferred':
    case 'waiting-retry':
      return { seat: { kind: 'none' }, inLine: false };
    case 'scheduled':
    case 'closed':
    case 'asking-customer':
    case 'previewing':
    case 'ringing-agent':
    case 'dialing':
    case 'classifying':
    case 'leaving-message':
    case 'on-line':
    case 'connected':
    case 'confirming':
    case 'apologizing':
    case 'surveying':
    case 'completed':
      return null;
  }
}

/** The customer's call stands: it is an attempt from now on, at the place in line. */
export function stepCallLanded(state: CallbackMachineState, event: CallLanded): Move {
  const { atMs, callerId } = event;
  const found = canCallIn(state) ? seatFor(state.phase) : null;
  if (found === null) return stay(state);
  const { id } = state.promise;
  const attemptKey = effectKey(id, state.revision + 1, 0);
  const agentId = seatedAgent(found.seat)?.agentId ?? null;
  const opened = openAttempt(state.attempts, attemptKey, atMs, agentId);
  const attempts = noteAttempt(opened, { answeredAtMs: atMs, calledIn: true });
  const take: CallbackEffect = {
    type: 'take-call',
    command: { interactionId: id, attemptKey, callerId },
  };
  const submit: CallbackEffect = { type: 'submit-to-routing', entry: queueEntry(state.promise) };
  const [next, effects] = greet({ ...state, attempts }, atMs, found.seat);
  return [next, found.inLine ? [take, ...effects] : [take, submit, ...effects]];
}
