// The assembly: the only file that knows every adapter. `startServer` is what tests and the demo
// use; run as a program it reads the command line, starts, and stops on SIGINT or SIGTERM.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Clock, Ids, Log } from '../core/ports.ts';
import { RingbackError } from '../core/errors.ts';
import { liveClock, liveIds, liveRng } from '../core/live.ts';
import {
  createAccessCalls,
  createAgents,
  createCallbacks,
  createCalls,
  createChats,
  createLiveCalls,
  SqliteStore,
} from '../callback/index.ts';
import type { Media } from '../media/index.ts';
import { createMedia, findWorkerFile } from '../media/index.ts';
import { createRouter } from '../routing/index.ts';
import type { ListenAddress, RegistrarStore, Sip } from '../sip/index.ts';
import { connectEngine, createSip, sqliteRegistrarStore } from '../sip/index.ts';
import type { Access } from './access/open.ts';
import { openAccess } from './access/open.ts';
import type { AgentStore } from './agent-store.ts';
import { openAgentStore } from './agent-store.ts';
import { followRegistrations, persistAgents, restoreAgents } from './agent-sync.ts';
import { prepareApiKeys } from './api-keys.ts';
import type { PreparedKeys } from './api-keys.ts';
import { createApi } from './app.ts';
import { readCommandLine, USAGE } from './cli.ts';
import type { Config } from './config.ts';
import {
  codecsOf,
  configText,
  srtpPolicy,
  toHours,
  loadConfig,
  queueOfCalled,
  toCallbackSettings,
  toChatOptions,
  toExternalEngine,
  toMediaOptions,
  toRouterOptions,
  toSipOptions,
  toSubscribers,
} from './config.ts';
import type { ApiDeps } from './deps.ts';
import { openGmsStorage } from './gms/storage.ts';
import { AnswerStore } from './idempotency/store.ts';
import { takeInboundCalls } from './inbound.ts';
import { callerChoices, newReturnCode, randomDigits } from './caller-choices.ts';
import { startKeeping } from './keeping.ts';
import { ladderSvg } from './ladder.ts';
import { createLog } from './log.ts';
import { openNotify } from './notify.ts';
import { numberPlan } from './number-plan.ts';
import { QualityBook, withQuality } from './quality.ts';
import { reload } from './reload.ts';
import type { RunningServer } from './server.ts';
import { startServer as startHttp } from './server.ts';
import { startBanner } from './start-banner.ts';
import type { TraceBook } from './trace-book.ts';
import { createTraceBook } from './trace-book.ts';
import { openPrompts, recordingMannerOf, treatmentContext } from './prompts.ts';
import { waitPrediction } from './schemas/queues.ts';

export interface ServerOptions {
  readonly config: Config;
  /** Where the log goes; standard output at the configured level unless given. */
  readonly log?: Log;
}

/** A server that runs. */
export interface Server {
  readonly http: { readonly host: string; readonly port: number; readonly url: string };
  readonly sip: readonly ListenAddress[];
  /** Signalling, for those who want to watch its messages. */
  readonly sipFace: Sip;
  readonly keys: PreparedKeys;
  /** Takes over what can be of a changed configuration; faults and the rest are logged. */
  reload(read: () => Config): void;
  stop(): Promise<void>;
}

/** What was started, to be stopped in the reverse order. */
class Closers {
  readonly #closers: (() => void | Promise<void>)[] = [];

  add(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  async closeAll(log: Log): Promise<void> {
    for (const close of this.#closers.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        log.error('stop-failed', { error });
      }
    }
  }
}

