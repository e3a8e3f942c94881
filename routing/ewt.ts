// Estimated wait time, explained. PURE.
// Stat Server's formula: EWT = AHT * CIQU / (AA * EP), where AHT is the average handle time
// (conversation and wrap-up), CIQU those queued beyond the agents who are ready, AA the agents
// serving, and EP the share of their time this queue gets: 1, the agents' skills decide it here.
// Deviation: AA counts every logged-in agent, also the ready ones. Without them a ready agent for
// whom only callbacks not yet dialled wait would make the divisor zero and the wait years.
import type { EstimatedWait } from './model.ts';

/** Handle time assumed until the first interaction was handled, as Stat Server does. */
export const FIRST_HANDLE_MS = 90_000;

/** Interactions after which an old one counts for less than 1/e of a new one. */
const MEMORY = 32;

/** A running average: exact for the first 32 interactions, exponential from then on. */
export interface HandleAverage {
  readonly count: number;
  readonly averageMs: number;
}

export const NO_HANDLING: HandleAverage = { count: 0, averageMs: FIRST_HANDLE_MS };

/** The average with one more interaction in it. */
export function averageWith(average: HandleAverage, handleMs: number): HandleAverage {
  const count = Math.min(average.count + 1, MEMORY);
  const previousMs = average.count === 0 ? 0 : average.averageMs;
  return { count, averageMs: previousMs + (handleMs - previousMs) / count };
}

export interface WaitInputs {
  readonly averageHandleMs: number;
  /** Those of the queue who have no agent yet. */
  readonly queued: number;
  /** Logged-in agents who have the queue's skills. */
  readonly agentsLoggedIn: number;
  readonly agentsReady: number;
}

/** The wait of one more arrival at the end of the order, with what it was made from. */
export function estimateWait(given: WaitInputs): EstimatedWait {
  const interactionsAhead = Math.max(0, given.queued - given.agentsReady);
  const averageHandleSeconds = given.averageHandleMs / 1000;
  const inputs = { averageHandleSeconds, interactionsAhead, agentsServing: given.agentsLoggedIn };
  const method = 'stat-server';
  if (given.agentsLoggedIn === 0) {
    return { ewtSeconds: -1, reason: 'nobody-logged-in', method, inputs };
  }
  if (given.agentsReady > given.queued) {
    return { ewtSeconds: 0, reason: 'agent-free', method, inputs };
  }
  const ewtSeconds = (averageHandleSeconds * interactionsAhead) / given.agentsLoggedIn;
  return { ewtSeconds, reason: 'estimated', method, inputs };
}
