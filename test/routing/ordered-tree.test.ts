// The persistent tree against a plain sorted array.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareNumbers, compareText, OrderedTree } from '../../routing/ordered-tree.ts';

const changes = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 60 })), { maxLength: 200 });

test('a tree is a sorted map, and every earlier version stays as it was', () => {
  fc.assert(
    fc.property(changes, (history) => {
      let tree = OrderedTree.empty<number, string>(compareNumbers);
      const model = new Map<number, string>();
      const versions: (readonly [OrderedTree<number, string>, string])[] = [];
      history.forEach(([isInsert, key], turn) => {
        tree = isInsert ? tree.with(key, `v${turn}`) : tree.without(key);
        if (isInsert) model.set(key, `v${turn}`);
        else model.delete(key);
        const sorted = [...model].sort(([a], [b]) => a - b);
        assert.deepEqual([...tree], sorted);
        assert.equal(tree.size, sorted.length);
        assert.deepEqual(tree.first(), sorted[0] ?? null);
        assert.equal(tree.get(key), model.get(key));
        assert.equal(tree.rank(key), sorted.filter(([other]) => other < key).length);
        versions.push([tree, JSON.stringify(sorted)]);
      });
      for (const [version, seen] of versions) assert.equal(JSON.stringify([...version]), seen);
    }),
    { numRuns: 60 },
  );
});

test('looking up stays logarithmic, whatever the order of inserts and removals', () => {
  let comparisons = 0;
  const counting = (a: number, b: number): number => {
    comparisons += 1;
    return a - b;
  };
  const count = 4096;
  const orders: readonly ((n: number) => number)[] = [
    (n) => n,
    (n) => count - n,
    (n) => (n * 2654435761) % count,
  ];
  for (const keyOf of orders) {
    let tree = OrderedTree.empty<number, number>(counting);
    for (let n = 0; n < count; n += 1) tree = tree.with(keyOf(n), n);
    for (let n = 0; n < count; n += 1) if (n % 4 !== 0) tree = tree.without(keyOf(n));
    comparisons = 0;
    for (const [key] of tree) tree.get(key);
    const mean = comparisons / tree.size;
    assert.ok(mean < 1.5 * Math.log2(tree.size), `${mean} comparisons for ${tree.size} keys`);
  }
});

test('removing what is not there is the same tree', () => {
  const tree = OrderedTree.empty<string, number>(compareText).with('a', 1);
  assert.equal(tree.without('b'), tree);
  assert.equal(tree.without('a').first(), null);
});
