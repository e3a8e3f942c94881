// A sorted set as a value. PURE to its users: `with` and `without` answer another set and leave
// this one as it was. Underneath, the versions of one history share one tree changed in place, and
// a log of the last changes leads it back and forth between them (after Baker, "Shallow binding
// makes functional arrays fast"). So the newest version costs what a mutable tree costs; an older
// one costs the steps since, and a second future of an older one a copy.
import { CountedTree } from './counted-tree.ts';
import type { Compare } from './counted-tree.ts';
import { History } from './history.ts';

export type { Compare } from './counted-tree.ts';

/** Keys in code unit order: cheap, and the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Change<T> {
  readonly item: T;
  readonly isAdded: boolean;
}

class SetHistory<T> extends History<Change<T>> {
  readonly tree: CountedTree<T>;

  constructor(tree: CountedTree<T>) {
    super();
    this.tree = tree;
  }

  protected turn({ item, isAdded }: Change<T>): Change<T> {
    if (isAdded) this.tree.remove(item);
    else this.tree.insert(item);
    return { item, isAdded: !isAdded };
  }
}

/** A persistent sorted set. No method changes it. Not to be changed while it is walked over. */
export class OrderedSet<T> {
  readonly #history: SetHistory<T>;
  readonly #version: number;

  private constructor(history: SetHistory<T>, version: number) {
    this.#history = history;
    this.#version = version;
  }

  static empty<T>(compare: Compare<T>): OrderedSet<T> {
    return new OrderedSet<T>(new SetHistory(new CountedTree(compare)), 0);
  }

  get size(): number {
    return this.#tree().size;
  }

  /** The set with `item`; the same set when an equal one is in it. O(log n). */
  with(item: T): OrderedSet<T> {
    const history = this.#changeable();
    return history.tree.insert(item)
      ? new OrderedSet(history, history.changed({ item, isAdded: true }))
      : this;
  }

  /** The set without `item`; the same set when it is not in it. O(log n). */
  without(item: T): OrderedSet<T> {
    const history = this.#changeable();
    return history.tree.remove(item)
      ? new OrderedSet(history, history.changed({ item, isAdded: false }))
      : this;
  }

  /** The smallest item. O(log n). */
  first(): T | null {
    return this.#tree().first();
  }

  /** How many items are smaller than `item`, which need not be in the set. O(log n). */
  rank(item: T): number {
    return this.#tree().rank(item);
  }

  /** Items in order. */
  [Symbol.iterator](): Generator<T, void, undefined> {
    return this.#tree().items();
  }

  #tree(): CountedTree<T> {
    this.#history.goTo(this.#version);
    return this.#history.tree;
  }

  #changeable(): SetHistory<T> {
    const tree = this.#tree();
    return this.#history.isNewest(this.#version) ? this.#history : new SetHistory(tree.copy());
  }
}
