// What drivers need of the world: time, chance, identity and a log. Rules never see these.

/** A running timer; `cancel` is idempotent. */
export interface Timer {
  cancel(): void;
}

/** Time. `nowMs` is wall time (Unix epoch, may step); `monotonicMs` only ever grows. */
export interface Clock {
  nowMs(): number;
  monotonicMs(): number;
  /** Calls `fire` once, after at least `delayMs`. Live timers do not keep the process alive. */
  after(delayMs: number, fire: () => void): Timer;
}

/** Chance, as a port so that a seed can replay it. */
export interface Rng {
  /** A number in [0, 1). */
  next(): number;
}

/** Identities: opaque, unique, no `|`, no white space. */
export interface Ids {
  /** A fresh id, for example a lower-case UUID. */
  next(): string;
}

/** Values an event in the log may carry. Telephone numbers are masked by the logger itself. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The log: event names (kebab-case) with ids, never sentences. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
  /** A log whose every line also carries `fields`. */
  child(fields: LogFields): Log;
}
