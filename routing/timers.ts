// Which timer runs is a property of the state: entering a state starts it, leaving stops it. PURE.
import type { AgentState } from './agent-state.ts';
import type { EntryState } from './entry-state.ts';
import type { QueueDefinition } from './model.ts';
import type { PacingOptions } from './options.ts';
import { RING_GRACE_MS } from './reservation.ts';

/** A timer by what it is for; the ids in it make a stale firing recognizable. */
export type RoutingTimer =
  | { readonly kind: 'wrap-up'; readonly agentId: string; readonly reservationId: string }
  | {
      readonly kind: 'reservation-dial' | 'reservation-ring';
      readonly interactionId: string;
      readonly reservationId: string;
    }
  | { readonly kind: 'notification'; readonly interactionId: string; readonly turn: number }
  | { readonly kind: 'pacing' | 'look' };

export interface RunningTimer {
  readonly timer: RoutingTimer;
  readonly afterMs: number;
}

/** Equal for equal timers. */
export function timerKeyOf(timer: RoutingTimer): string {
  switch (timer.kind) {
    case 'wrap-up':
    case 'reservation-dial':
    case 'reservation-ring':
      return `${timer.kind} ${timer.reservationId}`;
    case 'notification':
      return `${timer.kind} ${timer.turn}`;
    case 'pacing':
    case 'look':
      return timer.kind;
  }
}

export function timerOfAgent(
  agentId: string,
  state: AgentState,
  nowMs: number,
): RunningTimer | null {
  if (state.name !== 'wrap-up') return null;
  const timer: RoutingTimer = {
    kind: 'wrap-up',
    agentId,
    reservationId: state.work.reservationId,
  };
  return { timer, afterMs: state.untilMs - nowMs };
}

export function timerOfEntry(
  interactionId: string,
  state: EntryState,
  queue: QueueDefinition,
  pacing: PacingOptions,
): RunningTimer | null {
  switch (state.name) {
    case 'dialling':
      return {
        timer: { kind: 'notification', interactionId, turn: state.turn },
        afterMs: pacing.notificationTimeoutSeconds * 1000,
      };
    case 'held': {
      const { reservationId } = state.reservation;
      return {
        timer: { kind: 'reservation-dial', interactionId, reservationId },
        afterMs: queue.reservationTimeoutSeconds * 1000,
      };
    }
    case 'offered': {
      const { reservationId } = state.reservation;
      return {
        timer: { kind: 'reservation-ring', interactionId, reservationId },
        afterMs: queue.agentRingTimeoutSeconds * 1000 + RING_GRACE_MS,
      };
    }
    case 'waiting':
    case 'overdue':
    case 'present':
    case 'talking':
    case 'gone':
      return null;
  }
}
