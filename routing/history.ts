// The versions of a collection that is changed in place: goes back and forth between the last ones
// by their changes. A version does not know the next one: garbage that points to what is alive
// would be kept alive by it in turn, and with a million changes collecting it is most of the work.

/** Changes that can be taken back. An older version cannot be read any more. */
const REMEMBERED = 256;

export abstract class History<Change> {
  #newest = 0;
  /** The version the collection holds now. */
  #held = 0;
  /** The change between version n - 1 and n, at n modulo REMEMBERED. */
  readonly #changes: Change[] = [];

  /** Does the opposite of a change. @returns what would take that back */
  protected abstract turn(change: Change): Change;

  isNewest(version: number): boolean {
    return version === this.#newest;
  }

  /** Notes that the newest version was changed. @returns the number of the next one */
  changed(change: Change): number {
    this.#newest += 1;
    this.#held = this.#newest;
    this.#changes[this.#newest % REMEMBERED] = change;
    return this.#newest;
  }

  /** Makes the collection hold this version. O(1) for the newest, else O(changes between). */
  goTo(version: number): void {
    if (version === this.#held) return;
    if (version <= this.#newest - REMEMBERED) throw new Error('a version long gone was read');
    while (this.#held > version) {
      this.#turn(this.#held);
      this.#held -= 1;
    }
    while (this.#held < version) {
      this.#held += 1;
      this.#turn(this.#held);
    }
  }

  #turn(version: number): void {
    const at = version % REMEMBERED;
    this.#changes[at] = this.turn(this.#changes[at] as Change);
  }
}
