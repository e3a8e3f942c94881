// A reservation: one agent held for one interaction, and how its owner is told. PURE.
// Its life is the life of the entry's states `held` and `offered` (entry-state.ts) and of the
// agent's state `reserved` (agent-state.ts); routing.ts moves the two together.
import type { AgentDefinition, QueueDefinition, RoutingNotice } from './model.ts';

export interface Reservation {
  readonly reservationId: string;
  readonly agentId: string;
}

/**
 * The ring safety runs this much longer than the phone is asked to ring, so that the owner's own
 * "not answered", which knows why, comes first.
 */
export const RING_GRACE_MS = 2000;

/**
 * A name no other reservation has: owners remember reservations longer than a router lives.
 * @param instanceId unique to this router's life
 */
export function reservationIdOf(instanceId: string, sequence: number): string {
  return `${instanceId}.${sequence}`;
}

/** What the owner is told: ring the agent (customer on the line), or dial the customer first. */
export function offerOf(
  interactionId: string,
  isCustomerPresent: boolean,
  reservationId: string,
  agent: AgentDefinition,
  queue: QueueDefinition,
): RoutingNotice {
  return {
    type: isCustomerPresent ? 'agent-assigned' : 'agent-reserved',
    interactionId,
    reservationId,
    agentId: agent.agentId,
    username: agent.username,
    ringTimeoutMs: queue.agentRingTimeoutSeconds * 1000,
  };
}
