// The customer was told to call and has not yet: the agent comes and goes, time passes. Part of the
// callback machine (diagram in machine.ts). PURE.
import { reach } from './asking.ts';
import { complete, enqueue, go, noSeat, stay, takePlace } from './moves.ts';
import type { Move } from './moves.ts';
import type { AgentEvent } from './ports.ts';
import { seatedAgent } from './state.ts';
import type {
  AwaitingCallPhase,
  CallbackEffect,
  CallbackMachineState,
  CallbackPromise,
  PhaseEvent,
} from './state.ts';

const leave: CallbackEffect = { type: 'withdraw-from-routing', why: 'cancelled' };
const giveBack: CallbackEffect = { type: 'customer-not-reached' };

export function stepAwaitingCall(
  state: CallbackMachineState,
  phase: AwaitingCallPhase,
  event: PhaseEvent,
): Move {
  const { atMs } = event;
  switch (event.type) {
    case 'time-passed':
      return atMs >= phase.giveUpAtMs ? notCalled(state, phase, event) : stay(state);
    case 'agent-noticed':
      return noticeAwaiting(state, phase, event.notice);
    case 'cancel-requested':
      return complete(state, atMs, 'CANCELLED', [leave]);
    case 'process-restarted':
      // Told again when an agent is there; a call that comes before that is taken, too.
      return phase.inLine ? enqueue(state, [giveBack]) : stay(state);
    case 'call-reported':
    case 'command-failed':
      return stay(state);
  }
}

/** Routing may take the agent away, or give one while the customer is on the way. */
function noticeAwaiting(
  state: CallbackMachineState,
  phase: AwaitingCallPhase,
  notice: AgentEvent,
): Move {
  switch (notice.type) {
    case 'agent-assigned':
    case 'agent-reserved': {
      if (phase.seat.kind !== 'none') return stay(state);
      const { reservationId, agentId, username, ringTimeoutMs } = notice;
      const agent = { reservationId, agentId, username, ringTimeoutMs };
      return go(state, { ...phase, seat: { kind: 'held', agent } });
    }
    case 'reservation-lost':
      return seatedAgent(phase.seat)?.reservationId === notice.reservationId
        ? go(state, { ...phase, seat: noSeat })
        : stay(state);
    case 'dial-notified':
      return stay(state);
  }
}

/** Not called in time: given up, or called after all, and then by us to the end. */
function notCalled(
  state: CallbackMachineState,
  phase: AwaitingCallPhase,
  event: Extract<PhaseEvent, { type: 'time-passed' }>,
): Move {
  const { atMs, numberInUse, dialAllowedAtMs = atMs } = event;
  if (state.promise.callIn?.whenNotCalled !== 'dial') {
    return complete(state, atMs, 'FAIL_NOT_CALLED_IN', [leave]);
  }
  const dialled = { ...state, promise: withoutCallIn(state.promise) };
  return phase.inLine
    ? reach(dialled, phase.seat, atMs, { numberInUse, dialAllowedAtMs })
    : takePlace(dialled, atMs, dialAllowedAtMs);
}

function withoutCallIn(promise: CallbackPromise): CallbackPromise {
  const { callIn: _, ...rest } = promise;
  return rest;
}
