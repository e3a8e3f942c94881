// Receive statistics (RFC 3550 App. A).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ReceiveStats } from '../../../media/rtp/receive-stats.ts';

function feed(stats: ReceiveStats, sequences: readonly number[], ssrc = 1): string[] {
  return sequences.map((sequence) =>
    stats.update(ssrc, sequence & 0xffff, sequence * 160, sequence * 160),
  );
}

test('A.1: order, lateness and the turn of the cycle', () => {
  const stats = new ReceiveStats();
  const arrivals = feed(stats, [65_534, 65_535, 65_537, 65_536, 65_538]);
  assert.deepEqual(arrivals, ['first', 'in-order', 'in-order', 'late', 'in-order']);
  assert.equal(stats.extendedHighest, 65_538);
  assert.equal(stats.lost, 0);
});

test('A.3: loss in all and since the last report', () => {
  const stats = new ReceiveStats();
  feed(stats, [1, 2, 3, 5, 6, 8, 9, 10]);
  assert.equal(stats.lost, 2);
  assert.equal(stats.takeFractionLost(), Math.floor((2 * 256) / 10));
  assert.equal(stats.takeFractionLost(), 0);
  feed(stats, [11, 11, 11]);
  assert.equal(stats.lost, 0, 'duplicates never make it negative');
});

test('A.1: one wild number is not believed, two in a row are a restart; loss is kept', () => {
  const stats = new ReceiveStats();
  feed(stats, [1, 2, 4]);
  assert.deepEqual(feed(stats, [30_000, 5]), ['jumped', 'in-order']);
  assert.deepEqual(feed(stats, [40_000, 40_001, 40_002]), ['jumped', 'first', 'in-order']);
  assert.equal(stats.extendedHighest, 40_002);
  assert.deepEqual(feed(stats, [7], 2), ['first'], 'another SSRC is another stream');
});

test('A.8: jitter is nought at an even pace and grows with an uneven one', () => {
  const stats = new ReceiveStats();
  feed(stats, [1, 2, 3, 4]);
  assert.equal(stats.jitterTicks, 0);
  stats.update(1, 5, 5 * 160, 5 * 160 + 160);
  assert.equal(stats.jitterTicks, 10);
});
