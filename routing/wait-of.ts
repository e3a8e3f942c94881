// How long one will wait in a queue, by the method the queue asks for; and why: who is ahead, who
// was served before. PURE: reads the state, changes nothing.
import { momentsOf } from './durations.ts';
import { slotOf } from './entry-state.ts';
import { hangUpsPerSecond, promisesTo } from './flow.ts';
import { estimateWait } from './ewt.ts';
import { orderReason, reasonOf } from './journal.ts';
import { agentsOf } from './learning.ts';
import { agentFits, namedNeeds, profileFits } from './lines.ts';
import type { EstimatedWait, PlaceExplanation, QueueEntry } from './model.ts';
import { simulateWait } from './simulate-wait.ts';
import type { SimulatedAgent } from './simulate-wait.ts';
import type { EntryRecord, Moment, QueueRecord, RoutingState } from './state.ts';
import type { LineNeeds, Place } from './virtual-queue.ts';

/** A longer queue, or more agents, are not played: departures say as much and cost nothing. */
const MAX_PLAYED = 400;
const MAX_PLAYING_AGENTS = 100;
const MAX_LISTED = 50;

/** The wait of one more arrival at the end of the order. */
export function waitOfNext(state: RoutingState, queue: QueueRecord, at: Moment): EstimatedWait {
  const { queueId } = queue.definition;
  const needs = namedNeeds({ queueId, reached: 0, requirements: [], onlyAgentId: null });
  return waitBehind(state, queue, 'live', queue.order.size, needs, at);
}

/** The wait still to come of one who has a place; 0 once an agent is held. */
export function waitOf(state: RoutingState, record: EntryRecord, at: Moment): EstimatedWait | null {
  const queue = state.queues.get(record.entry.queueId);
  if (queue === undefined) return null;
  const { needs } = record;
  const isInLine = slotOf(record.entry, record.state) !== null;
  const ahead = isInLine ? queue.order.rank(record) : 0;
  return waitBehind(state, queue, record.entry.kind, ahead, needs, at);
}

function waitBehind(
  state: RoutingState,
  queue: QueueRecord,
  kind: QueueEntry['kind'],
  ahead: number,
  needs: LineNeeds,
  at: Moment,
): EstimatedWait {
  const { loggedIn, ready } = agentsOf(state, queue);
  const { handling, handleTimes, departures } = queue.flow;
  const method = queue.definition.waitMethod ?? 'stat-server';
  const wait = estimateWait({
    averageHandleMs: handling.averageMs,
    queued: ahead,
    agentsLoggedIn: loggedIn,
    agentsReady: ready,
    method,
    departures: departures.interval,
    hangUpsPerSecond: hangUpsPerSecond(queue.flow),
    spread: momentsOf(handleTimes).spread,
  });
  if (wait.reason !== 'estimated') return wait;
  const { lean } = promisesTo(queue.flow, kind);
  const played = method === 'simulation' ? play(state, queue, ahead, needs, at) : null;
  if (played === null) return leaning(wait, lean);
  const { meanSeconds, ...quantiles } = played;
  return leaning({ ...wait, method, ewtSeconds: meanSeconds, quantiles }, lean);
}

/** What waits of this kind came to beside their estimates goes into the next one. */
function leaning(wait: EstimatedWait, lean: number): EstimatedWait {
  const { p10Seconds = 0, p50Seconds = 0, p90Seconds = 0 } = wait.quantiles ?? {};
  return {
    ...wait,
    ewtSeconds: wait.ewtSeconds * lean,
    quantiles: {
      p10Seconds: p10Seconds * lean,
      p50Seconds: p50Seconds * lean,
      p90Seconds: p90Seconds * lean,
    },
  };
}

function play(
  state: RoutingState,
  queue: QueueRecord,
  ahead: number,
  needs: LineNeeds,
  at: Moment,
): ReturnType<typeof simulateWait> {
  const working = [...state.agents.unordered()].filter(
    ({ state: { name } }) => name !== 'logged-out' && name !== 'not-ready',
  );
  if (ahead > MAX_PLAYED || working.length > MAX_PLAYING_AGENTS) return null;
  const kinds: LineNeeds[] = [];
  const groupOf = new Map<string, number>();
  const groups: number[] = [];
  for (const place of first(queue.order, ahead)) {
    const record = state.entries.get(place.entry.interactionId);
    if (record === undefined) continue;
    const { lineKey } = record.needs;
    const group = groupOf.get(lineKey) ?? kinds.push(record.needs) - 1;
    groupOf.set(lineKey, group);
    groups.push(group);
  }
  groups.push(kinds.push(needs) - 1);
  const agents = working.map((agent): SimulatedAgent => {
    const doing = agent.state;
    const nowMs = at.monotonicMs;
    return {
      elapsedMs: 'startedMs' in doing ? nowMs - doing.startedMs : doing.name === 'ready' ? null : 0,
      wrapUpLeftMs: doing.name === 'wrap-up' ? Math.max(0, doing.untilMs - nowMs) : null,
      groups: kinds.map((kind) => agentFits(state, agent, kind)),
    };
  });
  return simulateWait(groups, agents, queue.flow.handleTimes, hangUpsPerSecond(queue.flow));
}

/** Why this one still waits. O(listed + services remembered). */
export function explanationOf(state: RoutingState, record: EntryRecord): PlaceExplanation | null {
  const queue = state.queues.get(record.entry.queueId);
  if (queue === undefined) return null;
  const { interactionId, queueId } = record.entry;
  const isInLine = slotOf(record.entry, record.state) !== null;
  const rank = isInLine ? queue.order.rank(record) : 0;
  const ahead = first(queue.order, Math.min(rank, MAX_LISTED)).map((place) => ({
    interactionId: place.entry.interactionId,
    kind: place.entry.kind,
    why: orderReason(place, record),
  }));
  return {
    interactionId,
    queueId,
    position: isInLine ? rank + 1 : 0,
    ahead,
    servedBefore: servedBefore(state, record),
    isComplete: state.services.forgottenUpTo < record.sequence,
  };
}

function servedBefore(state: RoutingState, record: EntryRecord): PlaceExplanation['servedBefore'] {
  const { needs } = record;
  const { interactionId, queueId } = record.entry;
  return [...state.services.list]
    .filter(({ sequence, place }) => {
      return sequence > record.sequence && place.entry.interactionId !== interactionId;
    })
    .map((service) => {
      const fits = needs.onlyAgentId === null && profileFits(state, service.skills, needs);
      return { service, fits };
    })
    .filter(({ service, fits }) => fits || service.place.entry.queueId === queueId)
    .slice(-MAX_LISTED)
    .reverse()
    .map(({ service, fits }) => ({
      interactionId: service.place.entry.interactionId,
      queueId: service.place.entry.queueId,
      atMs: service.atMs,
      why: reasonOf(service, record, fits),
    }));
}

function first(order: Iterable<Place>, count: number): Place[] {
  const places: Place[] = [];
  if (count === 0) return places;
  for (const place of order) {
    places.push(place);
    if (places.length >= count) break;
  }
  return places;
}
