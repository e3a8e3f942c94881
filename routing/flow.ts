// What a queue has learned of its own traffic: how long conversations take, how often somebody
// leaves for an agent, how its promises were kept. PURE.
import { durationsWith, noDurations } from './durations.ts';
import type { Durations } from './durations.ts';
import { averageWith, FIRST_HANDLE_MS, NO_HANDLING } from './ewt.ts';
import type { HandleAverage } from './ewt.ts';
import { FIRST_PROMISES } from './promise.ts';
import type { Promises } from './promise.ts';

export interface Flow {
  readonly handling: HandleAverage;
  /** Conversation and wrap-up together. */
  readonly handleTimes: Durations;
  /** Conversation alone: what a talking agent is still busy with, before wrap-up. */
  readonly talkTimes: Durations;
  readonly departures: Departures;
  readonly promises: Promises;
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
  promises: FIRST_PROMISES,
};

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
