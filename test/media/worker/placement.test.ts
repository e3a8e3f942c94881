// Where legs live.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Placement } from '../../../media/worker/placement.ts';

test('one affinity one place, new ones where fewest are, gone places are left', () => {
  const placement = new Placement<{ legCount: number }>();
  const [x, y] = [{ legCount: 0 }, { legCount: 0 }];
  const places = [x, y];
  assert.equal(placement.settleIn('one', []), null);
  assert.equal(placement.settleIn('one', places), x);
  assert.equal(placement.settleIn('two', places), y);
  assert.equal(placement.settleIn('one', places), x);
  assert.equal(placement.settleIn('three', places), y);
  placement.moveOut('one', x);
  assert.equal(placement.settleIn('one', places), x, 'one leg of it is still there');
  placement.moveOut('two', y);
  assert.deepEqual([x.legCount, y.legCount], [2, 1]);
  assert.equal(placement.settleIn('two', places), y, 'forgotten with its last leg');
  placement.forget(x);
  assert.equal(placement.settleIn('one', [y]), y);
});
