// Prometheus metrics: what the faces say when asked, and what their events count.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { CallbackEventRecord, CallbackRecord, CallbackStateName } from '../callback/index.ts';
import type { ApiDeps } from './deps.ts';
import { addTrunkMetrics } from './trunk-metrics.ts';

type MetricsDeps = Pick<ApiDeps, 'callbacks' | 'router' | 'sip' | 'media'>;

const OPEN_STATES: readonly CallbackStateName[] = [
  'scheduled',
  'queued',
  'dialing',
  'routing',
  'connected',
  'waiting-retry',
];

/** Records read at once while the open callbacks are counted at the start. */
const PAGE = 500;

/** Upper bounds: from what a read takes to what a client gives up on. */
const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

/** What is remembered of one open callback. */
interface Seen {
  readonly state: CallbackStateName;
  readonly attempts: number;
}

/** The metrics of one API. */
export class Metrics {
  readonly registry = new Registry();
  readonly #deps: MetricsDeps;
  /** Open callbacks only: completed ones are forgotten. */
  readonly #open = new Map<string, Seen>();
  readonly #requests: Counter<'method' | 'route' | 'status'>;
  readonly #requestSeconds: Histogram<'route'>;
  readonly #promises: Counter<'queue' | 'result'>;
  readonly #completed: Counter<'reason'>;
  readonly #attempts: Counter<'result'>;