/**
 * Starts everything. What was started before a fault is stopped again.
 * @throws RingbackError naming what is wrong (a port in use, a folder that cannot be written ...)
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const log = options.log ?? createLog(options.config.log.level);
  const closers = new Closers();
  try {
    return await assemble(options.config, log, closers);
  } catch (error) {
    await closers.closeAll(log);
    throw error;
  }
}

async function assemble(config: Config, log: Log, closers: Closers): Promise<Server> {
  const keys = prepareApiKeys(config);
  const live = { config };
  const ports = { clock: liveClock, ids: liveIds, log };
  const stores = openStores(config, ports, closers);
  const traces = createTraceBook();
  const { sip, media, listening } = await startTelephony(config, stores, traces, log, closers);
  const telephony = { sip, media };
  const product = await openProduct(live, telephony, stores, ports, closers);
  const { router, callbacks, chats, liveCallers, calls, prompts } = product;

  restoreAgents(router, stores.agentStore);
  persistAgents(router, stores.agentStore, log);
  followRegistrations(sip, router);
  await callbacks.start();
  chats.start();
  takeInboundCalls({
    sip,
    queueOfCalled: queueOfCalled(config),
    adopt: (interactionId, call) => calls.adoptCaller(interactionId, call),
    consult: (call) => calls.consult(call),
    takeOver: (call) => calls.takeOver(call),
    isLive: (interactionId) => calls.isLive(interactionId, interactionId),
    arrived: (caller) => liveCallers.callerArrived(caller),
    access: product.accessCalls,
    ...ports,
  });
  const keeping = startKeeping(config, stores.callbackStore, product, ports);
  closers.add(keeping.stop);
  const http = await startFace(
    {
      config,
      apiKeys: keys.apiKeys,
      access: stores.access,
      callbacks: withQuality(callbacks, stores.quality),
      chats,
      router,
      sip,
      media,
      agentStore: stores.agentStore,
      liveCallers,
      prompts,
      people: keeping.people,
      reports: keeping.reports,
      operators: { control: calls.control, hangUp: calls.hangUpByOperator },
      callIds: (interactionId) => calls.callIds(interactionId),
      ...traceFaces(config, traces),
      phone: { verifyPassword: sip.verifyPassword, listening },
      ...gmsStorage(config, closers),
      notify: openNotify(config, calls, closers),
      answers: stores.answers,
      readiness: readinessOf(sip, media, stores.callbackStore),
      ...ports,
    },
    closers,
  );
  const stop = (): Promise<void> => closers.closeAll(log);
  const reloadConfig = (read: () => Config): void => {
    live.config = reload(live.config, read, { sip, log });
    media.renewWorkers(toMediaOptions(live.config, availableParallelism()).workers);
  };
  return { http, sip: listening, sipFace: sip, keys, reload: reloadConfig, stop };
}

/** Queues, agents, callbacks and callers over telephony. Nothing is dialled before `start`. */
async function openProduct(
  live: { readonly config: Config },
  telephony: Pick<Telephony, 'sip' | 'media'>,
  { callbackStore: store, quality }: Stores,
  ports: Ports,
  closers: Closers,
) {
  const { config } = live;
  const settings = toCallbackSettings(config);
  const router = createRouter(toRouterOptions(config), ports);
  closers.add(() => router.stop());
  const knowing = { router, callbacks: () => callbacks, liveCallers: () => liveCallers };
  const accessQueueOf = (id: string): string | null => accessCalls.queueOf(id);
  const context = treatmentContext(config, { ...knowing, accessQueueOf });
  const { treatments, prompts } = await openPrompts(config, context, ports);
  const agents = createAgents(router);
  const calls = createCalls(
    {
      treatment: treatments.sources,
      recordingManner: recordingMannerOf(config, knowing, treatments.sources),
      transferGoal: numberPlan(config, router),
      measured: (id, attemptKey, leg) => quality.add(id, attemptKey, leg),
    },
    {
      ...telephony,
      srtp: (party) => srtpPolicy(live.config, party),
      codecs: (party) => codecsOf(live.config, party),
      ...ports,
    },
  );
  closers.add(() => calls.stop());
  const isOnTheLine = (number: string): boolean =>
    liveCallers.list().some(({ callerNumber }) => callerNumber === number);
  const times = { hours: toHours(config), predictedWaitMs: waitPrediction(router, ports.clock) };
  const chance = { newReturnCode, randomDigits };
  const callbackDeps = { store, calls, agents, isOnTheLine, ...chance, ...times, ...ports };
  const callbacks = createCallbacks({ settings }, callbackDeps);
  closers.add(() => callbacks.stop());
  const { predictedWaitMs } = times;
  const choices = { predictedWaitMs, ...callerChoices(config, store) };
  const liveDeps = { calls, agents, callbacks, ...choices, ...ports };
  const liveCallers = createLiveCalls({ settings }, liveDeps);
  closers.add(() => liveCallers.stop());
  const enterQueue = liveCallers.callerArrived.bind(liveCallers);
  const accessCalls = createAccessCalls({ settings }, { calls, callbacks, enterQueue, ...ports });
  closers.add(() => accessCalls.stop());
  const isAgent = (agentId: string): boolean => router.agent(agentId) !== null;
  const chatDeps = { store: store.chats, agents, callbacks, isAgent, ...ports };
  const chats = createChats(toChatOptions(config), chatDeps);
  closers.add(() => chats.stop());
  return { router, callbacks, accessCalls, chats, liveCallers, calls, prompts };
}

interface Telephony {
  readonly sip: Sip;
  readonly media: Media;
  readonly listening: readonly ListenAddress[];
}

interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

interface Stores {
  readonly callbackStore: SqliteStore;
  readonly agentStore: AgentStore;
  readonly registrarStore: RegistrarStore;
  readonly answers: AnswerStore;
  readonly access: Access;
  readonly quality: QualityBook;
}

