// Days worth simulating (changes of the clock among them), the hours of their offices and of their
// customers, and whether somebody may be called, worked out in another way than the product does.
import type { HoursOptions, SlotPlan } from '../../callback/index.ts';
import { readWeekly } from '../../callback/index.ts';
import type { CallbackPromise } from '../../callback/state.ts';

/** Two spans of a day, from hour to hour, of every day of the week. */
type Spans = readonly (readonly [number, number])[];

const officeSpans: Spans = [
  [0.5, 4.5],
  [8, 20],
];
const callingSpans: Spans = [[7, 23]];

export const slotPlan: SlotPlan = { minutes: 30, places: 2, weekly: [], days: [] };

interface Beginning {
  readonly startsAt: string;
  /** Of the office. */
  readonly timeZone: string;
}

const beginnings: readonly Beginning[] = [
  { startsAt: '2026-01-05T09:00:00Z', timeZone: 'UTC' },
  // An hour is left out, or comes twice, in the night that follows.
  { startsAt: '2026-03-28T16:00:00Z', timeZone: 'Europe/Berlin' },
  { startsAt: '2026-10-24T15:00:00Z', timeZone: 'Europe/Berlin' },
  { startsAt: '2026-03-07T20:00:00Z', timeZone: 'America/New_York' },
  { startsAt: '2026-10-31T18:00:00Z', timeZone: 'America/New_York' },
  // Half an hour, and a zone of halves.
  { startsAt: '2026-04-04T06:00:00Z', timeZone: 'Australia/Lord_Howe' },
  { startsAt: '2026-12-31T14:00:00Z', timeZone: 'Asia/Kolkata' },
];

/** What customers say of where they are; null: nothing. */
export const statedZones = [
  'America/New_York',
  'America/Los_Angeles',
  'Europe/Berlin',
  'Asia/Kolkata',
  null,
] as const;

export class Almanac {
  readonly #beginning: Beginning;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  readonly #unitedStates = new Intl.Locale('und-US').getTimeZones() ?? [];

  /** @param chance in [0, 1) */
  constructor(chance: number) {
    const chosen = beginnings[Math.floor(chance * beginnings.length)];
    if (chosen === undefined) throw new RangeError(`no day at ${chance}`);
    this.#beginning = chosen;
  }

  get startMs(): number {
    return Date.parse(this.#beginning.startsAt);
  }

  get hours(): HoursOptions {
    const { timeZone } = this.#beginning;
    return {
      offices: new Map([['office', { timeZone, weekly: rulesOf(officeSpans), days: [] }]]),
      calling: [{ countries: ['US'], weekly: rulesOf(callingSpans), days: [] }],
    };
  }

  /** Customers are in the United States, unless they say something else. */
  mayBeCalled({ queueId, timeZone }: CallbackPromise, atMs: number): boolean {
    const isOpen = queueId !== 'sales' || this.#isWithin(officeSpans, this.#office, atMs);
    const zones = timeZone === null || timeZone === undefined ? this.#unitedStates : [timeZone];
    return isOpen && zones.every((zone) => this.#isWithin(callingSpans, zone, atMs));
  }

  get #office(): string {
    return this.#beginning.timeZone;
  }

  #isWithin(spans: Spans, zone: string, atMs: number): boolean {
    let format = this.#formats.get(zone);
    if (format === undefined) {
      const clock = { hour: 'numeric', minute: 'numeric', hourCycle: 'h23' } as const;
      format = new Intl.DateTimeFormat('en', { timeZone: zone, ...clock });
      this.#formats.set(zone, format);
    }
    const part = (name: string): number =>
      Number(parts.find(({ type }) => type === name)?.value ?? Number.NaN);
    const parts = format.formatToParts(atMs);
    const hour = part('hour') + part('minute') / 60;
    return spans.some(([from, to]) => from <= hour && hour < to);
  }
}

function rulesOf(spans: Spans) {
  const text = spans.map(([from, to]) => `${clockTime(from)}-${clockTime(to)}`).join(',');
  const read = readWeekly(`Mon-Sun ${text}`);
  if (!read.ok) throw new Error(read.problem);
  return read.value;
}

function clockTime(hours: number): string {
  const minutes = String((hours % 1) * 60).padStart(2, '0');
  return `${String(Math.floor(hours)).padStart(2, '0')}:${minutes}`;
}
