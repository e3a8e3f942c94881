// Which access numbers and codes are given out, and to which callbacks. Part of the book: rebuilt
// from the states, changed with them. PURE.
import type { CallbackMachineState } from './state.ts';

export class AccessBook {
  /** Code to the callback that has it; codes are unique over all access numbers. */
  readonly #byCode = new Map<string, string>();
  /** Access number to customer number to callbacks. */
  readonly #byNumber = new Map<string, Map<string, Set<string>>>();
  readonly #perNumber = new Map<string, number>();

  put({ promise, phase }: CallbackMachineState): void {
    const { id, customerNumber, callIn } = promise;
    if (callIn === undefined || phase.name === 'completed') return;
    const { accessNumber, accessCode } = callIn;
    if (accessCode !== null) this.#byCode.set(accessCode, id);
    const customers = this.#byNumber.get(accessNumber) ?? new Map<string, Set<string>>();
    this.#byNumber.set(accessNumber, customers);
    const ids = customers.get(customerNumber) ?? new Set<string>();
    customers.set(customerNumber, ids.add(id));
    this.#perNumber.set(accessNumber, this.openOn(accessNumber) + 1);
  }

  /** @param state as it was put */
  remove({ promise, phase }: CallbackMachineState): void {
    const { id, customerNumber, callIn } = promise;
    if (callIn === undefined || phase.name === 'completed') return;
    const { accessNumber, accessCode } = callIn;
    const customers = this.#byNumber.get(accessNumber);
    const ids = customers?.get(customerNumber);
    if (ids?.delete(id) !== true) return;
    if (ids.size === 0) customers?.delete(customerNumber);
    if (accessCode !== null) this.#byCode.delete(accessCode);
    this.#perNumber.set(accessNumber, this.openOn(accessNumber) - 1);
  }

  /** The callback that has a code, or null. */
  ofCode(code: string): string | null {
    return this.#byCode.get(code) ?? null;
  }

  /** Callbacks of a customer that have this access number. */
  ofCaller(accessNumber: string, customerNumber: string): readonly string[] {
    return [...(this.#byNumber.get(accessNumber)?.get(customerNumber) ?? [])];
  }

  /** How many callbacks have an access number. */
  openOn(accessNumber: string): number {
    return this.#perNumber.get(accessNumber) ?? 0;
  }
}
