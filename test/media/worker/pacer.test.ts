// The tick's schedule: a fixed grid, small catch-ups, no bursts.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Pacer } from '../../../media/worker/pacer.ts';

test('each grid point once, however late the waking', () => {
  const pacer = new Pacer(1_000, 20, 1);
  assert.equal(pacer.sleepMs(1_000, 1), 20);
  assert.deepEqual(pacer.due(1_019.9), { run: 0, phase: 0, skipped: 0 });
  assert.deepEqual(pacer.due(1_020), { run: 1, phase: 0, skipped: 0 });
  assert.deepEqual(pacer.due(1_020), { run: 0, phase: 0, skipped: 0 });
  assert.equal(pacer.sleepMs(1_023, 1), 17, 'lateness is not carried over');
  assert.deepEqual(pacer.due(1_065), { run: 2, phase: 0, skipped: 0 });
  assert.deepEqual(pacer.due(1_400), { run: 5, phase: 0, skipped: 12 });
  assert.equal(pacer.sleepMs(1_430, 1), 0);
});

test('steps of a tick: whole ticks are left out, and the oldest tick is the late one', () => {
  const pacer = new Pacer(0, 2, 10);
  assert.deepEqual(pacer.due(7), { run: 3, phase: 1, skipped: 0 });
  assert.equal(pacer.phase, 3);
  assert.equal(pacer.sleepMs(7, 2), 3);
  const late = pacer.due(45);
  assert.deepEqual(late, { run: 19, phase: 4, skipped: 0 });
  assert.equal(pacer.tickLateMs(late, 45), 25, 'the tick of 20 is the first of both');
  const none = pacer.due(47);
  assert.equal(pacer.tickLateMs(none, 47), null, 'no tick began');
  const stalled = pacer.due(247);
  assert.deepEqual(stalled, { run: 50, phase: 4, skipped: 5 });
  assert.equal(pacer.tickLateMs(stalled, 247), 187);
});

test('property: run and skipped steps add up to the time that passed', () => {
  const naps = fc.array(fc.double({ min: 0, max: 300, noNaN: true }));
  fc.assert(
    fc.property(naps, fc.constantFrom(1, 10), (nap, perTick) => {
      const pacer = new Pacer(0, 20 / perTick, perTick);
      let nowMs = 0;
      let steps = 0;
      for (const ms of nap) {
        nowMs += ms;
        const { run, phase, skipped } = pacer.due(nowMs);
        assert.equal(phase, (steps + 1) % perTick);
        assert.ok(run <= 5 * perTick && (skipped === 0 || run > 4 * perTick));
        steps += run + skipped * perTick;
      }
      assert.equal(steps, Math.floor(nowMs / (20 / perTick)));
    }),
  );
});
