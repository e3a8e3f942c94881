// When a queue is open and when a person may be called. Calling hours are those of the customer: of
// the time zone they said, else of every zone of their number's country, so that nobody is woken up
// by a guess. PURE.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { allOpenAtMs, Calendar } from './calendar.ts';
import type { CalendarRules } from './calendar.ts';

/** Hours in which people of some countries may be called, in their own time. */
export interface CallingRules {
  /** ISO 3166 codes; empty: every country that no other rules name. */
  readonly countries: readonly string[];
  readonly weekly: CalendarRules['weekly'];
  readonly days: CalendarRules['days'];
}

export interface HoursOptions {
  /** Office hours by name. */
  readonly offices: ReadonlyMap<string, CalendarRules>;
  readonly calling: readonly CallingRules[];
}

/** Whom a call would reach. */
export interface Callee {
  /** E.164. */
  readonly customerNumber: string;
  /** As said by the customer. */
  readonly timeZone?: string | null | undefined;
}

/** Calendars kept for calling hours at most: rules times time zones. */
const maxCalendars = 2_000;

/** Nothing is ever closed. */
export const noHours: HoursOptions = { offices: new Map(), calling: [] };

export class Hours {
  readonly #offices: ReadonlyMap<string, Calendar>;
  readonly #calling: readonly CallingRules[];
  readonly #calendars = new Map<string, Calendar>();

  /** @throws RangeError for an unknown time zone */
  constructor({ offices, calling }: HoursOptions) {
    this.#offices = new Map(
      [...offices].map(([name, rules]) => [name, new Calendar(rules)] as const),
    );
    this.#calling = calling;
  }

  /** The calendar of office hours by that name; null: none are kept, so always open. */
  office(name: string | null | undefined): Calendar | null {
    return name === null || name === undefined ? null : (this.#offices.get(name) ?? null);
  }

  /** The customer's calendars: all must be open for a call. */
  calling(callee: Callee): readonly Calendar[] {
    if (this.#calling.length === 0) return [];
    const country = countryOf(callee.customerNumber);
    const named = this.#calling.findIndex(
      ({ countries }) => country !== null && countries.includes(country),
    );
    const index =
      named < 0 ? this.#calling.findIndex((rules) => rules.countries.length === 0) : named;
    const rules = this.#calling[index];
    if (rules === undefined) return [];
    const stated = callee.timeZone ?? null;
    const zones = stated === null ? zonesOf(country) : [stated];
    return zones.map((timeZone) => this.#calendar(index, rules, timeZone));
  }

  /**
   * The first moment from `atMs` on at which the office is open and the customer may be called;
   * Infinity when there is none within a year.
   */
  dialAllowedAtMs(officeName: string | null | undefined, callee: Callee, atMs: number): number {
    const office = this.office(officeName);
    const calendars = [...(office === null ? [] : [office]), ...this.calling(callee)];
    return allOpenAtMs(calendars, atMs) ?? Infinity;
  }

  #calendar(index: number, rules: CallingRules, timeZone: string): Calendar {
    const key = `${index} ${timeZone}`;
    const known = this.#calendars.get(key);
    if (known !== undefined) return known;
    if (this.#calendars.size >= maxCalendars) this.#calendars.clear();
    const { weekly, days } = rules;
    const calendar = new Calendar({ timeZone, weekly, days });
    this.#calendars.set(key, calendar);
    return calendar;
  }
}

/** Country of an E.164 number; null for numbers of no country, such as +800. */
function countryOf(customerNumber: string): string | null {
  return parsePhoneNumberFromString(customerNumber)?.country ?? null;
}

/** As the runtime knows them: they do not change while it runs. */
const zonesByCountry = new Map<string, readonly string[]>();

/** Time zones of a country; the universal one when there is no country to ask. */
function zonesOf(country: string | null): readonly string[] {
  if (country === null) return ['UTC'];
  const known = zonesByCountry.get(country);
  if (known !== undefined) return known;
  const found = new Intl.Locale(`und-${country}`).getTimeZones();
  const zones = found === undefined || found.length === 0 ? ['UTC'] : found;
  zonesByCountry.set(country, zones);
  return zones;
}
