// Which file descriptors a media thread has open that Node knows nothing of: in memory shared with
// the main thread, which closes those that a thread leaves behind when it dies.

/** Descriptors beyond this are not taken. */
const MOST_FDS = 65_536;
const BITS = 32;

export class FdLedger {
  readonly #words: Int32Array;

  /** @param memory of `FdLedger.memory`, the same on both sides */
  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(MOST_FDS / 8);
  }

  /** Notes a descriptor that was just opened; false when it is none we can note. */
  enter(fd: number): boolean {
    if (fd < 0 || fd >= MOST_FDS) return false;
    Atomics.or(this.#words, Math.floor(fd / BITS), 1 << (fd % BITS));
    return true;
  }

  /** Call before closing: better left open by a thread that dies here than closed twice. */
  strike(fd: number): void {
    Atomics.and(this.#words, Math.floor(fd / BITS), ~(1 << (fd % BITS)));
  }

  /** Takes all that are still noted. */
  takeLeft(): number[] {
    const left: number[] = [];
    for (let i = 0; i < this.#words.length; i++) {
      const word = Atomics.exchange(this.#words, i, 0);
      for (let bit = 0; word !== 0 && bit < BITS; bit++) {
        if ((word & (1 << bit)) !== 0) left.push(i * BITS + bit);
      }
    }
    return left;
  }
}
