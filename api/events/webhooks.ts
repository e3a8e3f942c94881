// Webhooks as a face for the routes: made, changed, tested, their deliveries read and replayed.
import { notFound, conflict } from '../../core/errors.ts';
import type { Ids } from '../../core/ports.ts';
import type { Callbacks } from '../../callback/index.ts';
import { ApiError } from '../problem.ts';
import { isoTime } from '../schemas/common.ts';
import { EVENT_VERSION, type EventFilter, type EventView } from '../schemas/events.ts';
import { Dispatcher, type DispatcherDeps } from './dispatcher.ts';
import type { Outbound } from './outbound.ts';
import { newSecret } from './signature.ts';
import { lastSequence } from './sources.ts';
import type { Delivery, DeliveryFilter, Webhook } from './store.ts';

type Deps = Omit<DispatcherDeps, 'outbound'> & {
  readonly outbound: Outbound;
  readonly callbacks: Pick<Callbacks, 'eventsAfter'>;
  readonly ids: Ids;
};

export interface WebhookRequest {
  readonly url: string;
  readonly description?: string | undefined;
  readonly filter?: EventFilter | undefined;
  readonly active?: boolean | undefined;
  readonly after?: number | undefined;
}

export type WebhookChange = {
  readonly [Field in 'url' | 'description' | 'filter' | 'active']?:
    WebhookRequest[Field] | undefined;
};

export interface TestResult {
  readonly delivered: boolean;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
}

export class Webhooks {
  readonly #deps: Deps;
  readonly #dispatcher: Dispatcher;

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#dispatcher = new Dispatcher(deps);
  }

  /** @throws ApiError WEBHOOKS_LIMIT, WEBHOOK_URL_REFUSED */
  create({ url, description, filter, active, after }: WebhookRequest): Webhook {
    const { store, outbound, config, ids, clock, callbacks } = this.#deps;
    const { maxWebhooks } = config.events.webhooks;
    outbound.check(url);
    if (store.webhooks().length >= maxWebhooks) {
      throw new ApiError('WEBHOOKS_LIMIT', 'no more webhooks can be made', {
        fields: { maxWebhooks },
      });
    }
    const webhook: Webhook = {
      id: ids.next(),
      ...{ url, description: description ?? '', filter: filter ?? {}, active: active ?? true },
      ...{ secret: newSecret(), oldSecret: null, oldSecretUntilMs: 0 },
      createdAtMs: clock.nowMs(),
      cursor: after ?? lastSequence(callbacks),
    };
    store.put(webhook);
    this.#dispatcher.wake(webhook.id);
    return webhook;
  }

  list(): readonly Webhook[] {
    return this.#deps.store.webhooks();
  }

  /** @throws RingbackError WEBHOOK_UNKNOWN */
  get(id: string): Webhook {
    const webhook = this.#deps.store.webhook(id);
    if (webhook === null) throw notFound('WEBHOOK_UNKNOWN', 'there is no such webhook', { id });
    return webhook;
  }

  pending(id: string): number {
    return this.#deps.store.pendingCount(id);
  }

  /** @throws RingbackError WEBHOOK_UNKNOWN, WEBHOOK_URL_REFUSED */
  change(id: string, change: WebhookChange): Webhook {
    const { url, description, filter, active } = change;
    const old = this.get(id);
    if (url !== undefined) this.#deps.outbound.check(url);
    return this.#put({
      ...old,
      url: url ?? old.url,
      description: description ?? old.description,
      filter: filter ?? old.filter,
      active: active ?? old.active,
    });
  }

  /** A new secret; the old one signs beside it for `events.webhooks.rotationSeconds`. */
  rotateSecret(id: string): Webhook {
    const old = this.get(id);
    const { config, clock } = this.#deps;
    const graceMs = config.events.webhooks.rotationSeconds * 1_000;
    const oldSecretUntilMs = clock.nowMs() + graceMs;
    return this.#put({ ...old, secret: newSecret(), oldSecret: old.secret, oldSecretUntilMs });
  }

  /** With its deliveries. @throws RingbackError WEBHOOK_UNKNOWN */
  remove(id: string): void {
    this.get(id);
    this.#dispatcher.forget(id);
    this.#deps.store.remove(id);
  }

  /** Posts a test now, whether active or not. @throws RingbackError WEBHOOK_UNKNOWN */
  async test(id: string): Promise<TestResult> {
    const webhook = this.get(id);
    const { clock, ids } = this.#deps;
    const event: EventView = {
      ...{ version: EVENT_VERSION, id: ids.next(), at: isoTime(clock.nowMs()) },
      ...{ type: 'webhook-test', topic: 'webhook', queueId: null, callbackId: null },
      data: { webhookId: id },
    };
    const startedAtMs = clock.monotonicMs();
    const body = JSON.stringify(event);
    const answer = await this.#dispatcher.post(webhook, `${id}.${event.id}`, event.type, body);
    const { status } = answer;
    const delivered = status !== null && status >= 200 && status < 300;
    const error = delivered ? null : (answer.error ?? `status ${status}`);
    return { delivered, status, error, durationMs: clock.monotonicMs() - startedAtMs };
  }

  /** Newest first. @throws RingbackError WEBHOOK_UNKNOWN */
  deliveries(id: string, filter: DeliveryFilter): readonly Delivery[] {
    this.get(id);
    return this.#deps.store.deliveries(id, filter);
  }

  /** @throws RingbackError WEBHOOK_UNKNOWN, WEBHOOK_DELIVERY_UNKNOWN, WEBHOOK_DELIVERY_PENDING */
  replay(id: string, deliveryId: string): Delivery {
    this.get(id);
    const { store, clock } = this.#deps;
    const found = store.delivery(id, deliveryId);
    if (found === null) {
      throw notFound('WEBHOOK_DELIVERY_UNKNOWN', 'there is no such delivery', { deliveryId });
    }
    if (found.status === 'pending') {
      throw conflict('WEBHOOK_DELIVERY_PENDING', 'it is still being tried', { deliveryId });
    }
    store.again(deliveryId, clock.nowMs());
    this.#dispatcher.wake(id);
    return store.delivery(id, deliveryId) ?? found;
  }

  close(): void {
    this.#dispatcher.close();
  }

  #put(webhook: Webhook): Webhook {
    this.#deps.store.put(webhook);
    this.#dispatcher.refresh(webhook.id);
    return this.get(webhook.id);
  }
}
