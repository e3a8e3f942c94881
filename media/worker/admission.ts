// Whether a worker has room for another call, by how late its tick is. PURE: monotonic time and
// the worker's own measurements come in.
//
//   in time --late in two reports in a row, or none for five seconds--> late
//   late    --a report of half the limit or less-----------------------> in time

/** A worker that reports nothing for so long does not come to it. */
const SILENT_MS = 5_000;

export class Admission {
  readonly #limitMs: number;
  #reportedAtMs: number;
  #lateBefore = false;
  #late = false;

  /** @param limitMs mean lateness over a second that is still in time */
  constructor(limitMs: number, nowMs: number) {
    this.#limitMs = limitMs;
    this.#reportedAtMs = nowMs;
  }

  /** Takes the mean lateness of the last second; one bad second alone is forgiven. */
  report(lateMs: number, nowMs: number): void {
    const late = lateMs > this.#limitMs;
    if (late && this.#lateBefore) this.#late = true;
    if (lateMs <= this.#limitMs / 2) this.#late = false;
    this.#lateBefore = late;
    this.#reportedAtMs = nowMs;
  }

  isLate(nowMs: number): boolean {
    return this.#late || nowMs - this.#reportedAtMs > SILENT_MS;
  }
}
