// Events, webhooks, devices and recordings as the one who asks may see them: those of their queues.
import { notFound } from '../../core/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { EventHub } from '../event-hub.ts';
import type { Webhook } from '../events/store.ts';
import type { Webhooks } from '../events/webhooks.ts';
import type { Notify } from '../notify.ts';
import type { RecordingArchive } from '../recording/archive.ts';
import type { PushService } from '../push/service.ts';
import { isOwnFilter, limitedFilter, ownFilter } from './scope.ts';
import { over, type CurrentScope } from './scoped.ts';

export function scopedNotify(
  { webhooks, push, comet, outbound }: Notify,
  callbacks: Pick<ApiDeps['callbacks'], 'get'>,
  scope: CurrentScope,
): Notify {
  return {
    webhooks: scopedWebhooks(webhooks, scope),
    push: scopedPush(push, callbacks),
    comet,
    outbound,
  };
}

/** Recordings of their callbacks; of whom nothing more is known, nobody with a limit may know. */
export function scopedRecordings(
  archive: RecordingArchive,
  callbacks: Pick<ApiDeps['callbacks'], 'get'>,
  scope: CurrentScope,
): RecordingArchive {
  const sees = ({ interactionId }: { readonly interactionId: string }): boolean =>
    scope() === null || callbacks.get(interactionId) !== null;
  return over(archive, {
    list: async () => (await archive.list()).filter(sees),
    get: async (id) => {
      const file = await archive.get(id);
      if (sees(file)) return file;
      throw notFound('RECORDING_UNKNOWN', 'there is no such recording', { id });
    },
  });
}

export function scopedHub(hub: EventHub, scope: CurrentScope): EventHub {
  return over(hub, {
    follow: (filter, after, owner) => {
      const limit = scope();
      return hub.follow(limit === null ? filter : limitedFilter(filter, limit), after, owner);
    },
  });
}

/** A webhook is theirs when it hears of their queues alone. */
function scopedWebhooks(webhooks: Webhooks, scope: CurrentScope): Webhooks {
  const isMine = ({ filter }: Webhook): boolean => {
    const limit = scope();
    return limit === null || isOwnFilter(filter, limit);
  };
  const get = (id: string): Webhook => {
    const webhook = webhooks.get(id);
    if (isMine(webhook)) return webhook;
    throw notFound('WEBHOOK_UNKNOWN', 'there is no such webhook', { id });
  };
  const mine = (id: string): string => get(id).id;
  return over(webhooks, {
    create: (request) => {
      const limit = scope();
      if (limit === null) return webhooks.create(request);
      return webhooks.create({ ...request, filter: ownFilter(request.filter, limit) });
    },
    list: () => webhooks.list().filter(isMine),
    get,
    change: (id, change) => {
      const limit = scope();
      if (limit === null || change.filter === undefined) return webhooks.change(mine(id), change);
      return webhooks.change(mine(id), { ...change, filter: ownFilter(change.filter, limit) });
    },
    rotateSecret: (id) => webhooks.rotateSecret(mine(id)),
    remove: (id) => webhooks.remove(mine(id)),
    test: async (id) => webhooks.test(mine(id)),
    deliveries: (id, filter) => webhooks.deliveries(mine(id), filter),
    replay: (id, deliveryId) => webhooks.replay(mine(id), deliveryId),
  });
}

/** @param callbacks as the one who asks may see them */
function scopedPush(push: PushService, callbacks: Pick<ApiDeps['callbacks'], 'get'>): PushService {
  const mine = (id: string): string => {
    if (callbacks.get(id) !== null) return id;
    throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
  };
  return over(push, {
    register: (id, request) => push.register(mine(id), request),
    registerFirst: (id, request) => push.registerFirst(mine(id), request),
    dryRun: async (id, request) => push.dryRun(mine(id), request),
    devices: (id) => push.devices(mine(id)),
    remove: (id, deviceId) => push.remove(mine(id), deviceId),
  });
}
