// The calls that live now, both directions: how many, and how to end them all.

/** What the assembly may do to a call without knowing which kind it is. */
export interface LiveCall {
  hangUp(reason: string): void;
  /** The engine, or the connection to it, is gone: the call is over, nobody can be told so. */
  engineLost(reason: string): void;
}

/** Every live call is in here from its beginning until it is over. */
export class LiveCalls {
  readonly #calls = new Set<LiveCall>();
  readonly #farewells = new Set<Promise<unknown>>();
  #drained: (() => void) | null = null;

  get size(): number {
    return this.#calls.size;
  }

  add(call: LiveCall): void {
    this.#calls.add(call);
  }

  delete(call: LiveCall): void {
    this.#calls.delete(call);
    this.#check();
  }

  /** A BYE on its way: stopping waits for its answer. */
  farewell(bye: Promise<unknown>): void {
    this.#farewells.add(bye);
    const done = (): void => {
      this.#farewells.delete(bye);
      this.#check();
    };
    bye.then(done, done);
  }

  hangUpAll(reason: string): void {
    for (const call of [...this.#calls]) call.hangUp(reason);
  }

  loseAll(reason: string): void {
    for (const call of [...this.#calls]) call.engineLost(reason);
    this.#farewells.clear();
    this.#check();
  }

  /** Resolves when no call lives and every BYE is answered. */
  drained(): Promise<void> {
    return new Promise((resolve) => {
      this.#drained = resolve;
      this.#check();
    });
  }

  #check(): void {
    if (this.#calls.size === 0 && this.#farewells.size === 0) this.#drained?.();
  }
}
