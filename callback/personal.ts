// What is personal in a stored callback, and the same callback without it. PURE.
import type { CallbackMachineState } from './state.ts';

/** Stands where a number was. */
export const erasedNumber = 'erased';

/** Facts of history lines that say nothing about a person; everything else is erased. */
const harmless: ReadonlySet<string> = new Set([
  ...['from', 'phase', 'attempt', 'result', 'command', 'interrupted', 'numberInUse'],
  ...['queueId', 'desiredTimeMs', 'arrivedAtMs', 'expiresAtMs', 'treatedAs', 'because', 'trunk'],
]);

/** The callback without number, user data, notes, recordings and evidence of what was heard. */
export function withoutPerson(state: CallbackMachineState): CallbackMachineState {
  const attempts = state.attempts.map((attempt) => ({ ...attempt, recording: null, cpd: null }));
  const promise = { ...state.promise, customerNumber: erasedNumber, userData: {} };
  const { disposition } = state;
  const erased = disposition && { disposition: { ...disposition, notes: '' } };
  return { ...state, promise, attempts, ...erased };
}

/** The facts of a history line without what may be personal. */
export function harmlessFacts(
  data: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(data).filter(([key]) => harmless.has(key)));
}
