// The one shape of every rule in this house. Nothing here may know a clock, a socket or a store.

/**
 * A rule: total, pure, no clock, no I/O. Given a state and an event it answers the next state and
 * the effects asked for, in the order they must be performed. Every event in every state has an
 * answer; an event that means nothing in a state returns the state unchanged and no effects.
 */
export type Step<State, Event, Effect> = (
  state: State,
  event: Event,
) => readonly [State, readonly Effect[]];

/** Closes a `switch` over a union: a forgotten arm is a compile error, a corrupt value a bug. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
