// Who gets whom. PURE, deterministic. An agent who becomes ready takes the first entry in the order
// of places, over all lines the agent may take; a new entry takes the agent idle the longest.
// When others wait and a customer ahead of them is being dialled, the agent is held for this one.
// Kept by routing.ts after every step: no ready agent and takeable entry that fit each other are
// left apart, so at most one side of a match is ever looked for.
import { answerChance, chanceWithin } from './answer-book.ts';
import { agentFits } from './lines.ts';
import type { AgentRecord, Moment, RoutingState } from './state.ts';
import { comparePlaces, earlier, firstTakeable } from './virtual-queue.ts';
import type { Line, LineNeeds, Place } from './virtual-queue.ts';

const HOUR_MS = 3_600_000;
/** An agent is kept for a telephone that rings while it is answered with this chance at least. */
const WORTH_HOLDING = 0.25;

/** The interaction this agent should take now, or null. O(lines of the agent * log n). */
export function firstEntryFor(state: RoutingState, agent: AgentRecord, at: Moment): string | null {
  const callbacks = limitedUntil(state, agent, at.monotonicMs) === null;
  const lines = linesOf(state, agent);
  let best: Place | null = null;
  for (const line of lines) best = earlier(best, firstTakeable(line, callbacks));
  if (best === null) return null;
  if (callbacks && !isAnswered(state, best)) {
    for (const line of lines) best = firstRinging(state, line, best, at);
  }
  return best.entry.interactionId;
}

function linesOf(state: RoutingState, agent: AgentRecord): readonly Line[] {
  const lines: Line[] = [];
  for (const key of state.profiles.get(agent.profileKey)?.lineKeys ?? []) {
    const line = state.lines.get(key);
    if (line !== undefined) lines.push(line);
  }
  for (const key of state.ownLines.get(agent.definition.agentId) ?? []) {
    const line = state.lines.get(key);
    if (line !== undefined) lines.push(line);
  }
  return lines;
}

/** A callback whose customer is on the line: nobody is held for another while this one waits. */
function isAnswered({ entries }: RoutingState, { entry }: Place): boolean {
  return entry.kind === 'callback' && entries.get(entry.interactionId)?.state.name === 'present';
}

/**
 * The one to whom a ready agent goes instead of to `record`: a callback ahead of it whose telephone
 * rings, when there are no more ready agents like this one than such telephones. Null: `record`.
 */
export function ringingAhead(
  state: RoutingState,
  agent: AgentRecord,
  record: Place,
  at: Moment,
): string | null {
  if (limitedUntil(state, agent, at.monotonicMs) !== null || isAnswered(state, record)) return null;
  let first: Place = record;
  let ringing = 0;
  for (const line of linesOf(state, agent)) {
    if (line.dialling.size === 0) continue;
    ringing += line.dialling.rank(record);
    first = firstRinging(state, line, first, at);
  }
  const ready = state.profiles.get(agent.profileKey)?.idle.size ?? 0;
  return first === record || ready > ringing ? null : first.entry.interactionId;
}

/** The first who is being dialled, is ahead of `best` and will answer by all appearances. */
function firstRinging(state: RoutingState, line: Line, best: Place, at: Moment): Place {
  if (line.dialling.size === 0) return best;
  for (const place of line.dialling) {
    if (comparePlaces(place, best) > 0) return best;
    if (isWorthHolding(state, place, at)) return place;
  }
  return best;
}

function isWorthHolding({ answers, entries }: RoutingState, { entry }: Place, at: Moment): boolean {
  const record = entries.get(entry.interactionId);
  if (record === undefined) return false;
  const rungMs = at.monotonicMs - record.sinceMs;
  const kind = entry.numberKind ?? 'unknown';
  const chance = answerChance(answers, { kind, atMs: at.wallMs - rungMs });
  return chanceWithin(answers, chance, rungMs, Infinity) >= WORTH_HOLDING;
}

/**
 * The ready agent who should take those with these needs, or null. O(profiles with ready agents).
 * @param reserving for a callback not on the line, which agents over their limit do not take
 */
export function longestIdleFor(
  state: RoutingState,
  needs: LineNeeds,
  reserving: boolean,
  nowMs: number,
): AgentRecord | null {
  const may = (agent: AgentRecord): boolean =>
    agent.state.name === 'ready' && !(reserving && limitedUntil(state, agent, nowMs) !== null);
  if (needs.onlyAgentId !== null) {
    const agent = state.agents.get(needs.onlyAgentId);
    return agent !== undefined && may(agent) ? agent : null;
  }
  let best: AgentRecord | null = null;
  for (const turn of state.idle) {
    if (best !== null && best.idleSequence < turn.sequence) break;
    const head = state.agents.get(turn.agentId);
    if (head === undefined || !agentFits(state, head, needs)) continue;
    const next = firstOf(state, head.profileKey, may);
    if (next !== null && (best === null || next.idleSequence < best.idleSequence)) best = next;
  }
  return best;
}

function firstOf(
  state: RoutingState,
  profileKey: string,
  may: (agent: AgentRecord) => boolean,
): AgentRecord | null {
  for (const { agentId } of state.profiles.get(profileKey)?.idle ?? []) {
    const agent = state.agents.get(agentId);
    if (agent !== undefined && may(agent)) return agent;
  }
  return null;
}

/** Until when (monotonic) the agent is over the hourly limit of callbacks; null: is not. */
export function limitedUntil(
  { pacing }: Pick<RoutingState, 'pacing'>,
  { callbackTimesMs }: AgentRecord,
  nowMs: number,
): number | null {
  const limit = pacing.maxCallbacksPerAgentHour;
  if (limit === null || callbackTimesMs.length < limit) return null;
  const untilMs = (callbackTimesMs.at(-limit) ?? 0) + HOUR_MS;
  return untilMs > nowMs ? untilMs : null;
}
