// A sorted map as a value: every change answers a new map and shares all but one path with the old
// one, so that a step stays pure and still costs O(log n) with a million places. PURE.
// Weight-balanced tree: Adams 1993, with the parameters (3, 2) proved by Hirai and Yamamoto 2011.

interface Node<K, V> {
  readonly key: K;
  readonly value: V;
  readonly size: number;
  readonly left: Node<K, V> | null;
  readonly right: Node<K, V> | null;
}
type Branch<K, V> = Node<K, V> | null;

/** Negative when `a` stands before `b`, 0 when they are the same key. */
export type Compare<K> = (a: K, b: K) => number;

/** Keys in code unit order: cheap, and the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function compareNumbers(a: number, b: number): number {
  return a - b;
}

/** A persistent sorted map. No method changes it. */
export class OrderedTree<K, V> {
  readonly #compare: Compare<K>;
  readonly #root: Branch<K, V>;

  private constructor(compare: Compare<K>, root: Branch<K, V>) {
    this.#compare = compare;
    this.#root = root;
  }

  static empty<K, V>(compare: Compare<K>): OrderedTree<K, V> {
    return new OrderedTree<K, V>(compare, null);
  }

  get size(): number {
    return sizeOf(this.#root);
  }

  /** O(log n). */
  get(key: K): V | undefined {
    let node = this.#root;
    while (node !== null) {
      const side = this.#compare(key, node.key);
      if (side === 0) return node.value;
      node = side < 0 ? node.left : node.right;
    }
    return undefined;
  }

  /** The map in which `key` means `value`. O(log n). */
  with(key: K, value: V): OrderedTree<K, V> {
    return new OrderedTree(this.#compare, insert(this.#root, this.#compare, key, value));
  }

  /** The map without `key`; the same map when it is not there. O(log n). */
  without(key: K): OrderedTree<K, V> {
    const root = remove(this.#root, this.#compare, key);
    return root === this.#root ? this : new OrderedTree(this.#compare, root);
  }

  /** The smallest key and its value. O(log n). */
  first(): readonly [K, V] | null {
    if (this.#root === null) return null;
    const node = leftmost(this.#root);
    return [node.key, node.value];
  }

  /** How many keys are smaller than `key`, which need not be in the map. O(log n). */
  rank(key: K): number {
    let smaller = 0;
    let node = this.#root;
    while (node !== null) {
      if (this.#compare(key, node.key) <= 0) {
        node = node.left;
      } else {
        smaller += sizeOf(node.left) + 1;
        node = node.right;
      }
    }
    return smaller;
  }

  /** Keys and values in order. */
  *[Symbol.iterator](): Generator<readonly [K, V], void, undefined> {
    const path: Node<K, V>[] = [];
    let node = this.#root;
    while (node !== null || path.length > 0) {
      while (node !== null) {
        path.push(node);
        node = node.left;
      }
      const next = path.pop();
      if (next === undefined) return;
      yield [next.key, next.value];
      node = next.right;
    }
  }

  /** Values in the order of their keys. */
  *values(): Generator<V, void, undefined> {
    for (const [, value] of this) yield value;
  }
}

function sizeOf<K, V>(branch: Branch<K, V>): number {
  return branch === null ? 0 : branch.size;
}

function leftmost<K, V>(node: Node<K, V>): Node<K, V> {
  while (node.left !== null) node = node.left;
  return node;
}

function join<K, V>(key: K, value: V, left: Branch<K, V>, right: Branch<K, V>): Node<K, V> {
  return { key, value, size: sizeOf(left) + sizeOf(right) + 1, left, right };
}

function insert<K, V>(node: Branch<K, V>, compare: Compare<K>, key: K, value: V): Node<K, V> {
  if (node === null) return join(key, value, null, null);
  const side = compare(key, node.key);
  if (side === 0) return join(key, value, node.left, node.right);
  return side < 0
    ? balance(node.key, node.value, insert(node.left, compare, key, value), node.right)
    : balance(node.key, node.value, node.left, insert(node.right, compare, key, value));
}

function remove<K, V>(node: Branch<K, V>, compare: Compare<K>, key: K): Branch<K, V> {
  if (node === null) return null;
  const side = compare(key, node.key);
  if (side < 0) {
    const left = remove(node.left, compare, key);
    return left === node.left ? node : balance(node.key, node.value, left, node.right);
  }
  if (side > 0) {
    const right = remove(node.right, compare, key);
    return right === node.right ? node : balance(node.key, node.value, node.left, right);
  }
  if (node.left === null) return node.right;
  if (node.right === null) return node.left;
  const heir = leftmost(node.right);
  return balance(heir.key, heir.value, node.left, remove(node.right, compare, heir.key));
}

/** True when `other` is not more than three times as heavy as `one`. */
function bears<K, V>(one: Branch<K, V>, other: Branch<K, V>): boolean {
  return 3 * (sizeOf(one) + 1) >= sizeOf(other) + 1;
}

/** True when one rotation is enough: the inner branch weighs less than twice the outer one. */
function isSingle<K, V>(inner: Branch<K, V>, outer: Branch<K, V>): boolean {
  return sizeOf(inner) + 1 < 2 * (sizeOf(outer) + 1);
}

function balance<K, V>(key: K, value: V, left: Branch<K, V>, right: Branch<K, V>): Node<K, V> {
  if (right !== null && !bears(left, right)) return rotateLeft(key, value, left, right);
  if (left !== null && !bears(right, left)) return rotateRight(key, value, left, right);
  return join(key, value, left, right);
}

function rotateLeft<K, V>(key: K, value: V, left: Branch<K, V>, right: Node<K, V>): Node<K, V> {
  const inner = right.left;
  if (inner === null || isSingle(inner, right.right)) {
    return join(right.key, right.value, join(key, value, left, inner), right.right);
  }
  const upper = join(key, value, left, inner.left);
  const lower = join(right.key, right.value, inner.right, right.right);
  return join(inner.key, inner.value, upper, lower);
}

function rotateRight<K, V>(key: K, value: V, left: Node<K, V>, right: Branch<K, V>): Node<K, V> {
  const inner = left.right;
  if (inner === null || isSingle(inner, left.left)) {
    return join(left.key, left.value, left.left, join(key, value, inner, right));
  }
  const lower = join(left.key, left.value, left.left, inner.left);
  const upper = join(key, value, inner.right, right);
  return join(inner.key, inner.value, lower, upper);
}
