// When a worker has room for another call.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Admission } from '../../../media/worker/admission.ts';
import { Lateness } from '../../../media/worker/lateness.ts';

function check(name: string, reports: readonly number[], late: boolean): void {
  test(name, () => {
    const admission = new Admission(20, 0);
    reports.forEach((lateMs, i) => admission.report(lateMs, i * 1_000));
    assert.equal(admission.isLate(reports.length * 1_000), late);
  });
}

check('a worker that has just begun is in time', [], false);
check('one late second is forgiven', [1, 300, 1], false);
check('the limit itself is in time', [20, 20, 20], false);
check('two late seconds in a row are not', [1, 21, 21], true);
check('a little better is not good enough to come back', [30, 30, 15, 15], true);
check('half the limit is', [30, 30, 10], false);
check('and two more late seconds end it again', [30, 30, 10, 30, 30], true);

test('a worker that says nothing for five seconds does not come to it', () => {
  const admission = new Admission(20, 0);
  assert.equal(admission.isLate(5_000), false);
  assert.equal(admission.isLate(5_001), true);
  admission.report(1, 6_000);
  assert.equal(admission.isLate(6_000), false);
});

test('lateness is told for each second', () => {
  const lateness = new Lateness();
  for (const lateMs of [1, 2, 9]) lateness.add(lateMs);
  lateness.take();
  assert.deepEqual([lateness.meanMs, lateness.worstMs], [4, 9]);
  lateness.take();
  assert.deepEqual([lateness.meanMs, lateness.worstMs], [0, 0]);
});
