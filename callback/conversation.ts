// Customer and agent talk, or the customer and whoever was transferred to. Part of the callback
// machine (see machine.ts for the diagram). PURE.
import { closeAttempt } from './attempt.ts';
import { corrected } from './message.ts';
import { beginSurvey } from './surveying.ts';
import { afterLossGapMs, complete, go, stay } from './moves.ts';
import type { Move } from './moves.ts';
import type { CallEvent, TransferEvent } from './ports.ts';
import type { CallbackEffect, CallbackMachineEvent, CallbackMachineState } from './state.ts';

type ConnectedEvent = Extract<
  CallbackMachineEvent,
  {
    type:
      | ('call-reported' | 'process-restarted' | 'cancel-requested' | 'agent-noticed')
      | ('time-passed' | 'command-failed');
  }
>;

/** Whatever ends it, the promise was kept. */
export function stepConnected(state: CallbackMachineState, event: ConnectedEvent): Move {
  switch (event.type) {
    case 'call-reported':
      if (event.event.type === 'customer-classified') return corrected(state, event.event.finding);
      if (isTransfer(event.event)) return stepTransferred(state, event.event, event.atMs);
      if (isAgentGone(state, event.event)) {
        const survey = beginSurvey(state, event.atMs);
        if (survey !== null) return survey;
      }
      return endsConversation(state, event.event)
        ? conversationOver(state, event.atMs, event.event.type === 'call-lost')
        : stay(state);
    case 'process-restarted':
      return conversationOver(state, event.atMs, true);
    case 'cancel-requested': // refused by the driver: there is nothing left to cancel
    case 'agent-noticed':
    case 'time-passed':
    case 'command-failed':
      return stay(state);
  }
}

function isTransfer(event: CallEvent): event is TransferEvent {
  return event.type.startsWith('transfer');
}

/** The agent is free after a transfer; the conversation goes on without. In a queue it is new. */
function stepTransferred(state: CallbackMachineState, event: TransferEvent, atMs: number): Move {
  const { phase } = state;
  if (phase.name !== 'connected' || phase.agent.reservationId !== event.reservationId) {
    return stay(state);
  }
  switch (event.type) {
    case 'transfer-asked':
    case 'transfer-failed':
      return go(state, phase);
    case 'transferred':
      return go(state, phase, [{ type: 'interaction-ended' }]);
    case 'transferred-to-queue': {
      const attempts = closeAttempt(state.attempts, atMs, 'CONNECTED');
      return complete(state, atMs, 'AGENT_CONNECTED', [], attempts);
    }
  }
}

function isAgentGone({ phase }: CallbackMachineState, event: CallEvent): boolean {
  if (event.type !== 'agent-hung-up' && event.type !== 'agent-failed') return false;
  return phase.name === 'connected' && event.reservationId === phase.agent.reservationId;
}

function endsConversation(state: CallbackMachineState, event: CallEvent): boolean {
  switch (event.type) {
    case 'customer-hung-up':
    case 'customer-failed':
    case 'call-lost':
      return true;
    case 'agent-hung-up':
    case 'agent-failed':
      return isAgentGone(state, event);
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
    case 'joined':
      return false;
  }
}

function conversationOver(state: CallbackMachineState, atMs: number, lost: boolean): Move {
  const effects: readonly CallbackEffect[] = [
    { type: 'end-contact', reason: 'conversation over' },
    { type: 'interaction-ended' },
  ];
  const attempts = closeAttempt(state.attempts, atMs, 'CONNECTED');
  const quietUntilMs = lost ? atMs + afterLossGapMs : null;
  return complete(state, atMs, 'AGENT_CONNECTED', effects, attempts, quietUntilMs);
}
