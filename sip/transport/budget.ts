// How many connections there may be, in all and from one address, over every stream transport.

/** Counts open connections by the address of the peer. */
export class ConnectionBudget {
  readonly #max: number;
  readonly #maxPerSource: number;
  readonly #bySource = new Map<string, number>();
  #total = 0;

  constructor(max: number, maxPerSource: number) {
    this.#max = max;
    this.#maxPerSource = maxPerSource;
  }

  get total(): number {
    return this.#total;
  }

  /** Takes a place; false when none is left, in all or for this address. */
  take(address: string): boolean {
    const ofSource = this.#bySource.get(address) ?? 0;
    if (this.#total >= this.#max || ofSource >= this.#maxPerSource) return false;
    this.#bySource.set(address, ofSource + 1);
    this.#total++;
    return true;
  }

  /** Gives back a place that was taken. */
  release(address: string): void {
    const left = (this.#bySource.get(address) ?? 0) - 1;
    if (left > 0) this.#bySource.set(address, left);
    else this.#bySource.delete(address);
    this.#total--;
  }
}
