// What is kept, put together: the retention job, and what is told and erased about persons, and
// reports.
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { People, Reporting, Retention } from '../callback/index.ts';
import type { Callbacks, PersonChats, SqliteStore } from '../callback/index.ts';
import type { Config } from './config.ts';
import type { ApiDeps } from './deps.ts';
import { recordingFiles } from './recordings.ts';

type Ports = Pick<ApiDeps, 'clock' | 'log'>;

/** Starts the job; `stop` before the store is closed. */
export function startKeeping(
  config: Config,
  { keeping, chats: chatStore }: Pick<SqliteStore, 'keeping' | 'chats'>,
  { callbacks, chats }: { callbacks: Pick<Callbacks, 'cancel'>; chats: PersonChats },
  ports: Ports,
): Pick<ApiDeps, 'people' | 'reports'> & { readonly stop: () => void } {
  const recordings = recordingFiles(join(config.dataDir, 'recordings'));
  const retention = new Retention(config.retention, {
    ...{ keeping, chats: chatStore, recordings, ...ports },
  });
  const people = new People({ keeping, callbacks, chats, recordings, log: ports.log });
  const reports = new Reporting({ keeping, pause: () => setImmediate() });
  return { people, reports, stop: () => retention.stop() };
}
