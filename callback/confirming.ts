// A person answered: asked first what to do, where the queue does so. Part of the callback machine
// (diagram in machine.ts). PURE.
import { cpdOf, noteAttempt } from './attempt.ts';
import { machineAnswered } from './message.ts';
import { cancelLive, go, interrupted, postpone, snooze, stay } from './moves.ts';
import type { Move } from './moves.ts';
import { customerLeft, greet } from './on-line.ts';
import { answererOf } from './outcome.ts';
import type { CallEvent, CpdFinding } from './ports.ts';
import { agentLeft, noticeWhileReaching } from './seats.ts';
import type { CallbackMachineState, ConfirmingPhase, PhaseEvent, Seat } from './state.ts';
import { hearTreatment, playTreatment } from './treating.ts';
import { confirmScript } from './treatments/index.ts';
import type { Outcome } from './treatments/index.ts';

/** A person (or a doubt in favour of one) answered: asked, or greeted at once. */
export function personAnswered(
  state: CallbackMachineState,
  atMs: number,
  seat: Seat,
  finding: CpdFinding,
): Move {
  const attempts = noteAttempt(state.attempts, { cpd: cpdOf(finding) });
  const { confirm } = state.promise;
  if (confirm === undefined) return greet({ ...state, attempts }, atMs, seat);
  const { treatment, effects } = playTreatment(confirmScript(confirm.snoozeMinutes), atMs);
  return go(state, { name: 'confirming', seat, treatment }, effects, attempts);
}

/** The agent is not rung before the customer has agreed. */
export function stepConfirming(
  state: CallbackMachineState,
  phase: ConfirmingPhase,
  event: PhaseEvent,
): Move {
  const { seat } = phase;
  const { atMs } = event;
  const heard = hearTreatment(phase.treatment, event);
  if (heard !== null) {
    return heard.outcome === null
      ? go(state, { ...phase, treatment: heard.treatment }, heard.effects)
      : chosen(state, seat, heard.outcome, atMs);
  }
  switch (event.type) {
    case 'call-reported':
      return callConfirming(state, seat, event.event, atMs);
    case 'agent-noticed':
      return noticeWhileReaching(state, phase, event.notice);
    case 'cancel-requested':
      return cancelLive(state, atMs, seat);
    case 'process-restarted':
      return interrupted(state, atMs, seat);
    case 'time-passed':
    case 'command-failed':
      return stay(state);
  }
}

function callConfirming(
  state: CallbackMachineState,
  seat: Seat,
  event: CallEvent,
  atMs: number,
): Move {
  switch (event.type) {
    case 'customer-hung-up':
    case 'customer-failed':
      return customerLeft(state, seat, atMs);
    case 'call-lost':
      return interrupted(state, atMs, seat);
    case 'customer-classified':
      return answererOf(event.finding).kind === 'machine'
        ? machineAnswered(state, seat, atMs, event.finding)
        : stay(state);
    case 'machine-beeped':
      return machineAnswered(state, seat, atMs);
    case 'agent-failed':
    case 'agent-hung-up':
      return agentLeft(state, seat, event.reservationId, atMs);
    case 'customer-ringing':
    case 'customer-answered':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'treatment-ended':
    case 'agent-answered':
    case 'joined':
      return stay(state);
  }
}

function chosen(state: CallbackMachineState, seat: Seat, outcome: Outcome, atMs: number): Move {
  switch (outcome.type) {
    case 'snoozed':
      return snooze(state, atMs, seat, outcome.minutes);
    case 'rescheduled':
      return postpone(state, atMs, seat, outcome.minutes);
    case 'cancelled':
    case 'declined':
      return cancelLive(state, atMs, seat);
    case 'wrong-person':
      return cancelLive(state, atMs, seat, 'WRONG_PERSON');
    case 'silent':
      return state.promise.confirm?.whenNoKey === 'machine'
        ? machineAnswered(state, seat, atMs)
        : greet(state, atMs, seat);
    case 'accepted':
    case 'done':
    case 'entered':
      return greet(state, atMs, seat);
  }
}
