// Simulated hours, both ways to time the dial. The invariants are asserted inside; the numbers are
// printed to be read, not asserted: SIM_SEED and SIM_HOURS choose others.
import { test } from 'node:test';
import { simulateHour } from './hour.ts';

const firstSeed = Number(process.env['SIM_SEED'] ?? 1);
const hours = Number(process.env['SIM_HOURS'] ?? 2);

for (const dialMode of ['reservation', 'notification'] as const) {
  for (let seed = firstSeed; seed < firstSeed + hours; seed += 1) {
    test(`an hour of ${dialMode}, seed ${seed}`, async (t) => {
      const report = await simulateHour(seed, dialMode);
      const values = Object.entries<number>({ ...report });
      const lines = values.map(([name, value]) => `${name}=${value.toFixed(1)}`);
      t.diagnostic(`${dialMode} seed ${seed}: ${lines.join(' ')}`);
    });
  }
}
