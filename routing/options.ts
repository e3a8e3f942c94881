// What a router is made with: pacing, and the checks of what comes from outside. PURE.
import { badRequest } from '../core/errors.ts';
import type { AgentDefinition, QueueDefinition, QueueEntry, SkillRequirement } from './model.ts';

/** How the moment to dial is chosen, and how much may wait. */
export interface PacingOptions {
  /**
   * Seconds, default 20: an agent expected to be free within this time counts as free when a
   * dialing notification is weighed. About the time from dialling to a customer who is greeted:
   * shorter leaves agents idle, longer makes answered customers wait.
   */
  readonly predictWithinSeconds: number;
  /**
   * Seconds, default 120: safety for a notified callback of which nothing is heard. After this it
   * no longer holds back others; it keeps its place and its result is still taken.
   */
  readonly notificationTimeoutSeconds: number;
  /**
   * Interactions, default 10 000, over all queues, those with an agent included. One more is
   * refused with ROUTING_QUEUE_FULL.
   */
  readonly maxWaiting: number;
}

export const DEFAULT_PACING: PacingOptions = {
  predictWithinSeconds: 20,
  notificationTimeoutSeconds: 120,
  maxWaiting: 10_000,
};

/** Agents one router knows at most; one more is refused with ROUTING_AGENTS_FULL. */
export const MAX_AGENTS = 10_000;

export interface RouterOptions {
  readonly queues: readonly QueueDefinition[];
  /** Known from the start, logged out. */
  readonly agents: readonly AgentDefinition[];
  readonly pacing: PacingOptions;
}

/** @throws RingbackError ROUTING_CONFIG_INVALID naming the field */
export function checkOptions(options: RouterOptions): void {
  const seen = new Set<string>();
  for (const queue of options.queues) {
    if (seen.has(queue.queueId)) refuse('queueId', `queue ${queue.queueId} is defined twice`);
    seen.add(queue.queueId);
    notNegative('wrapUpSeconds', queue.wrapUpSeconds);
    positive('agentRingTimeoutSeconds', queue.agentRingTimeoutSeconds);
    positive('reservationTimeoutSeconds', queue.reservationTimeoutSeconds);
    if (!areLevels(queue.requiredSkills)) refuse('requiredSkills', 'a level is not a number');
  }
  notNegative('predictWithinSeconds', options.pacing.predictWithinSeconds);
  positive('notificationTimeoutSeconds', options.pacing.notificationTimeoutSeconds);
  positive('maxWaiting', options.pacing.maxWaiting);
}

/**
 * Refuses an entry that would have no place in any order.
 * @throws RingbackError ROUTING_ENTRY_INVALID
 */
export function checkEntry(entry: QueueEntry): void {
  const hasPlace = Number.isFinite(entry.priority) && Number.isFinite(entry.arrivedAtMs);
  if (hasPlace && areLevels(entry.requiredSkills)) return;
  throw badRequest(
    'ROUTING_ENTRY_INVALID',
    'priority, arrivedAtMs and skill levels must be finite numbers',
    { interactionId: entry.interactionId },
  );
}

function areLevels(requirements: readonly SkillRequirement[]): boolean {
  return requirements.every(({ minLevel }) => Number.isFinite(minLevel));
}

function positive(field: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) refuse(field, `${field} must be above 0`);
}

function notNegative(field: string, value: number): void {
  if (!(Number.isFinite(value) && value >= 0)) refuse(field, `${field} must be 0 or more`);
}

function refuse(field: string, message: string): never {
  throw badRequest('ROUTING_CONFIG_INVALID', message, { field });
}
