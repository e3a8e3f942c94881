// The main thread's end of one media worker: commands down, reports up, and the news of its death.
import { Worker } from 'node:worker_threads';
import type { Command, Report, WorkerBirth } from './protocol.ts';

/** How long a worker may take to close its sockets and files before it is ended by force. */
const STOP_LIMIT_MS = 3_000;

export type SpawnWorker = (birth: WorkerBirth) => Worker;

/** Starts a worker thread. */
export const spawnMediaWorker: SpawnWorker = (birth) =>
  new Worker(new URL('./main.ts', import.meta.url), { workerData: birth, name: 'media' });

export interface HostEvents {
  report(host: WorkerHost, report: Report): void;
  /** The thread ended and nobody had asked it to. */
  died(host: WorkerHost, reason: string): void;
}

export class WorkerHost {
  /** Legs placed here, open or opening; kept by the engine. */
  legCount = 0;
  /** Resolves when the thread runs; rejects when it ends before. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #exited: Promise<void>;
  #isReady = false;
  #stopping = false;

  constructor(spawn: SpawnWorker, birth: WorkerBirth, events: HostEvents) {
    this.#worker = spawn(birth);
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
        ready.resolve();
      } else events.report(this, report);
    });
    this.#worker.on('exit', (code) => {
      const told = reason === '' ? `media worker ended with code ${code}` : reason;
      ready.reject(new Error(told));
      exited.resolve();
      if (!this.#stopping) events.died(this, told);
    });
  }

  /** True once the thread has run: its death is then no fault of its start. */
  get isReady(): boolean {
    return this.#isReady;
  }

  post(command: Command): void {
    this.#worker.postMessage(command);
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
