// Who gets whom. PURE, deterministic. An agent who becomes ready takes the first entry in the order
// of places, over all queues the agent serves; a new entry takes the agent idle the longest.
// Kept by routing.ts after every step: no ready agent and takeable entry that fit each other are
// left apart, so at most one side of a match is ever looked for.
import { fits } from './skills.ts';
import { agentFits } from './state.ts';
import type { AgentRecord, EntryRecord, QueueRecord, RoutingState } from './state.ts';
import { earlier, firstTakeable } from './virtual-queue.ts';
import type { Place } from './virtual-queue.ts';

/** The interaction this agent should take now, or null. O(lines * log n). */
export function firstEntryFor(state: RoutingState, agent: AgentRecord): string | null {
  const { skills } = agent.definition;
  let best: readonly [Place, string] | null = null;
  for (const queue of state.queues.values()) {
    if (!fits(skills, queue.definition.requiredSkills)) continue;
    best = earlier(best, firstTakeable(queue.places, skills));
  }
  return best === null ? null : best[1];
}

/** The ready agent who should take this entry, or null. O(ready agents). */
export function longestIdleFor(
  state: RoutingState,
  queue: QueueRecord,
  record: EntryRecord,
): AgentRecord | null {
  for (const agentId of state.idle.values()) {
    const agent = state.agents.get(agentId);
    if (agent !== undefined && agentFits(agent, queue, record)) return agent;
  }
  return null;
}
