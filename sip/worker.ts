// The SIP engine in a thread of its own: the entry that runs there, and the handle over the port.
// Only control traffic crosses here; calls reach the engine over its TCP control port.
import {
  isMainThread,
  parentPort,
  Worker,
  workerData,
  type MessagePort,
} from 'node:worker_threads';
import { RingbackError, type ErrorFields, type Verdict } from '../core/errors.ts';
import { liveClock, liveIds, liveRng } from '../core/live.ts';
import type { Log, LogFields } from '../core/ports.ts';
import { startEngine } from './engine.ts';
import type { Ban, EngineHandle, EngineOptions, GuardHandle, TracedMessage } from './types.ts';

/** Traces cross the port together, this often. */
const TRACE_BATCH_MS = 50;

/** Most traces kept for one batch; more are dropped, the newest first. */
const MAX_TRACES = 2_000;

/**
 * Room for young objects, in MiB; V8 would take four times that. They die within milliseconds, so
 * that more room saves no work.
 */
const MAX_YOUNG_MB = 24;

/** How long a thread may take to stop before it is stopped the hard way. */
const STOP_MS = 5_000;

type Level = 'debug' | 'info' | 'warn' | 'error';

interface Started {
  readonly control: EngineHandle['control'];
  readonly listening: EngineHandle['listening'];
}

/** From the thread. */
type Report =
  | { readonly kind: 'started'; readonly started: Started }
  | { readonly kind: 'failed'; readonly fault: Fault }
  | { readonly kind: 'traced'; readonly messages: readonly TracedMessage[] }
  | {
      readonly kind: 'logged';
      readonly level: Level;
      readonly event: string;
      readonly fields: LogFields;
    }
  | { readonly kind: 'answered'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'stopped' };

/** To the thread. */
type Order =
  | { readonly kind: 'asked'; readonly id: number; readonly question: Question }
  | { readonly kind: 'authenticated'; readonly address: string; readonly proven: boolean }
  | { readonly kind: 'stop' };

type Question =
  | { readonly kind: 'stats' }
  | { readonly kind: 'bans' }
  | { readonly kind: 'lift-ban'; readonly source: string };

type Stats = Readonly<Record<string, number>>;

/** Stats, bans, or whether a ban was lifted, as asked. */
type Answer = Stats | readonly Ban[] | boolean;

interface Fault {
  readonly code: string;
  readonly message: string;
  readonly verdict: Verdict;
  readonly fields: ErrorFields;
}

interface ThreadData {
  readonly ringbackSipEngine: EngineOptions;
}

/**
 * Starts the engine in a worker thread.
 * @throws RingbackError SIP_LISTEN_FAILED, SIP_ENGINE_OPTIONS_INVALID, SIP_ENGINE_DIED
 */
export async function startEngineInWorker(options: EngineOptions, log: Log): Promise<EngineHandle> {
  const data: ThreadData = { ringbackSipEngine: options };
  const worker = new Worker(new URL(import.meta.url), {
    workerData: data,
    resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_MB },
  });
  const remote = new RemoteEngine(worker, log);
  await remote.started;
  return remote;
}

/** The engine as seen from outside its thread. */
class RemoteEngine implements EngineHandle {
  readonly started: Promise<void>;
  readonly #worker: Worker;
  readonly #log: Log;
  readonly #traceListeners: ((message: TracedMessage) => void)[] = [];
  readonly #deathListeners: ((cause: Error) => void)[] = [];
  readonly #questions = new Map<number, PromiseWithResolvers<Answer>>();
  readonly #start = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  #facts: Started | null = null;
  #death: Error | null = null;
  #stopping = false;
  #lastQuestion = 0;

