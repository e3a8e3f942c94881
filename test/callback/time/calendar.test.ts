// Open hours across weeks, holidays, midnight and changes of the clock.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { allOpenAtMs, Calendar, isTimeZone } from '../../../callback/time/calendar.ts';
import { readDay, readWeekly } from '../../../callback/time/rules.ts';

function calendar(timeZone: string, weekly: readonly string[], days: readonly string[] = []) {
  return new Calendar({
    timeZone,
    weekly: weekly.flatMap((text) => {
      const read = readWeekly(text);
      return read.ok ? read.value : assert.fail(read.problem);
    }),
    days: days.map((text) => {
      const read = readDay(text);
      return read.ok ? read.value : assert.fail(read.problem);
    }),
  });
}

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;
const hourMs = 3_600_000;

test('open, closing and next opening', () => {
  const office = calendar('Europe/Berlin', ['Mon-Fri 09:00-12:00,13:00-17:00']);
  assert.ok(office.isOpen(at('2026-11-23T09:00+01:00')), 'from the first minute on');
  assert.ok(!office.isOpen(at('2026-11-23T17:00+01:00')), 'not at the last');
  assert.equal(office.closesAtMs(at('2026-11-23T10:00+01:00')), at('2026-11-23T12:00+01:00'));
  assert.equal(office.closesAtMs(at('2026-11-23T12:30+01:00')), null);
  assert.equal(office.opensAtMs(at('2026-11-23T12:30+01:00')), at('2026-11-23T13:00+01:00'));
  assert.equal(office.opensAtMs(at('2026-11-27T18:00+01:00')), at('2026-11-30T09:00+01:00'));
  const now = at('2026-11-23T10:00+01:00');
  assert.equal(office.opensAtMs(now), now, 'open already');
});

test('special days stand in place of the week, the later rule first', () => {
  const office = calendar(
    'Europe/Berlin',
    ['Mon-Fri 09:00-17:00'],
    ['12-20..12-31 closed', '12-23 10:00-11:00', '2026-12-27 10:00-12:00'],
  );
  assert.ok(!office.isOpen(at('2026-12-22T10:30+01:00')));
  assert.ok(office.isOpen(at('2026-12-23T10:30+01:00')));
  assert.ok(!office.isOpen(at('2026-12-23T11:30+01:00')));
  assert.ok(office.isOpen(at('2026-12-27T11:00+01:00')), 'a Sunday opened by a special day');
});

test('hours over midnight, and around the clock', () => {
  const night = calendar('America/New_York', ['Fri 22:00-02:00']);
  assert.ok(night.isOpen(at('2026-11-28T01:30-05:00')));
  assert.equal(night.closesAtMs(at('2026-11-27T23:00-05:00')), at('2026-11-28T02:00-05:00'));
  const always = calendar('UTC', ['Mon-Sun 00:00-24:00']);
  assert.deepEqual(always.periods(0, 3 * 24 * hourMs), [{ fromMs: 0, toMs: 3 * 24 * hourMs }]);
  assert.ok((always.closesAtMs(0) ?? 0) > 300 * 24 * hourMs, 'no end in sight');
});

test('the clock goes forward and back: local hours stay, lengths change', () => {
  const office = calendar('Europe/Berlin', ['Sun 01:00-05:00']);
  const [spring] = office.periods(at('2026-03-28T12:00Z'), at('2026-03-29T12:00Z'));
  const [autumn] = office.periods(at('2026-10-24T12:00Z'), at('2026-10-25T12:00Z'));
  assert.ok(spring && autumn);
  assert.equal(spring.toMs - spring.fromMs, 3 * hourMs);
  assert.equal(autumn.toMs - autumn.fromMs, 5 * hourMs);
  const skipped = calendar('Europe/Berlin', ['Sun 02:00-03:00']);
  assert.deepEqual(skipped.periods(at('2026-03-28T12:00Z'), at('2026-03-29T12:00Z')), []);
});

test('never open', () => {
  const never = calendar('UTC', []);
  assert.equal(never.opensAtMs(0), null);
  assert.equal(never.closesAtMs(0), null);
  assert.equal(allOpenAtMs([never], 0), null);
});

test('all calendars open at once', () => {
  const berlin = calendar('Europe/Berlin', ['Mon-Fri 09:00-17:00']);
  const newYork = calendar('America/New_York', ['Mon-Fri 09:00-17:00']);
  const sundayMs = at('2026-11-22T12:00Z');
  assert.equal(allOpenAtMs([berlin, newYork], sundayMs), at('2026-11-23T14:00Z'));
  const tokyo = calendar('Asia/Tokyo', ['Mon-Fri 09:00-10:00']);
  assert.equal(allOpenAtMs([berlin, tokyo], sundayMs), null, 'never at once');
  assert.equal(allOpenAtMs([], 5), 5);
});

test('time zones are known by name only', () => {
  assert.ok(isTimeZone('Europe/Berlin') && isTimeZone('UTC'));
  assert.ok(!isTimeZone('Mars/Base') && !isTimeZone('+02:00') && !isTimeZone(''));
});

test('what is open is in a period, and the next opening is open', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'];
  const calendars = zones.map((zone) =>
    calendar(zone, ['Mon-Thu 08:30-18:00', 'Sat,Sun 23:00-03:00'], ['05-01 closed']),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...calendars),
      fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2028-01-01T00:00Z') }),
      (office, atMs) => {
        const periods = office.periods(atMs - 48 * hourMs, atMs + 48 * hourMs);
        const inside = periods.some(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs);
        assert.equal(office.isOpen(atMs), inside);
        const opensAtMs = office.opensAtMs(atMs);
        assert.ok(opensAtMs !== null && opensAtMs >= atMs && office.isOpen(opensAtMs));
        assert.ok(opensAtMs === atMs || !office.isOpen(opensAtMs - 1));
      },
    ),
    { numRuns: 60 },
  );
});
