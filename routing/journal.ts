// Who was served, and why before somebody else: the memory behind "why still waiting". PURE.
// One bounded memory for all, not a log in each one who waits: what was served since an entry was
// submitted, by agents that entry could have had, is that entry's log.
import type { AheadReason, AgentDefinition, QueueEntry } from './model.ts';
import { OrderedSet } from './ordered-set.ts';
import { comparePlaces } from './virtual-queue.ts';
import type { LineNeeds, Place } from './virtual-queue.ts';

/** One agent given to one interaction. */
export interface Service {
  /** Of the reservation: unique, grows with time. */
  readonly sequence: number;
  readonly place: Place;
  readonly needs: LineNeeds;
  readonly skills: AgentDefinition['skills'];
  /** Whether the agent was over the limit of callbacks and could take only who is on the line. */
  readonly isLimited: boolean;
  readonly atMs: number;
}

export interface Services {
  readonly list: OrderedSet<Service>;
  /** Of the last one that was forgotten; 0: none was. */
  readonly forgottenUpTo: number;
}

/** Services remembered, over all queues. */
const MEMORY = 2_000;

export function noServices(): Services {
  return { list: OrderedSet.empty((a, b) => a.sequence - b.sequence), forgottenUpTo: 0 };
}

/** O(log n). */
export function withService(services: Services, service: Service): Services {
  const list = services.list.with(service);
  const oldest = list.size > MEMORY ? list.first() : null;
  if (oldest === null) return { ...services, list };
  return { list: list.without(oldest), forgottenUpTo: oldest.sequence };
}

/**
 * Why `service` came before `waiting`, who waited then.
 * @param fits whether that agent could have taken the one who waits
 */
export function reasonOf(service: Service, waiting: Place, fits: boolean): AheadReason {
  if (comparePlaces(service.place, waiting) < 0) return orderReason(service.place, waiting);
  if (service.needs.onlyAgentId !== null) return 'preferred-agent';
  if (!fits) return 'skill';
  return service.isLimited && isCallback(waiting.entry) ? 'callback-limit' : 'not-on-line';
}

/** Why `ahead` stands ahead of `behind`. */
export function orderReason(ahead: Place, behind: Place): 'priority' | 'arrival' {
  return ahead.entry.priority > behind.entry.priority ? 'priority' : 'arrival';
}

function isCallback(entry: QueueEntry): boolean {
  return entry.kind === 'callback';
}
