// A fake world with the Genesys-compatible face on, and the two kinds of requests its clients send.
import type { OpeningTimes } from '../../../callback/index.ts';
import { Calendar } from '../../../callback/time/calendar.ts';
import { slotsBetween } from '../../../callback/time/slots.ts';
import { toHours, toSlotPlan } from '../../../api/config/hours.ts';
import { createWorld, KEY, type World } from '../fakes.ts';

/** `sales` has a queue of its own, `any` takes the queue from the request. */
export const SERVICES = `
officeHours:
  - { id: office, timeZone: America/New_York, weekly: ['Mon-Fri 08:00-18:00'] }
queues:
  - { id: support }
genesys:
  enabled: true
  services:
    - name: sales
      queue: support
      options:
        _ttl: 7200
        _max_dial_attempts: 5
        _dial_retry_timeout: $gap$
        _userterminated_first_connect_party: AGENT
        _business_hours_service: hours
        _request_time_bucket: 30
        _max_request_by_time_bucket: 4
        _customer_lookup_keys: [_customer_number, account]
    - name: any
      queue: $department$
      options: { _overwritable_options: [_target], _mandatory_customer_lookup_keys: [account],
                 _customer_lookup_keys: [account] }
    - { name: hours, kind: office-hours, officeHours: office }
    - { name: places, kind: capacity, queue: support }
`;

export interface GmsWorld extends World {
  /** A form, as the applications of customers send it; with basic authentication. */
  form(path: string, fields: Readonly<Record<string, string>>): Promise<Response>;
  /** JSON, or no body; with basic authentication. */
  json(method: string, path: string, body?: unknown): Promise<Response>;
}

export const BASIC_AUTH = `Basic ${Buffer.from(`anybody:${KEY}`).toString('base64')}`;

export function createGmsWorld(
  yaml = SERVICES,
  changes: Parameters<typeof createWorld>[1] = {},
): GmsWorld {
  const world = createWorld(yaml, changes);
  world.callbacks.times = timesOf(world);
  const Authorization = BASIC_AUTH;
  return {
    ...world,
    form: (path, fields) =>
      world.ask('POST', path, new URLSearchParams(fields).toString(), {
        Authorization,
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
    json: (method, path, body) => world.ask(method, path, body, { Authorization }),
  };
}

/** Offices and slots of the configuration; what is free of them, the fake callbacks say. */
function timesOf({ config, callbacks }: World): OpeningTimes {
  const offices = new Map(
    [...toHours(config).offices].map(([id, rules]) => [id, new Calendar(rules)] as const),
  );
  return {
    office: (name) => offices.get(name) ?? null,
    slots: (queueId, { fromMs, toMs, limit, fullToo }) => {
      const { slots, officeHours } = config.queues.find(({ id }) => id === queueId)?.callback ?? {};
      const plan = toSlotPlan(slots ?? null);
      const office = offices.get(officeHours ?? '');
      if (plan === null || office === undefined) return null;
      const freeAt = new Map(callbacks.slots?.map(({ startMs, free }) => [startMs, free]));
      const shown = slotsBetween(plan, office, fromMs, toMs)
        .map((slot) => ({ ...slot, free: freeAt.get(slot.startMs) ?? 0 }))
        .filter(({ free }) => fullToo || free > 0)
        .take(limit);
      return { minutes: plan.minutes, timeZone: office.timeZone, slots: [...shown] };
    },
  };
}
