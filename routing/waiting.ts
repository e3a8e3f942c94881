// Taking a place, and growing more eligible while waiting: which agents may take an entry at first,
// and what changes with time (targets reached, a preferred agent no longer waited for). PURE to the
// outside: works on a step's draft.
import { addOnce, changeNeeds, nextSequence, setLook } from './draft.ts';
import type { Draft } from './draft.ts';
import { firstStateOf } from './entry-state.ts';
import { estimateWait } from './ewt.ts';
import { agentsOf, NO_PROMISE, promiseFor } from './learning.ts';
import type { PromiseNumbers } from './learning.ts';
import { namedNeeds, sharedNeeds } from './lines.ts';
import { longestIdleFor } from './match.ts';
import type { QueueEntry } from './model.ts';
import { normalized } from './skills.ts';
import type { EntryRecord, QueueRecord } from './state.ts';
import { escalate } from './targets.ts';
import type { Pressure } from './targets.ts';
import type { LineNeeds, Place } from './virtual-queue.ts';

/** Looks of one step; the rest has its turn at once afterwards. */
const MAX_LOOKS = 1_000;

/** The record of one who takes a place now. The queue is known. */
export function recordFor(draft: Draft, entry: QueueEntry): EntryRecord {
  const { state, at } = draft;
  const queue = state.queues.get(entry.queueId);
  const requirements = normalized(entry.requiredSkills);
  const { queueId } = entry;
  const first = namedNeeds({ queueId, reached: 0, requirements, onlyAgentId: null });
  const needs = queue === undefined ? first : needsNow(draft, queue, entry, first);
  own(draft, entry);
  const sequence = nextSequence(draft);
  const promise = promiseNow(draft, queue, { entry, sequence }, needs);
  // One literal: an object that grows costs twice the memory, and there may be a million.
  return {
    entry,
    sequence,
    state: firstStateOf(entry.kind),
    sinceMs: Math.round(at.monotonicMs),
    needs: sharedNeeds(state, needs),
    estimatedSeconds: promise.estimatedSeconds,
    promisedFromSeconds: promise.promisedFromSeconds,
    promisedToSeconds: promise.promisedToSeconds,
  };
}

/** Counts a callback that belongs to an agent. */
function own({ state }: Draft, { preferredAgent }: QueueEntry): void {
  if (preferredAgent?.forSeconds !== null) return;
  const { agentId } = preferredAgent;
  state.owned = state.owned.with(agentId, (state.owned.get(agentId) ?? 0) + 1);
}

function promiseNow(
  { state, at }: Draft,
  queue: QueueRecord | undefined,
  place: Place,
  needs: LineNeeds,
): PromiseNumbers {
  if (queue === undefined) return NO_PROMISE;
  if (longestIdleFor(state, needs, false, at.monotonicMs) !== null) return NO_PROMISE;
  const waitedSeconds = Math.max(0, at.wallMs - place.entry.arrivedAtMs) / 1_000;
  const { loggedIn } = agentsOf(state, queue);
  const ahead = queue.order.rank(place);
  return promiseFor(queue, place.entry.kind, ahead, loggedIn, waitedSeconds);
}

/** Does the looks that are due. */
export function lookAround(draft: Draft): void {
  for (let n = 0; n < MAX_LOOKS; n += 1) {
    const look = draft.state.looks.first();
    if (look === null || look.atMs > draft.at.monotonicMs) return;
    if ('agentId' in look.who) {
      setLook(draft, `agent ${look.who.agentId}`, look.who, null);
      addOnce(draft.available, look.who.agentId);
    } else {
      lookAt(draft, look.who.interactionId);
    }
  }
}

function lookAt(draft: Draft, interactionId: string): void {
  const record = draft.state.entries.get(interactionId);
  const queue = draft.state.queues.get(record?.entry.queueId ?? '');
  if (record === undefined || queue === undefined) {
    setLook(draft, interactionId, { interactionId }, null);
    return;
  }
  changeNeeds(draft, record, needsNow(draft, queue, record.entry, record.needs));
}

/** The needs as they are now, and the time of the next look. */
function needsNow(
  draft: Draft,
  queue: QueueRecord,
  entry: QueueEntry,
  needs: LineNeeds,
): LineNeeds {
  const { interactionId, preferredAgent } = entry;
  const targets = queue.definition.targets ?? [];
  if (targets.length === 0 && (preferredAgent ?? null) === null) return needs;
  const waitedSeconds = Math.max(0, draft.at.wallMs - entry.arrivedAtMs) / 1_000;
  const soon = escalate(targets, needs.reached, pressureOf(draft, queue, waitedSeconds));
  const hold = preferenceLeft(draft, entry, waitedSeconds);
  const again = [soon.againSeconds, hold === Infinity ? null : hold].filter(
    (seconds) => seconds !== null && seconds > 0,
  );
  const inMs = again.length === 0 ? null : Math.ceil(Math.min(...(again as number[])) * 1_000);
  const atMs = inMs === null ? null : Math.round(draft.at.monotonicMs) + inMs + 1;
  setLook(draft, interactionId, { interactionId }, atMs);
  const onlyAgentId = hold > 0 ? (preferredAgent?.agentId ?? null) : null;
  return namedNeeds({ ...needs, reached: soon.reached, onlyAgentId });
}

/** Seconds for which only the preferred agent may take it; an absent one is not waited for. */
function preferenceLeft(draft: Draft, entry: QueueEntry, waitedSeconds: number): number {
  const { preferredAgent } = entry;
  if (preferredAgent === undefined || preferredAgent === null) return 0;
  if (preferredAgent.forSeconds === null) return Infinity;
  const agent = draft.state.agents.get(preferredAgent.agentId);
  if (agent === undefined || agent.state.name === 'logged-out') return 0;
  return Math.max(0, preferredAgent.forSeconds - waitedSeconds);
}

function pressureOf(draft: Draft, queue: QueueRecord, waitedSeconds: number): Pressure {
  const { loggedIn, ready } = agentsOf(draft.state, queue);
  const waiting = queue.order.size;
  const { ewtSeconds } = estimateWait({
    averageHandleMs: queue.flow.handling.averageMs,
    queued: waiting,
    agentsLoggedIn: loggedIn,
    agentsReady: ready,
  });
  return { waitedSeconds, ewtSeconds, waiting, agentsLoggedIn: loggedIn };
}