  /** @param eventClients how many event streams are open */
  constructor(deps: MetricsDeps, eventClients: () => number) {
    this.#deps = deps;
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Counter({
      name: 'ringback_http_requests_total',
      help: 'HTTP requests by route pattern.',
      labelNames: ['method', 'route', 'status'],
      registers,
    });
    this.#requestSeconds = new Histogram({
      name: 'ringback_http_request_seconds',
      help: 'Time to the head of the answer, by route pattern.',
      labelNames: ['route'],
      buckets: REQUEST_SECONDS,
      registers,
    });
    this.#promises = new Counter({
      name: 'ringback_ewt_promises_total',
      help: 'Predicted waits of connected callbacks: kept, or broken by a longer wait.',
      labelNames: ['queue', 'result'],
      registers,
    });
    this.#completed = new Counter({
      name: 'ringback_callbacks_completed_total',
      help: 'Callbacks that ended since the start, by reason.',
      labelNames: ['reason'],
      registers,
    });
    this.#attempts = new Counter({
      name: 'ringback_attempts_total',
      help: 'Attempts that ended since the start, by result.',
      labelNames: ['result'],
      registers,
    });
    this.#gauge('ringback_event_clients', 'Open event streams.', [], (gauge) => {
      gauge.set(eventClients());
    });
    this.#productGauges();
    addTrunkMetrics(this.registry, () => deps.sip.trunks());
    this.#messageCounter();
    this.#statsGauge('ringback_sip', 'Gauges and counters of the SIP engine.', deps.sip);
    this.#statsGauge('ringback_media', 'Gauges and counters of media.', deps.media);
    this.#readOpen();
    deps.callbacks.onEvent((event) => this.#happened(event));
  }

  /** Counts one answered request. */
  countRequest(method: string, route: string, status: number, seconds: number): void {
    this.#requests.inc({ method, route, status: String(status) });
    this.#requestSeconds.observe({ route }, seconds);
  }

  #productGauges(): void {
    const { router } = this.#deps;
    this.#gauge('ringback_callbacks', 'Open callbacks by state.', ['state'], (gauge) => {
      for (const state of OPEN_STATES) gauge.set({ state }, 0);
      for (const { state } of this.#open.values()) gauge.inc({ state });
    });
    this.#gauge('ringback_agents', 'Agents by state.', ['state'], (gauge) => {
      for (const { state } of router.agents()) gauge.inc({ state });
    });
    this.#gauge('ringback_waiting', 'Who waits, by queue and kind.', ['queue', 'kind'], (gauge) => {
      for (const { queueId, waitingLive, waitingCallbacks } of router.queues()) {
        gauge.set({ queue: queueId, kind: 'live' }, waitingLive);
        gauge.set({ queue: queueId, kind: 'callback' }, waitingCallbacks);
      }
    });
    this.#gauge('ringback_ewt_seconds', 'Estimated wait, -1 unknown.', ['queue'], (gauge) => {
      for (const { queueId, estimatedWait } of router.queues()) {
        gauge.set({ queue: queueId }, estimatedWait.ewtSeconds);
      }
    });
  }

  #gauge<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: (gauge: Gauge<Label>) => void,
  ): void {
    const gauge: Gauge<Label> = new Gauge({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect: () => {
        gauge.reset();
        read(gauge);
      },
    });
  }

  /** A face that cannot answer leaves its gauges out: the scrape itself must not fail. */
  #statsGauge(
    name: string,
    help: string,
    face: { stats(): Promise<Readonly<Record<string, number>>> },
  ): void {
    const gauge = new Gauge({
      name,
      help,
      labelNames: ['stat'],
      registers: [this.registry],
      collect: async () => {
        const stats = await face.stats().catch(() => ({}));
        gauge.reset();
        for (const [stat, value] of Object.entries(stats)) {
          if (!stat.includes('.')) gauge.set({ stat }, value);
        }
      },
    });
  }

  /** `sent.INVITE.200` of the stats: the engine bounds methods and statuses. */
  #messageCounter(): void {
    const counter = new Counter({
      name: 'ringback_sip_messages_total',
      help: 'SIP messages by direction, method and status (empty for requests).',
      labelNames: ['direction', 'method', 'status'],
      registers: [this.registry],
      collect: async () => {
        const stats = await this.#deps.sip.stats().catch(() => ({}));
        counter.reset();
        for (const [name, value] of Object.entries(stats)) {
          const [direction = '', method, status = ''] = name.split('.');
          if (method !== undefined) counter.inc({ direction, method, status }, value);
        }
      },
    });
  }

  #readOpen(): void {
    for (const state of OPEN_STATES) {
      let cursor: string | null = null;
      do {
        const page: ReturnType<MetricsDeps['callbacks']['list']> = this.#deps.callbacks.list({
          state,
          limit: PAGE,
          ...(cursor === null ? {} : { cursor }),
        });
        for (const { id, attempts } of page.records) {
          this.#open.set(id, { state, attempts: endedAttempts(attempts) });
        }
        cursor = page.nextCursor;
      } while (cursor !== null);
    }
  }

  #happened({ callbackId, state }: CallbackEventRecord): void {
    const record = this.#deps.callbacks.get(callbackId);
    if (record === null) return;
    const ended = record.attempts.filter((attempt) => attempt.result !== null);
    const seen = this.#open.get(callbackId)?.attempts ?? 0;
    for (const { result } of ended.slice(seen)) this.#attempts.inc({ result: result ?? 'UNKNOWN' });
    if (state === 'completed') {
      this.#open.delete(callbackId);
      this.#completed.inc({ reason: record.reason ?? 'FAIL_ERROR' });
      const result = promiseOf(record);
      if (result !== null) this.#promises.inc({ queue: record.queueId, result });
    } else {
      this.#open.set(callbackId, { state, attempts: ended.length });
    }
  }
}

function endedAttempts(attempts: readonly { readonly result: string | null }[]): number {
  return attempts.filter((attempt) => attempt.result !== null).length;
}

/** Whether the predicted wait was not exceeded; null: none was predicted, or nobody connected. */
function promiseOf(record: CallbackRecord): 'kept' | 'broken' | null {
  const { attempts, createdAtMs, desiredTimeMs, predictedWaitMs = null } = record;
  const connected = attempts.findLast(({ result }) => result === 'CONNECTED');
  const answeredAtMs = connected?.answeredAtMs ?? null;
  if (answeredAtMs === null || predictedWaitMs === null || desiredTimeMs !== null) return null;
  return answeredAtMs - createdAtMs <= predictedWaitMs ? 'kept' : 'broken';
}
