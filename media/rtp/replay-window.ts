// Which of the latest packet indices have been seen. PURE, no allocation per packet.
// RFC 3711 s.3.3.2 (at least 64; ours is 128).

const SIZE = 128;

export class ReplayWindow {
  /** The index that was last seen in each place; -1 for none. Indices have up to 48 bits. */
  readonly #seen = new Float64Array(SIZE).fill(-1);
  #highest = -1;

  /** Whether the index is new and not too old to know. */
  isFresh(index: number): boolean {
    return index > this.#highest - SIZE && this.#seen[index % SIZE] !== index;
  }

  /** Remembers an index that was fresh. */
  add(index: number): void {
    this.#seen[index % SIZE] = index;
    if (index > this.#highest) this.#highest = index;
  }
}
