// Stories by chance over the callback machine, its driver, and routing; see world.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulate } from './world.ts';

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`seed ${seed}: 50 stormy hours break no promise`, async () => {
    const report = await simulate(seed, 50);
    const said = JSON.stringify(report);
    assert.ok(report.accepted > 50 && report.conversations > 50, said);
    assert.ok(report.restarts > 5, said);
    // There are agents enough: who is not served in four hours was forgotten.
    assert.equal(report.reasons['FAIL_TIMEOUT_TTL'] ?? 0, 0, said);
  });
}

// 513: a conversation cut off by a crash, and another callback to the same number at once.
for (const seed of [101, 102, 513]) {
  test(`seed ${seed}: 30 hours with far too many customers break no promise`, async () => {
    const report = await simulate(seed, 30, 'crowded');
    const said = JSON.stringify(report);
    assert.ok(report.conversations > 50, said);
    assert.ok((report.reasons['FAIL_TIMEOUT_TTL'] ?? 0) > 5, said);
  });
}

// 105: a reservation ended while the disk was full, and its agent was with another by then.
for (const seed of [1, 2, 105]) {
  test(`seed ${seed}: hours, moves, clock changes, every fault break no promise`, async () => {
    const report = await simulate(seed, 6, 'whole');
    const said = JSON.stringify(report);
    assert.ok(report.accepted > 10 && report.conversations > 5, said);
  });
}
