// The agent's side while the customer is being reached: given, taken away, gone. Part of the
// callback machine (diagram in machine.ts). PURE.
import { noteAttempt } from './attempt.ts';
import { go, interrupted, noSeat, stay } from './moves.ts';
import type { Move } from './moves.ts';
import type { AgentEvent } from './ports.ts';
import type {
  CallbackMachineState,
  ClassifyingPhase,
  ConfirmingPhase,
  DialingPhase,
  Seat,
} from './state.ts';

/** An agent who answered first and leaves before the customer is there ends this attempt. */
export function agentLeft(
  state: CallbackMachineState,
  seat: Seat,
  reservationId: string,
  atMs: number,
): Move {
  return seat.kind === 'answered' && seat.agent.reservationId === reservationId
    ? interrupted(state, atMs, seat, 'ABANDONED_BY_US')
    : stay(state);
}

/** Routing may take the held agent away, or give one early. */
export function noticeWhileReaching(
  state: CallbackMachineState,
  phase: DialingPhase | ClassifyingPhase | ConfirmingPhase,
  notice: AgentEvent,
): Move {
  const { seat } = phase;
  switch (notice.type) {
    case 'agent-assigned':
    case 'agent-reserved': {
      if (seat.kind !== 'none') return stay(state);
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const held: Seat = {
        kind: 'held',
        agent: { reservationId, agentId, username, ringTimeoutMs },
      };
      const attempts = noteAttempt(state.attempts, { agentId });
      return go(state, { ...phase, seat: held }, [], attempts);
    }
    case 'reservation-lost':
      return seat.kind === 'held' && seat.agent.reservationId === notice.reservationId
        ? go(state, { ...phase, seat: noSeat })
        : stay(state);
    case 'dial-notified':
      return stay(state);
  }
}
