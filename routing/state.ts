// The whole of routing as one value. PURE.
// Every collection is a value too: the sets and maps of ordered-set.ts and versioned-map.ts.
import { LOGGED_OUT } from './agent-state.ts';
import type { AgentState } from './agent-state.ts';
import { EMPTY_ANSWER_BOOK } from './answer-book.ts';
import type { AnswerBook } from './answer-book.ts';
import type { EntryState } from './entry-state.ts';
import { NO_FLOW } from './flow.ts';
import type { Flow } from './flow.ts';
import { FIRST_GUARD } from './guard.ts';
import type { Guard } from './guard.ts';
import type { SkillTest } from './expression.ts';
import { noServices } from './journal.ts';
import type { Services } from './journal.ts';
import type { AgentDefinition, QueueDefinition } from './model.ts';
import type { PacingOptions } from './options.ts';
import { OrderedSet } from './ordered-set.ts';
import { normalized } from './skills.ts';
import { serversOf } from './targets.ts';
import { VersionedMap } from './versioned-map.ts';
import { noPlaces } from './virtual-queue.ts';
import type { Line, LineNeeds, Place, Places } from './virtual-queue.ts';

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
  readonly profileKey: string;
  /** When this agent was given the last callbacks (monotonic), oldest first; bounded. */
  readonly callbackTimesMs: readonly number[];
}

/** A ready agent's turn. */
export interface IdleTurn {
  readonly agentId: string;
  readonly sequence: number;
}

/** Agents with the same skills: what fits one of them fits all. */
export interface Profile {
  readonly profileKey: string;
  readonly skills: AgentDefinition['skills'];
  readonly agents: number;
  readonly loggedIn: number;
  /** The ready ones, longest idle first. */
  readonly idle: OrderedSet<IdleTurn>;
  /** Lines these agents may take, those of named agents apart. */
  readonly lineKeys: readonly string[];
}

export interface EntryRecord extends Place {
  readonly state: EntryState;
  /** When the entry came into its state, monotonic. */
  readonly sinceMs: number;
  readonly needs: LineNeeds;
  /** The estimate and the window promised, from the arrival; -1: none. Numbers, to be small. */
  readonly estimatedSeconds: number;
  readonly promisedFromSeconds: number;
  readonly promisedToSeconds: number;
}

export interface QueueRecord {
  readonly definition: QueueDefinition;
  /** All who have no agent yet. */
  readonly order: Places;
  /** Who serves it: its own agents, then those of each target. */
  readonly servers: readonly SkillTest[];
  readonly flow: Flow;
}

/** When an entry's targets, or an agent's limit, are to be looked at again. Monotonic. */
export interface Look {
  readonly atMs: number;
  readonly sequence: number;
  readonly who: { readonly interactionId: string } | { readonly agentId: string };
}

export interface RoutingState {
  readonly instanceId: string;
  readonly pacing: PacingOptions;
  /** Numbers given out so far: places, idle turns, dial turns and reservations. */
  readonly sequence: number;
  readonly agents: VersionedMap<AgentRecord>;
  readonly profiles: VersionedMap<Profile>;
  /** Of each profile with ready agents, the one idle the longest. */
  readonly idle: OrderedSet<IdleTurn>;
  /** Agents in a conversation or wrap-up. */
  readonly busy: VersionedMap<AgentRecord>;
  readonly entries: VersionedMap<EntryRecord>;
  readonly lines: VersionedMap<Line>;
  /** Lines of interactions only one agent may take, by agent. */
  readonly ownLines: VersionedMap<readonly string[]>;
  /** Callbacks that belong to an agent (strict), by agent. */
  readonly owned: VersionedMap<number>;
  readonly queues: VersionedMap<QueueRecord>;
  /** Interaction by reservation, while the reservation or its conversation lasts. */
  readonly reservations: VersionedMap<string>;
  readonly looks: OrderedSet<Look>;
  readonly lookOf: VersionedMap<Look>;
  readonly services: Services;
  readonly answers: AnswerBook;
  readonly guard: Guard;
  /** Callbacks that wait for a dialing notification. */
  readonly notifiable: number;
  /** When the forecast of free agents is looked at again (monotonic); null: no need. */
  readonly pacingDueMs: number | null;
  /** When the first of `looks` is due and its timer runs (monotonic); null: there is none. */
  readonly lookDueMs: number | null;
}

/** Routing with these queues, nobody logged in and nobody waiting. */
export function initialRouting(
  instanceId: string,
  queues: readonly QueueDefinition[],
  pacing: PacingOptions,
): RoutingState {
  let records = VersionedMap.empty<QueueRecord>();
  const known = new Map(queues.map((queue) => [queue.queueId, queue]));
  for (const definition of queues) {
    records = records.with(definition.queueId, {
      definition: { ...definition, requiredSkills: normalized(definition.requiredSkills) },
      order: noPlaces(),
      servers: serversOf(definition, known),
      flow: NO_FLOW,
    });
  }
  return {
    instanceId,
    pacing,
    sequence: 0,
    agents: VersionedMap.empty(),
    profiles: VersionedMap.empty(),
    idle: OrderedSet.empty(compareTurns),
    busy: VersionedMap.empty(),
    entries: VersionedMap.empty(),
    lines: VersionedMap.empty(),
    ownLines: VersionedMap.empty(),
    owned: VersionedMap.empty(),
    queues: records,
    reservations: VersionedMap.empty(),
    looks: OrderedSet.empty(compareLooks),
    lookOf: VersionedMap.empty(),
    services: noServices(),
    answers: EMPTY_ANSWER_BOOK,
    guard: FIRST_GUARD,
    notifiable: 0,
    pacingDueMs: null,
    lookDueMs: null,
  };
}

export function compareTurns(a: IdleTurn, b: IdleTurn): number {
  return a.sequence - b.sequence;
}

function compareLooks(a: Look, b: Look): number {
  return a.atMs - b.atMs || a.sequence - b.sequence;
}

export function newAgent(definition: AgentDefinition, since: Moment): AgentRecord {
  return {
    definition,
    state: LOGGED_OUT,
    since,
    idleSequence: 0,
    profileKey: '',
    callbackTimesMs: [],
  };
}
