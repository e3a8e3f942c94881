// Slots: how many scheduled callbacks may be promised for which stretch of time, which are still
// free, and what to propose instead of a full or closed one. PURE.
import type { Calendar } from './calendar.ts';
import { coversDate } from './rules.ts';
import type { DayRule, WeeklyRule } from './rules.ts';

/** Slot lengths that divide a day and that people can name. */
export const slotMinutesAllowed = [5, 10, 15, 20, 30, 60, 120] as const;
export type SlotMinutes = (typeof slotMinutesAllowed)[number];

/** Places in every slot that begins in a stretch of the week. */
export interface WeeklyPlaces extends WeeklyRule {
  readonly places: number;
}

/** Places in every slot of certain dates, in place of the weekly ones. */
export interface DayPlaces extends DayRule {
  readonly places: number;
}

export interface SlotPlan {
  readonly minutes: SlotMinutes;
  /** Where no other rule speaks. */
  readonly places: number;
  readonly weekly: readonly WeeklyPlaces[];
  readonly days: readonly DayPlaces[];
}

export interface Slot {
  readonly startMs: number;
  readonly endMs: number;
  /** Callbacks that may be promised for it in all. */
  readonly places: number;
}

export interface FreeSlot extends Slot {
  readonly free: number;
}

/** The slots of a queue over some time, full ones too, as those who choose one look at them. */
export interface SlotTable {
  readonly minutes: SlotMinutes;
  /** Of the office, in which the slots are counted. */
  readonly timeZone: string;
  readonly slots: readonly FreeSlot[];
}

export interface SlotRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly limit: number;
  /** Slots without a free place count, too. */
  readonly fullToo: boolean;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Slots looked through for one question at most: two months of five-minute slots. */
const maxSlots = 20_000;

/** Places in a slot that begins at `startMs`; later rules win over earlier ones. */
export function placesAt(plan: SlotPlan, calendar: Calendar, startMs: number): number {
  const { weekday, minute, date } = calendar.localTime(startMs);
  const special = plan.days.findLast((rule) => coversDate(rule, date));
  if (special !== undefined) {
    const { periods } = special;
    const applies = periods.length === 0 || periods.some((period) => within(period, minute));
    return applies ? special.places : 0;
  }
  const weekly = plan.weekly.findLast(
    (rule) => rule.days.includes(weekday) && within(rule, minute),
  );
  return weekly?.places ?? plan.places;
}

function within(
  { fromMinute, toMinute }: { readonly fromMinute: number; readonly toMinute: number },
  minute: number,
): boolean {
  return fromMinute <= minute && minute < toMinute;
}

/** The slot around a moment, counted from local midnight; open or not. */
export function slotAround(plan: SlotPlan, calendar: Calendar, atMs: number): Slot {
  const dayStartMs = calendar.dayStartMs(atMs);
  const lengthMs = plan.minutes * minuteMs;
  const startMs = dayStartMs + Math.floor((atMs - dayStartMs) / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, places: placesAt(plan, calendar, startMs) };
}

/** Slots that lie whole in open hours and begin between two moments, with places or without. */
export function* slotsBetween(
  plan: SlotPlan,
  calendar: Calendar,
  fromMs: number,
  toMs: number,
): Generator<Slot> {
  let yielded = 0;
  for (const period of calendar.periods(fromMs - dayMs, toMs + dayMs)) {
    let slot = slotAround(plan, calendar, Math.max(period.fromMs, fromMs));
    if (slot.startMs < period.fromMs || slot.startMs < fromMs) {
      slot = slotAround(plan, calendar, slot.endMs);
    }
    while (slot.endMs <= period.toMs && slot.startMs < toMs) {
      if (yielded++ >= maxSlots) return;
      yield slot;
      slot = slotAround(plan, calendar, slot.endMs);
    }
  }
}

/** How many callbacks are promised for the slot that starts then. */
export type Booked = (slotStartMs: number) => number;

/** Slots with a free place that begin between two moments, at most `limit`. */
export function freeSlots(
  plan: SlotPlan,
  calendar: Calendar,
  booked: Booked,
  range: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
): readonly FreeSlot[] {
  const found: FreeSlot[] = [];
  for (const slot of slotsBetween(plan, calendar, range.fromMs, range.toMs)) {
    if (found.length >= range.limit) break;
    const free = slot.places - booked(slot.startMs);
    if (free > 0) found.push({ ...slot, free });
  }
  return found;
}

/** Up to `limit` free slots nearest to the wanted moment, not before `notBeforeMs`, in order. */
export function proposeSlots(
  plan: SlotPlan,
  calendar: Calendar,
  booked: Booked,
  wanted: { readonly atMs: number; readonly notBeforeMs: number; readonly limit: number },
): readonly FreeSlot[] {
  const { atMs, notBeforeMs, limit } = wanted;
  const near: FreeSlot[] = [];
  // A closed week is passed over; further away than four nobody would call it an alternative.
  for (const days of [2, 9, 28]) {
    const fromMs = Math.max(notBeforeMs, atMs - days * dayMs);
    const range = { fromMs, toMs: atMs + days * dayMs, limit: maxSlots };
    near.splice(0, near.length, ...freeSlots(plan, calendar, booked, range));
    if (near.length >= limit) break;
  }
  return near
    .sort((a, b) => Math.abs(a.startMs - atMs) - Math.abs(b.startMs - atMs))
    .slice(0, limit)
    .sort((a, b) => a.startMs - b.startMs);
}
