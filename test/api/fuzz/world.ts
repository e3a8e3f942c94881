// The API over everything real that can be had without a telephone: callbacks and chats on SQLite
// files, routing, webhooks, keys, the audit log. Time stands still until it is moved.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openAccess } from '../../../api/access/open.ts';
import { openAgentStore } from '../../../api/agent-store.ts';
import {
  parseConfig,
  toCallbackSettings,
  toChatOptions,
  toHours,
  toRouterOptions,
} from '../../../api/config.ts';
import { AnswerStore } from '../../../api/idempotency/store.ts';
import { startKeeping } from '../../../api/keeping.ts';
import { PromptStore } from '../../../api/prompt-store.ts';
import {
  createAgents,
  createCallbacks,
  createChats,
  SqliteStore,
  type RunningCallbacks,
} from '../../../callback/index.ts';
import { silentLog } from '../../../core/live.ts';
import type { Log } from '../../../core/ports.ts';
import { createRouter } from '../../../routing/index.ts';
import { RecordingCalls } from '../../callback/support.ts';
import { VirtualClock } from '../../support/clock.ts';
import { createWorld, type World } from '../fakes.ts';
import { fakeNotify } from '../fake-notify.ts';
import { noPrompts } from '../fake-prompts.ts';

/** Nothing leaves this machine: webhooks may reach a port only where nobody listens. */
const yamlOf = (dataDir: string): string => `
dataDir: ${dataDir}
http: { requestsPerSecond: 100000, requestBurst: 100000 }
queues:
  - id: support
    callback: { callIn: { accessNumbers: ['+12025550170'] } }
  - id: sales
agents: [{ id: ann, passwordEnv: AGENT_PASSWORD }, { id: bob, passwordEnv: AGENT_PASSWORD }]
events: { webhooks: { allow: [127.0.0.1/32], allowHttp: true } }
`;

export interface FuzzWorld extends Pick<World, 'app'> {
  readonly clock: VirtualClock;
  close(): Promise<void>;
}

/** @param onError told of every fault that the API hides behind a 500 */
export async function fuzzWorld(onError: (fields: object) => void): Promise<FuzzWorld> {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-fuzz-'));
  mkdirSync(join(dataDir, 'recordings'));
  const config = parseConfig(yamlOf(dataDir), { AGENT_PASSWORD: 'agent password' });
  const clock = new VirtualClock();
  let count = 0;
  const log: Log = { ...silentLog, error: (_event, fields = {}) => onError(fields) };
  const ports = { clock, ids: { next: () => `id-${++count}` }, log };
  const store = new SqliteStore({ path: join(dataDir, 'callbacks.sqlite') });
  const agentStore = openAgentStore(join(dataDir, 'agents.sqlite'));
  const answers = new AnswerStore(join(dataDir, 'idempotency.sqlite'));
  const access = openAccess(config, ports);
  const router = createRouter(toRouterOptions(config), ports);
  const agents = createAgents(router);
  const callbacks: RunningCallbacks = createCallbacks(
    { settings: toCallbackSettings(config) },
    {
      ...{ store, calls: new RecordingCalls(), agents, hours: toHours(config), ...ports },
      isOnTheLine: () => false,
      newReturnCode: () => '123456',
      randomDigits: (digits) => String(++count).padStart(digits, '0').slice(-digits),
      predictedWaitMs: () => 60_000,
    },
  );
  const isAgent = (id: string): boolean => router.agent(id) !== null;
  const chatDeps = { store: store.chats, agents, callbacks, isAgent, ...ports };
  const chats = createChats(toChatOptions(config), chatDeps);
  await callbacks.start();
  chats.start();
  const keeping = startKeeping(config, store, { callbacks, chats }, ports);
  const stored = new PromptStore(join(dataDir, 'prompts'));
  const world = createWorld(yamlOf(dataDir), {
    ...{ callbacks, chats, router, agentStore, answers, access, ...ports },
    ...{ people: keeping.people, reports: keeping.reports },
    prompts: {
      ...noPrompts,
      list: () => stored.list(),
      get: (name, language) => stored.get(name, language),
      audio: (name, language) => stored.audio(name, language),
      put: (name, language, wav, replace) => stored.put(name, language, wav, replace),
      remove: (name, language) => stored.remove(name, language),
    },
    notify: fakeNotify(join(dataDir, 'events.sqlite')),
    traces: { messagesOf: () => [], callIdsOf: () => [], forget: () => undefined },
  });
  return {
    app: world.app,
    clock,
    close: async () => {
      world.close();
      keeping.stop();
      chats.stop();
      await callbacks.stop();
      router.stop();
      for (const file of [access, answers, agentStore, store]) file.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
