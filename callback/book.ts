// The unfinished callbacks in memory, with what the driver looks up: who waits under which number,
// whose attempt holds which number, who is due when. A cache of the store: rebuilt from it, and
// every change can be taken back by putting the state from before.
import { DueTimes } from './due-times.ts';
import { holdsNumberUntilMs, wakeAtMs } from './schedule.ts';
import type { CallbackMachineState } from './state.ts';

export class Book {
  readonly due = new DueTimes();
  readonly #states = new Map<string, CallbackMachineState>();
  readonly #waiting = new Map<string, string>();
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

  /** The unfinished callback that waits for this number in this queue, or null. */
  waitingId(queueId: string, customerNumber: string): string | null {
    return this.#waiting.get(waitingKey(queueId, customerNumber)) ?? null;
  }

  put(state: CallbackMachineState): void {
    const { id, queueId, customerNumber } = state.promise;
    const key = waitingKey(queueId, customerNumber);
    if (state.phase.name === 'completed') {
      this.#states.delete(id);
      if (this.#waiting.get(key) === id) this.#waiting.delete(key);
    } else {
      this.#states.set(id, state);
      this.#waiting.set(key, id);
    }
    this.#hold(customerNumber, id, holdsNumberUntilMs(state));
    this.due.set(id, wakeAtMs(state));
  }

  /** Forgets a callback that was never stored. */
  remove(state: CallbackMachineState): void {
    const { id, queueId, customerNumber } = state.promise;
    this.#states.delete(id);
    const key = waitingKey(queueId, customerNumber);
    if (this.#waiting.get(key) === id) this.#waiting.delete(key);
    this.#hold(customerNumber, id, null);
    this.due.set(id, null);
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
