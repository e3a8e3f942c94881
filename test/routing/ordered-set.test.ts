// The persistent set and map against plain arrays and maps, with all their versions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareText, OrderedSet } from '../../routing/ordered-set.ts';
import { VersionedMap } from '../../routing/versioned-map.ts';

const compareNumbers = (a: number, b: number): number => a - b;
/** Add or remove, what, and from which earlier version (0: the newest). */
const changes = fc.array(
  fc.tuple(fc.boolean(), fc.nat({ max: 200 }), fc.constantFrom(0, 0, 0, 0, 1, 7)),
  { maxLength: 200, size: 'max' },
);

test('a set is sorted and knows ranks, and every version stays as it was', () => {
  fc.assert(
    fc.property(changes, (history) => {
      const versions: (readonly [OrderedSet<number>, readonly number[]])[] = [
        [OrderedSet.empty<number>(compareNumbers), []],
      ];
      for (const [isAdded, item, back] of history) {
        const [old, model] = versions.at(-1 - back) ?? versions[0] ?? assert.fail();
        const set = isAdded ? old.with(item) : old.without(item);
        const kept = model.filter((other) => other !== item);
        const next = isAdded ? [...kept, item].sort(compareNumbers) : kept;
        assert.equal(set.size, next.length);
        assert.equal(set.first(), next[0] ?? null);
        assert.equal(set.rank(item), next.filter((other) => other < item).length);
        versions.push([set, next]);
      }
      for (const [version, seen] of versions) assert.deepEqual([...version], seen);
    }),
    { numRuns: 80 },
  );
});

test('a map is a map, and every version stays as it was', () => {
  fc.assert(
    fc.property(changes, (history) => {
      const versions: (readonly [VersionedMap<number>, ReadonlyMap<string, number>])[] = [
        [VersionedMap.empty<number>(), new Map()],
      ];
      history.forEach(([isAdded, item, back], turn) => {
        const key = `k${item % 20}`;
        const [old, model] = versions.at(-1 - back) ?? versions[0] ?? assert.fail();
        const next = new Map(model);
        if (isAdded) next.set(key, turn);
        else next.delete(key);
        const map = isAdded ? old.with(key, turn) : old.without(key);
        assert.equal(map.get(key), next.get(key));
        assert.equal(map.size, next.size);
        versions.push([map, next]);
      });
      for (const [version, seen] of versions) {
        assert.deepEqual(
          [...version],
          [...seen].sort(([a], [b]) => compareText(a, b)),
        );
      }
    }),
    { numRuns: 80 },
  );
});

test('looking up stays logarithmic, whatever the order of inserts and removals', () => {
  let comparisons = 0;
  const counting = (a: number, b: number): number => {
    comparisons += 1;
    return a - b;
  };
  const count = 20_000;
  const orders: readonly ((n: number) => number)[] = [
    (n) => n,
    (n) => count - n,
    (n) => (n * 2_654_435_761) % count,
  ];
  for (const keyOf of orders) {
    let set = OrderedSet.empty<number>(counting);
    for (let n = 0; n < count; n += 1) set = set.with(keyOf(n));
    for (let n = 0; n < count; n += 1) if (n % 4 !== 0) set = set.without(keyOf(n));
    const items = [...set];
    comparisons = 0;
    for (const item of items) set.rank(item);
    const mean = comparisons / items.length;
    assert.ok(mean < 1.6 * Math.log2(count), `${mean} comparisons for ${items.length} items`);
  }
});

test('what changes nothing is the same set, the same map', () => {
  const set = OrderedSet.empty(compareText).with('a');
  assert.equal(set.without('b'), set);
  assert.equal(set.with('a'), set);
  assert.equal(set.without('a').first(), null);
  const map = VersionedMap.empty<number>().with('a', 1);
  assert.equal(map.without('b'), map);
  assert.equal(map.with('a', 1), map);
});
