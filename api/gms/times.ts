// When a service can be had: free slots (availability v1 and v2), office hours, capacity.
import type { Hono } from 'hono';
import { isTimeZone, type Period, type SlotTable } from '../../callback/index.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import type { GenesysService } from '../config/genesys.ts';
import { ApiError } from '../problem.ts';
import { isoTime } from '../schemas/common.ts';
import { invalidOption } from './errors.ts';
import { flagOf, momentOf, paramsOf, queryOf, wholeOf, type Params } from './params.ts';
import { queueOf, serviceNamed, type GmsDeps } from './services.ts';

const DAY_MS = 86_400_000;
const MAX_DAYS = 92;
const USUAL_DAYS = 7;
const MAX_SLOTS = 1_000;
const USUAL_SLOTS = 100;

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

interface Slot extends Span {
  readonly free: number;
  readonly places: number;
}

/** Availability as its second version answers it. */
export interface Availability {
  readonly slots: readonly {
    readonly utcTime: string;
    readonly localTime: string;
    readonly capacity: number;
    readonly total: number;
  }[];
  readonly durationMin: number;
  readonly timezone: string;
}

/** Answers about times, in the words of this face. */
export class Times {
  readonly #deps: GmsDeps;

  constructor(deps: GmsDeps) {
    this.#deps = deps;
  }

  /** Slot starts with their free places. @throws ApiError GENESYS_NOT_SCHEDULABLE and of spans */
  freePlaces(service: GenesysService, params: Params): Readonly<Record<string, number>> {
    const { slots } = this.#slots(queueOf(this.#deps, service, params), params, false);
    return Object.fromEntries(slots.map(({ fromMs, free }) => [isoTime(fromMs), free]));
  }

