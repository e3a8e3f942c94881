// Notifications: who subscribes to tags, for how long and by which channel, and what is published
// to all of them that match. Held in memory: a subscription lives seconds to a day.
import type { Hono } from 'hono';
import type { Clock, Ids, Log } from '../../core/ports.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import type { Outbound } from '../events/outbound.ts';
import { ApiError } from '../problem.ts';
import { invalidOption } from './errors.ts';
import { jsonObject } from './params.ts';

const ROOT = '/genesys/1/notification';
const MAX_SUBSCRIPTIONS = 10_000;
const EXPIRE_SECONDS = [30, 86_400] as const;
const TAG = /^[\w.:-]{1,200}$/;
/** A tag, or the beginning of tags with `*` after it. */
const FILTER = /^[\w.:-]{0,200}\*?$/;
const MAX_MESSAGE = 16_384;

interface Subscription {
  readonly id: string;
  readonly subscriberId: string;
  readonly filter: string;
  readonly type: 'httpcb' | 'comet';
  readonly deviceId: string;
  readonly expiresAtMs: number;
}

export interface NotificationDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly outbound: Pick<Outbound, 'check' | 'send'>;
  /** Tells the listeners of a Bayeux channel. */
  readonly tell: (channel: string, data: object) => void;
}

/** Whether a filter is about a tag. */
export function matches(filter: string, tag: string): boolean {
  return filter.endsWith('*') ? tag.startsWith(filter.slice(0, -1)) : filter === tag;
}

export class Notifications {
  readonly #deps: NotificationDeps;
  readonly #subscriptions = new Map<string, Subscription>();

  constructor(deps: NotificationDeps) {
    this.#deps = deps;
  }

  /** @throws ApiError GENESYS_PARAMETER_INVALID, WEBHOOK_URL_REFUSED, GENESYS_STORAGE_FULL */
  subscribe(asked: Readonly<Record<string, unknown>>): Subscription {
    const details = asked['notificationDetails'];
    const { deviceId, type } = (typeof details === 'object' ? (details ?? {}) : {}) as {
      readonly [key: string]: unknown;
    };
    if (type !== 'httpcb' && type !== 'comet') {
      throw invalidOption('notificationDetails.type', 'must be httpcb or comet');
    }
    const device = textOf(deviceId, 'notificationDetails.deviceId', /^\S{1,2000}$/);
    if (type === 'httpcb') this.#deps.outbound.check(device);
    else textOf(device, 'notificationDetails.deviceId', /^[\w.-]{1,128}$/);
    const nowMs = this.#deps.clock.nowMs();
    this.#sweep(nowMs);
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new ApiError('GENESYS_STORAGE_FULL', 'there are too many subscriptions');
    }
    const made: Subscription = {
      ...{ id: this.#deps.ids.next(), type, deviceId: device },
      subscriberId: textOf(asked['subscriberId'], 'subscriberId', /^\S{1,200}$/),
      filter: textOf(asked['filter'], 'filter', FILTER),
      expiresAtMs: nowMs + secondsOf(asked['expire']) * 1_000,
    };
    this.#subscriptions.set(made.id, made);
    return made;
  }

  /** @throws ApiError GENESYS_STORED_UNKNOWN */
  remove(id: string): void {
    this.#sweep(this.#deps.clock.nowMs());
    if (this.#subscriptions.delete(id)) return;
    throw new ApiError('GENESYS_STORED_UNKNOWN', 'there is no such subscription');
  }

  /** To all that match; how many there are. What comes of a POST is in the log. */
  publish(asked: Readonly<Record<string, unknown>>): number {
    const tag = textOf(asked['tag'], 'tag', TAG);
    const message = asked['message'] ?? null;
    const body = JSON.stringify({ tag, message });
    if (body.length > MAX_MESSAGE) throw invalidOption('message', `is over ${MAX_MESSAGE} long`);
    this.#sweep(this.#deps.clock.nowMs());
    const meant = [...this.#subscriptions.values()].filter(({ filter }) => matches(filter, tag));
    for (const { type, id, deviceId } of meant) {
      if (type === 'comet') this.#deps.tell(`/notifications/${deviceId}`, { tag, message });
      else void this.#post(id, deviceId, body);
    }
    return meant.length;
  }

  async #post(id: string, url: string, body: string): Promise<void> {
    const headers = { 'Content-Type': 'application/json' };
    const { status, error } = await this.#deps.outbound.send({ url, headers, body });
    if (status !== 200) this.#deps.log.warn('notification-not-delivered', { id, status, error });
  }

  #sweep(nowMs: number): void {
    for (const { id, expiresAtMs } of this.#subscriptions.values()) {
      if (expiresAtMs <= nowMs) this.#subscriptions.delete(id);
    }
  }
}

export function notificationRoutes(app: Hono<ApiEnv>, notifications: Notifications): void {
  const bodyOf = (type: string | undefined, text: string) => {
    if (/^application\/json\b/i.test(type ?? '')) return jsonObject(text);
    throw new ApiError('MEDIA_TYPE_UNSUPPORTED', 'send Content-Type: application/json');
  };
  app.post(`${ROOT}/subscription`, permit('webhooks.manage'), async (c) => {
    const asked = bodyOf(c.req.header('Content-Type'), await c.req.text());
    const { id, filter, expiresAtMs } = notifications.subscribe(asked);
    return c.json({ id, filter, expire: new Date(expiresAtMs).toISOString() }, 200);
  });
  app.delete(`${ROOT}/subscription/:id`, permit('webhooks.manage'), (c) => {
    notifications.remove(c.req.param('id'));
    return c.json({}, 200);
  });
  app.post(`${ROOT}/publish`, permit('webhooks.manage'), async (c) => {
    const asked = bodyOf(c.req.header('Content-Type'), await c.req.text());
    return c.json({ matched: notifications.publish(asked) }, 200);
  });
}

function textOf(value: unknown, name: string, pattern: RegExp): string {
  if (typeof value === 'string' && value !== '' && pattern.test(value)) return value;
  throw invalidOption(name, 'is missing or not possible');
}

function secondsOf(value: unknown): number {
  const [least, most] = EXPIRE_SECONDS;
  if (value === undefined) return least;
  const seconds = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : value;
  if (typeof seconds === 'number' && seconds >= least && seconds <= most) return seconds;
  throw invalidOption('expire', `must be seconds from ${least} to ${most}`);
}
