// How late a worker's tick was over the last second. PURE, no allocation per tick.

export class Lateness {
  /** Of the second before the latest `take`. */
  meanMs = 0;
  worstMs = 0;
  #sumMs = 0;
  #mostMs = 0;
  #count = 0;

  add(lateMs: number): void {
    this.#sumMs += lateMs;
    this.#count += 1;
    if (lateMs > this.#mostMs) this.#mostMs = lateMs;
  }

  /** Ends a second and begins the next. */
  take(): void {
    this.meanMs = this.#count === 0 ? 0 : this.#sumMs / this.#count;
    this.worstMs = this.#mostMs;
    this.#sumMs = 0;
    this.#mostMs = 0;
    this.#count = 0;
  }
}
