// The working copy of one step: the next state in the making, and what the step asks for. PURE to
// the outside: the state it starts from is never changed. Here every index follows the two records
// it is made from (an agent, an entry), so that no rule has to remember an index or a timer.
import type { AgentEffect, AgentEvent, AgentState } from './agent-state.ts';
import { stepAgent } from './agent-state.ts';
import { reservationOf, slotOf } from './entry-state.ts';
import type { EntryEvent, EntryState } from './entry-state.ts';
import { withConversation, withHandled } from './flow.ts';
import type { Flow } from './flow.ts';
import { joinLine, leaveLine, sharedNeeds } from './lines.ts';
import type { Mutable } from './lines.ts';
import { noteOutcome } from './learning.ts';
import type { RoutingNotice } from './model.ts';
import { followAgent } from './staff.ts';
import type { AgentRecord, EntryRecord, Look, Moment, RoutingState } from './state.ts';
import { timerKeyOf, timerOfAgent, timerOfEntry } from './timers.ts';
import type { RoutingTimer, RunningTimer } from './timers.ts';
import type { LineNeeds } from './virtual-queue.ts';

/** What a step asks of the driver, in this order. A timer started again replaces the old one. */
export type RoutingEffect =
  | { readonly type: 'notify'; readonly notice: RoutingNotice }
  | { readonly type: 'start-timer'; readonly timer: RoutingTimer; readonly afterMs: number }
  | { readonly type: 'cancel-timer'; readonly timer: RoutingTimer };

export interface Draft {
  readonly state: Mutable<RoutingState>;
  readonly at: Moment;
  readonly effects: RoutingEffect[];
  /** Interactions an agent may take since this step. Lists of a few, each id once. */
  readonly takeable: string[];
  /** Agents who became ready, or whose skills changed, in this step. */
  readonly available: string[];
  readonly changedAgents: string[];
  readonly changedQueues: string[];
}

export function draftOf(state: RoutingState, at: Moment): Draft {
  return {
    state: { ...state },
    at,
    effects: [],
    takeable: [],
    available: [],
    changedAgents: [],
    changedQueues: [],
  };
}

/** A number no place, dialling or reservation of this router had before. */
export function nextSequence(draft: Draft): number {
  draft.state.sequence += 1;
  return draft.state.sequence;
}

export function notify(draft: Draft, notice: RoutingNotice): void {
  draft.effects.push({ type: 'notify', notice });
}

/** Adds an id that is not in the list yet. */
export function addOnce(list: string[], id: string): void {
  if (!list.includes(id)) list.push(id);
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
  learnTimes(draft, record, event, effects);
}

/** How long the agent talked, and handled the whole of it; both at once without wrap-up. */
function learnTimes(
  draft: Draft,
  { state }: AgentRecord,
  event: AgentEvent,
  handled: readonly AgentEffect[],
): void {
  const hasTalked = state.name === 'talking' && event.type === 'conversation-ended';
  const talkMs = hasTalked ? draft.at.monotonicMs - state.startedMs : 0;
  if (!hasTalked && handled.length === 0) return;
  const queueId = hasTalked ? state.work.queueId : (handled[0]?.queueId ?? '');
  changeFlow(draft, queueId, (flow) =>
    handled.reduce(
      (known, { handleMs }) => withHandled(known, handleMs),
      hasTalked ? withConversation(flow, talkMs) : flow,
    ),
  );
}

function moved(draft: Draft, record: AgentRecord, state: AgentState): AgentRecord {
  const isNew = state.name !== record.state.name;
  return {
    definition: record.definition,
    state,
    since: isNew ? draft.at : record.since,
    idleSequence: isNew && state.name === 'ready' ? nextSequence(draft) : record.idleSequence,
    profileKey: record.profileKey,
    callbackTimesMs: record.callbackTimesMs,
  };
}

/** Puts an agent's record in place of the old one, if there was one. */
export function putAgentRecord(draft: Draft, old: AgentRecord | null, next: AgentRecord): void {
  const { agentId } = next.definition;
  followAgent(draft.state, old, next);
  if (next.state.name === 'ready') addOnce(draft.available, agentId);
  addOnce(draft.changedAgents, agentId);
}

export function dropAgentRecord(draft: Draft, record: AgentRecord): void {
  const { agentId } = record.definition;
  replaceTimer(draft, timerOfAgent(agentId, record.state, draft.at.monotonicMs), null);
  followAgent(draft.state, record, null);
}

/** Gives a queue what it learned. */
export function changeFlow(draft: Draft, queueId: string, change: (flow: Flow) => Flow): void {
  const queue = draft.state.queues.get(queueId);
  if (queue === undefined) return;
  const next = { ...queue, flow: change(queue.flow) };
  draft.state.queues = draft.state.queues.with(queueId, next);
  addOnce(draft.changedQueues, queueId);
}

/** Takes a new entry in. */
export function addEntry(draft: Draft, record: EntryRecord): void {
  draft.state.entries = draft.state.entries.with(record.entry.interactionId, record);
  place(draft, record, null, record);
}

