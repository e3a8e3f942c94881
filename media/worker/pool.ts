// The media workers of an engine: how many there are, which of them takes a new call, and what
// becomes of those that are late, to be replaced, or dead. Knows no leg beyond its place.
import { unavailable } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import { WorkerHost } from './host.ts';
import type { HostEvents, NewsReport, SpawnWorker } from './host.ts';
import { Placement } from './placement.ts';
import type { WorkerBirth, WorkerStats } from './protocol.ts';

/** Pause before a worker that could not even start is tried again. */
const RESPAWN_PAUSE_MS = 1_000;

export interface PoolOptions {
  readonly workers: number;
  /** Mean lateness of a worker's tick over a second beyond which it takes no new calls. */
  readonly maxTickLateMs: number;
  readonly birth: Omit<WorkerBirth, 'ledger'>;
}

export interface PoolEvents {
  report(host: WorkerHost, report: Exclude<NewsReport, { type: 'load' }>): void;
  /** The worker is gone and another takes its place: what it had is lost. */
  died(host: WorkerHost, reason: string): void;
  /** The worker finished its calls and ended. */
  retired(host: WorkerHost): void;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #deps: { readonly clock: Clock; readonly log: Log };
  readonly #spawn: SpawnWorker;
  readonly #events: PoolEvents;
  readonly #hosts = new Set<WorkerHost>();
  readonly #placement = new Placement<WorkerHost>();
  readonly #retiring = new Set<Promise<void>>();
  #wanted: number;
  #running = false;
  #lost = 0;
  #refused = 0;

  constructor(
    options: PoolOptions,
    deps: { readonly clock: Clock; readonly log: Log },
    spawn: SpawnWorker,
    events: PoolEvents,
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#spawn = spawn;
    this.#events = events;
    this.#wanted = Math.max(1, options.workers);
  }

  /** Rejects with MEDIA_WORKER_LOST when one of them does not start. */
  async start(): Promise<void> {
    this.#running = true;
    this.#fill();
    try {
      await Promise.all([...this.#hosts].map((host) => host.ready));
    } catch (fault) {
      throw unavailable('MEDIA_WORKER_LOST', 'a media worker did not start', {}, fault);
    }
  }

  /** Ends all workers; answers those that were there. */
  async stop(): Promise<readonly WorkerHost[]> {
    this.#running = false;
    const hosts = [...this.#hosts];
    this.#hosts.clear();
    await Promise.all(hosts.map((host) => host.stop()));
    for (const host of hosts) this.#placement.forget(host);
    await Promise.all(this.#retiring);
    return hosts;
  }

  /**
   * Takes a place for one more leg.
   * @throws RingbackError MEDIA_WORKER_LOST, MEDIA_OVERLOADED (503, retryable)
   */
  settleIn(affinity: string): WorkerHost {
    const host = this.#placement.settleIn(affinity, this.#hosts);
    if (host !== null) return host;
    if (this.#hosts.size === 0) {
      throw unavailable('MEDIA_WORKER_LOST', 'no media worker is running');
    }
    this.#refused += 1;
    const lateMs = Math.max(...[...this.#hosts].map((late) => late.lateMs));
    this.#deps.log.warn('media-overloaded', { workers: this.#hosts.size, lateMs });
    throw unavailable('MEDIA_OVERLOADED', 'no media worker has room for a call');
  }

  moveOut(affinity: string, host: WorkerHost): void {
    this.#placement.moveOut(affinity, host);
    this.#retireIfDone(host);
  }

  /** So many workers from now on. Those that are too many finish their calls first. */
  resize(workers: number): void {
    this.#wanted = Math.max(1, workers);
    const active = this.#active().sort((a, b) => a.legCount - b.legCount);
    const surplus = Math.max(0, active.length - this.#wanted);
    for (const host of active.slice(0, surplus)) this.#drain(host);
    this.#fill();
  }

  /** So many new workers: those there are finish their calls and end. */
  renew(workers: number): void {
    this.#wanted = Math.max(1, workers);
    for (const host of this.#active()) this.#drain(host);
    this.#fill();
  }

  async stats(): Promise<{
    readonly figures: Readonly<Record<string, number>>;
    readonly totals: readonly (WorkerStats | null)[];
  }> {
    const hosts = [...this.#hosts];
    const totals = await Promise.all(hosts.map((host) => host.askStats()));
    const worst = (of: (host: WorkerHost) => number): number => Math.max(0, ...hosts.map(of));
    const figures = {
      workers: hosts.length,
      workersLost: this.#lost,
      workersLate: hosts.filter(({ isLate }) => isLate).length,
      workersDraining: hosts.filter(({ draining }) => draining).length,
      workerBusyMost: worst(({ busy }) => busy),
      tickLateMsMean: worst(({ lateMs }) => lateMs),
      tickLateMsWorst: worst(({ worstLateMs }) => worstLateMs),
      legsRefused: this.#refused,
    };
    return { figures, totals };
  }

  #active(): WorkerHost[] {
    return [...this.#hosts].filter(({ draining }) => !draining);
  }

  #fill(): void {
    for (let n = this.#active().length; this.#running && n < this.#wanted; n++) this.#add();
  }

  #add(): void {
    const { birth, maxTickLateMs } = this.#options;
    const events: HostEvents = {
      ready: ({ sockets, fallback }) => {
        const fields = { sockets, ...(fallback !== null && { fallback }) };
        this.#deps.log.info('media-worker-ready', fields);
      },
      report: (from: WorkerHost, report: NewsReport): void => {
        if (report.type === 'load') this.#noteLoad(from, report);
        else this.#events.report(from, report);
      },
      died: (dead: WorkerHost, reason: string): void => this.#mourn(dead, reason),
    };
    const { clock } = this.#deps;
    this.#hosts.add(new WorkerHost(this.#spawn, birth, events, clock, maxTickLateMs));
  }

  #noteLoad(host: WorkerHost, load: Extract<NewsReport, { type: 'load' }>): void {
    const before = host.isLate;
    host.noteLoad(load);
    if (host.isLate === before) return;
    const fields = { legs: host.legCount, lateMs: load.meanLateMs, busy: load.busy };
    if (before) this.#deps.log.info('media-worker-in-time', fields);
    else this.#deps.log.warn('media-worker-late', fields);
  }

  #drain(host: WorkerHost): void {
    host.draining = true;
    this.#deps.log.info('media-worker-draining', { legs: host.legCount });
    this.#retireIfDone(host);
  }

  #retireIfDone(host: WorkerHost): void {
    if (!host.draining || host.legCount > 0 || !this.#hosts.delete(host)) return;
    const retiring = host.stop().then(() => {
      this.#retiring.delete(retiring);
      this.#placement.forget(host);
      this.#deps.log.info('media-worker-retired');
      this.#events.retired(host);
    });
    this.#retiring.add(retiring);
  }

  /** A worker died: its legs are lost, another takes its place. */
  #mourn(dead: WorkerHost, reason: string): void {
    this.#hosts.delete(dead);
    this.#placement.forget(dead);
    this.#lost += 1;
    this.#deps.log.error('media-worker-died', { reason, legs: dead.legCount });
    this.#events.died(dead, reason);
    if (dead.isReady) this.#fill();
    else this.#deps.clock.after(RESPAWN_PAUSE_MS, () => this.#fill());
  }
}
