// The abandon guard by itself: what one customer changes, between which bounds, and where it ends
// up over many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CARE_MAX, CARE_MIN, FIRST_GUARD, guardWith, riskAllowed } from '../../routing/guard.ts';
import type { Guard } from '../../routing/guard.ts';

const limitPercent = 3;

test('a wait makes it careful, a customer who did not wait a little bolder', () => {
  const waited = guardWith(FIRST_GUARD, true, limitPercent);
  assert.ok(waited.care > FIRST_GUARD.care);
  assert.deepEqual([waited.answered, waited.waited], [1, 1]);
  const served = guardWith(FIRST_GUARD, false, limitPercent);
  assert.ok(served.care < FIRST_GUARD.care);
  assert.ok(waited.care - FIRST_GUARD.care > FIRST_GUARD.care - served.care);
  assert.deepEqual([served.answered, served.waited], [1, 0]);
});

test('it stays between its bounds, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 500 }), (customers) => {
      const guard = customers.reduce<Guard>(
        (before, hasWaited) => guardWith(before, hasWaited, limitPercent),
        FIRST_GUARD,
      );
      assert.ok(guard.care >= CARE_MIN && guard.care <= CARE_MAX);
      assert.equal(guard.answered, customers.length);
      assert.equal(guard.waited, customers.filter(Boolean).length);
    }),
  );
});

test('as many waits as the limit allows leave it where it is, more of them make it careful', () => {
  const after = (waitsIn100: number): number => {
    let guard: Guard = { care: 1, answered: 0, waited: 0 };
    for (let n = 0; n < 1_000; n += 1) {
      guard = guardWith(guard, n % 100 < waitsIn100, limitPercent);
    }
    return guard.care;
  };
  assert.ok(Math.abs(after(3) - 1) < 0.4);
  assert.ok(after(10) > 3);
  assert.equal(after(0), CARE_MIN);
});

test('care divides the risk that one dial may bring; it is a chance in any case', () => {
  const at = (care: number, percent = limitPercent): number =>
    riskAllowed({ care, answered: 0, waited: 0 }, percent);
  assert.equal(at(0), 0.03);
  assert.ok(Math.abs(at(1) / at(0) - 1 / Math.E) < 1e-9);
  assert.ok(at(CARE_MIN) > at(0) && at(CARE_MAX) < at(1));
  assert.equal(at(CARE_MIN, 100), 1);
});
