// Configuration of the Genesys-compatible face: which service names it answers to, and what the
// options of each are in our terms. PURE.
import { z } from 'zod';
import { slotMinutesAllowed } from '../../callback/index.ts';
import { country, e164, name, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import { repeated } from './repeated.ts';
import type { Settings } from './schema.ts';

const DAY_SECONDS = 86_400;
const TOKEN = /^\$\w{1,64}\$$/;

/** A value, or `$token$`: then the request brings it under the name of the token. */
const orToken = <Schema extends z.ZodType>(value: Schema, allowed: string) =>
  z.union([value, z.string().regex(TOKEN)]).meta({ allowed: `${allowed}, or a \`$token$\`` });

const key = () =>
  z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .meta({ allowed: 'a key of requests' });

const rate = (which: string) =>
  whole(1, 1_000_000)
    .nullable()
    .default(null)
    .describe(`Callbacks accepted in ${which}: \`limits.perQueue\` of its queue.`);
const rateWindow = () =>
  whole(1, 31 * DAY_SECONDS)
    .nullable()
    .default(null)
    .describe('Length of that window in seconds; both go together.');

const optionsSchema = z
  .strictObject({
    _ttl: whole(60, 30 * DAY_SECONDS)
      .nullable()
      .default(null)
      .describe('Seconds: `callback.ttlSeconds` of its queue.'),
    _max_dial_attempts: orToken(whole(1, 20), 'a whole number from 1 to 20')
      .nullable()
      .default(null)
      .describe('Dials before the callback is given up.'),
    _dial_retry_timeout: orToken(
      whole(10, 7 * DAY_SECONDS),
      `a whole number from 10 to ${7 * DAY_SECONDS}`,
    )
      .nullable()
      .default(null)
      .describe('Seconds between two dials.'),
    _userterminated_first_connect_party: z
      .enum(['CUSTOMER', 'AGENT'])
      .nullable()
      .default(null)
      .describe('Who is called first.'),
    _default_country: country()
      .nullable()
      .default(null)
      .describe('National numbers of its requests are of this country. null: `defaultCountry`.'),
    _business_hours_service: name()
      .nullable()
      .default(null)
      .describe('A service of kind office-hours: `callback.officeHours` of its queue.'),
    _request_time_bucket: z
      .union(slotMinutesAllowed.map((minutes) => z.literal(minutes)))
      .nullable()
      .default(null)
      .describe('Minutes: `callback.slots.minutes` of its queue.'),
    _max_request_by_time_bucket: whole(0, 100_000)
      .nullable()
      .default(null)
      .describe('`callback.slots.places` of its queue. Needs `_request_time_bucket`.'),
    _request_execution_time_buffer: whole(0, 3_600)
      .nullable()
      .default(null)
      .describe('Seconds: `callback.executionBufferSeconds` of its queue.'),
    _enable_reject_out_of_office_hours: z
      .boolean()
      .nullable()
      .default(null)
      .describe('`callback.whenClosed` of its queue: true refuses, false waits.'),
    _enable_in_queue_checking: z
      .union([z.boolean(), z.literal('strict')])
      .meta({ allowed: 'true, false or strict' })
      .nullable()
      .default(null)
      .describe('`limits.waitingPerNumber` of its queue: true 2, strict 1, false any number.'),
    max_queued_callbacks_per_service: whole(0, 100_000)
      .nullable()
      .default(null)
      .describe('`limits.maxWaiting` of its queue.'),
    _throttle_callbacks_per_service_1: rate('a first window'),
    _throttle_ttl_1: rateWindow(),
    _throttle_callbacks_per_service_2: rate('a second window'),
    _throttle_ttl_2: rateWindow(),
    _calling_party_number: e164()
      .nullable()
      .default(null)
      .describe('`callback.callerId` of its queue.'),
    _customer_lookup_keys: z
      .array(key())
      .max(20)
      .default(['_customer_number'])
      .describe('What callbacks are found by, and shown with.'),
    _mandatory_customer_lookup_keys: z
      .array(key())
      .max(20)
      .default(['_customer_number'])
      .describe('A request without one of these is refused.'),
    _overwritable_options: z
      .array(z.enum(['_target']))
      .max(1)
      .default([])
      .describe('`_target`: a request may name another queue.'),
  })
  .prefault({})
  .describe('Options of the service, as its clients know them; one for a queue changes the queue.');

const serviceSchema = z.strictObject({
  name: name().describe('The service name of the URLs.'),
  kind: z
    .enum([
      'callback',
      'office-hours',
      'capacity',
      'request-interaction',
      'request-access',
      'match-interaction',
    ])
    .default('callback')
    .describe(
      'What it is: callbacks of a queue, hours of an office, places of a queue, access numbers ' +
        'for customers who call in, callbacks found by their calls.',
    ),
  queue: orToken(name(), 'the id of one of `queues`')
    .nullable()
    .default(null)
    .describe('Its queue. A token: each request names one, so that one service has many queues.'),
  officeHours: name()
    .nullable()
    .default(null)
    .describe('One of `officeHours`, for the kind of that name.'),
  options: optionsSchema,
});

export const genesysSchema = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Answers under `/genesys` and `/engagement`.'),
    auth: z
      .enum(['key', 'none'])
      .default('key')
      .describe(
        '`key`: an API key as the password of basic authentication, or as bearer token. ' +
          '`none`: anybody who reaches the port may ask for callbacks; put a gateway before it.',
      ),
    services: z.array(serviceSchema).max(1_000).default([]).describe('Services by name.'),
    filterKeys: z
      .array(key())
      .max(50)
      .default([
        '_callback_state',
        '_callback_reason',
        '_request_queue_time_stat',
        '_request_ewt_service',
        '_vq',
      ])
      .describe('What lists by queue may be filtered by.'),
    returnedKeys: z
      .array(key())
      .max(50)
      .default([])
      .describe('Attached keys that lists by queue show beside those that are always there.'),
    maxStored: whole(0, 1_000_000)
      .default(10_000)
      .describe('Entries the storage holds at one time; one more is refused.'),
  })
  .prefault({})
  .describe('The REST interface of Genesys Mobile Services, as far as docs/genesys.md says.');

