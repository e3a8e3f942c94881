// Renumbering of a relayed stream (RFC 3550 s.7.1).
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { RelayMap } from '../../../media/rtp/relay-map.ts';

function mapped(map: RelayMap, sequence: number, timestamp: number, clock: number, last = 900) {
  const fits = map.map(1, sequence & 0xffff, timestamp >>> 0, 500, clock, last);
  return fits ? [map.sequenceNumber, map.rtpTimestamp, map.opens] : null;
}

test('loss and order stay visible to the receiver', () => {
  const map = new RelayMap();
  assert.deepEqual(mapped(map, 65_535, 0xffff_ffff, 1_000), [500, 1_000, true]);
  assert.deepEqual(mapped(map, 65_538, 0xffff_ffff + 480, 1_480), [503, 1_480, false], 'two lost');
  assert.deepEqual(mapped(map, 65_537, 0xffff_ffff + 320, 1_640), [502, 1_320, false], 'overtaken');
  assert.equal(mapped(map, 65_534, 0xffff_ffff - 160, 1_640), null, 'older than the mapping');
});

test('after our own packets the stream continues behind them, never back in time', () => {
  const map = new RelayMap();
  mapped(map, 10, 0, 1_000);
  map.interrupt();
  assert.deepEqual(mapped(map, 60, 8_000, 1_000, 1_000), [500, 1_160, true]);
});

test('a new source or a jump in time makes a new mapping', () => {
  const map = new RelayMap();
  mapped(map, 10, 0, 1_000);
  assert.deepEqual(mapped(map, 11, 4_000_000, 1_160), [500, 1_160, true]);
  assert.equal(map.map(2, 77, 5, 501, 1_320, 1_160), true);
  assert.deepEqual([map.sequenceNumber, map.rtpTimestamp, map.opens], [501, 1_320, true]);
});
