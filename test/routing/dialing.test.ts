// The arithmetic of dialing notification: the tail of a sum of chances against counting every case,
// the times of answers, and the guard that keeps its limit whatever it is given to guard.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  answerTimesMs,
  chanceWithin,
  EMPTY_ANSWER_BOOK,
  withDial,
} from '../../routing/answer-book.ts';
import type { AnswerBook } from '../../routing/answer-book.ts';
import { CARE_MAX, CARE_MIN, FIRST_GUARD, guardWith, riskAllowed } from '../../routing/guard.ts';
import { chanceOfNone } from '../../routing/tail.ts';

const chance = fc.double({ min: 0, max: 1, noNaN: true });
const chances = fc.array(chance, { maxLength: 6 });

/** By counting every way in which it can come out. */
function counted(free: number, others: readonly number[], claims: readonly number[]): number {
  const all = [...others, ...claims];
  let none = 0;
  for (let way = 0; way < 1 << all.length; way += 1) {
    let share = 1;
    let left = free;
    all.forEach((one, n) => {
      const happens = (way & (1 << n)) !== 0;
      share *= happens ? one : 1 - one;
      if (happens) left += n < others.length ? 1 : -1;
    });
    if (left <= 0) none += share;
  }
  return none;
}

test('the tail is what counting every case comes to', () => {
  const free = fc.integer({ min: -3, max: 8 });
  fc.assert(
    fc.property(free, chances, chances, (agents, others, claims) => {
      const off = chanceOfNone(agents, others, claims) - counted(agents, others, claims);
      assert.ok(Math.abs(off) < 1e-9, String(off));
    }),
  );
});

test('of very many the tail is the normal one, close to the exact one', () => {
  // 500 claims of 0.1: mean 50, deviation 6.7. Exact values of the binomial distribution.
  const claims = new Array<number>(500).fill(0.1);
  for (const [free, exact] of [
    [40, 0.945],
    [51, 0.4624],
    [60, 0.081],
    [70, 0.0027],
  ] as const) {
    const off = chanceOfNone(free, [], claims) - exact;
    assert.ok(Math.abs(off) < 0.01, `${free}: off by ${off}`);
  }
  // 300 agents of 0.2 against 40 customers on the line: mean 20 left, deviation 6.9.
  const others = new Array<number>(300).fill(0.2);
  assert.ok(Math.abs(chanceOfNone(-40, others, []) - 0.0017) < 0.001);
});

test('one more agent never makes it worse, one more claim never better', () => {
  fc.assert(
    fc.property(fc.integer({ min: -2, max: 5 }), chances, chances, chance, (free, a, b, one) => {
      const now = chanceOfNone(free, a, b);
      assert.ok(now >= 0 && now <= 1);
      assert.ok(chanceOfNone(free + 1, a, b) <= now + 1e-12);
      assert.ok(chanceOfNone(free, [...a, one], b) <= now + 1e-12);
      assert.ok(chanceOfNone(free, a, [...b, one]) >= now - 1e-12);
    }),
  );
});

/** Six of ten answer after 3 to 15 s, evenly. */
function learned(): AnswerBook {
  let book = EMPTY_ANSWER_BOOK;
  for (let n = 0; n < 400; n += 1) {
    const rangMs = n % 5 < 3 ? 3_000 + ((n * 7_919) % 12_000) : null;
    book = withDial(book, { kind: 'mobile', atMs: 0 }, rangMs);
  }
  return book;
}

test('a telephone that rings on is answered less and less likely', () => {
  const book = learned();
  assert.ok(Math.abs(chanceWithin(book, 0.6, 0, Infinity) - 0.6) < 1e-9);
  // After 9 s half of the answers are still to come: 0.3 of the 0.7 that are left.
  assert.ok(Math.abs(chanceWithin(book, 0.6, 9_000, Infinity) - 0.43) < 0.04);
  assert.ok(Math.abs(chanceWithin(book, 0.6, 9_000, 3_000) - 0.21) < 0.05);
  assert.ok(chanceWithin(book, 0.6, 16_000, Infinity) < 0.05);
  assert.equal(chanceWithin(book, 0, 60_000, 1_000), 0);
  assert.ok(chanceWithin(book, 1, 600_000, 1_000) <= 1);
});

test('the times of the answer stand for all of them', () => {
  const times = answerTimesMs(learned());
  assert.equal(times.length, 8);
  assert.deepEqual(
    [...times].sort((a, b) => a - b),
    times,
  );
  const middle = times.reduce((sum, time) => sum + time, 0) / times.length;
  assert.ok(Math.abs(middle - 9_000) < 700, String(middle));
});

for (const limit of [1, 3, 10]) {
  for (const harm of [0.3, 0.6, 1, 2, 4]) {
    test(`the guard keeps ${limit} % where dials bring ${harm} times the risk`, () => {
      // The same chance each time: a golden ratio of 1 goes round evenly.
      let guard = FIRST_GUARD;
      for (let n = 1; n <= 4_000; n += 1) {
        const chance = (n * 0.618_033_988_749_895) % 1;
        guard = guardWith(guard, chance < harm * riskAllowed(guard, limit), limit);
        assert.ok(guard.care >= CARE_MIN && guard.care <= CARE_MAX);
      }
      // A dozen waits until it has learned how much harm a dial does.
      const { answered, waited } = guard;
      assert.ok(waited <= (limit / 100) * answered + 12, `${waited} of ${answered}`);
      const most = (limit / 100) * Math.min(1, harm * Math.exp(-CARE_MIN)) * answered;
      assert.ok(waited >= 0.9 * most - 12, `${waited} of ${answered} is not what it may`);
    });
  }
}

test('an overdrawn budget is gained back, and a saved one is not kept for long', () => {
  let guard = FIRST_GUARD;
  for (let n = 0; n < 100; n += 1) guard = guardWith(guard, true, 3);
  assert.equal(guard.care, CARE_MAX);
  assert.ok(riskAllowed(guard, 3) < 0.001);
  for (let n = 0; n < 5_000; n += 1) guard = guardWith(guard, false, 3);
  assert.equal(guard.care, CARE_MIN);
  for (let n = 0; n < 20; n += 1) guard = guardWith(guard, true, 3);
  assert.ok(guard.care > 1, 'after twenty waits it is careful again');
});
