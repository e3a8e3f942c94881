// No agent came in time: an apology, or the offer to be called again in some minutes, at the same
// place. Part of the callback machine (diagram in machine.ts). PURE.
import { attemptOver, cancelLive, go, noSeat, snooze, stay } from './moves.ts';
import type { Move } from './moves.ts';
import type { CallEvent } from './ports.ts';
import type {
  ApologizingPhase,
  CallbackEffect,
  CallbackMachineState,
  PhaseEvent,
} from './state.ts';
import { hearTreatment, playTreatment } from './treating.ts';
import { laterScript } from './treatments/index.ts';

/** Longest apology; after it the customer is released in any case. */
const apologyLimitMs = 30_000;

/** The place is given up, and the customer is told so. */
export function apologize(
  state: CallbackMachineState,
  atMs: number,
  before: readonly CallbackEffect[],
): Move {
  const { apology, laterMinutes = null } = state.promise;
  const released: readonly CallbackEffect[] = [...before, { type: 'customer-not-reached' }];
  const giveUpAtMs = atMs + apologyLimitMs;
  if (laterMinutes !== null) {
    const { treatment, effects } = playTreatment(laterScript(laterMinutes, apology), atMs);
    return go(state, { name: 'apologizing', giveUpAtMs, treatment }, [...released, ...effects]);
  }
  return go(state, { name: 'apologizing', giveUpAtMs }, [
    ...released,
    { type: 'play-to-customer', treatment: apology, loop: false },
  ]);
}

/** Tried again while attempts remain, at the same place, or when the customer wants it. */
export function stepApologizing(
  state: CallbackMachineState,
  phase: ApologizingPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  const over = (lost = false): Move =>
    attemptOver(state, { atMs, result: 'PERSON', seat: null, lost });
  if (phase.treatment !== undefined) {
    const heard = hearTreatment(phase.treatment, event);
    if (heard?.outcome?.type === 'snoozed') return snooze(state, atMs, null, heard.outcome.minutes);
    if (heard?.outcome !== undefined && heard.outcome !== null) return over();
    if (heard !== null) return go(state, { ...phase, treatment: heard.treatment }, heard.effects);
  }
  switch (event.type) {
    case 'call-reported':
      return endsApology(state, event.event) ? over(event.event.type === 'call-lost') : stay(state);
    case 'time-passed':
      return phase.treatment === undefined && atMs >= phase.giveUpAtMs ? over() : stay(state);
    case 'command-failed':
      return event.command === 'play-to-customer' ? over() : stay(state);
    case 'process-restarted':
      return over(true);
    case 'cancel-requested':
      return cancelLive(state, atMs, noSeat);
    case 'agent-noticed':
      return stay(state);
  }
}

function endsApology(state: CallbackMachineState, event: CallEvent): boolean {
  switch (event.type) {
    case 'treatment-ended':
      return event.treatment === state.promise.apology;
    case 'customer-hung-up':
    case 'customer-failed':
    case 'call-lost':
      return true;
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-classified':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'agent-answered':
    case 'agent-failed':
    case 'agent-hung-up':
    case 'joined':
      return false;
  }
}
