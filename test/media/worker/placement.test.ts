// Where legs live.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Placement } from '../../../media/worker/placement.ts';

interface Room {
  legCount: number;
  load: number;
  takesCalls: boolean;
}

function room(load = 0): Room {
  return { legCount: 0, load, takesCalls: true };
}

test('one affinity one place, new ones where the load is least, gone places are left', () => {
  const placement = new Placement<Room>();
  const [x, y] = [room(0.2), room(0.3)];
  const places = [x, y];
  assert.equal(placement.settleIn('one', []), null);
  assert.equal(placement.settleIn('one', places), x);
  x.load = 0.4;
  assert.equal(placement.settleIn('two', places), y);
  assert.equal(placement.settleIn('one', places), x);
  assert.equal(placement.settleIn('three', places), y);
  placement.moveOut('one', x);
  assert.equal(placement.settleIn('one', places), x, 'one leg of it is still there');
  placement.moveOut('two', y);
  assert.deepEqual([x.legCount, y.legCount], [2, 1]);
  x.load = 0;
  assert.equal(placement.settleIn('two', places), x, 'forgotten with its last leg');
  placement.forget(x);
  assert.equal(placement.settleIn('one', [y]), y);
});

test('a place that takes no calls keeps those it has, whatever its load', () => {
  const placement = new Placement<Room>();
  const [x, y] = [room(0), room(0.9)];
  placement.settleIn('one', [x, y]);
  x.takesCalls = false;
  assert.equal(placement.settleIn('two', [x, y]), y);
  assert.equal(placement.settleIn('one', [x, y]), x, 'its second leg');
  y.takesCalls = false;
  assert.equal(placement.settleIn('three', [x, y]), null);
});
