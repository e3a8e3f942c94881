// How hours are written down.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { coversDate, readDay, readPeriods, readWeekly } from '../../../callback/time/rules.ts';

function value<T>(
  read: { readonly ok: true; readonly value: T } | { readonly ok: false; problem: string },
): T {
  assert.ok(read.ok, read.ok ? '' : read.problem);
  return read.value;
}

test('weekly hours: ranges, lists, several periods, over the week and over midnight', () => {
  assert.deepEqual(value(readWeekly('Mon-Fri 09:00-17:00')), [
    { days: [1, 2, 3, 4, 5], fromMinute: 540, toMinute: 1_020 },
  ]);
  assert.deepEqual(
    value(readWeekly('mon,Wed-thu 08:00-12:00,13:00-24:00')).map(({ days, toMinute }) => [
      days,
      toMinute,
    ]),
    [
      [[1, 3, 4], 720],
      [[1, 3, 4], 1_440],
    ],
  );
  assert.deepEqual(value(readWeekly('Sat-Mon 22:00-02:00')), [
    { days: [1, 6, 7], fromMinute: 1_320, toMinute: 1_560 },
  ]);
});

test('days: one, every year, a range, closed', () => {
  const eve = value(readDay('12-24 09:00-12:00'));
  assert.deepEqual(eve.periods, [{ fromMinute: 540, toMinute: 720 }]);
  assert.ok(coversDate(eve, { year: 2031, month: 12, day: 24 }));
  const easter = value(readDay('2027-03-29 closed'));
  assert.ok(coversDate(easter, { year: 2027, month: 3, day: 29 }));
  assert.ok(!coversDate(easter, { year: 2028, month: 3, day: 29 }));
  const turn = value(readDay('12-27..01-02 closed'));
  for (const [month, day, covered] of [
    [12, 26, false],
    [12, 27, true],
    [1, 2, true],
    [1, 3, false],
    [6, 1, false],
  ] as const) {
    assert.equal(coversDate(turn, { year: 2027, month, day }), covered, `${month}-${day}`);
  }
});

test('what is wrong is said', () => {
  const refused: readonly [string, typeof readWeekly | typeof readDay, RegExp][] = [
    ['Mon-Fri', readWeekly, /form/],
    ['Monday 09:00-17:00', readWeekly, /no weekdays/],
    ['Mon 9-17', readWeekly, /no period/],
    ['Mon 09:00-25:00', readWeekly, /no period/],
    ['Mon 24:00-01:00', readWeekly, /end of the day/],
    ['02-30 closed', readDay, /no date/],
    ['13-01 closed', readDay, /no date/],
    ['2027-05-02..05-04 closed', readDay, /one side only/],
    ['2027-05-04..2027-05-02 closed', readDay, /ends before/],
    ['12-24 open', readDay, /no period/],
  ];
  for (const [text, read, problem] of refused) {
    const result = read(text);
    assert.ok(!result.ok, text);
    assert.match(result.problem, problem, text);
  }
});

test('any text is read or refused, never thrown at', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      for (const read of [readWeekly, readDay, readPeriods])
        assert.equal(typeof read(text).ok, 'boolean');
    }),
  );
});

test('periods read back: within two days, end after start', () => {
  const clock = fc.integer({ min: 0, max: 1_439 });
  const written = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  fc.assert(
    fc.property(clock, clock, (from, to) => {
      const [period] = value(readPeriods(`${written(from)}-${written(to)}`));
      assert.ok(period);
      assert.equal(period.fromMinute, from);
      assert.equal(period.toMinute % 1_440, to % 1_440);
      assert.ok(period.toMinute > period.fromMinute && period.toMinute <= from + 1_440);
    }),
  );
});
