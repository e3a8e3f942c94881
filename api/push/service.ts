// Push notifications: devices of callbacks, and what they are told when something happens. What is
// to be sent is on disk first; some are sent at a time, and tried a few times.
import type { Callbacks } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';
import type { Clock, Ids, Log } from '../../core/ports.ts';
import type { Config } from '../config.ts';
import type { EventHub } from '../event-hub.ts';
import { lastSequence } from '../events/sources.ts';
import { ApiError } from '../problem.ts';
import { isoTime } from '../schemas/common.ts';
import { EVENT_VERSION, type EventView } from '../schemas/events.ts';
import type { ChannelName, PushChannel, PushResult, PushText } from './channel.ts';
import type { Device, Push, PushStore } from './store.ts';

export interface PushDeps {
  readonly store: PushStore;
  readonly channels: ReadonlyMap<ChannelName, PushChannel>;
  readonly hub: EventHub;
  readonly callbacks: Pick<Callbacks, 'get' | 'eventsAfter'>;
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export interface DeviceRequest {
  readonly channel: ChannelName;
  readonly target: string;
  readonly language?: string | undefined;
}

const MAX_DEVICES = 5;
const MAX_UNDER_WAY = 10;
const MAX_TRIES = 4;
const FIRST_DELAY_MS = 1_000;

export class PushService {
  readonly #deps: PushDeps;
  /** Rows being sent, or waiting for another try. */
  readonly #underWay = new Set<number>();
  #closed = false;

  constructor(deps: PushDeps) {
    this.#deps = deps;
    if (deps.channels.size === 0) return;
    deps.hub.watch(
      () => this.#logGrew(),
      () => undefined,
    );
    this.#logGrew();
  }

  /** @throws RingbackError CALLBACK_UNKNOWN, PUSH_CHANNEL_OFF, PUSH_DEVICES_LIMIT */
  register(callbackId: string, { channel, target, language }: DeviceRequest): Device {
    const { store, ids } = this.#deps;
    this.#checkCallback(callbackId);
    this.checkChannel(channel);
    if (store.devices(callbackId).length >= MAX_DEVICES) {
      throw new ApiError('PUSH_DEVICES_LIMIT', `a callback has at most ${MAX_DEVICES} devices`);
    }
    const device = { id: ids.next(), callbackId, channel, target, language: language ?? null };
    store.put(device);
    return device;
  }

  /** The device of a request for a callback; a request that is repeated registers it once. */
  registerFirst(callbackId: string, request: DeviceRequest): void {
    if (this.devices(callbackId).length === 0) this.register(callbackId, request);
  }

  /** Checks a device without showing anything on it. @throws as `register` */
  async dryRun(callbackId: string, { channel, target }: DeviceRequest): Promise<PushResult> {
    this.#checkCallback(callbackId);
    const text = { title: 'Test', body: 'Test', callbackId, event: 'test' };
    return await this.checkChannel(channel).send(target, text, true);
  }

  /** @throws RingbackError CALLBACK_UNKNOWN */
  devices(callbackId: string): readonly Device[] {
    this.#checkCallback(callbackId);
    return this.#deps.store.devices(callbackId);
  }

