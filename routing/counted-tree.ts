// A sorted set that knows ranks: a B-tree whose nodes count what is below them. PURE to those who
// hold it alone; it changes in place, and ordered-set.ts makes a value of it. Nodes are freed when
// they are empty and never merged, which keeps trees of queues as flat as merging would (Johnson
// and Shasha, "B-trees with inserts and deletes: why free-at-empty is better than merge-at-half").

/** Negative when `a` stands before `b`, 0 when they are the same item. */
export type Compare<T> = (a: T, b: T) => number;

const MAX_ITEMS = 48;

interface Node<T> {
  size: number;
  /** Of a leaf: the items. Of an inner node: `items[n]` is not above any item of `children[n]`. */
  items: T[];
  children: Node<T>[] | null;
}

export class CountedTree<T> {
  readonly #compare: Compare<T>;
  #root: Node<T> = { size: 0, items: [], children: null };

  constructor(compare: Compare<T>) {
    this.#compare = compare;
  }

  get size(): number {
    return this.#root.size;
  }

  /** True unless an equal item was there already. O(log n). */
  insert(item: T): boolean {
    if (!this.#insert(this.#root, item)) return false;
    const right = splitIfFull(this.#root, item);
    if (right !== null) {
      const left = this.#root;
      const items = [firstOf(left), firstOf(right)];
      this.#root = { size: left.size + right.size, items, children: [left, right] };
    }
    return true;
  }

  /** True when an equal item was there. O(log n); the first one is found without comparing. */
  remove(item: T): boolean {
    if (this.#root.size === 0) return false;
    const isFirst = this.#compare(leftmost(this.#root), item) === 0;
    if (isFirst) removeFirst(this.#root);
    else if (!this.#remove(this.#root, item)) return false;
    while (this.#root.children?.length === 1) this.#root = nth(this.#root.children, 0);
    if (this.#root.size === 0) this.#root = { size: 0, items: [], children: null };
    return true;
  }

  first(): T | null {
    return this.#root.size === 0 ? null : leftmost(this.#root);
  }

  /** How many items stand before `item`, which need not be in the set. O(log n). */
  rank(item: T): number {
    let node = this.#root;
    let before = 0;
    while (node.children !== null) {
      const index = this.#childFor(node, item);
      for (let n = 0; n < index; n += 1) before += nth(node.children, n).size;
      node = nth(node.children, index);
    }
    return before + this.#lowerBound(node.items, item);
  }

  /** Another tree with the same items. O(n). */
  copy(): CountedTree<T> {
    const other = new CountedTree(this.#compare);
    for (const item of this.items()) other.insert(item);
    return other;
  }

  /** All items in order; the tree must not change meanwhile. */
  *items(): Generator<T, void, undefined> {
    yield* itemsOf(this.#root);
  }

  #insert(node: Node<T>, item: T): boolean {
    if (node.children === null) {
      const at = this.#lowerBound(node.items, item);
      const there = node.items[at];
      if (there !== undefined && this.#compare(there, item) === 0) return false;
      node.items.splice(at, 0, item);
    } else {
      const index = this.#childFor(node, item);
      const child = nth(node.children, index);
      if (!this.#insert(child, item)) return false;
      const right = splitIfFull(child, item);
      if (right !== null) {
        node.children.splice(index + 1, 0, right);
        node.items.splice(index + 1, 0, firstOf(right));
      }
    }
    node.size += 1;
    return true;
  }

  #remove(node: Node<T>, item: T): boolean {
    if (node.children === null) {
      const at = this.#lowerBound(node.items, item);
      const there = node.items[at];
      if (there === undefined || this.#compare(there, item) !== 0) return false;
      if (at === 0) node.items.shift();
      else node.items.splice(at, 1);
    } else {
      const index = this.#childFor(node, item);
      const child = nth(node.children, index);
      if (!this.#remove(child, item)) return false;
      if (child.size === 0) {
        node.children.splice(index, 1);
        node.items.splice(index, 1);
      }
    }
    node.size -= 1;
    return true;
  }

  /** The last child that does not begin behind the item. */
  #childFor(node: Node<T>, item: T): number {
    let low = 1;
    let high = node.items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(nth(node.items, middle), item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  #lowerBound(items: readonly T[], item: T): number {
    let low = 0;
    let high = items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(nth(items, middle), item) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** An element whose index is known to be good. */
function nth<E>(list: readonly E[], index: number): E {
  return list[index] as E;
}

function leftmost<T>(node: Node<T>): T {
  let below = node;
  while (below.children !== null) below = nth(below.children, 0);
  return nth(below.items, 0);
}

function removeFirst<T>(node: Node<T>): void {
  node.size -= 1;
  if (node.children === null) {
    node.items.shift();
    return;
  }
  const child = nth(node.children, 0);
  removeFirst(child);
  if (child.size > 0) return;
  node.children.shift();
  node.items.shift();
}

/** What separates the node from its left neighbour. */
function firstOf<T>(node: Node<T>): T {
  return nth(node.items, 0);
}

function* itemsOf<T>(node: Node<T>): Generator<T, void, undefined> {
  if (node.children === null) yield* node.items;
  else for (const child of node.children) yield* itemsOf(child);
}

/**
 * The right part of a node that became too full. A leaf that grew at its end keeps all but that:
 * most arrivals are appended, and half empty leaves behind them would never be filled.
 */
function splitIfFull<T>(node: Node<T>, added: T): Node<T> | null {
  const { length } = node.items;
  if (length <= MAX_ITEMS) return null;
  const isAppended = node.children === null && node.items[length - 1] === added;
  const at = isAppended ? length - 1 : length >>> 1;
  const items = node.items.splice(at);
  const children = node.children === null ? null : node.children.splice(at);
  const size =
    children === null ? items.length : children.reduce((sum, child) => sum + child.size, 0);
  node.size -= size;
  return { size, items, children };
}
