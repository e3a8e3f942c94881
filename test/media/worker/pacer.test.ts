// The tick's schedule: a fixed grid, small catch-ups, no bursts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pacer } from '../../../media/worker/pacer.ts';

test('each grid point once, however late the waking', () => {
  const pacer = new Pacer(1_000, 20);
  assert.equal(pacer.sleepMs(1_000), 20);
  assert.deepEqual(pacer.due(1_019.9), { run: 0, skipped: 0 });
  assert.deepEqual(pacer.due(1_020), { run: 1, skipped: 0 });
  assert.deepEqual(pacer.due(1_020), { run: 0, skipped: 0 });
  assert.equal(pacer.sleepMs(1_023), 17, 'lateness is not carried over');
  assert.deepEqual(pacer.due(1_065), { run: 2, skipped: 0 });
  assert.deepEqual(pacer.due(1_400), { run: 5, skipped: 12 });
  assert.equal(pacer.sleepMs(1_430), 0);
});

test('property: run and skipped ticks add up to the time that passed', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true })), (naps) => {
      const pacer = new Pacer(0, 20);
      let nowMs = 0;
      let ticks = 0;
      for (const nap of naps) {
        nowMs += nap;
        const { run, skipped } = pacer.due(nowMs);
        assert.ok(run <= 5 && skipped >= 0 && (skipped === 0 || run === 5));
        ticks += run + skipped;
      }
      assert.equal(ticks, Math.floor(nowMs / 20));
    }),
  );
});
