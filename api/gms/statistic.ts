// One statistic of a queue at a time, as old as the client accepts (`Cache-Control: max-age`).
import type { Hono } from 'hono';
import type { Clock } from '../../core/ports.ts';
import type { QueueView, Router } from '../../routing/index.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { invalidOption } from './errors.ts';
import { paramsOf } from './params.ts';

/** Metrics of a queue; waits in seconds, -1 when nobody can say. */
const METRICS: Readonly<Record<string, (queue: QueueView) => number>> = {
  ExpectedWaitTime: ({ estimatedWait }) => Math.round(estimatedWait.ewtSeconds),
  RStatAgentsReadyvoice: ({ agentsReady }) => agentsReady,
  RStatCallsInQueue: ({ waitingLive, waitingCallbacks }) => waitingLive + waitingCallbacks,
};

/** A client that names no age gets what is true now. */
const OLDEST_SECONDS = 86_400;

interface Kept {
  readonly value: number;
  readonly atMs: number;
}

/** Values by queue and metric, each as it was when it was last worked out. */
export class Statistics {
  readonly #deps: { readonly router: Pick<Router, 'queue'>; readonly clock: Clock };
  /** At most one for each queue and metric. */
  readonly #kept = new Map<string, Kept>();

  constructor(deps: { readonly router: Pick<Router, 'queue'>; readonly clock: Clock }) {
    this.#deps = deps;
  }

  /** @throws ApiError GENESYS_STATISTIC_UNKNOWN for queues and metrics that are not there */
  peek(
    queueId: string,
    metric: string,
    maxAgeSeconds: number,
  ): { readonly value: number; readonly ageSeconds: number } {
    const { router, clock } = this.#deps;
    const queue = router.queue(queueId);
    const worked = Object.hasOwn(METRICS, metric) ? METRICS[metric] : undefined;
    if (queue === null || worked === undefined) {
      const message = `no statistic ${metric} of ${queueId}`.slice(0, 200);
      throw new ApiError('GENESYS_STATISTIC_UNKNOWN', message);
    }
    const key = `${metric} ${queueId}`;
    const nowMs = clock.monotonicMs();
    const kept = this.#kept.get(key);
    if (kept !== undefined && nowMs - kept.atMs <= maxAgeSeconds * 1_000) {
      return { value: kept.value, ageSeconds: Math.floor((nowMs - kept.atMs) / 1_000) };
    }
    const value = worked(queue);
    this.#kept.set(key, { value, atMs: nowMs });
    return { value, ageSeconds: 0 };
  }
}

export function statisticRoutes(app: Hono<ApiEnv>, statistics: Statistics): void {
  app.post('/genesys/1/statistic', permit('queues.read'), async (c) => {
    const params = await paramsOf(c);
    const mode = params.get('notificationMode') ?? 'NoNotification';
    if (mode !== 'NoNotification') {
      throw invalidOption('notificationMode', 'must be NoNotification: ask again instead');
    }
    const type = params.get('objectType') ?? 'Queue';
    if (type !== 'Queue') throw invalidOption('objectType', 'must be Queue');
    const maxAge = maxAgeOf(c.req.header('Cache-Control') ?? '');
    const [queueId, metric] = [params.get('objectId') ?? '', params.get('metric') ?? ''];
    const { value, ageSeconds } = statistics.peek(queueId, metric, maxAge);
    return c.json({ value }, 200, { Age: String(ageSeconds) });
  });
}

/** Seconds of `max-age` (RFC 9111 s.5.2.1.1); 0 without one. */
function maxAgeOf(header: string): number {
  const [, seconds = '0'] = /(?:^|[\s,])max-age=(\d{1,9})/i.exec(header) ?? [];
  return Math.min(OLDEST_SECONDS, Number(seconds));
}
