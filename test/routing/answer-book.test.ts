// Who answers, as learned from dials: how soon a kind of number and an hour of the week speak for
// themselves, and how long telephones ring.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  answerChance,
  answerTimesMs,
  chanceWithin,
  EMPTY_ANSWER_BOOK,
  ringingMs,
  withDial,
} from '../../routing/answer-book.ts';
import type { AnswerBook, Dial } from '../../routing/answer-book.ts';

const hourMs = 3_600_000;
const mobile: Dial = { kind: 'mobile', atMs: 10 * hourMs };

function after(dials: number, dial: Dial, rangMs: number | null, book = EMPTY_ANSWER_BOOK) {
  let learned: AnswerBook = book;
  for (let n = 0; n < dials; n += 1) learned = withDial(learned, dial, rangMs);
  return learned;
}

test('at first six of ten are assumed to answer, after some ten seconds', () => {
  assert.equal(answerChance(EMPTY_ANSWER_BOOK, mobile), 0.6);
  assert.ok(Math.abs(ringingMs(EMPTY_ANSWER_BOOK) - 10_000) < 1_000);
});

test('a few dials say little, many say all; the same hour of the week most of it', () => {
  const few = answerChance(after(3, mobile, null), mobile);
  const many = answerChance(after(300, mobile, null), mobile);
  assert.ok(few < 0.6 && few > 0.3, String(few));
  assert.ok(many < 0.02, String(many));
  const book = after(300, mobile, null);
  const nextWeek = { ...mobile, atMs: mobile.atMs + 168 * hourMs };
  assert.equal(answerChance(book, nextWeek), answerChance(book, mobile));
  const otherHour = { ...mobile, atMs: mobile.atMs + hourMs };
  assert.ok(answerChance(book, otherHour) > answerChance(book, mobile));
});

test('one kind of number does not speak for another', () => {
  const busy = after(200, mobile, null);
  const fixed = { ...mobile, kind: 'fixed' } as const;
  const learned = after(200, fixed, 5_000, busy);
  assert.ok(answerChance(learned, mobile) < 0.1);
  assert.ok(answerChance(learned, fixed) > 0.9);
});

test('what was long ago counts for less', () => {
  const changed = after(1_500, mobile, 5_000, after(1_500, mobile, null));
  assert.ok(answerChance(changed, mobile) > 0.9);
});

test('the chance of an answer soon: none of what was, all of what will be', () => {
  const book = after(100, mobile, 8_000);
  assert.ok(chanceWithin(book, 0.5, 0, 600_000) > 0.49);
  assert.equal(chanceWithin(book, 0.5, 0, 0), 0);
  assert.ok(chanceWithin(book, 0.5, 120_000, 600_000) < 0.1, 'rung for long: it will not be');
  assert.equal(chanceWithin(book, 0, 0, 60_000), 0);
});

test('chances are chances, and times to the answer are in order', () => {
  const dial = fc.record({
    kind: fc.constantFrom('mobile' as const, 'fixed' as const, 'unknown' as const),
    atMs: fc.integer({ min: 0, max: 400 * hourMs }),
    rangMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
  });
  fc.assert(
    fc.property(fc.array(dial, { maxLength: 60 }), fc.nat(60_000), (dials, withinMs) => {
      const book = dials.reduce<AnswerBook>(
        (before, { rangMs, ...one }) => withDial(before, one, rangMs),
        EMPTY_ANSWER_BOOK,
      );
      const chance = answerChance(book, mobile);
      assert.ok(chance > 0 && chance < 1);
      const soon = chanceWithin(book, chance, 3_000, withinMs);
      assert.ok(soon >= 0 && soon <= 1);
      const times = answerTimesMs(book);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
    }),
    { numRuns: 50 },
  );
});