  /** @throws ApiError GENESYS_NOT_SCHEDULABLE, GENESYS_PARAMETER_INVALID */
  availability(service: GenesysService, params: Params): Availability {
    const busyToo = flagOf(params, 'report-busy');
    const queueId = queueOf(this.#deps, service, params);
    const { slots, minutes, timeZone } = this.#slots(queueId, params, busyToo);
    const timezone = params.get('timezone') ?? timeZone;
    if (!isTimeZone(timezone)) throw invalidOption('timezone', 'is not a name of the tz database');
    return {
      slots: slots.map(({ fromMs, free, places }) => ({
        utcTime: isoTime(fromMs),
        localTime: localTime(fromMs, timezone),
        capacity: free,
        total: places,
      })),
      durationMin: minutes,
      timezone,
    };
  }

  /** Open periods; without parameters only the one that is now. */
  openPeriods(service: GenesysService, params: Params): readonly Period[] {
    const office = this.#deps.callbacks.times.office(service.officeHours ?? '');
    const nowMs = this.#deps.clock.nowMs();
    if (office === null) return [];
    if (!['start', 'end', 'number-of-days'].some((name) => params.has(name))) {
      const [first] = office.periods(nowMs, nowMs + USUAL_DAYS * DAY_MS);
      return first?.fromMs === nowMs ? [first] : [];
    }
    const { fromMs, toMs } = spanOf(params, nowMs);
    return office.periods(fromMs, toMs);
  }

  /** Stretches with the same number of places in each of their slots. */
  capacity(service: GenesysService, params: Params): readonly (Span & { places: number })[] {
    const { slots } = this.#slots(service.queue ?? '', params, true);
    const joined: (Span & { places: number })[] = [];
    for (const { fromMs, toMs, places } of slots) {
      const last = joined.at(-1);
      if (last?.toMs === fromMs && last.places === places)
        joined[joined.length - 1] = { ...last, toMs };
      else joined.push({ fromMs, toMs, places });
    }
    return joined;
  }

  /** Seconds until the queue of a service closes: 0 when closed, a week when it never does. */
  openForSeconds(service: GenesysService, params: Params): number {
    const queueId = queueOf(this.#deps, service, params);
    const nowMs = this.#deps.clock.nowMs();
    const toMs = nowMs + USUAL_DAYS * DAY_MS;
    const periods = this.#deps.callbacks.openPeriods(queueId, nowMs, toMs);
    const [first] = periods ?? [{ fromMs: nowMs, toMs }];
    return first?.fromMs === nowMs ? Math.ceil((first.toMs - nowMs) / 1_000) : 0;
  }

  #slots(
    queueId: string,
    params: Params,
    fullToo: boolean,
  ): Omit<SlotTable, 'slots'> & { readonly slots: readonly Slot[] } {
    const nowMs = this.#deps.clock.nowMs();
    const span = spanOf(params, nowMs);
    const limit = wholeOf(params, 'max-time-slots', [1, MAX_SLOTS]) ?? USUAL_SLOTS;
    const fromMs = Math.max(span.fromMs, nowMs);
    const range = { fromMs, toMs: span.toMs, limit, fullToo };
    const table = this.#deps.callbacks.times.slots(queueId, range);
    if (table === null) {
      throw new ApiError('GENESYS_NOT_SCHEDULABLE', 'no slots are configured for the service');
    }
    const slots = table.slots.map(({ startMs, endMs, places, free }) => ({
      ...{ fromMs: startMs, toMs: endMs, free, places },
    }));
    return { ...table, slots };
  }
}

/** @throws ApiError GENESYS_PARAMETER_INVALID for a span that is empty or too long */
function spanOf(params: Params, nowMs: number): Span {
  const days = wholeOf(params, 'number-of-days', [1, MAX_DAYS]) ?? USUAL_DAYS;
  const fromMs = timeOf(params, 'start') ?? nowMs;
  const toMs = timeOf(params, 'end') ?? fromMs + days * DAY_MS;
  if (toMs > fromMs && toMs - fromMs <= MAX_DAYS * DAY_MS) return { fromMs, toMs };
  throw invalidOption('end', `must be after start, by ${MAX_DAYS} days at most`);
}

/** `start` as ISO 8601, or `start-ms` as epoch milliseconds. */
function timeOf(params: Params, name: string): number | null {
  const iso = momentOf(params, name);
  return iso === null ? wholeOf(params, `${name}-ms`, [0, 8.64e14]) : Date.parse(iso);
}

function localTime(atMs: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone);
  return local.toString({ timeZoneName: 'never', fractionalSecondDigits: 3 });
}

export function timeServiceRoutes(app: Hono<ApiEnv>, deps: GmsDeps, times: Times): void {
  const read = permit('queues.read');
  const first = '/genesys/1/service/callback/:name/availability';
  app.get(first, read, (c) =>
    c.json(times.freePlaces(serviceNamed(deps, c.req.param('name')), queryOf(c)), 200),
  );
  app.post(first, read, async (c) =>
    c.json(times.freePlaces(serviceNamed(deps, c.req.param('name')), await paramsOf(c)), 200),
  );
  app.get('/genesys/2/service/callback/:name/availability', read, (c) =>
    c.json(times.availability(serviceNamed(deps, c.req.param('name')), queryOf(c)), 200),
  );
  app.get('/genesys/1/service/:name', read, (c) => {
    const name = c.req.param('name');
    const known = deps.config.genesys.services.find((service) => service.name === name);
    if (known?.kind === 'capacity') {
      const periods = times.capacity(known, queryOf(c));
      const shown = periods.map(({ places, ...span }) => ({ ...isoSpan(span), capacity: places }));
      return c.json({ error: null, periods: shown }, 200);
    }
    const periods = times.openPeriods(serviceNamed(deps, name, 'office-hours'), queryOf(c));
    return c.json({ error: null, periods: periods.map(isoSpan) }, 200);
  });
}

function isoSpan({ fromMs, toMs }: Span): { readonly start: string; readonly end: string } {
  return { start: isoTime(fromMs), end: isoTime(toMs) };
}
