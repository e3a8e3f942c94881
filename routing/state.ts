// The whole of routing as one value. PURE.
// Every collection is a persistent ordered tree: a step shares what it does not change.
import type { AgentDefinition, QueueDefinition, QueueEntry } from './model.ts';
import { LOGGED_OUT } from './agent-state.ts';
import type { AgentState } from './agent-state.ts';
import type { EntryState } from './entry-state.ts';
import { NO_HANDLING } from './ewt.ts';
import type { HandleAverage } from './ewt.ts';
import type { PacingOptions } from './options.ts';
import { compareNumbers, compareText, OrderedTree } from './ordered-tree.ts';
import { fits, normalized } from './skills.ts';
import { EMPTY_QUEUE } from './virtual-queue.ts';
import type { Standing, VirtualQueue } from './virtual-queue.ts';

/** One instant on both clocks: wall time is for people, monotonic time for durations. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

export interface AgentRecord {
  readonly definition: AgentDefinition;
  readonly state: AgentState;
  readonly since: Moment;
  /** Grows with every "became ready": the smallest of the ready is idle the longest. */
  readonly idleSequence: number;
}

export interface EntryRecord extends Standing {
  readonly entry: QueueEntry;
  readonly state: EntryState;
}

export interface QueueRecord {
  readonly definition: QueueDefinition;
  readonly places: VirtualQueue;
  readonly handling: HandleAverage;
}

export interface RoutingState {
  readonly instanceId: string;
  readonly pacing: PacingOptions;
  /** Numbers given out so far: places, idle turns, dial turns and reservations. */
  readonly sequence: number;
  readonly agents: OrderedTree<string, AgentRecord>;
  /** Ready agents, longest idle first. */
  readonly idle: OrderedTree<number, string>;
  readonly entries: OrderedTree<string, EntryRecord>;
  readonly queues: OrderedTree<string, QueueRecord>;
  /** Interaction by reservation, while the reservation or its conversation lasts. */
  readonly reservations: OrderedTree<string, string>;
  /** When the forecast of free agents is looked at again (monotonic); null: no need. */
  readonly pacingDueMs: number | null;
}

/** Routing with these queues, nobody logged in and nobody waiting. */
export function initialRouting(
  instanceId: string,
  queues: readonly QueueDefinition[],
  pacing: PacingOptions,
): RoutingState {
  let records = OrderedTree.empty<string, QueueRecord>(compareText);
  for (const definition of queues) {
    records = records.with(definition.queueId, {
      definition: { ...definition, requiredSkills: normalized(definition.requiredSkills) },
      places: EMPTY_QUEUE,
      handling: NO_HANDLING,
    });
  }
  return {
    instanceId,
    pacing,
    sequence: 0,
    agents: OrderedTree.empty(compareText),
    idle: OrderedTree.empty(compareNumbers),
    entries: OrderedTree.empty(compareText),
    queues: records,
    reservations: OrderedTree.empty(compareText),
    pacingDueMs: null,
  };
}

export function newAgent(definition: AgentDefinition, since: Moment): AgentRecord {
  return { definition, state: LOGGED_OUT, since, idleSequence: 0 };
}

/** Whether the agent has what the queue and the interaction ask for. */
export function agentFits(agent: AgentRecord, queue: QueueRecord, who: Standing): boolean {
  const { skills } = agent.definition;
  return fits(skills, queue.definition.requiredSkills) && fits(skills, who.requirements);
}
