// What a step teaches: dials and their answers, waits of those who answered, departures and kept
// promises. PURE to the outside: works on a step's draft. All of it flows back into the moment of
// the next dial (dialing.ts) and the next estimate (ewt.ts).
import { withDial } from './answer-book.ts';
import type { Draft } from './draft.ts';
import { slotOf } from './entry-state.ts';
import type { EntryEvent } from './entry-state.ts';
import { estimateWait } from './ewt.ts';
import { hangUpsPerSecond, promisesTo, withDeparture, withLeft, withPromises } from './flow.ts';
import type { Flow } from './flow.ts';
import { ANSWER_WAIT_MS, guardWith } from './guard.ts';
import { windowOf, withOutcome, withRatio } from './promise.ts';
import type { QueueEntry } from './model.ts';
import type { EntryRecord, QueueRecord, RoutingState } from './state.ts';

/** Learns from an entry that moved. @returns the record after it, its promise settled */
export function noteOutcome(
  draft: Draft,
  before: EntryRecord,
  after: EntryRecord,
  event: EntryEvent['type'],
): EntryRecord {
  noteDial(draft, before, event);
  noteLeft(draft, before, event);
  noteAnsweredWait(draft, before, after);
  const isTaken = event === 'taken' && slotOf(after.entry, after.state) === null;
  return isTaken ? noteDeparture(draft, after) : after;
}

function noteDial(draft: Draft, before: EntryRecord, event: EntryEvent['type']): void {
  const { name } = before.state;
  if (name !== 'dialling' && name !== 'overdue' && name !== 'held') return;
  const isAnswered = event === 'customer-present' && name !== 'overdue';
  if (!isAnswered && event !== 'customer-not-reached') return;
  const rangMs = draft.at.monotonicMs - before.sinceMs;
  const dial = {
    kind: before.entry.numberKind ?? 'unknown',
    atMs: draft.at.wallMs - rangMs,
  } as const;
  draft.state.answers = withDial(draft.state.answers, dial, isAnswered ? rangMs : null);
}

/** How long one waited for an agent or for the dial, and whether in vain. */
function noteLeft(draft: Draft, before: EntryRecord, event: EntryEvent['type']): void {
  const { name } = before.state;
  if (name !== 'waiting' && name !== 'present') return;
  if (event !== 'taken' && event !== 'notified' && event !== 'withdrawn') return;
  const queue = draft.state.queues.get(before.entry.queueId);
  const waitedMs = draft.at.monotonicMs - before.sinceMs;
  if (queue === undefined || waitedMs <= 0) return;
  const flow = withLeft(queue.flow, waitedMs, event === 'withdrawn');
  draft.state.queues = draft.state.queues.with(before.entry.queueId, { ...queue, flow });
}

/** How long a customer who answered a notified dial waited: for an agent, or in vain. */
function noteAnsweredWait(draft: Draft, before: EntryRecord, after: EntryRecord): void {
  const { kind, dialMode } = before.entry;
  if (before.state.name !== 'present' || kind === 'live' || dialMode !== 'notification') return;
  const hasWaited = draft.at.monotonicMs - before.sinceMs > ANSWER_WAIT_MS;
  if (after.state.name !== 'offered' && !hasWaited) return;
  const limit = draft.state.pacing.maxWaitingPercent;
  draft.state.guard = guardWith(draft.state.guard, hasWaited, limit);
}

function noteDeparture(draft: Draft, record: EntryRecord): EntryRecord {
  const { queueId, arrivedAtMs } = record.entry;
  const queue = draft.state.queues.get(queueId);
  if (queue === undefined) return record;
  const nowMs = draft.at.monotonicMs;
  const waitedSeconds = Math.max(0, draft.at.wallMs - arrivedAtMs) / 1_000;
  const left = withDeparture(queue.flow, nowMs, Math.max(0, queue.order.size - 1));
  const flow = withPromise(left, record, waitedSeconds);
  draft.state.queues = draft.state.queues.with(queueId, { ...queue, flow });
  return { ...record, estimatedSeconds: -1 };
}

function withPromise(flow: Flow, record: EntryRecord, waitedSeconds: number): Flow {
  const { estimatedSeconds, promisedFromSeconds, promisedToSeconds } = record;
  if (estimatedSeconds < 0) return flow;
  const window = { fromSeconds: promisedFromSeconds, toSeconds: promisedToSeconds };
  const { kind } = record.entry;
  const kept = withOutcome(promisesTo(flow, kind), window, waitedSeconds);
  return withPromises(flow, kind, withRatio(kept, estimatedSeconds, waitedSeconds));
}

/** The part of a record that is about the promise. */
export type PromiseNumbers = Pick<
  EntryRecord,
  'estimatedSeconds' | 'promisedFromSeconds' | 'promisedToSeconds'
>;

export const NO_PROMISE: PromiseNumbers = {
  estimatedSeconds: -1,
  promisedFromSeconds: -1,
  promisedToSeconds: -1,
};

/** What is kept of the estimate for one who takes a place and for whom nobody is ready. */
export function promiseFor(
  queue: QueueRecord,
  kind: QueueEntry['kind'],
  ahead: number,
  agentsLoggedIn: number,
  alreadyWaitedSeconds: number,
): PromiseNumbers {
  const wait = estimateWait({
    averageHandleMs: queue.flow.handling.averageMs,
    queued: ahead,
    agentsLoggedIn,
    agentsReady: 0,
    method: 'departures',
    departures: queue.flow.departures.interval,
    hangUpsPerSecond: hangUpsPerSecond(queue.flow),
  });
  const promises = promisesTo(queue.flow, kind);
  const window = wait.ewtSeconds < 1 ? null : windowOf(promises, wait.ewtSeconds);
  if (window === null) return NO_PROMISE;
  const waited = Math.round(Math.max(0, alreadyWaitedSeconds));
  return {
    estimatedSeconds: Math.round(wait.ewtSeconds) + waited,
    promisedFromSeconds: window.fromSeconds + waited,
    promisedToSeconds: window.toSeconds + waited,
  };
}

/** The queue's own agents: how many are there, how many ready. O(profiles). */
export function agentsOf(
  state: RoutingState,
  queue: QueueRecord,
): { readonly loggedIn: number; readonly ready: number } {
  const [own] = queue.servers;
  let loggedIn = 0;
  let ready = 0;
  for (const profile of state.profiles.unordered()) {
    if (profile.loggedIn === 0 || own?.(profile.skills) !== true) continue;
    loggedIn += profile.loggedIn;
    ready += profile.idle.size;
  }
  return { loggedIn, ready };
}
