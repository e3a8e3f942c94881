// The unfinished callbacks in memory, with what the driver looks up: who waits under which number,
// whose attempt holds which number, who is due when. A cache of the store: rebuilt from it, and
// every change can be taken back by putting the state from before.
import { AccessBook } from './access-book.ts';
import { DueTimes } from './due-times.ts';
import { Bookings } from './time/bookings.ts';
import { comparePlaces, holdsNumberUntilMs, wakeAtMs } from './schedule.ts';
import type { CallbackMachineState } from './state.ts';

export class Book {
  readonly due = new DueTimes();
  /** What is promised for which time and not kept yet. */
  readonly bookings = new Bookings();
  /** Access numbers and codes of customers who call in. */
  readonly access = new AccessBook();
  readonly #states = new Map<string, CallbackMachineState>();
  /** Queue and number to the callbacks that wait for it. */
  readonly #waiting = new Map<string, Set<string>>();
  readonly #perQueue = new Map<string, number>();
  /** Number to the callbacks holding it, each until a wall time. */
  readonly #holds = new Map<string, Map<string, number>>();

  get size(): number {
    return this.#states.size;
  }

  states(): IterableIterator<CallbackMachineState> {
    return this.#states.values();
  }

  state(id: string): CallbackMachineState | null {
    return this.#states.get(id) ?? null;
  }

  /** The unfinished callbacks that wait for this number in this queue. */
  waitingIds(queueId: string, customerNumber: string): readonly string[] {
    return [...(this.#waiting.get(waitingKey(queueId, customerNumber)) ?? [])];
  }

  /** The unfinished callback of a queue whose message on a machine said this code, or null. */
  byCode(queueId: string, code: string): CallbackMachineState | null {
    for (const state of this.#states.values()) {
      const { promise } = state;
      if (promise.returnCode === code && promise.queueId === queueId) return state;
    }
    return null;
  }

  /** How many unfinished callbacks a queue has. */
  unfinishedIn(queueId: string): number {
    return this.#perQueue.get(queueId) ?? 0;
  }

  /**
   * Takes out every callback due at `nowMs`, in the order of their places: when the office opens, a
   * free agent goes to the first in line and not to the first who is looked at.
   */
  takeDue(nowMs: number): string[] {
    return this.due
      .takeDue(nowMs)
      .flatMap((id) => this.#states.get(id) ?? [])
      .sort(comparePlaces)
      .map(({ promise }) => promise.id);
  }

  put(state: CallbackMachineState): void {
    const { id, queueId, customerNumber, desiredTimeMs } = state.promise;
    this.#forget(id);
    if (state.phase.name !== 'completed') {
      this.#states.set(id, state);
      this.#count(queueId, 1);
      const key = waitingKey(queueId, customerNumber);
      const waiting = this.#waiting.get(key);
      if (waiting === undefined) this.#waiting.set(key, new Set([id]));
      else waiting.add(id);
      this.bookings.set(id, queueId, desiredTimeMs);
      this.access.put(state);
    }
    this.#hold(customerNumber, id, holdsNumberUntilMs(state));
    this.due.set(id, wakeAtMs(state));
  }

  /** Forgets a callback that was never stored. */
  remove(state: CallbackMachineState): void {
    const { id, customerNumber } = state.promise;
    this.#forget(id);
    this.#hold(customerNumber, id, null);
    this.due.set(id, null);
  }

  /** Out of what is looked up, under the number and time it had there: both may have changed. */
  #forget(id: string): void {
    const known = this.#states.get(id);
    if (known === undefined) return;
    const { queueId, customerNumber } = known.promise;
    this.#states.delete(id);
    this.#count(queueId, -1);
    this.bookings.set(id, queueId, null);
    this.access.remove(known);
    const key = waitingKey(queueId, customerNumber);
    const waiting = this.#waiting.get(key);
    waiting?.delete(id);
    if (waiting?.size === 0) this.#waiting.delete(key);
    this.#hold(customerNumber, id, null);
  }

  #count(queueId: string, change: number): void {
    this.#perQueue.set(queueId, this.unfinishedIn(queueId) + change);
  }

  /** Whether another callback's attempt holds the number of this one. */
  numberInUse(state: CallbackMachineState, nowMs: number): boolean {
    const holders = this.#holds.get(state.promise.customerNumber);
    if (holders === undefined) return false;
    for (const [id, untilMs] of holders) {
      if (untilMs <= nowMs) holders.delete(id);
      else if (id !== state.promise.id) return true;
    }
    if (holders.size === 0) this.#holds.delete(state.promise.customerNumber);
    return false;
  }

  #hold(customerNumber: string, id: string, untilMs: number | null): void {
    const holders = this.#holds.get(customerNumber);
    if (untilMs !== null) {
      if (holders === undefined) this.#holds.set(customerNumber, new Map([[id, untilMs]]));
      else holders.set(id, untilMs);
      return;
    }
    holders?.delete(id);
    if (holders?.size === 0) this.#holds.delete(customerNumber);
  }
}

function waitingKey(queueId: string, customerNumber: string): string {
  return `${queueId}|${customerNumber}`;
}
