// The agent has hung up; the customer answers questions by keys. Part of the callback machine
// (diagram in machine.ts). PURE.
import { closeAttempt } from './attempt.ts';
import { afterLossGapMs, complete, go, stay } from './moves.ts';
import type { Move } from './moves.ts';
import type { CallbackMachineState, PhaseEvent, SurveyingPhase } from './state.ts';
import { hearTreatment, playTreatment } from './treating.ts';
import { surveyScript } from './treatments/index.ts';
import type { Note } from './treatments/index.ts';

/** The agent is free; null: nothing is asked. */
export function beginSurvey(state: CallbackMachineState, atMs: number): Move | null {
  const { survey = [] } = state.promise;
  if (survey.length === 0) return null;
  const { treatment, effects } = playTreatment(surveyScript(survey), atMs);
  return go(state, { name: 'surveying', treatment }, [{ type: 'interaction-ended' }, ...effects]);
}

/** However it ends, the promise was kept, and what was answered counts. */
export function stepSurveying(
  state: CallbackMachineState,
  phase: SurveyingPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  const heard = hearTreatment(phase.treatment, event);
  if (heard !== null) {
    const { treatment, effects, outcome } = heard;
    return outcome === null
      ? go(state, { ...phase, treatment }, effects)
      : over(state, treatment.notes, atMs);
  }
  if (event.type === 'process-restarted') return over(state, phase.treatment.notes, atMs, true);
  if (event.type !== 'call-reported') return stay(state);
  switch (event.event.type) {
    case 'customer-hung-up':
    case 'customer-failed':
      return over(state, phase.treatment.notes, atMs);
    case 'call-lost':
      return over(state, phase.treatment.notes, atMs, true);
    case 'customer-ringing':
    case 'customer-answered':
    case 'customer-classified':
    case 'machine-beeped':
    case 'digit':
    case 'transfer-asked':
    case 'transferred':
    case 'transfer-failed':
    case 'transferred-to-queue':
    case 'treatment-ended':
    case 'agent-answered':
    case 'agent-failed':
    case 'agent-hung-up':
    case 'joined':
      return stay(state);
  }
}

function over(
  state: CallbackMachineState,
  survey: readonly Note[],
  atMs: number,
  lost = false,
): Move {
  const attempts = closeAttempt(state.attempts, atMs, 'CONNECTED');
  const quietUntilMs = lost ? atMs + afterLossGapMs : null;
  const answered = { ...state, survey };
  const bye = [{ type: 'end-contact', reason: 'survey over' } as const];
  return complete(answered, atMs, 'AGENT_CONNECTED', bye, attempts, quietUntilMs);
}
