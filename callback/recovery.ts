// After a start: takes up again what the store says. Calls of the old process are gone with it, so
// everything live becomes an interrupted attempt; places in the queue are taken again as they were.
import type { Clock, Log } from '../core/ports.ts';
import { liveAttempt } from './attempt.ts';
import type { Outbox } from './outbox.ts';
import { givesBack } from './perform.ts';
import type { Calls } from './ports.ts';
import { comparePlaces, holdsNumberUntilMs, queueEntry } from './schedule.ts';
import { effectKey } from './state.ts';
import type { CallbackMachineEvent, CallbackMachineState } from './state.ts';
import type { OutboxRow } from './store/store.ts';

export interface RecoveryPorts {
  readonly calls: Calls;
  readonly clock: Clock;
  readonly log: Log;
  readonly outbox: Outbox;
}

/** Performs what is still owed, and answers the events to begin with. */
export function recover(
  states: readonly CallbackMachineState[],
  openEffects: readonly OutboxRow[],
  ports: RecoveryPorts,
): { readonly id: string; readonly event: CallbackMachineEvent }[] {
  const live = new Map<string, CallbackMachineState>();
  const lost: CallbackMachineState[] = [];
  for (const state of states) {
    if (holdsNumberUntilMs(state) !== Infinity) continue;
    if (isLive(state, ports)) live.set(state.promise.id, state);
    else lost.push(state);
  }
  for (const row of openEffects) {
    const state = live.get(row.callbackId);
    if (state === undefined ? givesBack(row.effect) : isNewest(row, state))
      ports.outbox.perform(row);
    else ports.outbox.discard(row);
  }
  const queued = states.filter(({ phase }) => phase.name === 'queued').sort(comparePlaces);
  for (const state of queued) ports.outbox.perform(placeOf(state));
  const atMs = ports.clock.nowMs();
  return lost.map((state) => ({
    id: state.promise.id,
    event: { type: 'process-restarted', atMs },
  }));
}

/** A call that outlived this driver is not dialled again: that much can be asked. */
function isLive(state: CallbackMachineState, { calls, log }: RecoveryPorts): boolean {
  const attempt = liveAttempt(state.attempts);
  if (attempt === null) return false;
  const { id } = state.promise;
  try {
    return calls.isLive(id, attempt.attemptKey);
  } catch (fault) {
    log.warn('callback-liveness-unknown', { callbackId: id, reason: String(fault) });
    return false;
  }
}

function isNewest(row: OutboxRow, state: CallbackMachineState): boolean {
  return row.revision === state.revision && row.effect.type !== 'dial-customer';
}

/** The place in the queue, taken from the state: routing forgets, the store does not. */
function placeOf(state: CallbackMachineState): OutboxRow {
  const { promise, revision } = state;
  return {
    key: effectKey(promise.id, revision, 0),
    callbackId: promise.id,
    revision,
    effect: { type: 'submit-to-routing', entry: queueEntry(promise) },
  };
}
