// Configuration of time: office hours, hours in which people may be called, slots, and how much may
// be asked for. PURE.
import { z } from 'zod';
import { isTimeZone, readDay, readWeekly, slotMinutesAllowed } from '../../callback/index.ts';
import type { CalendarRules, HoursOptions, Read, SlotPlan } from '../../callback/index.ts';
import { country, name, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

const DAY_SECONDS = 86_400;

/** A text that one of the readers of hours understands; what is wrong is said in its words. */
function hoursText<Value>(read: (text: string) => Read<Value>, allowed: string): z.ZodString {
  return z
    .string()
    .max(200)
    .superRefine((text, context) => {
      const result = read(text);
      if (!result.ok) context.addIssue({ code: 'custom', message: result.problem });
    })
    .meta({ allowed });
}

const weeklyText = (): z.ZodString =>
  hoursText(readWeekly, 'days and hours such as "Mon-Fri 09:00-12:00,13:00-17:00"');
const dayText = (): z.ZodString =>
  hoursText(readDay, 'a date with hours or `closed`: "12-24 09:00-12:00", "2027-03-29 closed"');

const weeklyList = () => z.array(weeklyText()).max(100);
const dayList = () => z.array(dayText()).max(1_000);

export const timeZone = (): z.ZodString =>
  z
    .string()
    .max(64)
    .refine(isTimeZone, 'not a known time zone')
    .meta({ allowed: 'a name of the tz database such as Europe/Berlin' });

export const officeHoursSchema = z
  .array(
    z.strictObject({
      id: name().describe('`callback.officeHours` of queues names it.'),
      timeZone: timeZone().describe('Where the office is; its clock changes are followed.'),
      weekly: weeklyList().describe('Open hours of every week, any number of rules.'),
      days: dayList()
        .default([])
        .describe('Dates with hours of their own in place of the weekly ones; the last wins.'),
    }),
  )
  .max(1_000)
  .default([])
  .describe('When queues are open. A queue that names none is always open.');

export const callingHoursSchema = z
  .array(
    z.strictObject({
      countries: z
        .array(country())
        .max(300)
        .default([])
        .describe('Countries of the numbers. Empty: all that no other rules name.'),
      weekly: weeklyList().describe('When people there may be called, in their own time.'),
      days: dayList().default([]).describe('Dates with hours of their own: public holidays.'),
    }),
  )
  .max(300)
  .default([])
  .describe(
    'When customers may be called: by the time zone they said, else in every zone of the ' +
      "number's country at once, so that nobody is woken up by a guess. Empty: at any time.",
  );

const places = () => whole(0, 100_000);

export const slotsSchema = z
  .strictObject({
    minutes: z
      .union(slotMinutesAllowed.map((minutes) => z.literal(minutes)))
      .default(15)
      .describe('Length of a slot, counted from midnight.'),
    places: places().default(10).describe('Callbacks promised for one slot at most.'),
    weekly: z
      .array(z.strictObject({ hours: weeklyText(), places: places() }))
      .max(200)
      .default([])
      .describe('Other numbers of places at certain hours of the week; the last rule wins.'),
    days: z
      .array(z.strictObject({ hours: dayText(), places: places() }))
      .max(1_000)
      .default([])
      .describe('Other numbers on certain dates; `closed` stands for the whole day.'),
  })
  .nullable()
  .default(null)
  .describe('Places for scheduled callbacks. null: any number, at any open time.');

const rateLimit = {
  count: whole(0, 1_000_000).describe('So many are accepted,'),
  windowSeconds: whole(1, 31 * DAY_SECONDS).describe('in a window of so long that ends now.'),
};

export const limitsSchema = z
  .strictObject({
    waitingPerNumber: whole(1, 100)
      .nullable()
      .default(1)
      .describe('Callbacks one number may have waiting in the queue. null: any number.'),
    perNumber: z
      .strictObject(rateLimit)
      .nullable()
      .default(null)
      .describe('Callbacks one number is promised in a window, cancelled ones counted too.'),
    perQueue: z
      .array(z.strictObject(rateLimit))
      .max(4)
      .default([])
      .describe('Callbacks the queue accepts in a window; a short and a long one, for example.'),
    perKey: z
      .array(
        z.strictObject({
          key: z
            .string()
            .regex(/^[\w.-]{1,64}$/)
            .meta({ allowed: 'a key of `userData`' })
            .describe('Counted by what stands under this key of `userData`: a device id.'),
          ...rateLimit,
        }),
      )
      .max(10)
      .default([])
      .describe('Callbacks with the same attached value in a window.'),
    maxWaiting: whole(0, 100_000)
      .nullable()
      .default(null)
      .describe('Callbacks waiting in the queue at one time. null: any number.'),
  })
  .prefault({})
  .describe('How much may be asked for.');

/** What the schema has accepted, read: only texts that can be read pass it. */
function read<Value>(reader: (text: string) => Read<Value>, text: string): Value {
  const result = reader(text);
  if (!result.ok) throw new Error(`accepted but unreadable: ${result.problem}`);
  return result.value;
}

function calendar(rules: {
  readonly weekly: readonly string[];
  readonly days: readonly string[];
}): Pick<CalendarRules, 'weekly' | 'days'> {
  return {
    weekly: rules.weekly.flatMap((text) => read(readWeekly, text)),
    days: rules.days.map((text) => read(readDay, text)),
  };
}

export function toHours({ officeHours, callingHours }: Settings): HoursOptions {
  return {
    offices: new Map(
      officeHours.map((office) => [office.id, { timeZone: office.timeZone, ...calendar(office) }]),
    ),
    calling: callingHours.map((rules) => ({ countries: rules.countries, ...calendar(rules) })),
  };
}

export function toSlotPlan(slots: z.output<typeof slotsSchema>): SlotPlan | null {
  if (slots === null) return null;
  return {
    minutes: slots.minutes,
    places: slots.places,
    weekly: slots.weekly.flatMap(({ hours, places: own }) =>
      read(readWeekly, hours).map((rule) => ({ ...rule, places: own })),
    ),
    days: slots.days.map(({ hours, places: own }) => ({ ...read(readDay, hours), places: own })),
  };
}

/** Names that lead nowhere, and slots without hours to lie in. */
export function hoursIssues({ officeHours, callingHours, queues }: Settings): ConfigIssue[] {
  const known = new Set(officeHours.map(({ id }) => id));
  const issues: ConfigIssue[] = queues.flatMap(({ callback }, index) => {
    const path = ['queues', index, 'callback'];
    const { officeHours: own, slots } = callback;
    if (own !== null && !known.has(own)) {
      const names = [...known].join(', ') || 'none';
      const message = `is "${own}", which is not among officeHours: ${names}`;
      return [{ path: [...path, 'officeHours'], message }];
    }
    if (slots === null || own !== null) return [];
    return [{ path: [...path, 'officeHours'], message: 'is needed: slots lie in office hours' }];
  });
  const seen = new Set<string>();
  callingHours.forEach(({ countries }, index) => {
    for (const code of countries.length === 0 ? [''] : countries) {
      if (seen.has(code)) {
        const what = code === '' ? 'is the second for all other countries' : `has ${code} again`;
        issues.push({ path: ['callingHours', index, 'countries'], message: what });
      }
      seen.add(code);
    }
  });
  return issues;
}