  /** @throws RingbackError PUSH_DEVICE_UNKNOWN */
  remove(callbackId: string, deviceId: string): void {
    if (this.#deps.store.remove(callbackId, deviceId)) return;
    throw notFound('PUSH_DEVICE_UNKNOWN', 'there is no such device', { deviceId });
  }

  /** @throws ApiError PUSH_CHANNEL_OFF */
  checkChannel(name: ChannelName): PushChannel {
    const channel = this.#deps.channels.get(name);
    if (channel !== undefined) return channel;
    throw new ApiError('PUSH_CHANNEL_OFF', `there is no push service for ${name}`);
  }

  close(): void {
    this.#closed = true;
    for (const channel of this.#deps.channels.values()) channel.close();
  }

  #checkCallback(id: string): void {
    if (this.#deps.callbacks.get(id) !== null) return;
    throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
  }

  /** Events to pushes, in one transaction for a batch. */
  #logGrew(): void {
    const { store, hub, callbacks, log } = this.#deps;
    if (this.#closed) return;
    try {
      let cursor = store.cursor();
      if (cursor === null) store.queue([], (cursor = lastSequence(callbacks)), []);
      for (;;) {
        const { events, last, full } = hub.batchAfter(cursor);
        if (last === cursor) break;
        const told = events.filter((event) => event.topic === 'callback');
        const over = told.filter(({ state }) => state === 'completed');
        const pushes = told.flatMap((event) => this.#pushesFor(event));
        store.queue(
          pushes,
          last,
          over.map(({ callbackId }) => callbackId),
        );
        cursor = last;
        if (!full) break;
      }
      this.#sendWaiting();
    } catch (error) {
      log.error('push-failed', { error });
    }
  }

  #pushesFor({ callbackId, type: event, data }: Happened): Omit<Push, 'row'>[] {
    const { store, config } = this.#deps;
    const messages = config.push.messages.filter((message) => message.event === event);
    if (messages.length === 0) return [];
    return store.devices(callbackId).flatMap((device) => {
      const message =
        messages.find(({ language }) => language === device.language) ??
        messages.find(({ language }) => language === null);
      if (message === undefined) return [];
      const title = filled(message.title, data);
      const body = filled(message.body, data);
      return [{ device, text: { title, body, callbackId, event } }];
    });
  }

  #sendWaiting(): void {
    const { store } = this.#deps;
    for (const push of store.waiting(MAX_UNDER_WAY)) {
      if (this.#underWay.has(push.row) || this.#underWay.size >= MAX_UNDER_WAY) continue;
      this.#underWay.add(push.row);
      void this.#send(push, 1);
    }
  }

  async #send(push: Push, tries: number): Promise<void> {
    const { store, channels, clock, log } = this.#deps;
    const { row, device, text } = push;
    if (this.#closed || this.#isErased(row)) return;
    const result = await (channels.get(device.channel)?.send(device.target, text, false) ?? OFF);
    if (this.#closed || this.#isErased(row)) return;
    if (!result.sent && result.retryable && tries < MAX_TRIES) {
      clock.after(FIRST_DELAY_MS * 4 ** (tries - 1), () => void this.#send(push, tries + 1));
      return;
    }
    try {
      if (!result.sent && result.gone) store.remove(device.callbackId, device.id);
      store.done(row);
      this.#underWay.delete(row);
      this.#tell(device, text, result);
      this.#sendWaiting();
    } catch (error) {
      log.error('push-failed', { callbackId: device.callbackId, error });
    }
  }

  /** Its person was erased since it was read: there is nothing to try again, and nobody to tell. */
  #isErased(row: number): boolean {
    if (this.#deps.store.isWaiting(row)) return false;
    this.#underWay.delete(row);
    return true;
  }

  #tell(device: Device, { event }: PushText, result: PushResult): void {
    const { hub, ids, clock, log } = this.#deps;
    const { callbackId, id: deviceId, channel } = device;
    const code = result.sent ? 'PUSH_DELIVERY_CONFIRMED' : 'PUSH_SEND_ERROR';
    const told: EventView = {
      ...{ version: EVENT_VERSION, id: ids.next(), at: isoTime(clock.nowMs()), topic: 'push' },
      ...{ type: result.sent ? 'push-delivery-confirmed' : 'push-send-error', code },
      ...{ queueId: hub.queueOf(callbackId), callbackId, deviceId, channel },
      data: { event, ...(result.sent ? {} : { error: result.error, gone: result.gone }) },
    };
    log.info('push-ended', { callbackId, deviceId, channel, code });
    hub.tell(`push:${deviceId}:${event}`, told);
  }
}

type Happened = Extract<EventView, { topic: 'callback' }>;

/** With what the event says in place of `{accessNumber}`, `{accessCode}` and `{until}`. */
function filled(text: string, data: Readonly<Record<string, unknown>>): string {
  const { untilMs } = data;
  const until = typeof untilMs === 'number' ? isoTime(untilMs) : undefined;
  const known = { ...data, until };
  return text.replace(/\{(accessNumber|accessCode|until)\}/g, (_, key: keyof typeof known) =>
    String(known[key] ?? ''),
  );
}

const OFF: PushResult = { sent: false, error: 'the service is off', retryable: false, gone: false };
