// The live adapters of core's ports: the process's own clock, chance and identities.
import { randomUUID } from 'node:crypto';
import type { Clock, Ids, Log, Rng, Timer } from './ports.ts';

/** The process's clock. Timers are unreferenced: they never keep a process from ending. */
export const liveClock: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs: number, fire: () => void): Timer {
    const handle = setTimeout(fire, Math.max(0, delayMs));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

export const liveRng: Rng = { next: () => Math.random() };

export const liveIds: Ids = { next: () => randomUUID() };

/** A log that says nothing: for tests and tools. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
