// The wait, played: those ahead are given to the agents there are, many times over, with handle
// times drawn from what the queue has learned. PURE: chance is a fixed sequence, so that the same
// queue always gets the same answer. It knows who is busy since when, and whose skills fit whom.
import { quantileAfter } from './durations.ts';
import type { Durations } from './durations.ts';

/** One agent who may come to serve: how long the present work has lasted; null: ready now. */
export interface SimulatedAgent {
  readonly elapsedMs: number | null;
  /** Time of wrap-up still to come, known to the millisecond; null: in conversation. */
  readonly wrapUpLeftMs: number | null;
  /** Which of `ahead` this agent can take, by group; the last group is that of the one who asks. */
  readonly groups: readonly boolean[];
}

export interface SimulatedWait {
  readonly meanSeconds: number;
  readonly p10Seconds: number;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

const RUNS = 50;
/** Points at which the handle times are looked up once, instead of at every draw. */
const GRID = 33;

/**
 * @param ahead the group of each one ahead, in order, then the group of the one who asks
 * @param hangUpsPerSecond of those ahead, so many leave without an agent, of each in a second
 * @returns null when no agent can ever take the one who asks
 */
export function simulateWait(
  ahead: readonly number[],
  agents: readonly SimulatedAgent[],
  handleTimes: Durations,
  hangUpsPerSecond = 0,
): SimulatedWait | null {
  const mine = ahead.at(-1);
  if (mine === undefined || !agents.some(({ groups }) => groups[mine] === true)) return null;
  const fresh = gridOf(handleTimes, 0);
  const residual = agents.map(({ elapsedMs }) => gridOf(handleTimes, elapsedMs ?? 0));
  const chance = chanceFrom(0x5eed);
  const waits: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const freeAtMs = agents.map((agent, n) => {
      if (agent.elapsedMs === null) return 0;
      return agent.wrapUpLeftMs ?? drawn(residual[n] ?? fresh, chance());
    });
    const chances = {
      handleMs: () => drawn(fresh, chance()),
      staysFor: (ms: number) =>
        hangUpsPerSecond <= 0 || chance() < Math.exp((-ms / 1000) * hangUpsPerSecond),
    };
    waits.push(playedOnce(ahead, agents, freeAtMs, chances) / 1000);
  }
  waits.sort((a, b) => a - b);
  const at = (q: number): number => waits[Math.round(q * (RUNS - 1))] ?? 0;
  const meanSeconds = waits.reduce((sum, wait) => sum + wait, 0) / RUNS;
  return { meanSeconds, p10Seconds: at(0.1), p50Seconds: at(0.5), p90Seconds: at(0.9) };
}

interface Chances {
  readonly handleMs: () => number;
  /** Whether one who waits still waits after so long. */
  readonly staysFor: (ms: number) => boolean;
}

/** Gives each in order the first agent who can take it; the wait of the last one. */
function playedOnce(
  ahead: readonly number[],
  agents: readonly SimulatedAgent[],
  freeAtMs: number[],
  { handleMs, staysFor }: Chances,
): number {
  let waitMs = 0;
  for (let place = 0; place < ahead.length; place += 1) {
    const group = ahead[place] ?? 0;
    let best = -1;
    for (let n = 0; n < freeAtMs.length; n += 1) {
      if (agents[n]?.groups[group] !== true) continue;
      if (best < 0 || (freeAtMs[n] ?? 0) < (freeAtMs[best] ?? 0)) best = n;
    }
    const isLast = place === ahead.length - 1;
    if (best < 0 || (!isLast && !staysFor(freeAtMs[best] ?? 0))) continue;
    waitMs = freeAtMs[best] ?? 0;
    freeAtMs[best] = waitMs + handleMs();
  }
  return waitMs;
}

/** Time left, at evenly spaced shares. */
function gridOf(handleTimes: Durations, elapsedMs: number): readonly number[] {
  return Array.from({ length: GRID }, (_, n) => {
    const q = Math.min(0.995, n / (GRID - 1));
    return quantileAfter(handleTimes, elapsedMs, q) - elapsedMs;
  });
}

function drawn(grid: readonly number[], q: number): number {
  const place = q * (GRID - 1);
  const low = Math.floor(place);
  const one = grid[low] ?? 0;
  return one + ((grid[low + 1] ?? one) - one) * (place - low);
}

/** mulberry32. */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
