// The assembly of what leaves on its own: webhooks and whoever else is told of events without
// asking each time. Opens their file and hands out their faces.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { CallEvent } from '../callback/index.ts';
import { liveRng } from '../core/live.ts';
import type { Rng } from '../core/ports.ts';
import type { Config } from './config.ts';
import type { ApiDeps } from './deps.ts';
import type { EventHub } from './event-hub.ts';
import { Comet } from './events/comet.ts';
import { Outbound } from './events/outbound.ts';
import { WebhookStore } from './events/store.ts';
import { Webhooks } from './events/webhooks.ts';

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
}

/** Deliveries are written without waiting for the disk: a power cut repeats them, no more. */
export function openNotifyDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
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

/** @throws RingbackError OUTBOUND_CA_UNREADABLE */
export function createNotify(deps: ApiDeps, hub: EventHub): Notify {
  const { config, notify, ...rest } = deps;
  const outbound = new Outbound(config.events.webhooks);
  const store = new WebhookStore(notify.database);
  const webhooks = new Webhooks({ ...rest, config, rng: notify.rng, hub, outbound, store });
  const comet = new Comet(hub, config.events.bayeuxSessions, deps.log);
  return { webhooks, comet };
}

export function closeAll(hub: EventHub, { webhooks, comet }: Notify): void {
  webhooks.close();
  comet.close();
  hub.close();
}
