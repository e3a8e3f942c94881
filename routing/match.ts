// Who gets whom. PURE, deterministic. An agent who becomes ready takes the first entry in the order
// of places, over all lines the agent may take; a new entry takes the agent idle the longest.
// Kept by routing.ts after every step: no ready agent and takeable entry that fit each other are
// left apart, so at most one side of a match is ever looked for.
import { agentFits } from './lines.ts';
import type { AgentRecord, RoutingState } from './state.ts';
import { earlier, firstTakeable } from './virtual-queue.ts';
import type { LineNeeds, Place } from './virtual-queue.ts';

const HOUR_MS = 3_600_000;

/** The interaction this agent should take now, or null. O(lines of the agent * log n). */
export function firstEntryFor(
  state: RoutingState,
  agent: AgentRecord,
  nowMs: number,
): string | null {
  const callbacks = limitedUntil(state, agent, nowMs) === null;
  const { agentId } = agent.definition;
  let best: Place | null = null;
  for (const key of state.profiles.get(agent.profileKey)?.lineKeys ?? []) {
    const line = state.lines.get(key);
    if (line !== undefined) best = earlier(best, firstTakeable(line, callbacks));
  }
  for (const key of state.ownLines.get(agentId) ?? []) {
    const line = state.lines.get(key);
    if (line !== undefined) best = earlier(best, firstTakeable(line, callbacks));
  }
  return best === null ? null : best.entry.interactionId;
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
