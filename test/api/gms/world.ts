// A fake world with the Genesys-compatible face on, and the two kinds of requests its clients send.
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
