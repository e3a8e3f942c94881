// A machine answered: the message after its beep, then a failed attempt. Part of the callback
// machine (diagram in machine.ts). PURE.
import { cpdOf, noteAttempt, noteCorrection } from './attempt.ts';
import { attemptOver, cancelLive, go, leaveRouting, noSeat, stay } from './moves.ts';
import type { Move } from './moves.ts';
import { answererOf } from './outcome.ts';
import type { CallEvent, CpdFinding } from './ports.ts';
import type {
  CallbackEffect,
  PhaseEvent,
  CallbackMachineState,
  MessagePhase,
  Seat,
} from './state.ts';

/** A machine that has not beeped after this is spoken to all the same. */
const beepWindowMs = 30_000;
/** Says how to take the place again; the code follows it. */
const codeTreatment = 'return-code';
/** Longest message for a machine. */
const messageLimitMs = 120_000;

/** A verdict when agent and customer talk already: they hear for themselves who is there. */
export function corrected(state: CallbackMachineState, finding: CpdFinding): Move {
  if (answererOf(finding).kind !== 'machine') return stay(state);
  return go(state, state.phase, [], noteCorrection(state.attempts));
}

/** The agent is not kept for a machine: the place is given up before the message. */
export function machineAnswered(
  state: CallbackMachineState,
  seat: Seat,
  atMs: number,
  finding: CpdFinding | null = null,
): Move {
  const known = finding === null ? {} : { cpd: cpdOf(finding) };
  if (state.promise.machineMessage === null) {
    return attemptOver(state, { atMs, result: 'ANSWERING_MACHINE', seat, known });
  }
  const beeped = finding === null || finding.kind === 'beep';
  const release = leaveRouting(state, seat, { type: 'customer-not-reached' });
  const goodbye: CallbackEffect = { type: 'hang-up-agent', reason: 'answering machine' };
  const called = seat.kind === 'answered' || seat.kind === 'ringing';
  const effects = called ? [goodbye, release] : [release];
  const attempts = noteAttempt(state.attempts, known);
  if (!beeped) {
    const giveUpAtMs = atMs + beepWindowMs;
    return go(state, { name: 'leaving-message', speaking: false, giveUpAtMs }, effects, attempts);
  }
  return speak({ ...state, attempts }, atMs, state.promise.machineMessage, effects);
}

function speak(
  state: CallbackMachineState,
  atMs: number,
  treatment: string,
  before: readonly CallbackEffect[] = [],
): Move {
  const giveUpAtMs = atMs + messageLimitMs;
  return go(state, { name: 'leaving-message', speaking: true, giveUpAtMs }, [
    ...before,
    { type: 'play-to-customer', treatment, loop: false },
  ]);
}

/** A machine listens: the message after the beep, then a failed attempt. */
export function stepLeavingMessage(
  state: CallbackMachineState,
  phase: MessagePhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  const message = state.promise.machineMessage;
  switch (event.type) {
    case 'call-reported':
      return callLeavingMessage(state, phase, event.event, atMs);
    case 'time-passed':
      if (atMs < phase.giveUpAtMs) return stay(state);
      return phase.speaking || message === null
        ? messageOver(state, atMs)
        : speak(state, atMs, message);
    case 'command-failed':
      return event.command === 'play-to-customer' ? messageOver(state, atMs) : stay(state);
    case 'process-restarted':
      return messageOver(state, atMs, true);
    case 'cancel-requested':
      return cancelLive(state, atMs, noSeat);
    case 'agent-noticed':
      return stay(state);
  }
}

function callLeavingMessage(
  state: CallbackMachineState,
  phase: MessagePhase,
  event: CallEvent,
  atMs: number,
): Move {
  const message = state.promise.machineMessage;
  switch (event.type) {
    case 'machine-beeped':
      // A second beep: what was said before it is not recorded, so the message begins anew.
      return message === null ? stay(state) : speak(state, atMs, message);
    case 'treatment-ended':
      return phase.speaking ? partEnded(state, phase, event.treatment, atMs) : stay(state);
    case 'customer-hung-up':
    case 'customer-failed':
      return messageOver(state, atMs);
    case 'call-lost':
      return messageOver(state, atMs, true);
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-classified':
    case 'agent-answered':
    case 'agent-failed':
    case 'agent-hung-up':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'joined':
      return stay(state);
  }
}

/** The message is over, or its code still follows: the customer may call in and name it. */
function partEnded(
  state: CallbackMachineState,
  phase: MessagePhase,
  treatment: string,
  atMs: number,
): Move {
  const { machineMessage, returnCode } = state.promise;
  if (phase.saysCode === true) {
    return treatment === codeTreatment ? messageOver(state, atMs) : stay(state);
  }
  if (treatment !== machineMessage) return stay(state);
  if (returnCode === undefined) return messageOver(state, atMs);
  const giveUpAtMs = atMs + messageLimitMs;
  return go(state, { ...phase, saysCode: true, giveUpAtMs }, [
    { type: 'play-to-customer', treatment: codeTreatment, loop: false, digits: returnCode },
  ]);
}

function messageOver(state: CallbackMachineState, atMs: number, lost = false): Move {
  return attemptOver(state, { atMs, result: 'ANSWERING_MACHINE', seat: null, lost });
}
