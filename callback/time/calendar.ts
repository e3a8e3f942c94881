// When something is open, in its own time zone, across changes of the clock. A calendar is built
// from rules.ts and answers in epoch milliseconds; it keeps the days it has worked out. PURE: the
// time zone database is that of the runtime.
import { coversDate } from './rules.ts';
import type { DayPeriod, DayRule, WeeklyRule } from './rules.ts';

/** What a calendar is made of. Day rules stand in place of the weekly hours; the last one wins. */
export interface CalendarRules {
  /** Name of the tz database, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly weekly: readonly WeeklyRule[];
  readonly days: readonly DayRule[];
}

/** A span of time, end excluded. */
export interface Period {
  readonly fromMs: number;
  readonly toMs: number;
}

const dayMs = 86_400_000;
/** Days kept at most; a year and more, so that availability is asked cheaply. */
const maxKeptDays = 800;
const hourMs = 3_600_000;
const maxKeptHours = 2_000;
/** How far ahead the next opening is looked for. */
const maxAheadDays = 400;

/** Whether the runtime knows a time zone by this name. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return /^[A-Za-z]/u.test(name);
  } catch {
    return false;
  }
}

export class Calendar {
  readonly #rules: CalendarRules;
  readonly #kept = new Map<string, readonly Period[]>();
  /** The first open period from an hour on, by the hour: asked again and again for every slot. */
  readonly #openings = new Map<number, Period | null>();

  /** @throws RangeError for a time zone that the runtime does not know */
  constructor(rules: CalendarRules) {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(rules.timeZone);
    this.#rules = rules;
  }

  get timeZone(): string {
    return this.#rules.timeZone;
  }

  isOpen(atMs: number): boolean {
    return this.closesAtMs(atMs) !== null;
  }

  /** End of the open period around `atMs`; null when it is closed then. */
  closesAtMs(atMs: number): number | null {
    const around = this.periods(atMs, atMs + 1)[0];
    if (around === undefined) return null;
    // What is open around the clock has no end; so far is as good as for ever.
    let { toMs } = this.#whole(atMs, atMs + 2 * dayMs)[0] ?? around;
    for (let days = 0; days < maxAheadDays && this.periods(toMs, toMs + 1).length > 0; days++) {
      toMs = this.#whole(toMs, toMs + dayMs)[0]?.toMs ?? toMs;
    }
    return toMs;
  }

  /** The first moment from `atMs` on that is open; null when there is none within a year. */
  opensAtMs(atMs: number): number | null {
    const hour = Math.floor(atMs / hourMs);
    let opening = this.#openings.get(hour);
    if (opening === undefined) {
      opening = this.#firstOpen(hour * hourMs);
      if (this.#openings.size >= maxKeptHours) this.#openings.clear();
      this.#openings.set(hour, opening);
    }
    if (opening === null) return null;
    // What closes within the hour says nothing of the rest of it.
    if (atMs >= opening.toMs) return this.#firstOpen(atMs)?.fromMs ?? null;
    return Math.max(atMs, opening.fromMs);
  }

  /** The first open period that ends after `atMs`, cut to begin there. */
  #firstOpen(atMs: number): Period | null {
    // Hours over midnight belong to the day before; those of a later day begin later.
    let date = this.#local(atMs).toPlainDate().subtract({ days: 1 });
    for (let days = 0; days < maxAheadDays; days += 1) {
      const [first] = joined(this.#day(date).filter(({ toMs }) => toMs > atMs));
      if (first !== undefined) return { fromMs: Math.max(atMs, first.fromMs), toMs: first.toMs };
      date = date.add({ days: 1 });
    }
    return null;
  }

  /** Open periods between two moments, cut to them, in order, joined where they touch. */
  periods(fromMs: number, toMs: number): readonly Period[] {
    return this.#whole(fromMs, toMs).map((period) => ({
      fromMs: Math.max(fromMs, period.fromMs),
      toMs: Math.min(toMs, period.toMs),
    }));
  }

  /** The start of the local day around `atMs`. */
  dayStartMs(atMs: number): number {
    return this.#local(atMs).startOfDay().epochMilliseconds;
  }

  /** Minute of the local day and ISO weekday, 1 Monday to 7 Sunday. */
  localTime(atMs: number): {
    readonly weekday: number;
    readonly minute: number;
    readonly date: { readonly year: number; readonly month: number; readonly day: number };
  } {
    const local = this.#local(atMs);
    const { year, month, day } = local;
    const minute = local.hour * 60 + local.minute;
    return { weekday: local.dayOfWeek, minute, date: { year, month, day } };
  }

  #local(atMs: number): Temporal.ZonedDateTime {
    return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(this.#rules.timeZone);
  }

  /** Open periods that overlap, not cut. */
  #whole(fromMs: number, toMs: number): readonly Period[] {
    const found: Period[] = [];
    // Hours over midnight belong to the day before.
    let date = this.#local(fromMs).toPlainDate().subtract({ days: 1 });
    const last = this.#local(toMs).toPlainDate();
    for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
      for (const period of this.#day(date)) {
        if (period.toMs > fromMs && period.fromMs < toMs) found.push(period);
      }
    }
    return joined(found);
  }

  #day(date: Temporal.PlainDate): readonly Period[] {
    const key = date.toString();
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    if (this.#kept.size >= maxKeptDays) this.#kept.clear();
    const periods = this.#hoursOf(date)
      .map(({ fromMinute, toMinute }) => ({
        fromMs: this.#momentMs(date, fromMinute),
        toMs: this.#momentMs(date, toMinute),
      }))
      .filter(({ fromMs, toMs }) => fromMs < toMs); // an hour that the clock skips is none
    this.#kept.set(key, periods);
    return periods;
  }

  #hoursOf(date: Temporal.PlainDate): readonly DayPeriod[] {
    const { year, month, day, dayOfWeek } = date;
    const special = this.#rules.days.findLast((rule) => coversDate(rule, { year, month, day }));
    if (special !== undefined) return special.periods;
    return this.#rules.weekly.filter(({ days }) => days.includes(dayOfWeek));
  }

  /** A local minute as a moment; one that the clock skips counts as the moment of the change. */
  #momentMs(date: Temporal.PlainDate, minute: number): number {
    const on = minute >= 1_440 ? date.add({ days: Math.floor(minute / 1_440) }) : date;
    const plainTime = new Temporal.PlainTime(Math.floor((minute % 1_440) / 60), minute % 60);
    const { timeZone } = this.#rules;
    return on.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
  }
}

/** Sorted by their start, those that touch made one. */
function joined(periods: readonly Period[]): readonly Period[] {
  const sorted = [...periods].sort((a, b) => a.fromMs - b.fromMs);
  const result: Period[] = [];
  for (const period of sorted) {
    const before = result.at(-1);
    if (before === undefined || period.fromMs > before.toMs) result.push(period);
    else if (period.toMs > before.toMs) {
      result[result.length - 1] = { fromMs: before.fromMs, toMs: period.toMs };
    }
  }
  return result;
}

/** The first moment from `atMs` on that all calendars are open; null: none within a year. */
export function allOpenAtMs(calendars: readonly Calendar[], atMs: number): number | null {
  let candidateMs = atMs;
  for (let turns = 0; turns < 10_000; turns++) {
    let latestMs = candidateMs;
    for (const calendar of calendars) {
      const opensAtMs = calendar.opensAtMs(latestMs);
      if (opensAtMs === null || opensAtMs > atMs + maxAheadDays * dayMs) return null;
      latestMs = opensAtMs;
    }
    if (latestMs === candidateMs) return candidateMs;
    candidateMs = latestMs;
  }
  return null;
}