  constructor(worker: Worker, log: Log) {
    this.#worker = worker;
    this.#log = log;
    this.started = this.#start.promise;
    worker.on('message', (report: Report) => this.#reported(report));
    worker.on('error', (error: Error) => this.#ended(error));
    worker.on('exit', (code) => this.#ended(new Error(`the SIP thread ended with code ${code}`)));
  }

  get control(): EngineHandle['control'] {
    return this.#known.control;
  }

  get listening(): EngineHandle['listening'] {
    return this.#known.listening;
  }

  get #known(): Started {
    if (this.#facts === null) throw new Error('the SIP engine has not started');
    return this.#facts;
  }

  onTrace(listener: (message: TracedMessage) => void): void {
    this.#traceListeners.push(listener);
  }

  onDeath(listener: (cause: Error) => void): void {
    this.#deathListeners.push(listener);
  }

  stats(): Promise<Stats> {
    return this.#ask({ kind: 'stats' }) as Promise<Stats>;
  }

  get guard(): GuardHandle {
    return {
      authenticated: (address, proven) => this.#order({ kind: 'authenticated', address, proven }),
      bans: () => this.#ask({ kind: 'bans' }) as Promise<readonly Ban[]>,
      liftBan: (source) => this.#ask({ kind: 'lift-ban', source }) as Promise<boolean>,
    };
  }

  #ask(asked: Question): Promise<Answer> {
    if (this.#death !== null) return Promise.reject(this.#death);
    const id = ++this.#lastQuestion;
    const question = Promise.withResolvers<Answer>();
    this.#questions.set(id, question);
    this.#order({ kind: 'asked', id, question: asked });
    return question.promise;
  }

  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#order({ kind: 'stop' });
      const timer = liveClock.after(STOP_MS, () => void this.#worker.terminate());
      void this.#end.promise.then(() => timer.cancel());
    }
    await this.#end.promise;
  }

  #order(order: Order): void {
    this.#worker.postMessage(order);
  }

  #reported(report: Report): void {
    switch (report.kind) {
      case 'started':
        this.#facts = report.started;
        this.#start.resolve();
        return;
      case 'failed': {
        const { code, message, verdict, fields } = report.fault;
        this.#stopping = true;
        this.#start.reject(new RingbackError(code, message, verdict, fields));
        return;
      }
      case 'traced':
        for (const message of report.messages) {
          for (const listener of this.#traceListeners) listener(message);
        }
        return;
      case 'logged':
        this.#log[report.level](report.event, report.fields);
        return;
      case 'answered':
        this.#questions.get(report.id)?.resolve(report.answer);
        this.#questions.delete(report.id);
        return;
      case 'stopped':
        void this.#worker.terminate();
    }
  }

  #ended(cause: Error): void {
    if (this.#death !== null) return;
    const fields = { reason: cause.message };
    const verdict = { retryable: true, httpStatus: 503 };
    const text = `the SIP engine died: ${cause.message}`;
    this.#death = new RingbackError('SIP_ENGINE_DIED', text, verdict, fields, cause);
    this.#start.reject(this.#death);
    for (const question of this.#questions.values()) question.reject(this.#death);
    this.#questions.clear();
    this.#end.resolve();
    if (this.#stopping) return;
    for (const listener of this.#deathListeners) listener(this.#death);
  }
}

/** What runs in the thread. */
async function serve(options: EngineOptions, port: MessagePort): Promise<void> {
  const report = (message: Report) => port.postMessage(message);
  const log = portLog(report, {});
  let engine: EngineHandle;
  try {
    engine = await startEngine(options, { clock: liveClock, rng: liveRng, ids: liveIds, log });
  } catch (error) {
    report({ kind: 'failed', fault: faultOf(error) });
    port.close();
    return;
  }
  let traces: TracedMessage[] = [];
  engine.onTrace((message) => {
    if (traces.length === 0) {
      liveClock.after(TRACE_BATCH_MS, () => {
        report({ kind: 'traced', messages: traces });
        traces = [];
      });
    }
    if (traces.length < MAX_TRACES) traces.push(message);
  });
  port.on('message', (order: Order) => {
    switch (order.kind) {
      case 'asked':
        void answerOf(engine, order.question).then((answer) =>
          report({ kind: 'answered', id: order.id, answer }),
        );
        return;
      case 'authenticated':
        engine.guard?.authenticated(order.address, order.proven);
        return;
      case 'stop':
        void engine.stop().then(() => report({ kind: 'stopped' }));
    }
  });
  report({ kind: 'started', started: { control: engine.control, listening: engine.listening } });
}

function answerOf(engine: EngineHandle, question: Question): Promise<Answer> {
  switch (question.kind) {
    case 'stats':
      return engine.stats();
    case 'bans':
      return engine.guard?.bans() ?? Promise.resolve([]);
    case 'lift-ban':
      return engine.guard?.liftBan(question.source) ?? Promise.resolve(false);
  }
}

function portLog(report: (message: Report) => void, base: LogFields): Log {
  const write = (level: Level) => (event: string, fields?: LogFields) =>
    report({ kind: 'logged', level, event, fields: { ...base, ...fields } });
  return {
    debug: () => undefined,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => portLog(report, { ...base, ...fields }),
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof RingbackError) {
    const { code, message, verdict, fields } = error;
    return { code, message, verdict, fields };
  }
  const message = error instanceof Error ? error.message : String(error);
  const verdict = { retryable: false, httpStatus: 500 };
  return { code: 'SIP_ENGINE_DIED', message, verdict, fields: {} };
}

function isThreadData(data: unknown): data is ThreadData {
  return typeof data === 'object' && data !== null && 'ringbackSipEngine' in data;
}

if (!isMainThread && parentPort !== null && isThreadData(workerData)) {
  void serve(workerData.ringbackSipEngine, parentPort);
}
