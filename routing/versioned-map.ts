// A map from text as a value: as ordered-set.ts, over a hash table. PURE to its users. Walks go by
// key, so that what routing does never depends on the history of the table.
import { History } from './history.ts';
import { compareText } from './ordered-set.ts';

/** What a key meant in the other version; undefined: nothing. */
interface Change<V> {
  readonly key: string;
  readonly value: V | undefined;
}

class MapHistory<V> extends History<Change<V>> {
  readonly table: Map<string, V>;

  constructor(table: Map<string, V>) {
    super();
    this.table = table;
  }

  protected turn({ key, value }: Change<V>): Change<V> {
    const opposite = { key, value: this.table.get(key) };
    if (value === undefined) this.table.delete(key);
    else this.table.set(key, value);
    return opposite;
  }
}

/** A persistent map. No method changes it. */
export class VersionedMap<V> {
  readonly #history: MapHistory<V>;
  readonly #version: number;

  private constructor(history: MapHistory<V>, version: number) {
    this.#history = history;
    this.#version = version;
  }

  static empty<V>(): VersionedMap<V> {
    return new VersionedMap<V>(new MapHistory(new Map<string, V>()), 0);
  }

  get size(): number {
    return this.#table().size;
  }

  /** O(1). */
  get(key: string): V | undefined {
    return this.#table().get(key);
  }

  /**
   * The map in which `key` means `value`. O(1).
   * @param known what it means until now, where that is known: large tables are slow to ask
   */
  with(key: string, value: V, known?: V): VersionedMap<V> {
    const history = this.#changeable();
    const old = known ?? history.table.get(key);
    if (old === value) return this;
    history.table.set(key, value);
    return new VersionedMap(history, history.changed({ key, value: old }));
  }

  /** The map without `key`; the same map when it is not there. O(1). @param known as of `with` */
  without(key: string, known?: V): VersionedMap<V> {
    const history = this.#changeable();
    const old = known ?? history.table.get(key);
    if (old === undefined) return this;
    history.table.delete(key);
    return new VersionedMap(history, history.changed({ key, value: old }));
  }

  /** Keys and values in the order of the keys. O(n log n). */
  *[Symbol.iterator](): Generator<readonly [string, V], void, undefined> {
    yield* [...this.#table()].sort((a, b) => compareText(a[0], b[0]));
  }

  /** Values in the order of their keys. O(n log n). */
  *values(): Generator<V, void, undefined> {
    for (const [, value] of this) yield value;
  }

  /** Values in no order that means anything, for sums and the like. O(n). */
  unordered(): Iterable<V> {
    return this.#table().values();
  }

  #table(): Map<string, V> {
    this.#history.goTo(this.#version);
    return this.#history.table;
  }

  #changeable(): MapHistory<V> {
    const table = this.#table();
    return this.#history.isNewest(this.#version) ? this.#history : new MapHistory(new Map(table));
  }
}
