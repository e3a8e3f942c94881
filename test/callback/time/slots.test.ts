// Places per slot, what is free, and what is proposed instead.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Calendar } from '../../../callback/time/calendar.ts';
import { readDay, readWeekly } from '../../../callback/time/rules.ts';
import {
  freeSlots,
  placesAt,
  proposeSlots,
  slotAround,
  slotsBetween,
} from '../../../callback/time/slots.ts';
import type { SlotPlan } from '../../../callback/time/slots.ts';

const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds;

function weekly(text: string) {
  const read = readWeekly(text);
  return read.ok ? read.value : assert.fail(read.problem);
}

function day(text: string) {
  const read = readDay(text);
  return read.ok ? read.value : assert.fail(read.problem);
}

const office = new Calendar({
  timeZone: 'Europe/Berlin',
  weekly: weekly('Mon-Fri 09:00-11:10'),
  days: [],
});
const plan: SlotPlan = {
  minutes: 30,
  places: 2,
  weekly: weekly('Mon 10:00-10:30').map((rule) => ({ ...rule, places: 5 })),
  days: [{ ...day('2026-11-25 09:00-10:00'), places: 1 }],
};
const free = () => 0;

test('slots lie whole within open hours, from the first to the last', () => {
  const monday = [...slotsBetween(plan, office, at('2026-11-23T00:00Z'), at('2026-11-24T00:00Z'))];
  assert.deepEqual(
    monday.map(({ startMs, places }) => [new Date(startMs).toISOString().slice(11, 16), places]),
    [
      ['08:00', 2],
      ['08:30', 2],
      ['09:00', 5],
      ['09:30', 2],
    ],
  );
});

test('a date of its own: places within its hours, none outside', () => {
  assert.equal(placesAt(plan, office, at('2026-11-25T09:30+01:00')), 1);
  assert.equal(placesAt(plan, office, at('2026-11-25T10:30+01:00')), 0);
});

test('the slot around a moment counts from local midnight, also when the clock changes', () => {
  const { startMs, endMs } = slotAround(plan, office, at('2026-10-25T15:17+01:00'));
  assert.equal(startMs, at('2026-10-25T15:00+01:00'));
  assert.equal(endMs, at('2026-10-25T15:30+01:00'));
});

test('what is booked is not free', () => {
  const range = { fromMs: at('2026-11-23T08:00Z'), toMs: at('2026-11-23T12:00Z'), limit: 10 };
  const full = at('2026-11-23T08:30Z');
  const found = freeSlots(plan, office, (startMs) => (startMs === full ? 2 : 1), range);
  assert.deepEqual(
    found.map((slot) => slot.free),
    [1, 4, 1],
  );
  assert.ok(found.every(({ startMs }) => startMs !== full));
  assert.equal(freeSlots(plan, office, free, { ...range, limit: 2 }).length, 2);
});

test('proposals are the nearest free slots, none of them over, in order', () => {
  const wanted = {
    atMs: at('2026-11-23T10:05+01:00'),
    notBeforeMs: at('2026-11-23T09:10+01:00'),
    limit: 3,
  };
  const full = at('2026-11-23T10:00+01:00');
  const proposed = proposeSlots(plan, office, (startMs) => (startMs === full ? 5 : 0), wanted);
  assert.deepEqual(
    proposed.map(({ startMs }) => startMs),
    ['09:30', '10:30']
      .map((time) => at(`2026-11-23T${time}+01:00`))
      .concat([at('2026-11-24T09:00+01:00')]),
  );
  const closed = new Calendar({ timeZone: 'UTC', weekly: [], days: [] });
  assert.deepEqual(proposeSlots(plan, closed, free, wanted), []);
});
