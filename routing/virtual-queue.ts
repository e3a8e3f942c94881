// One virtual queue: the single order of all who wait for an agent, on the line or not. PURE.
// Those who need the same skills stand in one line, and within a line each stands in the slot that
// says what may be done with the entry, so that "the first one an agent may take" is a look at the
// head of a few trees and never a walk over those who wait.
import type { AgentDefinition, SkillRequirement } from './model.ts';
import { compareText, OrderedTree } from './ordered-tree.ts';
import { fits } from './skills.ts';

/** A place: higher priority first, then earlier arrival, then earlier submit. Unique. */
export interface Place {
  readonly priority: number;
  readonly arrivedAtMs: number;
  /** Order of submitting, unique in one router. */
  readonly sequence: number;
}

export function comparePlaces(a: Place, b: Place): number {
  if (a.priority !== b.priority) return a.priority > b.priority ? -1 : 1;
  if (a.arrivedAtMs !== b.arrivedAtMs) return a.arrivedAtMs < b.arrivedAtMs ? -1 : 1;
  return a.sequence - b.sequence;
}

/**
 * What may be done with an entry that has no agent:
 * `routable` live caller, or callback for which an agent may be reserved: an agent takes it now;
 * `answered` callback whose customer is on the line: an agent takes it now;
 * `notifiable` callback that waits for its dialing notification;
 * `dialling` the customer is being reached, an agent will be needed soon;
 * `overdue` being reached for so long that no agent is expected to be needed.
 */
export type Slot = 'routable' | 'answered' | 'notifiable' | 'dialling' | 'overdue';

/** Interaction ids by place. */
export type Places = OrderedTree<Place, string>;

/** Those of a queue who need the same skills beyond the queue's own. */
export interface Line extends Readonly<Record<Slot, Places>> {
  readonly requirements: readonly SkillRequirement[];
}

export interface VirtualQueue {
  /** All who have no agent yet. */
  readonly order: Places;
  readonly lines: OrderedTree<string, Line>;
}

/** What identifies an entry's standing in a queue. */
export interface Standing {
  readonly interactionId: string;
  readonly place: Place;
  readonly lineKey: string;
  /** Normalized (see skills.ts); names the line. */
  readonly requirements: readonly SkillRequirement[];
}

const NO_PLACES: Places = OrderedTree.empty(comparePlaces);

export const EMPTY_QUEUE: VirtualQueue = {
  order: NO_PLACES,
  lines: OrderedTree.empty(compareText),
};

/** The queue with the entry in `slot`; it must not stand there yet. O(log n). */
export function joinQueue(queue: VirtualQueue, who: Standing, slot: Slot): VirtualQueue {
  const line = queue.lines.get(who.lineKey) ?? emptyLine(who.requirements);
  const places = line[slot].with(who.place, who.interactionId);
  return {
    order: queue.order.with(who.place, who.interactionId),
    lines: queue.lines.with(who.lineKey, { ...line, [slot]: places }),
  };
}

/** The queue without the entry; a line nobody stands in is forgotten. O(log n). */
export function leaveQueue(queue: VirtualQueue, who: Standing, slot: Slot): VirtualQueue {
  const line = queue.lines.get(who.lineKey);
  if (line === undefined) return queue;
  const left: Line = { ...line, [slot]: line[slot].without(who.place) };
  return {
    order: queue.order.without(who.place),
    lines: isEmpty(left) ? queue.lines.without(who.lineKey) : queue.lines.with(who.lineKey, left),
  };
}

/** The same place in another slot. O(log n). */
export function changeSlot(queue: VirtualQueue, who: Standing, from: Slot, to: Slot): VirtualQueue {
  const line = queue.lines.get(who.lineKey);
  if (line === undefined || from === to) return queue;
  const moved: Line = {
    ...line,
    [from]: line[from].without(who.place),
    [to]: line[to].with(who.place, who.interactionId),
  };
  return { order: queue.order, lines: queue.lines.with(who.lineKey, moved) };
}

/** 1 for the first of those who have no agent. O(log n). */
export function positionOf(queue: VirtualQueue, place: Place): number {
  return queue.order.rank(place) + 1;
}

/** The first one that an agent with these skills may take now. O(lines * log n). */
export function firstTakeable(
  queue: VirtualQueue,
  skills: AgentDefinition['skills'],
): readonly [Place, string] | null {
  let best: readonly [Place, string] | null = null;
  for (const line of queue.lines.values()) {
    if (!fits(skills, line.requirements)) continue;
    best = earlier(best, earlier(line.routable.first(), line.answered.first()));
  }
  return best;
}

/** The one of two that stands ahead. */
export function earlier(
  a: readonly [Place, string] | null,
  b: readonly [Place, string] | null,
): readonly [Place, string] | null {
  if (a === null || b === null) return a ?? b;
  return comparePlaces(a[0], b[0]) <= 0 ? a : b;
}

function emptyLine(requirements: readonly SkillRequirement[]): Line {
  return {
    requirements,
    routable: NO_PLACES,
    answered: NO_PLACES,
    notifiable: NO_PLACES,
    dialling: NO_PLACES,
    overdue: NO_PLACES,
  };
}

function isEmpty(line: Line): boolean {
  const { routable, answered, notifiable, dialling, overdue } = line;
  return routable.size + answered.size + notifiable.size + dialling.size + overdue.size === 0;
}
