// The working copy of one step: the next state in the making, and what the step asks for. PURE to
// the outside: the state it starts from is never changed. Here every index follows the two records
// it is made from (an agent, an entry), so that no rule has to remember an index or a timer.
import type { AgentEvent, AgentState } from './agent-state.ts';
import { stepAgent } from './agent-state.ts';
import { reservationOf, slotOf } from './entry-state.ts';
import type { EntryState } from './entry-state.ts';
import { averageWith } from './ewt.ts';
import type { RoutingNotice } from './model.ts';
import type { AgentRecord, EntryRecord, Moment, RoutingState } from './state.ts';
import { timerKeyOf, timerOfAgent, timerOfEntry } from './timers.ts';
import type { RoutingTimer, RunningTimer } from './timers.ts';
import { changeSlot, joinQueue, leaveQueue } from './virtual-queue.ts';
import type { Slot, VirtualQueue } from './virtual-queue.ts';

/** What a step asks of the driver, in this order. A timer started again replaces the old one. */
export type RoutingEffect =
  | { readonly type: 'notify'; readonly notice: RoutingNotice }
  | { readonly type: 'start-timer'; readonly timer: RoutingTimer; readonly afterMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: RoutingTimer };

export interface Draft {
  state: RoutingState;
  readonly at: Moment;
  readonly effects: RoutingEffect[];
  /** Interactions an agent may take since this step. */
  readonly takeable: Set<string>;
  /** Agents who became ready, or whose skills changed, in this step. */
  readonly available: Set<string>;
  readonly changedAgents: Set<string>;
  readonly changedQueues: Set<string>;
}

export function draftOf(state: RoutingState, at: Moment): Draft {
  return {
    state,
    at,
    effects: [],
    takeable: new Set(),
    available: new Set(),
    changedAgents: new Set(),
    changedQueues: new Set(),
  };
}

/** A number no place, dialling or reservation of this router had before. */
export function nextSequence(draft: Draft): number {
  const sequence = draft.state.sequence + 1;
  draft.state = { ...draft.state, sequence };
  return sequence;
}

export function notify(draft: Draft, notice: RoutingNotice): void {
  draft.effects.push({ type: 'notify', notice });
}

/** Steps one agent; unknown agents and ignored events change nothing. */
export function tellAgent(draft: Draft, agentId: string, event: AgentEvent): void {
  const record = draft.state.agents.get(agentId);
  if (record === undefined) return;
  const [state, effects] = stepAgent(record.state, event);
  if (state === record.state) return;
  const nowMs = draft.at.monotonicMs;
  replaceTimer(
    draft,
    timerOfAgent(agentId, record.state, nowMs),
    timerOfAgent(agentId, state, nowMs),
  );
  putAgentRecord(draft, record, moved(draft, record, state));
  for (const { queueId, handleMs } of effects) recordHandleTime(draft, queueId, handleMs);
}

function moved(draft: Draft, record: AgentRecord, state: AgentState): AgentRecord {
  const isNew = state.name !== record.state.name;
  return {
    definition: record.definition,
    state,
    since: isNew ? draft.at : record.since,
    idleSequence: isNew && state.name === 'ready' ? nextSequence(draft) : record.idleSequence,
  };
}

/** Puts an agent's record in place of the old one, if there was one. */
export function putAgentRecord(draft: Draft, old: AgentRecord | null, next: AgentRecord): void {
  const { agentId } = next.definition;
  let { idle } = draft.state;
  if (old?.state.name === 'ready') idle = idle.without(old.idleSequence);
  if (next.state.name === 'ready') {
    idle = idle.with(next.idleSequence, agentId);
    draft.available.add(agentId);
  }
  draft.state = { ...draft.state, idle, agents: draft.state.agents.with(agentId, next) };
  draft.changedAgents.add(agentId);
}

export function dropAgentRecord(draft: Draft, record: AgentRecord): void {
  const { agentId } = record.definition;
  replaceTimer(draft, timerOfAgent(agentId, record.state, draft.at.monotonicMs), null);
  const { state } = draft;
  const idle = record.state.name === 'ready' ? state.idle.without(record.idleSequence) : state.idle;
  draft.state = { ...state, idle, agents: state.agents.without(agentId) };
}

function recordHandleTime(draft: Draft, queueId: string, handleMs: number): void {
  const queue = draft.state.queues.get(queueId);
  if (queue === undefined) return;
  const handling = averageWith(queue.handling, handleMs);
  draft.state = {
    ...draft.state,
    queues: draft.state.queues.with(queueId, { ...queue, handling }),
  };
  draft.changedQueues.add(queueId);
}

/** Takes a new entry in. */
export function addEntry(draft: Draft, record: EntryRecord): void {
  place(draft, record, null, slotOf(record.entry, record.state));
  const entries = draft.state.entries.with(record.interactionId, record);
  draft.state = { ...draft.state, entries };
}

/** Moves an entry to another state, with its slot, its reservation and its timer. */
export function moveEntry(draft: Draft, record: EntryRecord, next: EntryState): void {
  if (next === record.state) return;
  const { entry, interactionId } = record;
  const definition = draft.state.queues.get(entry.queueId)?.definition;
  if (definition === undefined) return;
  const { pacing } = draft.state;
  replaceTimer(
    draft,
    timerOfEntry(interactionId, record.state, definition, pacing),
    timerOfEntry(interactionId, next, definition, pacing),
  );
  place(draft, record, slotOf(entry, record.state), slotOf(entry, next));
  const before = reservationOf(record.state);
  const after = reservationOf(next);
  let { reservations } = draft.state;
  if (before !== null) reservations = reservations.without(before.reservationId);
  if (after !== null) reservations = reservations.with(after.reservationId, interactionId);
  const entries =
    next.name === 'gone'
      ? draft.state.entries.without(interactionId)
      : draft.state.entries.with(interactionId, { ...record, state: next });
  draft.state = { ...draft.state, entries, reservations };
}

function place(draft: Draft, record: EntryRecord, from: Slot | null, to: Slot | null): void {
  const { queueId } = record.entry;
  draft.changedQueues.add(queueId);
  if (to === 'routable' || to === 'answered') draft.takeable.add(record.interactionId);
  const queue = draft.state.queues.get(queueId);
  if (queue === undefined || from === to) return;
  const places = placed(queue.places, record, from, to);
  const queues = draft.state.queues.with(queueId, { ...queue, places });
  draft.state = { ...draft.state, queues };
}

function placed(
  places: VirtualQueue,
  record: EntryRecord,
  from: Slot | null,
  to: Slot | null,
): VirtualQueue {
  if (from !== null && to !== null) return changeSlot(places, record, from, to);
  if (to !== null) return joinQueue(places, record, to);
  return from === null ? places : leaveQueue(places, record, from);
}

function replaceTimer(draft: Draft, old: RunningTimer | null, next: RunningTimer | null): void {
  const oldKey = old === null ? null : timerKeyOf(old.timer);
  const nextKey = next === null ? null : timerKeyOf(next.timer);
  if (oldKey === nextKey) return;
  if (old !== null) draft.effects.push({ type: 'cancel-timer', timer: old.timer });
  if (next !== null) draft.effects.push({ type: 'start-timer', ...next });
}