export type GenesysSettings = z.output<typeof genesysSchema>;
export type GenesysService = GenesysSettings['services'][number];
type Options = GenesysService['options'];

/** The name inside `$...$`; null for a plain value. */
export function tokenOf(value: unknown): string | null {
  return typeof value === 'string' && TOKEN.test(value) ? value.slice(1, -1) : null;
}

/** Options that are settings of the queue, so that all of its services must agree on them. */
const QUEUE_OPTIONS = [
  '_ttl',
  '_business_hours_service',
  '_request_time_bucket',
  '_max_request_by_time_bucket',
  '_request_execution_time_buffer',
  '_enable_reject_out_of_office_hours',
  '_enable_in_queue_checking',
  'max_queued_callbacks_per_service',
  '_throttle_callbacks_per_service_1',
  '_throttle_ttl_1',
  '_throttle_callbacks_per_service_2',
  '_throttle_ttl_2',
  '_calling_party_number',
] as const satisfies readonly (keyof Options)[];

/** The settings with the options of services in place of those of their queues. */
export function withServiceOptions(settings: Settings): Settings {
  const { genesys, queues } = settings;
  if (!genesys.enabled) return settings;
  const changed = queues.map((queue) => {
    const services = genesys.services.filter(
      (service) => service.kind === 'callback' && service.queue === queue.id,
    );
    const said = <Key extends keyof Options>(option: Key): NonNullable<Options[Key]> | null =>
      services.map(({ options }) => options[option]).find((value) => value !== null) ?? null;
    return services.length === 0 ? queue : { ...queue, callback: changedBy(said, queue, genesys) };
  });
  return { ...settings, queues: changed };
}

type Said = <Key extends keyof Options>(option: Key) => NonNullable<Options[Key]> | null;
type Queue = Settings['queues'][number];

function changedBy(said: Said, { callback }: Queue, { services }: GenesysSettings) {
  const refuses = said('_enable_reject_out_of_office_hours');
  const office = services.find(({ name: known }) => known === said('_business_hours_service'));
  const minutes = said('_request_time_bucket');
  const places = said('_max_request_by_time_bucket');
  const checking = said('_enable_in_queue_checking');
  const plan = callback.slots ?? { minutes: 15, places: 10, weekly: [], days: [] };
  const slotted = minutes !== null || places !== null;
  const rates = rateLimits(said);
  return {
    ...callback,
    ttlSeconds: said('_ttl') ?? callback.ttlSeconds,
    executionBufferSeconds:
      said('_request_execution_time_buffer') ?? callback.executionBufferSeconds,
    callerId: said('_calling_party_number') ?? callback.callerId,
    officeHours: office?.officeHours ?? callback.officeHours,
    whenClosed:
      refuses === null ? callback.whenClosed : refuses ? ('refuse' as const) : ('wait' as const),
    slots: slotted
      ? { ...plan, minutes: minutes ?? plan.minutes, places: places ?? plan.places }
      : callback.slots,
    limits: {
      ...callback.limits,
      ...(checking === null
        ? {}
        : { waitingPerNumber: WAITING_PER_NUMBER[String(checking)] ?? null }),
      ...(rates.length === 0 ? {} : { perQueue: rates }),
      maxWaiting: said('max_queued_callbacks_per_service') ?? callback.limits.maxWaiting,
    },
  };
}