function openStores(config: Config, ports: Ports, closers: Closers): Stores {
  mkdirSync(join(config.dataDir, 'recordings'), { recursive: true, mode: 0o700 });
  const callbackStore = new SqliteStore({ path: join(config.dataDir, 'callbacks.sqlite') });
  closers.add(() => callbackStore.close());
  const agentStore = openAgentStore(join(config.dataDir, 'agents.sqlite'));
  closers.add(() => agentStore.close());
  const registrarStore = sqliteRegistrarStore(join(config.dataDir, 'registrations.sqlite'));
  closers.add(() => registrarStore.close());
  const answers = new AnswerStore(join(config.dataDir, 'idempotency.sqlite'));
  closers.add(() => answers.close());
  const access = openAccess(config, ports);
  closers.add(() => access.close());
  const { completedDays, archivedDays } = config.retention;
  const days = completedDays + archivedDays;
  const quality = new QualityBook(join(config.dataDir, 'quality.sqlite'), days, ports);
  closers.add(() => quality.close());
  return { callbackStore, agentStore, registrarStore, answers, access, quality };
}

/** What clients of the Genesys-compatible face store, when it is on. */
function gmsStorage({ genesys, dataDir }: Config, closers: Closers): Pick<ApiDeps, 'gmsStorage'> {
  if (!genesys.enabled) return {};
  const storage = openGmsStorage(join(dataDir, 'genesys.sqlite'), genesys.maxStored);
  closers.add(() => storage.close());
  return { gmsStorage: storage };
}

async function startTelephony(
  config: Config,
  { registrarStore }: Stores,
  traces: TraceBook,
  log: Log,
  closers: Closers,
): Promise<Telephony> {
  const ports = { clock: liveClock, rng: liveRng, ids: liveIds, log };
  const sipOptions = toSipOptions(config, randomBytes(24).toString('hex'));
  const external = toExternalEngine(config);
  const starter = external === null ? undefined : () => connectEngine(external, ports);
  const trunkSwitchesFile = join(config.dataDir, 'trunks-disabled.json');
  const sipDeps = { ...ports, registrarStore, trunkSwitchesFile };
  const sip = createSip(sipOptions, sipDeps, starter);
  for (const { username, password } of toSubscribers(config)) {
    sip.putSubscriber(username, password);
  }
  sip.onTrace((message) => traces.add(message));
  const workerFile = findWorkerFile(process.env);
  const media = createMedia(toMediaOptions(config, availableParallelism(), workerFile), ports);
  await media.start();
  closers.add(() => media.stop());
  const { listening } = await sip.start();
  closers.add(() => sip.stop());
  return { sip, media, listening };
}

async function startFace(deps: ApiDeps, closers: Closers): Promise<RunningServer> {
  const api = createApi(deps);
  const { http, host } = deps.config;
  const server = await startHttp(api.app, { ...http, host: http.host ?? host }, deps.log);
  closers.add(() => server.stop());
  // Closed before the server is: it would wait for open event streams.
  closers.add(() => api.close());
  return server;
}

/** A drachtio-server in place of our engine keeps its messages to itself: then there are none. */
function traceFaces({ sip }: Config, traces: TraceBook): Pick<ApiDeps, 'ladder' | 'traces'> {
  if (!sip.trace) return { ladder: null, traces: null };
  return { ladder: (callIds) => ladderOf(traces, callIds), traces };
}

function ladderOf(traces: TraceBook, callIds: readonly string[]): string | null {
  const messages = traces.messagesOf(callIds);
  return messages.length === 0 ? null : ladderSvg(messages, 'SIP messages');
}

function readinessOf(sip: Sip, media: Media, store: SqliteStore): ApiDeps['readiness'] {
  return {
    sip: () => failureOf(() => sip.stats()),
    media: () => failureOf(() => media.stats()),
    store: () => failureOf(() => store.probe()),
  };
}

/** Null when the probe passes, else one sentence. */
async function failureOf(probe: () => unknown): Promise<string | null> {
  try {
    await probe();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function run(): Promise<void> {
  // Stores and recordings hold telephone numbers and voices: whatever is made is its owner's only.
  process.umask(0o077);
  const command = readCommandLine(process.argv.slice(2), process.env);
  if (command.help) {
    process.stdout.write(USAGE);
    return;
  }
  const config = loadConfig(command.configPath, process.env);
  if (command.printConfig) {
    process.stdout.write(configText(config));
    return;
  }
  const server = await startServer({ config });
  process.stdout.write(
    startBanner({
      config,
      sipListening: server.sip,
      httpUrl: server.http.url,
      keyFile: server.keys.keyFile,
      newKey: server.keys.newKey,
    }),
  );
  let stopping = false;
  const stop = () => {
    // A second signal does not wait for what the first one began.
    if (stopping) process.exit(1);
    stopping = true;
    void server.stop().then(() => process.exit(0));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', () => server.reload(() => loadConfig(command.configPath, process.env)));
}

if (import.meta.main) {
  run().catch((error: unknown) => {
    const known = error instanceof RingbackError;
    process.stderr.write(known ? `${error.code}: ${error.message}\n` : `${String(error)}\n`);
    if (!known && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
    process.exitCode = 1;
  });
}
