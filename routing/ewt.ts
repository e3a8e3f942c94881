// Estimated wait time, explained. PURE. Three ways, chosen for each queue:
// stat-server  EWT = AHT * CIQU / (AA * EP), where AHT is the average handle time (conversation and
//     wrap-up), CIQU those queued beyond the agents who are ready, AA the agents serving, and EP
//     the share of their time this queue gets: 1, the agents' skills decide it here. Deviation:
//     AA counts every logged-in agent, also the ready ones. Without them a ready agent for whom
//     only callbacks not yet dialled wait would make the divisor zero and the wait years.
// departures   the mean time between the last 32 who left the queue for an agent, times the place:
//     it knows of shared agents, breaks and people who hang up without being told.
// simulation   simulate-wait.ts plays the queue ahead on the agents there are.
import type { EstimatedWait, WaitMethod, WaitQuantiles } from './model.ts';

/** Handle time assumed until the first interaction was handled, as Stat Server does. */
export const FIRST_HANDLE_MS = 90_000;

/** Interactions after which an old one counts for less than 1/e of a new one. */
const MEMORY = 32;

/** Departures that must have been seen before they are reckoned with. */
export const ENOUGH_DEPARTURES = 8;

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
  /** Those of the queue who have no agent yet and are ahead. */
  readonly queued: number;
  /** Logged-in agents who have the queue's skills. */
  readonly agentsLoggedIn: number;
  readonly agentsReady: number;
  /** `stat-server` unless said otherwise. */
  readonly method?: WaitMethod;
  /** Time between two departures; none known unless given. */
  readonly departures?: HandleAverage;
  /** Of those who wait, so many leave without an agent, of each in a second; 0 unless given. */
  readonly hangUpsPerSecond?: number;
  /** Spread of handle times: standard deviation over mean. 1 unless given. */
  readonly spread?: number;
}

/**
 * The wait of one who stands behind `queued` others, with what it was made from. `simulation` is
 * not made here: the answer is by departures, which is what it comes to without knowing the agents.
 */
export function estimateWait(given: WaitInputs): EstimatedWait {
  const { queued, agentsLoggedIn, agentsReady, departures } = given;
  const interactionsAhead = Math.max(0, queued - agentsReady);
  const averageHandleSeconds = given.averageHandleMs / 1000;
  const isKnown = departures !== undefined && departures.count >= ENOUGH_DEPARTURES;
  const departureSeconds = isKnown ? departures.averageMs / 1000 : null;
  const inputs = {
    averageHandleSeconds,
    interactionsAhead,
    agentsServing: agentsLoggedIn,
    departureSeconds,
  };
  const byDepartures = (given.method ?? 'stat-server') !== 'stat-server';
  const method = byDepartures && departureSeconds !== null ? 'departures' : 'stat-server';
  if (agentsLoggedIn === 0) {
    return { ewtSeconds: -1, reason: 'nobody-logged-in', method, inputs, quantiles: null };
  }
  if (agentsReady > queued) {
    const quantiles = { p10Seconds: 0, p50Seconds: 0, p90Seconds: 0 };
    return { ewtSeconds: 0, reason: 'agent-free', method, inputs, quantiles };
  }
  const patientSeconds =
    method === 'departures' && departureSeconds !== null
      ? departureSeconds * (interactionsAhead + 1)
      : (averageHandleSeconds * interactionsAhead) / agentsLoggedIn;
  const ewtSeconds = withHangUps(patientSeconds, given.hangUpsPerSecond ?? 0);
  const quantiles = quantilesAround(ewtSeconds, interactionsAhead + 1, given.spread ?? 1);
  return { ewtSeconds, reason: 'estimated', method, inputs, quantiles };
}

/**
 * The wait when some of those ahead leave without an agent: each second the queue ahead of one
 * shortens by those who are served and by a share of those who are still there.
 * @param patientSeconds the wait when nobody leaves
 */
function withHangUps(patientSeconds: number, perSecond: number): number {
  // More may come back than leave: then the wait is longer, but not without end.
  const share = Math.max(-0.8, perSecond * patientSeconds);
  return share === 0 ? patientSeconds : (patientSeconds * Math.log(1 + share)) / share;
}

/** Quantiles of a sum of `steps` times with this spread each: a gamma, by Wilson and Hilferty. */
function quantilesAround(meanSeconds: number, steps: number, spread: number): WaitQuantiles {
  const variance = (spread * spread) / steps / 9;
  const at = (z: number): number =>
    meanSeconds * Math.max(0, 1 - variance + z * Math.sqrt(variance)) ** 3;
  return { p10Seconds: at(-1.2816), p50Seconds: at(0), p90Seconds: at(1.2816) };
}
