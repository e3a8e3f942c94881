// Routing's state in the words of its face. PURE.
import { publicStateOf, slotOf } from './entry-state.ts';
import { estimateWait } from './ewt.ts';
import type { AgentView, EntryView, QueueView } from './model.ts';
import { fits } from './skills.ts';
import type { AgentRecord, EntryRecord, QueueRecord, RoutingState } from './state.ts';
import { comparePlaces, positionOf } from './virtual-queue.ts';

export function agentView(record: AgentRecord): AgentView {
  const { definition, state, since } = record;
  const work = 'work' in state ? state.work : null;
  return {
    ...definition,
    state: state.name,
    notReadyReason: state.name === 'not-ready' ? state.reason : null,
    sinceMs: since.wallMs,
    interactionId: work?.interactionId ?? null,
    reservationId: state.name === 'wrap-up' ? null : (work?.reservationId ?? null),
  };
}

/** One entry with its position: O(log n). */
export function entryView(state: RoutingState, record: EntryRecord): EntryView {
  const queue = state.queues.get(record.entry.queueId);
  const isInLine = queue !== undefined && slotOf(record.entry, record.state) !== null;
  return viewAt(record, isInLine ? positionOf(queue.places, record.place) : 0);
}

/** A queue with all its entries, those with an agent first: O(entries of the queue + agents). */
export function queueView(state: RoutingState, queue: QueueRecord): QueueView {
  const entries = [...entriesWithAgent(state, queue), ...entriesInLine(state, queue)];
  const inLine = entries.filter(({ position }) => position > 0);
  const waitingLive = inLine.filter(({ kind }) => kind === 'live').length;
  const able = [...state.agents.values()].filter(
    (agent) =>
      agent.state.name !== 'logged-out' &&
      fits(agent.definition.skills, queue.definition.requiredSkills),
  );
  const agentsReady = able.filter((agent) => agent.state.name === 'ready').length;
  return {
    ...queue.definition,
    waitingLive,
    waitingCallbacks: inLine.length - waitingLive,
    agentsLoggedIn: able.length,
    agentsReady,
    estimatedWait: estimateWait({
      averageHandleMs: queue.handling.averageMs,
      queued: inLine.length,
      agentsLoggedIn: able.length,
      agentsReady,
    }),
    entries,
  };
}

function entriesWithAgent(state: RoutingState, queue: QueueRecord): EntryView[] {
  const records: EntryRecord[] = [];
  for (const interactionId of state.reservations.values()) {
    const record = state.entries.get(interactionId);
    if (record?.entry.queueId === queue.definition.queueId) records.push(record);
  }
  records.sort((a, b) => comparePlaces(a.place, b.place));
  return records.map((record) => viewAt(record, 0));
}

function entriesInLine(state: RoutingState, queue: QueueRecord): EntryView[] {
  const views: EntryView[] = [];
  for (const interactionId of queue.places.order.values()) {
    const record = state.entries.get(interactionId);
    if (record !== undefined) views.push(viewAt(record, views.length + 1));
  }
  return views;
}

function viewAt(record: EntryRecord, position: number): EntryView {
  return { ...record.entry, state: publicStateOf(record.state), position };
}
