// Deliveries to webhooks. Each webhook has a loop of its own: in order, one at a time, tried again
// with growing delays; a slow one holds up nobody else. Where each is stands in the store.
import type { Clock, Log, Rng, Timer } from '../../core/ports.ts';
import type { Config } from '../config.ts';
import type { EventHub } from '../event-hub.ts';
import { passes, type EventView } from '../schemas/events.ts';
import type { Outbound, OutboundAnswer } from './outbound.ts';
import { SIGNATURE_HEADER, signatureOf } from './signature.ts';
import type { Delivery, NewDelivery, Webhook, WebhookStore } from './store.ts';

export interface DispatcherDeps {
  readonly store: WebhookStore;
  readonly outbound: Pick<Outbound, 'send'>;
  readonly hub: EventHub;
  readonly config: Config;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/** Callback events waiting in the store for one webhook; the others wait in the log. */
const MAX_AHEAD = 100;
/** Agents, queues, calls ... whose news wait for one webhook; the latest are left out beyond. */
const MAX_PENDING = 10_000;
const FIRST_DELAY_MS = 1_000;

interface Loop {
  running: boolean;
  /** Failed tries since the last success. */
  failures: number;
  timer: Timer | null;
}

export class Dispatcher {
  readonly #deps: DispatcherDeps;
  readonly #loops = new Map<string, Loop>();
  #closed = false;

  constructor(deps: DispatcherDeps) {
    this.#deps = deps;
    const wakeAll = (): void => {
      for (const { id } of deps.store.webhooks()) this.wake(id);
    };
    deps.hub.watch(wakeAll, (key, event) => this.#noticed(key, event));
    wakeAll();
  }

  /** Something changed for a webhook: goes on, unless it waits before the next try. */
  wake(id: string): void {
    const loop = this.#loopOf(id);
    if (loop.running || loop.timer !== null || this.#closed) return;
    loop.running = true;
    this.#run(id, loop).catch((error: unknown) => {
      this.#deps.log.error('webhook-loop-failed', { webhookId: id, error });
      loop.running = false;
      this.#later(id, loop);
    });
  }

  /** Tries at once, whatever was being waited for: the URL may have changed. */
  refresh(id: string): void {
    const loop = this.#loopOf(id);
    loop.timer?.cancel();
    loop.timer = null;
    loop.failures = 0;
    this.wake(id);
  }

  forget(id: string): void {
    this.#loops.get(id)?.timer?.cancel();
    this.#loops.delete(id);
  }

  /** Sends one body now, signed, outside the order. */
  async post(webhook: Webhook, deliveryId: string, type: string, body: string) {
    const { clock, outbound } = this.#deps;
    const nowMs = clock.nowMs();
    const { secret, oldSecret, oldSecretUntilMs } = webhook;
    const old = oldSecret !== null && oldSecretUntilMs > nowMs ? [oldSecret] : [];
    return await outbound.send({
      url: webhook.url,
      body,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'Ringback',
        'Ringback-Delivery': deliveryId,
        'Ringback-Event': type,
        [SIGNATURE_HEADER]: signatureOf([secret, ...old], Math.floor(nowMs / 1_000), body),
      },
    });
  }

  close(): void {
    this.#closed = true;
    for (const { timer } of this.#loops.values()) timer?.cancel();
    this.#loops.clear();
  }

  async #run(id: string, loop: Loop): Promise<void> {
    const { store } = this.#deps;
    for (;;) {
      const webhook = this.#closed ? null : store.webhook(id);
      if (webhook?.active === true) this.#refill(webhook);
      const delivery = webhook?.active === true ? store.firstPending(id) : null;
      if (webhook === null || delivery === null) {
        // At once: what happens from now on must find the loop at rest.
        loop.running = false;
        return;
      }
      store.trying(delivery.id);
      const answer = await this.post(webhook, delivery.id, delivery.eventType, delivery.body);
      if (this.#closed) return;
      if (this.#noted(delivery, answer, loop)) continue;
      loop.running = false;
      return this.#later(id, loop);
    }
  }

  /** Writes down what came of a try; false: wait before the next one. */
  #noted(delivery: Delivery, answer: OutboundAnswer, loop: Loop): boolean {
    const { store, config, clock, log } = this.#deps;
    const { retrySeconds, keptDeliveries } = config.events.webhooks;
    const atMs = clock.nowMs();
    const good = answer.status !== null && answer.status >= 200 && answer.status < 300;
    const expired = atMs >= delivery.queuedAtMs + retrySeconds * 1_000;
    const status = good ? 'delivered' : expired ? 'dead' : 'pending';
    const lastError = good ? null : (answer.error ?? `status ${answer.status}`);
    store.tried(delivery, { status, lastStatus: answer.status, lastError, atMs }, keptDeliveries);
    loop.failures = good ? 0 : loop.failures + 1;
    if (good) return true;
    const { webhookId, id: deliveryId } = delivery;
    const event = expired ? 'webhook-delivery-dead' : 'webhook-delivery-failed';
    log.warn(event, { webhookId, deliveryId, status: answer.status, error: answer.error });
    return false;
  }

  #later(id: string, loop: Loop): void {
    const { clock, config, rng } = this.#deps;
    if (this.#closed || this.#loops.get(id) !== loop) return;
    const longestMs = config.events.webhooks.longestRetryDelaySeconds * 1_000;
    const delayMs = Math.min(longestMs, FIRST_DELAY_MS * 2 ** Math.max(0, loop.failures - 1));
    loop.timer = clock.after(delayMs * (1 - rng.next() / 2), () => {
      loop.timer = null;
      this.wake(id);
    });
  }

  /** Brings callback events from the log, and with them the cursor, in one transaction. */
  #refill({ id, filter, cursor }: Webhook): void {
    const { store, hub } = this.#deps;
    let from = cursor;
    while (store.pendingCount(id) < MAX_AHEAD) {
      const { events, last, full } = hub.batchAfter(from);
      if (last === from) return;
      const wanted = events.filter((event) => passes(filter, event));
      const queued = wanted.map((event) => this.#delivery(id, `callback:${event.id}`, event));
      store.queue(id, queued, last);
      from = last;
      if (!full) return;
    }
  }

  #noticed(key: string, event: EventView): void {
    const { store, log } = this.#deps;
    for (const { id, active, filter } of store.webhooks()) {
      if (!active || !passes(filter, event)) continue;
      try {
        if (store.pendingCount(id) >= MAX_PENDING) continue;
        store.queue(id, [this.#delivery(id, key, event)], null);
        this.wake(id);
      } catch (error) {
        // Who changed is not to blame for a full disk.
        log.error('webhook-event-lost', { webhookId: id, type: event.type, error });
      }
    }
  }

  #delivery(webhookId: string, key: string, event: EventView): NewDelivery {
    return {
      ...{ id: `${webhookId}.${event.id}`, webhookId, key, eventType: event.type },
      body: JSON.stringify(event),
      queuedAtMs: Date.parse(event.at),
    };
  }

  #loopOf(id: string): Loop {
    const known = this.#loops.get(id);
    if (known !== undefined) return known;
    const loop: Loop = { running: false, failures: 0, timer: null };
    this.#loops.set(id, loop);
    return loop;
  }
}