/** Moves an entry to another state, with its slot, its reservation and its timer. */
export function moveEntry(
  draft: Draft,
  record: EntryRecord,
  next: EntryState,
  event: EntryEvent['type'],
): void {
  if (next === record.state) return;
  const { entry } = record;
  const { interactionId } = entry;
  const definition = draft.state.queues.get(entry.queueId)?.definition;
  if (definition === undefined) return;
  const { pacing } = draft.state;
  replaceTimer(
    draft,
    timerOfEntry(interactionId, record.state, definition, pacing),
    timerOfEntry(interactionId, next, definition, pacing),
  );
  // A telephone that rings on has rung since it was dialled, whoever is held for it meanwhile.
  const ringsOn = isRinging(record.state) && isRinging(next);
  const sinceMs = ringsOn ? record.sinceMs : Math.round(draft.at.monotonicMs);
  const moved = { ...record, state: next, sinceMs };
  const after = noteOutcome(draft, record, moved, event);
  place(draft, record, record, after);
  followReservation(draft, record, after);
  const { entries } = draft.state;
  if (next.name !== 'gone') draft.state.entries = entries.with(interactionId, after, record);
  else forget(draft, record);
}

function isRinging({ name }: EntryState): boolean {
  return name === 'dialling' || name === 'held';
}

/** The same entry in the line with other needs: more agents may take it now. */
export function changeNeeds(draft: Draft, record: EntryRecord, needs: LineNeeds): void {
  if (needs.lineKey === record.needs.lineKey) return;
  const after = { ...record, needs: sharedNeeds(draft.state, needs) };
  draft.state.entries = draft.state.entries.with(record.entry.interactionId, after);
  const slot = slotOf(record.entry, record.state);
  if (slot === null) return;
  leaveLine(draft.state, record, slot);
  joinLine(draft.state, after, slot);
  addOnce(draft.changedQueues, record.entry.queueId);
  addOnce(draft.takeable, record.entry.interactionId);
}

/** Sets the next look at this one in place of the last; null: no more looks. */
export function setLook(draft: Draft, key: string, who: Look['who'], atMs: number | null): void {
  const { state } = draft;
  const old = state.lookOf.get(key);
  if (old !== undefined) {
    state.looks = state.looks.without(old);
    state.lookOf = state.lookOf.without(key);
  }
  if (atMs === null) return;
  const look: Look = { atMs, sequence: nextSequence(draft), who };
  state.looks = state.looks.with(look);
  state.lookOf = state.lookOf.with(key, look);
}

function forget(draft: Draft, record: EntryRecord): void {
  const { state } = draft;
  const { entry } = record;
  state.entries = state.entries.without(entry.interactionId, record);
  if (state.lookOf.get(entry.interactionId) !== undefined) {
    setLook(draft, entry.interactionId, { interactionId: entry.interactionId }, null);
  }
  const preferred = entry.preferredAgent;
  if (preferred?.forSeconds !== null || preferred === undefined) return;
  const owned = (state.owned.get(preferred.agentId) ?? 1) - 1;
  state.owned =
    owned > 0 ? state.owned.with(preferred.agentId, owned) : state.owned.without(preferred.agentId);
}

function followReservation(draft: Draft, old: EntryRecord, next: EntryRecord): void {
  const before = reservationOf(old.state);
  const after = reservationOf(next.state);
  if (before?.reservationId === after?.reservationId) return;
  let { reservations } = draft.state;
  if (before !== null) reservations = reservations.without(before.reservationId);
  if (after !== null) {
    reservations = reservations.with(after.reservationId, next.entry.interactionId);
  }
  draft.state.reservations = reservations;
}

/** Moves a place from the slot of one record to that of the other. */
function place(
  draft: Draft,
  record: EntryRecord,
  old: EntryRecord | null,
  next: EntryRecord,
): void {
  const { queueId, interactionId } = record.entry;
  const from = old === null ? null : slotOf(old.entry, old.state);
  const to = slotOf(next.entry, next.state);
  addOnce(draft.changedQueues, queueId);
  if (to === 'live' || to === 'reservable' || to === 'answered')
    addOnce(draft.takeable, interactionId);
  if (from === to) return;
  if (from !== null) leaveLine(draft.state, record, from);
  if (to !== null) joinLine(draft.state, next, to);
  if ((from === null) === (to === null)) return;
  const queue = draft.state.queues.get(queueId);
  if (queue === undefined) return;
  const order = to === null ? queue.order.without(record) : queue.order.with(next);
  draft.state.queues = draft.state.queues.with(queueId, { ...queue, order });
}

function replaceTimer(draft: Draft, old: RunningTimer | null, next: RunningTimer | null): void {
  if (old === null && next === null) return;
  const oldKey = old === null ? null : timerKeyOf(old.timer);
  const nextKey = next === null ? null : timerKeyOf(next.timer);
  if (oldKey === nextKey) return;
  if (old !== null) draft.effects.push({ type: 'cancel-timer', timer: old.timer });
  if (next !== null) draft.effects.push({ type: 'start-timer', ...next });
}
