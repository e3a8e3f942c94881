// The timer wheel over a virtual clock.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { TICK_MS, TimerWheel } from '../../../sip/transaction/wheel.ts';
import { VirtualClock } from '../../support/clock.ts';

test('timers fire in order, at most one tick late, and only once', () => {
  const clock = new VirtualClock();
  const wheel = new TimerWheel(clock);
  const fired: string[] = [];
  for (const delayMs of [500, 32_000, 0, 500, 130_000]) {
    wheel.after(delayMs, () => {
      const late = clock.monotonicMs() - delayMs;
      assert.ok(late >= 0 && late <= TICK_MS, `${delayMs} ms was ${late} ms late`);
      fired.push(String(delayMs));
    });
  }
  clock.advance(200_000);
  assert.deepEqual(fired, ['0', '500', '500', '32000', '130000']);
  assert.equal(wheel.running, 0);
  assert.equal(clock.pendingCount, 0, 'an empty wheel asks nothing of the clock');
});

test('a cancelled timer does not fire, also when cancelled by one of the same tick', () => {
  const clock = new VirtualClock();
  const wheel = new TimerWheel(clock);
  const fired: string[] = [];
  const never = wheel.after(40, () => fired.push('never'));
  never.cancel();
  never.cancel();
  wheel.after(40, () => {
    fired.push('first');
    second.cancel();
  });
  const second = wheel.after(40, () => fired.push('second'));
  wheel.after(40, () => fired.push('third'));
  clock.advance(100);
  assert.deepEqual(fired, ['first', 'third']);
  assert.equal(wheel.running, 0);
});

test('a timer may set the next one', () => {
  const clock = new VirtualClock();
  const wheel = new TimerWheel(clock);
  let count = 0;
  const again = () => {
    if (++count < 5) wheel.after(500, again);
  };
  wheel.after(500, again);
  clock.advance(2_500 + 5 * TICK_MS);
  assert.equal(count, 5);
});
