// What users complain of, told once: silence on the wire, one way only, dead air.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Watch } from '../../../media/worker/watch.ts';

function watched(): { watch: Watch; told: string[] } {
  const told: string[] = [];
  const watch = new Watch({
    rtpSilent: (ms) => told.push(`rtp-silent ${ms}`),
    oneWay: (direction) => told.push(direction),
    deadAir: (ms) => told.push(`dead-air ${ms}`),
  });
  return { watch, told };
}

test('a peer that promised sound and never sent any is told after 5 s, once', () => {
  const { watch, told } = watched();
  watch.expect(1_000);
  for (let now = 1_000; now < 9_000; now += 20) watch.tick(now);
  assert.deepEqual(told, ['nothing-received']);
  watch.expect(9_000);
  watch.packet(9_500, 10);
  for (let now = 9_500; now < 19_400; now += 20) watch.tick(now);
  assert.deepEqual(told, ['nothing-received']);
  watch.tick(19_500);
  assert.deepEqual(told.slice(1), ['rtp-silent 10000']);
});

test('a peer whose reports stand still hears nothing of us', () => {
  const { watch, told } = watched();
  watch.reported(500, 100);
  watch.reported(750, 350);
  assert.deepEqual(told, []);
  watch.reported(750, 600);
  watch.reported(750, 850);
  assert.deepEqual(told, ['nothing-heard-by-peer']);
  watch.reported(1_000, 1_100);
  watch.reported(null, 1_350);
  watch.reported(null, 1_600);
  assert.deepEqual(told, ['nothing-heard-by-peer', 'nothing-heard-by-peer']);
});

test('a peer that reports while we hold is not deaf', () => {
  const { watch, told } = watched();
  watch.reported(500, 100);
  watch.reported(500, 120);
  assert.deepEqual(told, []);
});

test('dead air is told after 15 s without sound, again only after sound', () => {
  const { watch, told } = watched();
  watch.joined(0);
  for (let now = 0; now < 40_000; now += 20) {
    watch.packet(now, 20);
    watch.quiet(now, watch.loudAtMs);
  }
  assert.deepEqual(told, ['dead-air 15000']);
  watch.packet(40_000, 5_000);
  watch.quiet(40_000, watch.loudAtMs);
  for (let now = 40_000; now < 60_000; now += 20) watch.quiet(now, watch.loudAtMs);
  assert.equal(told.length, 2);
});
