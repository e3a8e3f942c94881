// Sound on our clock: placed by timestamp, silent where nothing came.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Timeline } from '../../../media/graph/timeline.ts';

const RING = 8_192;
const DELAY = 640;

function samples(value: number): Int16Array {
  return new Int16Array(160).fill(value);
}

function frames(timeline: Timeline, nowPosition: number): number[] {
  const seen: number[] = [];
  const frame = new Int16Array(160);
  while (timeline.readable(nowPosition) >= 160) {
    timeline.read(frame, 160, 0, 1);
    assert.equal(new Set(frame).size, 1, 'frames are not torn');
    seen.push(frame[0] ?? 0);
  }
  return seen;
}

test('jitter, reordering and loss: each packet in its place, silence in the hole', () => {
  const timeline = new Timeline(RING, DELAY, 0);
  const start = 0xffff_ff00;
  timeline.write(samples(1), 160, start, 0, false);
  timeline.write(samples(3), 160, start + 320, 170, false);
  timeline.write(samples(2), 160, start + 160, 300, true);
  timeline.write(samples(5), 160, (start + 640) >>> 0, 700, false);
  assert.deepEqual(frames(timeline, 800 + DELAY), [1, 2, 3, 0, 5]);
});

test('what is read once is gone; without packets time passes in silence', () => {
  const timeline = new Timeline(RING, DELAY, 0);
  timeline.write(samples(9), 160, 0, 0, false);
  assert.deepEqual(frames(timeline, 160 + DELAY), [9]);
  assert.deepEqual(frames(timeline, RING + 160 + DELAY), Array((RING / 160) | 0).fill(0));
});

test('a stream that comes too late or too early is placed anew at its arrival', () => {
  const timeline = new Timeline(RING, DELAY, 0);
  timeline.write(samples(1), 160, 0, 0, false);
  frames(timeline, 1_920);
  timeline.write(samples(2), 160, 160, 1_920, false);
  timeline.write(samples(3), 160, 320, 2_080, false);
  timeline.write(samples(4), 160, 9_000_000, 2_240, false);
  const seen = frames(timeline, 2_400 + DELAY).filter((value) => value !== 0);
  assert.deepEqual(seen, [2, 3, 4]);
});

test('an overtaken packet that is too old does not move the stream', () => {
  const timeline = new Timeline(RING, DELAY, 0);
  timeline.write(samples(1), 160, 16_000, 0, false);
  timeline.write(samples(7), 160, 0, 100, true);
  timeline.write(samples(2), 160, 16_160, 160, false);
  assert.deepEqual(frames(timeline, 320 + DELAY), [1, 2]);
});
