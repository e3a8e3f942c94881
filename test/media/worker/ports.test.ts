// The port pool: even ports, none twice, rest before reuse.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { PortPool } from '../../../media/worker/ports.ts';

test('even ports whose odd neighbour is in the range too, from a random start', () => {
  const pool = new PortPool(1_001, 1_006, 100, 0.5);
  assert.deepEqual([pool.take(0), pool.take(0), pool.take(0)], [1_004, 1_002, null]);
  assert.equal(new PortPool(1_000, 1_000, 100, 0).take(0), null);
});

test('a port given back rests, then is used after all others', () => {
  const pool = new PortPool(1_000, 1_003, 100, 0);
  assert.equal(pool.take(0), 1_000);
  pool.giveBack(1_000, 10);
  pool.giveBack(1_000, 10);
  pool.giveBack(9_999, 10);
  assert.deepEqual(pool.counts(20), { free: 1, taken: 0, resting: 1 });
  assert.equal(pool.take(20), 1_002);
  assert.equal(pool.take(109), null);
  assert.equal(pool.take(110), 1_000);
});
