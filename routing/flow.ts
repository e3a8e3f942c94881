// What a queue has learned of its own traffic: how long conversations take, how often somebody
// leaves for an agent, how its promises were kept. PURE.
import { durationsWith, noDurations } from './durations.ts';
import type { Durations } from './durations.ts';
import { averageWith, FIRST_HANDLE_MS, NO_HANDLING } from './ewt.ts';
import type { HandleAverage } from './ewt.ts';
import type { QueueEntry } from './model.ts';
import { FIRST_PROMISES } from './promise.ts';
import type { Promises } from './promise.ts';

export interface Flow {
  readonly handling: HandleAverage;
  /** Conversation and wrap-up together. */
  readonly handleTimes: Durations;
  /** Conversation alone: what a talking agent is still busy with, before wrap-up. */
  readonly talkTimes: Durations;
  readonly departures: Departures;
  readonly hangUps: HangUps;
  /** Of live callers; callbacks that wait for their dial are passed, and wait otherwise. */
  readonly promises: Promises;
  readonly callbackPromises: Promises;
}

/**
 * Those who left the queue without an agent, less those who came back to their place, and the time
 * all spent in it; older ones fade.
 */
export interface HangUps {
  readonly count: number;
  readonly waitedMs: number;
}

/** Time between two who left the queue for an agent while others waited. */
export interface Departures {
  readonly interval: HandleAverage;
  /** Monotonic; null: the queue was empty after the last one, so the next interval says nothing. */
  readonly lastMs: number | null;
}

export const NO_FLOW: Flow = {
  handling: NO_HANDLING,
  handleTimes: noDurations(FIRST_HANDLE_MS),
  talkTimes: noDurations(FIRST_HANDLE_MS),
  departures: { interval: { count: 0, averageMs: 0 }, lastMs: null },
  hangUps: { count: 0, waitedMs: 0 },
  promises: FIRST_PROMISES,
  callbackPromises: FIRST_PROMISES,
};

export function promisesTo(flow: Flow, kind: QueueEntry['kind']): Promises {
  return kind === 'live' ? flow.promises : flow.callbackPromises;
}

export function withPromises(flow: Flow, kind: QueueEntry['kind'], promises: Promises): Flow {
  return kind === 'live' ? { ...flow, promises } : { ...flow, callbackPromises: promises };
}

export function withHandled(flow: Flow, handleMs: number): Flow {
  return {
    ...flow,
    handling: averageWith(flow.handling, handleMs),
    handleTimes: durationsWith(flow.handleTimes, handleMs),
  };
}

export function withConversation(flow: Flow, talkMs: number): Flow {
  return { ...flow, talkTimes: durationsWith(flow.talkTimes, talkMs) };
}

/** @param stillWaiting how many wait after this one left */
export function withDeparture(flow: Flow, nowMs: number, stillWaiting: number): Flow {
  const { interval, lastMs } = flow.departures;
  const next = lastMs === null ? interval : averageWith(interval, nowMs - lastMs);
  return { ...flow, departures: { interval: next, lastMs: stillWaiting > 0 ? nowMs : null } };
}

/** Those who left after which an old one counts for less than 1/e of a new one. */
const HANG_UP_MEMORY = 200;
/** Waiting without a hang-up that is assumed before anything was seen. */
const PATIENT_MS = 3_600_000;

/** One more left its place, with an agent or without. */
export function withLeft(flow: Flow, waitedMs: number, hasHungUp: boolean): Flow {
  return withHangUps(flow, waitedMs, hasHungUp ? 1 : 0);
}

/**
 * One more came back to a place it had before: who hung up and is called back, who was not reached.
 * The queue ahead of others grows by it, as it shrinks when somebody hangs up.
 */
export function withReturned(flow: Flow): Flow {
  return withHangUps(flow, 0, -1);
}

function withHangUps(flow: Flow, waitedMs: number, more: number): Flow {
  const keep = 1 - 1 / HANG_UP_MEMORY;
  const { count, waitedMs: beforeMs } = flow.hangUps;
  return { ...flow, hangUps: { count: count * keep + more, waitedMs: beforeMs * keep + waitedMs } };
}

/**
 * How many of those who wait leave without an agent and do not come back, of each in a second.
 * Below 0: more come back than leave.
 */
export function hangUpsPerSecond({ hangUps }: Flow): number {
  return (hangUps.count * 1_000) / (hangUps.waitedMs + PATIENT_MS);
}
