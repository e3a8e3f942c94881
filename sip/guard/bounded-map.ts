// A map that never holds more than so many entries: those not used for long go. PURE.
// Two generations: what is used moves to the young one; when that is full, the old one is dropped
// whole. So every call takes the same short time, also in a flood of keys never seen again.

export class BoundedMap<Value> {
  readonly #mostYoung: number;
  #young = new Map<string, Value>();
  #old = new Map<string, Value>();

  /** @param most entries kept; the half of them used last is certain to stay */
  constructor(most: number) {
    this.#mostYoung = Math.max(1, Math.floor(most / 2));
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value, which thereby counts as used just now; undefined when there is none. */
  use(key: string): Value | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#old.delete(key);
    if (this.#young.size >= this.#mostYoung && !this.#young.has(key)) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }

  delete(key: string): void {
    this.#young.delete(key);
    this.#old.delete(key);
  }

  /** All entries, without counting as a use. */
  entries(): readonly (readonly [string, Value])[] {
    return [...this.#old, ...this.#young];
  }
}
