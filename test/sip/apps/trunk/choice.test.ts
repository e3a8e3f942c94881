// Which trunks are tried and in which order; when the next one may be.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { mayTryElsewhere, orderCandidates } from '../../../../sip/apps/trunk/choice.ts';
import type { Candidate } from '../../../../sip/apps/trunk/choice.ts';
import type { CallFailure } from '../../../../sip/index.ts';

function candidate(trunk: string, change: Partial<Candidate> = {}): Candidate {
  return { trunk, priority: 0, weight: 1, state: 'up', roll: 0.5, ...change };
}

const candidates = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 3 }),
      weight: fc.integer({ min: 0, max: 5 }),
      state: fc.constantFrom('up', 'down', 'resting', 'disabled'),
      roll: fc.nat(9_999).map((n) => n / 10_000),
    }),
    { maxLength: 8 },
  )
  .map((all) => all.map((one, index): Candidate => ({ ...one, trunk: `t${index}` })));

test('property: exactly the usable trunks, each once, lower priorities first', () => {
  fc.assert(
    fc.property(candidates, (all) => {
      const wanted = all.some(({ state }) => state === 'up') ? 'up' : 'down';
      const order = orderCandidates(all);
      const usable = all.filter(({ state }) => state === wanted).map(({ trunk }) => trunk);
      assert.deepEqual([...order].sort(), [...usable].sort());
      const priorities = order.map((name) => all.find(({ trunk }) => trunk === name)?.priority);
      assert.deepEqual(
        priorities,
        [...priorities].sort((a = 0, b = 0) => a - b),
      );
    }),
  );
});

test('property: the same chance gives the same order, however the trunks are listed', () => {
  fc.assert(
    fc.property(candidates, (drawn) => {
      const all = drawn.map((one) => ({ ...one, weight: 1 }));
      fc.pre(new Set(all.map(({ roll }) => roll)).size === all.length);
      assert.deepEqual(orderCandidates(all), orderCandidates([...all].reverse()));
    }),
  );
});

test('property: weight 0 comes after every other of its priority', () => {
  fc.assert(
    fc.property(candidates, (all) => {
      const order = orderCandidates(all).map((name) => all.find(({ trunk }) => trunk === name));
      order.forEach((one, index) => {
        const next = order[index + 1];
        if (one === undefined || next === undefined || one.priority !== next.priority) return;
        assert.ok(one.weight > 0 || next.weight === 0);
      });
    }),
  );
});

test('shares follow the weights', () => {
  const draws = 4_000;
  let first = 0;
  // Two low-discrepancy sequences: even, and no chance in the test.
  for (let i = 1; i <= draws; i++) {
    const order = orderCandidates([
      candidate('a', { weight: 3, roll: (i * 0.754877666) % 1 }),
      candidate('b', { weight: 1, roll: (i * 0.569840296) % 1 }),
    ]);
    if (order[0] === 'a') first += 1;
  }
  assert.ok(Math.abs(first / draws - 0.75) < 0.01, `${first / draws}`);
});

test('down is the last hope; resting and disabled are none', () => {
  const a = candidate('a', { state: 'down' });
  assert.deepEqual(orderCandidates([a, candidate('b', { priority: 9 })]), ['b']);
  assert.deepEqual(orderCandidates([a, candidate('b', { state: 'resting' })]), ['a']);
  assert.deepEqual(orderCandidates([candidate('b', { state: 'disabled' })]), []);
});

const failure = (status: number, change: Partial<CallFailure> = {}): CallFailure => ({
  status,
  reason: '',
  q850Cause: null,
  cancelledByUs: false,
  ...change,
});

test('elsewhere only when the trunk could not and nobody was rung', () => {
  for (const status of [408, 500, 502, 503, 504]) {
    assert.equal(mayTryElsewhere(failure(status), false), true, `${status}`);
    assert.equal(mayTryElsewhere(failure(status), true), false, `${status} after a provisional`);
    assert.equal(mayTryElsewhere(failure(status, { cancelledByUs: true }), false), false);
    assert.equal(mayTryElsewhere(failure(status, { q850Cause: 17 }), false), false, 'user busy');
    assert.equal(mayTryElsewhere(failure(status, { q850Cause: 34 }), false), true, 'no circuit');
  }
  for (const status of [302, 400, 403, 404, 480, 484, 486, 487, 488, 501, 600, 603, 604]) {
    assert.equal(mayTryElsewhere(failure(status), false), false, `${status}`);
  }
});
