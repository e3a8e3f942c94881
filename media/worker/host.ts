// The main thread's end of one media worker: commands down, reports up, and the news of its death.
import { closeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../core/ports.ts';
import { FdLedger } from '../transport/ledger.ts';
import type { LegStats } from '../types.ts';
import { Admission } from './admission.ts';
import type { Place } from './placement.ts';
import type { Command, Report, WorkerBirth, WorkerStats } from './protocol.ts';

/** How long a worker may take to close its sockets and files before it is ended by force. */
const STOP_LIMIT_MS = 3_000;
/** What a leg may cost of a thread: bridged ones half of that, detecting ones more. */
const LOAD_PER_LEG = 0.001;

export type SpawnWorker = (birth: WorkerBirth) => Worker;

/**
 * Starts a worker thread. The native build of @evan/opus crashes the process when a thread that has
 * loaded it ends; its WebAssembly build does not, and hostile packets cannot leave it.
 */
export const spawnMediaWorker: SpawnWorker = (birth) =>
  new Worker(new URL('./main.ts', import.meta.url), {
    workerData: birth,
    name: 'media',
    env: { ...process.env, OPUS_FORCE_WASM: '1' },
  });

type ReadyReport = Extract<Report, { type: 'ready' }>;

/** What is no answer to a question. */
export type NewsReport = Exclude<Report, { type: 'ready' | 'leg-stats' | 'worker-stats' }>;

export interface HostEvents {
  ready(sockets: ReadyReport): void;
  report(host: WorkerHost, report: NewsReport): void;
  /** The thread ended and nobody had asked it to. */
  died(host: WorkerHost, reason: string): void;
}

export class WorkerHost implements Place {
  legCount = 0;
  /** It finishes the calls it has, and is then replaced. */
  draining = false;
  /** Of the last second: share of time at work, mean and worst lateness of the tick. */
  busy = 0;
  lateMs = 0;
  worstLateMs = 0;
  /** Resolves when the thread runs; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  readonly #clock: Clock;
  readonly #admission: Admission;
  #legsAtLoad = 0;
  #isReady = false;
  #stopping = false;
  #lastAskId = 0;
  readonly #asks = new Map<number, (answer: LegStats | WorkerStats | null) => void>();

  constructor(
    spawn: SpawnWorker,
    birth: Omit<WorkerBirth, 'ledger'>,
    events: HostEvents,
    clock: Clock,
    maxTickLateMs: number,
  ) {
    this.#clock = clock;
    this.#admission = new Admission(maxTickLateMs, clock.monotonicMs());
    const ledger = FdLedger.memory();
    this.#worker = spawn({ ...birth, ledger });
    const ready = Promise.withResolvers<void>();
    const exited = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#exited = exited.promise;
    // A worker may die unwatched; `died` tells it.
    this.ready.catch(() => undefined);
    let reason = '';
    this.#worker.on('error', (fault: unknown) => {
      reason = fault instanceof Error ? fault.message : String(fault);
    });
    this.#worker.on('message', (report: Report) => {
      if (report.type === 'ready') {
        this.#isReady = true;
        events.ready(report);
        ready.resolve();
      } else if (report.type === 'leg-stats' || report.type === 'worker-stats') {
        this.#asks.get(report.askId)?.(report.stats);
        this.#asks.delete(report.askId);
      } else events.report(this, report);
    });
    this.#worker.on('exit', (code) => {
      for (const fd of new FdLedger(ledger).takeLeft()) closeSync(fd);
      const told = reason === '' ? `media worker ended with code ${code}` : reason;
      for (const answer of this.#asks.values()) answer(null);
      this.#asks.clear();
      ready.reject(new Error(told));
      exited.resolve();
      if (!this.#stopping) events.died(this, told);
    });
  }

  /** True once the thread has run: its death is then no fault of its start. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Its last second, as it tells it. */
  noteLoad(load: Extract<Report, { type: 'load' }>): void {
    this.busy = load.busy;
    this.lateMs = load.meanLateMs;
    this.worstLateMs = load.worstLateMs;
    this.#legsAtLoad = this.legCount;
    this.#admission.report(load.meanLateMs, this.#clock.monotonicMs());
  }

  get isLate(): boolean {
    return this.#admission.isLate(this.#clock.monotonicMs());
  }

  get takesCalls(): boolean {
    return !this.draining && !this.isLate;
  }

  /** What was measured, and what came or went since. */
  get load(): number {
    return this.busy + LOAD_PER_LEG * (this.legCount - this.#legsAtLoad);
  }

  post(command: Command): void {
    this.#worker.postMessage(command);
  }

  /** Null when the leg, or the worker, is gone. */
  askLegStats(legId: string): Promise<LegStats | null> {
    return new Promise((resolve) => {
      const askId = this.#expect((answer) => resolve(answer as LegStats | null));
      this.post({ type: 'ask-leg-stats', askId, legId });
    });
  }

  /** Null when the worker is gone. */
  askStats(): Promise<WorkerStats | null> {
    return new Promise((resolve) => {
      const askId = this.#expect((answer) => resolve(answer as WorkerStats | null));
      this.post({ type: 'ask-worker-stats', askId });
    });
  }

  #expect(answer: (stats: LegStats | WorkerStats | null) => void): number {
    const askId = ++this.#lastAskId;
    this.#asks.set(askId, answer);
    return askId;
  }

  /** Lets the thread close what it has open; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.post({ type: 'stop' });
    const force = setTimeout(() => void this.#worker.terminate(), STOP_LIMIT_MS);
    await this.#exited;
    clearTimeout(force);
  }
}
