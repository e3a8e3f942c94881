// Lines of business: which queues somebody may know of. To whom a queue is not theirs, it and all
// that waits, talks or was kept in it is not there. PURE.
import { notFound } from '../../core/errors.ts';
import type { EventFilter } from '../schemas/events.ts';
import type { Identity } from './identity.ts';

/** Queues somebody is limited to. */
export class Scope {
  readonly queueIds: readonly string[];
  readonly #known: ReadonlySet<string>;

  constructor(queueIds: readonly string[]) {
    this.queueIds = queueIds;
    this.#known = new Set(queueIds);
  }

  /** @param queueId null: of no queue, and so not theirs */
  has(queueId: string | null | undefined): boolean {
    return typeof queueId === 'string' && this.#known.has(queueId);
  }
}

/** @returns null: no limit */
export function scopeOf(
  queues: readonly { readonly id: string; readonly lineOfBusiness: string | null }[],
  identity: Identity | undefined,
): Scope | null {
  const lines = identity?.lines ?? null;
  if (lines === null) return null;
  const inside = queues.filter(
    ({ lineOfBusiness }) => lineOfBusiness !== null && lines.includes(lineOfBusiness),
  );
  return new Scope(inside.map(({ id }) => id));
}

/** Events of these queues only; what belongs to no queue (agents, trunks) is left out. */
export function limitedFilter(filter: EventFilter, scope: Scope): EventFilter {
  const wanted = filter.queueIds ?? scope.queueIds;
  return { ...filter, queueIds: wanted.filter((id) => scope.has(id)) };
}

/** The filter of a webhook, whose queues must be named and be theirs. */
export function ownFilter(filter: EventFilter | undefined, scope: Scope): EventFilter {
  const queueIds = filter?.queueIds ?? [...scope.queueIds];
  for (const queueId of queueIds) {
    if (!scope.has(queueId)) {
      throw notFound('QUEUE_UNKNOWN', 'there is no such queue', { queueId });
    }
  }
  return { ...filter, queueIds };
}

/** Whether a webhook hears of their queues alone. */
export function isOwnFilter({ queueIds }: EventFilter, scope: Scope): boolean {
  return queueIds?.every((id) => scope.has(id)) ?? false;
}
