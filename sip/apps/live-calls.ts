// The calls that live now, both directions: how many, which dialog is whose, and how to end them
// all. RFC 3891 s.3 for what a dialog is looked up for.
import type { DialogName } from '../transfer-types.ts';

/** Dialogs remembered after their end, to say 603 and not 481 of them. */
const REMEMBERED_DIALOGS = 256;

/** What the assembly may do to a call without knowing which kind it is. */
export interface LiveCall {
  /** Once answered, and after its end. */
  readonly dialog?: DialogName | null;
  hangUp(reason: string): void;
  /** The engine, or the connection to it, is gone: the call is over, nobody can be told so. */
  engineLost(reason: string): void;
}

/** Every live call is in here from its beginning until it is over. */
export class LiveCalls {
  readonly #calls = new Set<LiveCall>();
  readonly #farewells = new Set<Promise<unknown>>();
  readonly #over = new Set<string>();
  #drained: (() => void) | null = null;

  get size(): number {
    return this.#calls.size;
  }

  add(call: LiveCall): void {
    this.#calls.add(call);
  }

  delete(call: LiveCall): void {
    this.#calls.delete(call);
    this.#remember(call.dialog ?? null);
    this.#check();
  }

  /** Whether an answered call of ours has, or had until a short while ago, this dialog. */
  stateOf(name: DialogName): 'unknown' | 'answered' | 'over' {
    const key = keyOf(name);
    const isLive = [...this.#calls].some(({ dialog }) => dialog && keyOf(dialog) === key);
    if (isLive) return 'answered';
    return this.#over.has(key) ? 'over' : 'unknown';
  }

  #remember(dialog: DialogName | null): void {
    if (dialog === null) return;
    this.#over.add(keyOf(dialog));
    if (this.#over.size <= REMEMBERED_DIALOGS) return;
    const oldest = this.#over.values().next();
    if (oldest.done !== true) this.#over.delete(oldest.value);
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

function keyOf({ callId, toTag, fromTag }: DialogName): string {
  return `${callId} ${toTag} ${fromTag}`;
}
