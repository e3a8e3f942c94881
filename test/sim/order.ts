// Nobody is overtaken: looks at every agent that is given, from outside, by order of priority and
// arrival among those the same agent could serve. Knows nothing of how routing keeps the order.
import type { AgentView, EntryView, QueueView, Router } from '../../routing/index.ts';

/**
 * Why one who stands ahead may be passed over, and no other way:
 * `not-on-line`  a callback whose customer cannot be joined now: dialled by notification, and not
 *     on the line yet. Never a live caller, nor a callback for which an agent is reserved first.
 * `same-moment`  came, or came back, in the same millisecond: the agent may have been given before.
 */
export type OvertakingReason = 'not-on-line' | 'same-moment';

export interface Given {
  readonly agentId: string;
  readonly interactionId: string;
}

export class Order {
  /** How often each reason was needed. */
  readonly reasons: Record<OvertakingReason, number> = { 'not-on-line': 0, 'same-moment': 0 };
  /** When something was last said of an interaction; monotonic. */
  readonly #touchedMs = new Map<string, number>();
  readonly #owners = new Map<string, string>();

  /** An interaction took a place, came back to it, or changed in it. */
  touched(interactionId: string, monotonicMs: number): void {
    this.#touchedMs.set(interactionId, monotonicMs);
  }

  /** The same, by its reservation. */
  reservationTouched(reservationId: string, monotonicMs: number): void {
    const interactionId = this.#owners.get(reservationId);
    if (interactionId !== undefined) this.touched(interactionId, monotonicMs);
  }

  /** An agent was given. @returns who was overtaken without a reason, in words */
  given(router: Router, given: Given, reservationId: string, monotonicMs: number): string[] {
    const { agentId, interactionId } = given;
    this.#owners.set(reservationId, interactionId);
    const agent = router.agent(agentId);
    const taken = router.entry(interactionId);
    if (agent === null || taken === null) return [];
    return router
      .queues()
      .flatMap((queue) => queue.entries.filter((entry) => canServe(agent, queue, entry)))
      .filter((entry) => entry.position > 0 && isAhead(entry, taken))
      .filter((entry) => !this.#isAllowed(entry, monotonicMs))
      .map(({ interactionId: ahead, kind }) => {
        return `${taken.kind} ${interactionId} overtook ${kind} ${ahead}: ${agentId} could serve`;
      });
  }

  #isAllowed(ahead: EntryView, monotonicMs: number): boolean {
    const reason = this.#reasonFor(ahead, monotonicMs);
    if (reason !== null) this.reasons[reason] += 1;
    return reason !== null;
  }

  #reasonFor(ahead: EntryView, monotonicMs: number): OvertakingReason | null {
    const { kind, state, dialMode, interactionId } = ahead;
    const isReached = state === 'present' || (state === 'waiting' && dialMode === 'reservation');
    if (kind === 'callback' && !isReached) return 'not-on-line';
    return this.#touchedMs.get(interactionId) === monotonicMs ? 'same-moment' : null;
  }
}

function isAhead(one: EntryView, other: EntryView): boolean {
  if (one.priority !== other.priority) return one.priority > other.priority;
  return one.arrivedAtMs < other.arrivedAtMs;
}

function canServe({ skills }: AgentView, queue: QueueView, entry: EntryView): boolean {
  return [...queue.requiredSkills, ...entry.requiredSkills].every(
    ({ skill, minLevel }) => (skills[skill] ?? 0) >= minLevel,
  );
}
