// The text forms in which people write hours: "Mon-Fri 09:00-17:00", "12-24 09:00-12:00",
// "2027-04-05 closed". Read here into values, with what is wrong said in words. PURE.

/** Minutes of a local day, end excluded; an end beyond 1440 lies on the next day. */
export interface DayPeriod {
  readonly fromMinute: number;
  readonly toMinute: number;
}

/** Hours that come back every week. */
export interface WeeklyRule extends DayPeriod {
  /** ISO weekdays: 1 Monday to 7 Sunday. */
  readonly days: readonly number[];
}

/** Hours of certain dates, in place of the weekly ones; no periods: closed. */
export interface DayRule {
  readonly from: DayOfYear;
  /** Included; the same as `from` for a single day. */
  readonly to: DayOfYear;
  readonly periods: readonly DayPeriod[];
}

/** A date; without a year it comes back every year. */
export interface DayOfYear {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}

/** What a text was read as, or why it could not be. */
export type Read<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly problem: string };

const minutesPerDay = 1_440;
const dayNames = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const weeklyForm = 'Mon-Fri 09:00-17:00 (days as ranges or lists, hours after them)';
const dayForm = '12-24 09:00-12:00, 2027-04-05 closed, or 12-24..12-26 closed';

function refuse<Value>(problem: string): Read<Value> {
  return { ok: false, problem };
}

/**
 * Reads "Mon-Fri 09:00-12:00,13:00-17:00" or "Sat,Sun 10:00-14:00". Ranges may go over the end of
 * the week ("Sat-Mon"), hours over midnight ("22:00-02:00" belongs to the day it begins on).
 */
export function readWeekly(text: string): Read<readonly WeeklyRule[]> {
  const [dayPart, hourPart, ...rest] = text.trim().split(/\s+/u);
  if (dayPart === undefined || hourPart === undefined || rest.length > 0) {
    return refuse(`"${text}" is not of the form ${weeklyForm}`);
  }
  const days = readDays(dayPart);
  if (days === null) return refuse(`"${dayPart}" names no weekdays: Mon, Tue, Wed ... as Mon-Fri`);
  const periods = readPeriods(hourPart);
  if (!periods.ok) return periods;
  return { ok: true, value: periods.value.map((period) => ({ days, ...period })) };
}

/** Reads "12-24 09:00-12:00" (every year), "2027-04-05 closed", "12-24..12-26 closed". */
export function readDay(text: string): Read<DayRule> {
  const [datePart, hourPart, ...rest] = text.trim().split(/\s+/u);
  if (datePart === undefined || hourPart === undefined || rest.length > 0) {
    return refuse(`"${text}" is not of the form ${dayForm}`);
  }
  const [fromText = '', toText = fromText, ...more] = datePart.split('..');
  const [from, to] = [readDate(fromText), readDate(toText)];
  if (from === null || to === null || more.length > 0) {
    return refuse(`"${datePart}" is no date: MM-DD or YYYY-MM-DD, two of them with .. between`);
  }
  if ((from.year === null) !== (to.year === null)) {
    return refuse(`"${datePart}" has a year on one side only`);
  }
  if (from.year !== null && compareDates(from, to) > 0) {
    return refuse(`"${datePart}" ends before it begins`);
  }
  if (hourPart.toLowerCase() === 'closed') return { ok: true, value: { from, to, periods: [] } };
  const periods = readPeriods(hourPart);
  return periods.ok ? { ok: true, value: { from, to, periods: periods.value } } : periods;
}

/** Reads "09:00-12:00,13:00-17:00". 24:00 ends a day; an end at or before the start is tomorrow. */
export function readPeriods(text: string): Read<readonly DayPeriod[]> {
  const periods: DayPeriod[] = [];
  for (const part of text.split(',')) {
    const [from, to, ...more] = part.split('-').map(readMinute);
    if (from === undefined || to === undefined || more.length > 0 || from === null || to === null) {
      return refuse(`"${part}" is no period: HH:MM-HH:MM between 00:00 and 24:00`);
    }
    if (from === minutesPerDay) return refuse(`"${part}" begins at the end of the day`);
    periods.push({ fromMinute: from, toMinute: to > from ? to : to + minutesPerDay });
  }
  return { ok: true, value: periods };
}

/** Whether a date falls under the rule; a rule without years may go over New Year. */
export function coversDate(rule: DayRule, date: Required<DayOfYear>): boolean {
  if (rule.from.year !== null) {
    return compareDates(rule.from, date) <= 0 && compareDates(date, rule.to) <= 0;
  }
  const at = dayKey(date);
  const [from, to] = [dayKey(rule.from), dayKey(rule.to)];
  return from <= to ? from <= at && at <= to : at >= from || at <= to;
}

function dayKey({ month, day }: DayOfYear): number {
  return month * 100 + day;
}

function compareDates(a: DayOfYear, b: DayOfYear): number {
  return (a.year ?? 0) - (b.year ?? 0) || dayKey(a) - dayKey(b);
}

function readDays(text: string): readonly number[] | null {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [from, to = from, ...more] = part.split('-').map(readDayName);
    if (from === undefined || to === undefined || more.length > 0 || from < 0 || to < 0)
      return null;
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

function readDayName(text: string): number {
  return dayNames.indexOf(text.toLowerCase());
}

function readDate(text: string): DayOfYear | null {
  const [, year, month, day] = /^(?:(\d{4})-)?(\d{2})-(\d{2})$/u.exec(text) ?? [];
  if (month === undefined || day === undefined) return null;
  // 29 February is a date of a rule for every year: it applies in leap years.
  const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Number(month) - 1] ?? 0;
  if (Number(day) < 1 || Number(day) > daysInMonth) return null;
  return {
    year: year === undefined ? null : Number(year),
    month: Number(month),
    day: Number(day),
  };
}

function readMinute(text: string): number | null {
  const [, hour, minute] = /^(\d{2}):(\d{2})$/u.exec(text) ?? [];
  if (hour === undefined || minute === undefined || Number(minute) > 59) return null;
  const total = Number(hour) * 60 + Number(minute);
  return total <= minutesPerDay ? total : null;
}
