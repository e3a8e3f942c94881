// Routing's state in the words of its face. PURE.
import { answerChance, ringingMs } from './answer-book.ts';
import { publicStateOf, slotOf } from './entry-state.ts';
import { agentsOf } from './learning.ts';
import type {
  AgentView,
  EntryView,
  PacingView,
  PromiseRecord,
  QueueView,
  QueueWaitView,
} from './model.ts';
import type { AgentRecord, EntryRecord, Moment, QueueRecord, RoutingState } from './state.ts';
import { comparePlaces } from './virtual-queue.ts';
import { waitOfNext } from './wait-of.ts';

export function agentView(record: AgentRecord): AgentView {
  const { definition, state, since } = record;
  const work = 'work' in state ? state.work : null;
  return {
    agentId: definition.agentId,
    displayName: definition.displayName,
    username: definition.username,
    skills: definition.skills,
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
  return viewAt(record, isInLine ? queue.order.rank(record) + 1 : 0);
}

/** What a queue says of its agents and its wait, without its entries. */
export function queueWaitView(state: RoutingState, queue: QueueRecord, at: Moment): QueueWaitView {
  return {
    ...queue.definition,
    agentsReady: agentsOf(state, queue).ready,
    estimatedWait: waitOfNext(state, queue, at),
  };
}

/** A queue with all its entries, those with an agent first: O(entries of the queue + agents). */
export function queueView(state: RoutingState, queue: QueueRecord, at: Moment): QueueView {
  const entries = [...entriesWithAgent(state, queue), ...entriesInLine(state, queue)];
  const inLine = entries.filter(({ position }) => position > 0);
  const waitingLive = inLine.filter(({ kind }) => kind === 'live').length;
  const { loggedIn, ready } = agentsOf(state, queue);
  return {
    ...queue.definition,
    waitingLive,
    waitingCallbacks: inLine.length - waitingLive,
    agentsLoggedIn: loggedIn,
    agentsReady: ready,
    estimatedWait: waitOfNext(state, queue, at),
    promises: promisesOf(queue),
    entries,
  };
}

export function pacingView(state: RoutingState, at: Moment): PacingView {
  const { care, answered, waited } = state.guard;
  return {
    answered,
    waitedOver2s: waited,
    care,
    answerChance: answerChance(state.answers, { kind: 'unknown', atMs: at.wallMs }),
    ringingSeconds: ringingMs(state.answers) / 1_000,
  };
}

function promisesOf({ flow }: QueueRecord): PromiseRecord {
  const made = flow.promises.made + flow.callbackPromises.made;
  const kept = flow.promises.kept + flow.callbackPromises.kept;
  return { made, kept, hitRate: made === 0 ? null : kept / made };
}

function entriesWithAgent(state: RoutingState, queue: QueueRecord): EntryView[] {
  const records: EntryRecord[] = [];
  for (const interactionId of state.reservations.unordered()) {
    const record = state.entries.get(interactionId);
    if (record?.entry.queueId === queue.definition.queueId) records.push(record);
  }
  records.sort(comparePlaces);
  return records.map((record) => viewAt(record, 0));
}

function entriesInLine(state: RoutingState, queue: QueueRecord): EntryView[] {
  const views: EntryView[] = [];
  for (const { entry } of queue.order) {
    const record = state.entries.get(entry.interactionId);
    if (record !== undefined) views.push(viewAt(record, views.length + 1));
  }
  return views;
}

function viewAt(record: EntryRecord, position: number): EntryView {
  const { entry, promisedFromSeconds, promisedToSeconds } = record;
  const promised =
    promisedFromSeconds < 0
      ? null
      : {
          fromMs: entry.arrivedAtMs + promisedFromSeconds * 1_000,
          toMs: entry.arrivedAtMs + promisedToSeconds * 1_000,
        };
  return { ...entry, state: publicStateOf(record.state), position, promised };
}
