// The assembly of what leaves on its own: webhooks and whoever else is told of events without
// asking each time. Opens their file and hands out their faces.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CallEvent } from '../callback/index.ts';
import { liveRng } from '../core/live.ts';
import type { Rng } from '../core/ports.ts';
import { currentScope } from './access/scoped.ts';
import type { Config } from './config.ts';
import type { ApiDeps } from './deps.ts';
import type { EventHub } from './event-hub.ts';
import type { ChatStreams } from './events/chat-stream.ts';
import { Comet } from './events/comet.ts';
import { Outbound } from './events/outbound.ts';
import { WebhookStore } from './events/store.ts';
import { Webhooks } from './events/webhooks.ts';
import { openChannels } from './push/open.ts';
import { PushService } from './push/service.ts';
import { PushStore } from './push/store.ts';

/** What the API needs for it. */
export interface NotifyDeps {
  readonly database: DatabaseSync;
  readonly rng: Rng;
  /** What telephony reports of calls. */
  onCall(listener: (interactionId: string, event: CallEvent) => void): void;
}

export interface Notify {
  readonly webhooks: Webhooks;
  readonly comet: Comet;
  readonly push: PushService;
  /** To URLs that clients gave. */
  readonly outbound: Outbound;
}

/** Deliveries are written without waiting for the disk: a power cut repeats them, no more. */
export function openNotifyDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  database.exec('PRAGMA secure_delete = ON'); // bodies tell of persons
  return database;
}

interface CallSource {
  onEvent(listener: (interactionId: string, key: string, event: CallEvent) => void): void;
}

export function openNotify(
  { dataDir }: Config,
  calls: CallSource,
  closers: { add(close: () => void): void },
): NotifyDeps {
  const database = openNotifyDatabase(join(dataDir, 'events.sqlite'));
  closers.add(() => database.close());
  return {
    database,
    rng: liveRng,
    onCall: (listener) => calls.onEvent((id, _key, event) => listener(id, event)),
  };
}

/** @throws RingbackError OUTBOUND_CA_UNREADABLE, PUSH_CREDENTIALS_UNUSABLE */
export function createNotify(deps: ApiDeps, hub: EventHub): Notify {
  const { config, notify, ...rest } = deps;
  const outbound = new Outbound(config.events.webhooks);
  const store = new WebhookStore(notify.database);
  const webhooks = new Webhooks({ ...rest, config, rng: notify.rng, hub, outbound, store });
  const comet = new Comet(hub, config.events.bayeuxSessions, deps.log, currentScope(config));
  const push = new PushService({
    ...rest,
    ...{ config, hub, channels: openChannels(config, outbound) },
    store: new PushStore(notify.database),
  });
  return { webhooks, comet, push, outbound };
}

export function closeAll(
  hub: EventHub,
  { webhooks, comet, push }: Notify,
  chatStreams: ChatStreams,
): void {
  chatStreams.close();
  webhooks.close();
  push.close();
  comet.close();
  hub.close();
}
