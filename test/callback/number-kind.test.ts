// What the numbering plan says of a number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberKindOf } from '../../callback/number-kind.ts';
import { queueEntry } from '../../callback/schedule.ts';
import { tell } from './stories.ts';

test('mobile, fixed, and what nobody can know', () => {
  assert.equal(numberKindOf('+4915112345678'), 'mobile');
  assert.equal(numberKindOf('+493012345678'), 'fixed');
  assert.equal(numberKindOf('+12025550101'), 'unknown');
  assert.equal(numberKindOf('not a number'), 'unknown');
});

test('routing is told with the place', () => {
  const { state } = tell({}, [], { customerNumber: '+4915112345678' });
  assert.equal(queueEntry(state.promise).numberKind, 'mobile');
});
