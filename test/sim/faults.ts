// Chance with a seed, and what may go wrong with which probability. The same seed, the same story.
import { unavailable } from '../../core/errors.ts';
import type { Rng } from '../../core/ports.ts';
import type { CallbackStore } from '../../callback/index.ts';
import { storeConflict } from '../../callback/store/faults.ts';

/** mulberry32: 32 bits of state, good enough for telling stories. */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return {
    next(): number {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}

/** A draw between two bounds, in whole milliseconds. */
export function between(rng: Rng, leastMs: number, mostMs: number): number {
  return Math.round(leastMs + rng.next() * (mostMs - leastMs));
}

/** One of the names, by weight. */
export function draw<Name extends string>(rng: Rng, weights: Readonly<Record<Name, number>>): Name {
  const names = Object.keys(weights) as Name[];
  const total = names.reduce((sum, name) => sum + weights[name], 0);
  let left = rng.next() * total;
  for (const name of names) {
    left -= weights[name];
    if (left < 0) return name;
  }
  return names[names.length - 1] as Name;
}

/** Probabilities of one event each; all zero once faults stop. */
export interface FaultRates {
  readonly storeUnavailable: number;
  readonly storeConflict: number;
  readonly portThrows: number;
  readonly callLost: number;
  /** The process dies right before, or right after, a commit. */
  readonly crashAtCommit: number;
  readonly agentFails: number;
}

export const stormy: FaultRates = {
  storeUnavailable: 0.01,
  storeConflict: 0.01,
  portThrows: 0.005,
  callLost: 0.03,
  crashAtCommit: 0.003,
  agentFails: 0.2,
};

export const calm: FaultRates = {
  storeUnavailable: 0,
  storeConflict: 0,
  portThrows: 0,
  callLost: 0,
  crashAtCommit: 0,
  agentFails: 0,
};

export interface Weather {
  readonly rng: Rng;
  rates: FaultRates;
  /** Nothing can be written until the disk has room again. */
  isDiskFull?: boolean;
}

/** Throws what a port may throw, now and then. */
export function maybeThrow({ rng, rates }: Weather, where: string): void {
  if (rng.next() < rates.portThrows) throw new Error(`${where} failed by chance`);
}

/** A store that fails by chance, kills its process by chance, and answers no dead process. */
export function faultyStore(
  inner: CallbackStore,
  weather: Weather,
  process: { readonly dead: boolean; die(): void },
): CallbackStore {
  const alive = <Answer>(work: () => Answer): Answer => {
    if (process.dead) throw new Error('the process is dead');
    return work();
  };
  return {
    commit: (writes, doneKeys) =>
      alive(() => {
        const { rng, rates, isDiskFull = false } = weather;
        if (isDiskFull) throw unavailable('STORE_UNAVAILABLE', 'the disk is full');
        if (rng.next() < rates.storeUnavailable)
          throw unavailable('STORE_UNAVAILABLE', 'by chance');
        const victim = writes[0];
        if (victim !== undefined && rng.next() < rates.storeConflict) {
          throw storeConflict(victim.state.promise.id);
        }
        const dies = rng.next() < rates.crashAtCommit;
        if (dies && rng.next() < 0.5) {
          process.die();
          throw new Error('died before the commit');
        }
        const events = inner.commit(writes, doneKeys);
        if (!dies) return events;
        process.die();
        throw new Error('died after the commit');
      }),
    load: (id) => alive(() => inner.load(id)),
    unfinished: () => alive(() => inner.unfinished()),
    list: (filter) => alive(() => inner.list(filter)),
    history: (id) => alive(() => inner.history(id)),
    eventsAfter: (sequence, limit) => alive(() => inner.eventsAfter(sequence, limit)),
    acceptedSince: (sinceMs) => alive(() => inner.acceptedSince(sinceMs)),
    openEffects: () => alive(() => inner.openEffects()),
    idempotency: (key) => alive(() => inner.idempotency(key)),
    close: () => undefined,
  };
}