const WAITING_PER_NUMBER: Readonly<Record<string, number>> = { true: 2, strict: 1 };

function rateLimits(said: Said): { readonly count: number; readonly windowSeconds: number }[] {
  const windows = [
    { count: said('_throttle_callbacks_per_service_1'), windowSeconds: said('_throttle_ttl_1') },
    { count: said('_throttle_callbacks_per_service_2'), windowSeconds: said('_throttle_ttl_2') },
  ];
  return windows.flatMap(({ count, windowSeconds }) =>
    count === null || windowSeconds === null ? [] : [{ count, windowSeconds }],
  );
}

/** Names that lead nowhere, options that need another one, services that contradict each other. */
export function genesysIssues(settings: Settings): ConfigIssue[] {
  const { services } = settings.genesys;
  const path = ['genesys', 'services'];
  return [
    ...repeated(services, (service) => service.name, path, 'name'),
    ...services.flatMap((service, index) =>
      serviceIssues(settings, service).map(({ path: inner, message }) => ({
        path: [...path, index, ...inner],
        message,
      })),
    ),
  ];
}

function serviceIssues(settings: Settings, service: GenesysService): ConfigIssue[] {
  const { kind, queue, officeHours } = service;
  if (kind === 'office-hours') {
    const offices = settings.officeHours.map(({ id }) => id);
    if (officeHours !== null && offices.includes(officeHours)) return [];
    return [missing(['officeHours'], officeHours, `officeHours: ${offices.join(', ') || 'none'}`)];
  }
  if (kind === 'match-interaction') return [];
  const isToken = kind === 'callback' && tokenOf(queue) !== null;
  const queues = settings.queues.map(({ id }) => id);
  const issues: ConfigIssue[] = [];
  if (!isToken && !queues.some((id) => id === queue)) {
    issues.push(missing(['queue'], queue, `queues: ${queues.join(', ')}`));
  }
  return kind === 'callback' ? [...issues, ...optionIssues(settings, service, isToken)] : issues;
}

function missing(path: readonly string[], found: unknown, among: string): ConfigIssue {
  return { path, message: `is ${JSON.stringify(found)}, which is not among ${among}` };
}

function optionIssues(
  { genesys }: Settings,
  service: GenesysService,
  isToken: boolean,
): ConfigIssue[] {
  const { options } = service;
  const at = (option: keyof Options, message: string): ConfigIssue => ({
    path: ['options', option],
    message,
  });
  const issues: ConfigIssue[] = [];
  for (const option of QUEUE_OPTIONS) {
    const value = options[option];
    if (value === null) continue;
    if (isToken) issues.push(at(option, 'belongs to a queue, and this service has many'));
    const other = genesys.services.find(
      (one) =>
        one.kind === 'callback' &&
        one.queue === service.queue &&
        one.options[option] !== null &&
        one.options[option] !== value,
    );
    if (other === undefined) continue;
    issues.push(at(option, `is not what service ${other.name} of the same queue says`));
  }
  const hours = options._business_hours_service;
  const offices = genesys.services.filter(({ kind }) => kind === 'office-hours');
  if (hours !== null && !offices.some(({ name: known }) => known === hours)) {
    const names = offices.map(({ name: known }) => known).join(', ') || 'none';
    const message = `is "${hours}", which is not among services of kind office-hours: ${names}`;
    issues.push(at('_business_hours_service', message));
  }
  if (options._max_request_by_time_bucket !== null && options._request_time_bucket === null) {
    issues.push(at('_max_request_by_time_bucket', 'needs _request_time_bucket beside it'));
  }
  for (const n of [1, 2] as const) {
    const [count, ttl] = [`_throttle_callbacks_per_service_${n}`, `_throttle_ttl_${n}`] as const;
    if ((options[count] === null) === (options[ttl] === null)) continue;
    issues.push(at(ttl, `goes together with ${count}`));
  }
  const found = new Set(options._customer_lookup_keys);
  const lost = options._mandatory_customer_lookup_keys.filter((one) => !found.has(one));
  if (lost.length > 0) {
    issues.push(at('_customer_lookup_keys', `lacks the mandatory ${lost.join(', ')}`));
  }
  return issues;
}
