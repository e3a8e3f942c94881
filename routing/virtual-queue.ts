// Places and lines: the single order of all who wait for an agent, on the line or not. PURE.
// Those whom the same agents may take stand in one line, and within a line each stands in the slot
// that says what may be done with the entry, so that "the first one an agent may take" is a look at
// the heads of a few sets and never a walk over those who wait.
import type { QueueEntry, SkillRequirement } from './model.ts';
import { OrderedSet } from './ordered-set.ts';

/** A place: higher priority first, then earlier arrival, then earlier submit. Unique. */
export interface Place {
  readonly entry: QueueEntry;
  /** Order of submitting, unique in one router. */
  readonly sequence: number;
}

export function comparePlaces(a: Place, b: Place): number {
  const one = a.entry;
  const other = b.entry;
  if (one.priority !== other.priority) return one.priority > other.priority ? -1 : 1;
  if (one.arrivedAtMs !== other.arrivedAtMs) return one.arrivedAtMs < other.arrivedAtMs ? -1 : 1;
  return a.sequence - b.sequence;
}

/**
 * What may be done with an entry that has no agent:
 * `live` caller on the line: an agent takes it now;
 * `reservable` callback for which an agent may be reserved now;
 * `answered` callback whose customer is on the line: an agent takes it now;
 * `notifiable` callback that waits for its dialing notification;
 * `dialling` the customer is being reached, an agent will be needed soon;
 * `overdue` being reached for so long that no agent is expected to be needed.
 */
export type Slot = 'live' | 'reservable' | 'answered' | 'notifiable' | 'dialling' | 'overdue';

export const SLOTS: readonly Slot[] = [
  'live',
  'reservable',
  'answered',
  'notifiable',
  'dialling',
  'overdue',
];

export type Places = OrderedSet<Place>;

/** What those of one line have in common: it says which agents may take them. */
export interface LineNeeds {
  /** Names the rest: equal needs have equal keys. */
  readonly lineKey: string;
  readonly queueId: string;
  /** Bit n: target n of the queue is reached. */
  readonly reached: number;
  /** Of the entries themselves, normalized (see skills.ts). */
  readonly requirements: readonly SkillRequirement[];
  /** The one agent who may take them; null: all with the skills. */
  readonly onlyAgentId: string | null;
}

export interface Line extends Readonly<Record<Slot, Places>> {
  readonly needs: LineNeeds;
}

export function noPlaces(): Places {
  return OrderedSet.empty(comparePlaces);
}

export function emptyLine(needs: LineNeeds): Line {
  return {
    needs,
    live: noPlaces(),
    reservable: noPlaces(),
    answered: noPlaces(),
    notifiable: noPlaces(),
    dialling: noPlaces(),
    overdue: noPlaces(),
  };
}

export function isEmptyLine(line: Line): boolean {
  return SLOTS.every((slot) => line[slot].size === 0);
}

/** The first of a line whom an agent may take now. @param callbacks whether one may be reserved */
export function firstTakeable(line: Line, callbacks: boolean): Place | null {
  const present = earlier(line.live.first(), line.answered.first());
  return callbacks ? earlier(present, line.reservable.first()) : present;
}

/** The one of two that stands ahead. */
export function earlier(a: Place | null, b: Place | null): Place | null {
  if (a === null || b === null) return a ?? b;
  return comparePlaces(a, b) <= 0 ? a : b;
}
