// The marks of what callers are told, in a steady simulated load: the estimate is off by a fifth of
// the true wait at most, and four windows of five are right. From one seed, on a virtual clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Centre } from './centre.ts';

for (const waitMethod of ['departures', 'stat-server', 'simulation'] as const) {
  test(`the wait by ${waitMethod}, and the window promised`, async (t) => {
    let error = 0;
    let waited = 0;
    let kept = 0;
    let windows = 0;
    const centre = new Centre({
      seed: 11,
      agents: 20,
      hours: 5,
      askEvery: waitMethod === 'simulation' ? 9 : 1,
      liveEveryMs: 8_800,
      backlog: 0,
      dialMode: 'reservation',
      queue: { waitMethod },
      onServed({ ewtSeconds, fromSeconds, toSeconds }, seconds) {
        error += Math.abs(seconds - ewtSeconds);
        waited += seconds;
        if (fromSeconds === null || toSeconds === null) return;
        windows += 1;
        if (seconds >= fromSeconds - 0.5 && seconds <= toSeconds + 0.5) kept += 1;
      },
    });
    await centre.run();
    const off = error / waited;
    const hitRate = kept / windows;
    const mean = waited / windows;
    t.diagnostic(
      `${windows} waits of ${mean.toFixed(0)} s, ` +
        `off by ${(100 * off).toFixed(1)} %, right ${(100 * hitRate).toFixed(1)} %`,
    );
    assert.ok(windows > 150, `${windows} windows were promised`);
    assert.ok(off <= 0.2, `off by ${off}`);
    assert.ok(hitRate >= 0.8, `right in ${hitRate}`);
  });
}
