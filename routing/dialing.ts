// When to dial the customer of a callback. PURE. There are two ways:
// pre-emptive agent reservation   an agent is held first, then the customer is dialled; that is a
//     match like any other (match.ts), and no customer ever waits;
// dialing notification   the customer is dialled when an agent is about to be free, and takes the
//     next free agent, at the place kept; no agent ever waits for a phone to ring.
// This file is the second way. Ideal dial rate = agents becoming free - live arrivals + customers
// not reached. As a rule on counts, which needs no rates and corrects itself with every event: a
// callback is notified while the agents free now or soon outnumber those who have a better claim on
// them: customers notified before and not yet with an agent, and all ahead of it in the order.
import type { AgentDefinition, SkillRequirement } from './model.ts';
import type { AgentRecord, QueueRecord, RoutingState } from './state.ts';
import { fits } from './skills.ts';
import { comparePlaces } from './virtual-queue.ts';
import type { Line, Place } from './virtual-queue.ts';

type Skills = AgentDefinition['skills'];

export interface Forecast {
  /** The skills of every agent who is ready or expected to be soon. */
  readonly free: readonly Skills[];
  /** Monotonic; when, without any event, one more will be expected; null: never. */
  readonly changesAtMs: number | null;
}

/** Who is free now or expected to be within `predictWithinSeconds`. @param nowMs monotonic */
export function forecastFree(state: RoutingState, nowMs: number): Forecast {
  const free: Skills[] = [];
  let changesAtMs: number | null = null;
  for (const agent of state.agents.values()) {
    const expected = expectationOf(state, agent);
    if (expected === null || nowMs > expected.untilMs) continue;
    const { fromMs } = expected;
    if (fromMs <= nowMs) free.push(agent.definition.skills);
    else changesAtMs = Math.min(changesAtMs ?? fromMs, fromMs);
  }
  return { free, changesAtMs };
}

/**
 * When the agent counts as free soon; null: not foreseeable. A conversation much longer than the
 * average says nothing about its end, so it is not counted on: its customer was dialled for when it
 * was near the average, and another would wait on the line for nobody knows how long.
 */
function expectationOf(
  state: RoutingState,
  agent: AgentRecord,
): { readonly fromMs: number; readonly untilMs: number } | null {
  const withinMs = state.pacing.predictWithinSeconds * 1000;
  const doing = agent.state;
  switch (doing.name) {
    case 'ready':
      return { fromMs: agent.since.monotonicMs, untilMs: Infinity };
    case 'wrap-up':
      if (doing.afterwards.name !== 'ready') return null;
      return { fromMs: doing.untilMs - withinMs, untilMs: Infinity };
    case 'talking': {
      const queue = state.queues.get(doing.work.queueId);
      if (doing.afterwards.name !== 'ready' || queue === undefined) return null;
      const endsMs = doing.startedMs + queue.handling.averageMs;
      return { fromMs: endsMs - withinMs, untilMs: endsMs + withinMs };
    }
    case 'logged-out':
    case 'not-ready':
    case 'reserved':
      return null;
  }
}

/** A callback that may be notified, with the line it stands in. */
interface Candidate {
  readonly interactionId: string;
  readonly place: Place;
  readonly line: Line;
  readonly queue: QueueRecord;
}

/** The next callback to notify, first in the order, or null. O(lines squared * free agents). */
export function nextToNotify(state: RoutingState, free: readonly Skills[]): string | null {
  if (free.length === 0) return null;
  const heads = candidates(state).sort((a, b) => comparePlaces(a.place, b.place));
  return heads.find((head) => spareAgents(state, head, free) > 0)?.interactionId ?? null;
}

/** Whether any callback waits for its notification. */
export function anyNotifiable(state: RoutingState): boolean {
  for (const queue of state.queues.values()) {
    for (const line of queue.places.lines.values()) {
      if (line.notifiable.size > 0) return true;
    }
  }
  return false;
}

function candidates(state: RoutingState): Candidate[] {
  const heads: Candidate[] = [];
  for (const queue of state.queues.values()) {
    for (const line of queue.places.lines.values()) {
      const first = line.notifiable.first();
      if (first !== null) heads.push({ interactionId: first[1], place: first[0], line, queue });
    }
  }
  return heads;
}

/**
 * Free agents for this candidate beyond all better claims. Claims of other lines fall first on
 * agents the candidate could not use, and only the rest of them on the agents both could.
 */
function spareAgents(state: RoutingState, candidate: Candidate, free: readonly Skills[]): number {
  const usable = free.filter((skills) => serves(skills, candidate.queue, candidate.line));
  let spare = usable.length - claimsOn(candidate.line, candidate.place);
  for (const queue of state.queues.values()) {
    for (const line of queue.places.lines.values()) {
      if (spare <= 0) return spare;
      const claims = line === candidate.line ? 0 : claimsOn(line, candidate.place);
      if (claims === 0) continue;
      const shared = count(usable, queue, line);
      const apart = count(free, queue, line) - shared;
      spare -= Math.min(shared, Math.max(0, claims - apart));
    }
  }
  return spare;
}

/** Those of a line who will take an agent before one who stands at `place` and is dialled now. */
function claimsOn(line: Line, place: Place): number {
  return line.dialling.size + line.answered.size + line.routable.rank(place);
}

function count(agents: readonly Skills[], queue: QueueRecord, line: Line): number {
  let able = 0;
  for (const skills of agents) if (serves(skills, queue, line)) able += 1;
  return able;
}

function serves(
  skills: Skills,
  queue: QueueRecord,
  line: { requirements: readonly SkillRequirement[] },
): boolean {
  return fits(skills, queue.definition.requiredSkills) && fits(skills, line.requirements);
}
