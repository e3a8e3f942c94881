// Measured times of many packets, and what is read from them. PURE.

/** Percentiles of a row of measurements, milliseconds. */
export interface Spread {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly mostMs: number;
}

/** A growing row of numbers without an object for each. */
export class Samples {
  #values: Float64Array;
  #count = 0;

  /** @param room values before it grows */
  constructor(room = 1 << 16) {
    this.#values = new Float64Array(room);
  }

  get count(): number {
    return this.#count;
  }

  add(value: number): void {
    if (this.#count === this.#values.length) {
      const more = new Float64Array(2 * this.#values.length);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.#count++] = value;
  }

  /** Adds to `into` how far each value is above the least of them. */
  aboveLeast(into: Samples): void {
    let least = Infinity;
    for (let i = 0; i < this.#count; i++) least = Math.min(least, this.#values[i]!);
    for (let i = 0; i < this.#count; i++) into.add(this.#values[i]! - least);
  }

  /** All zeros when nothing was measured. */
  spread(): Spread {
    const sorted = this.#values.slice(0, this.#count).sort();
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { p50Ms: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999), mostMs: at(1) };
  }
}
