// What a router is made with: pacing, and the checks of what comes from outside. PURE.
import { badRequest } from '../core/errors.ts';
import { compileExpression } from './expression.ts';
import type { AgentDefinition, QueueDefinition, QueueEntry, SkillRequirement } from './model.ts';
import { MAX_TARGETS } from './targets.ts';

/** How the moment to dial is chosen, and how much may wait. */
export interface PacingOptions {
  /**
   * Seconds, default 20: how far a dialing notification looks ahead at most for agents who will be
   * free. It looks as far as telephones ring until the answer, which it learns; 0 counts on ready
   * agents alone.
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
  /** Percent, default 3: of customers who answered, so many may wait over 2 s for an agent. */
  readonly maxWaitingPercent: number;
  /** Callbacks an agent is given in an hour at most; null, the default: as many as there are. */
  readonly maxCallbacksPerAgentHour: number | null;
  /**
   * Callbacks, default 20, that may wait for one agent who owns them (strict). One more is refused
   * with ROUTING_AGENT_CALLBACKS_FULL.
   */
  readonly maxOwnedPerAgent: number;
}

export const DEFAULT_PACING: PacingOptions = {
  predictWithinSeconds: 20,
  notificationTimeoutSeconds: 120,
  maxWaiting: 10_000,
  maxWaitingPercent: 3,
  maxCallbacksPerAgentHour: null,
  maxOwnedPerAgent: 20,
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
  const known = new Set(options.queues.map(({ queueId }) => queueId));
  for (const queue of options.queues) {
    if (seen.has(queue.queueId)) refuse('queueId', `queue ${queue.queueId} is defined twice`);
    seen.add(queue.queueId);
    notNegative('wrapUpSeconds', queue.wrapUpSeconds);
    positive('agentRingTimeoutSeconds', queue.agentRingTimeoutSeconds);
    positive('reservationTimeoutSeconds', queue.reservationTimeoutSeconds);
    if (!areLevels(queue.requiredSkills)) refuse('requiredSkills', 'a level is not a number');
    checkTargets(queue, known);
  }
  notNegative('predictWithinSeconds', options.pacing.predictWithinSeconds);
  positive('notificationTimeoutSeconds', options.pacing.notificationTimeoutSeconds);
  positive('maxWaiting', options.pacing.maxWaiting);
  positive('maxOwnedPerAgent', options.pacing.maxOwnedPerAgent);
  positive('maxCallbacksPerAgentHour', options.pacing.maxCallbacksPerAgentHour ?? 1);
  const percent = options.pacing.maxWaitingPercent;
  if (!(percent >= 0.1 && percent <= 100)) refuse('maxWaitingPercent', 'must be 0.1 to 100');
}

function checkTargets(queue: QueueDefinition, known: ReadonlySet<string>): void {
  const targets = queue.targets ?? [];
  if (targets.length > MAX_TARGETS) refuse('targets', `at most ${MAX_TARGETS} targets`);
  for (const { skills, queueId, afterSeconds } of targets) {
    notNegative('afterSeconds', afterSeconds);
    if ((skills === null) === (queueId === null)) {
      refuse('targets', 'a target names either skills or a queue');
    }
    if (skills !== null) compileExpression(skills);
    if (queueId !== null && (!known.has(queueId) || queueId === queue.queueId)) {
      refuse('targets', `there is no other queue ${queueId}`);
    }
  }
  if (queue.skills !== undefined && queue.skills !== null) compileExpression(queue.skills);
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
