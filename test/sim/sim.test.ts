// Stories by chance over the callback machine, its driver, and routing; see world.ts. A story that
// breaks a promise fails with the command that tells it again.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seedsOfCommit } from './seeds.ts';
import { simulate } from './world.ts';

const [steady = 0, crowded = 0, whole = 0] = seedsOfCommit(3);

for (const seed of [1, 2, 3, 4, 5, 6, steady]) {
  test(`seed ${seed}: 50 stormy hours break no promise`, async () => {
    const report = await simulate(seed, 50);
    const said = JSON.stringify(report);
    assert.ok(report.accepted > 50 && report.conversations > 50, said);
    assert.ok(report.restarts > 5, said);
    if (seed === steady) return;
    // There are agents enough: who is not served in four hours was forgotten.
    assert.equal(report.reasons['FAIL_TIMEOUT_TTL'] ?? 0, 0, said);
  });
}

// 513: a conversation cut off by a crash, and another callback to the same number at once.
for (const seed of [101, 102, 513, crowded]) {
  test(`seed ${seed}: 30 hours with far too many customers break no promise`, async () => {
    const report = await simulate(seed, 30, 'crowded');
    const said = JSON.stringify(report);
    assert.ok(report.conversations > 50, said);
    assert.ok((report.reasons['FAIL_TIMEOUT_TTL'] ?? 0) > 5, said);
    // Callbacks whose customers are not on the line let others pass, nobody else does.
    assert.ok(report.overtakings['not-on-line'] > 5, said);
  });
}

// 105: a reservation ended while the disk was full, and its agent was with another by then.
// 10043: the agent had answered by then, and was given to another while they were joined.
for (const seed of [1, 2, 105, 10_043, whole]) {
  test(`seed ${seed}: hours, moves, clock changes, every fault break no promise`, async () => {
    const report = await simulate(seed, seed === 10_043 ? 24 : 12, 'whole');
    const said = JSON.stringify(report);
    assert.ok(report.accepted > 10 && report.conversations > 5, said);
  });
}

for (const seed of [1, 2]) {
  test(`seed ${seed}: customers who call in by themselves, and nothing is lost`, async () => {
    const report = await simulate(seed, 20, 'calling');
    const said = JSON.stringify(report);
    assert.ok(report.callIns > 10 && report.conversations > 20, said);
    assert.ok((report.reasons['FAIL_NOT_CALLED_IN'] ?? 0) > 0, said);
  });
}

test('the same commit names the same seeds, all of them different', () => {
  const seeds = seedsOfCommit(20);
  assert.deepEqual(seedsOfCommit(20), seeds);
  assert.equal(new Set(seeds).size, 20);
  for (const seed of seeds) assert.ok(Number.isSafeInteger(seed) && seed >= 1_000_000);
});
