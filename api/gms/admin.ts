// For those who watch over callbacks: all of them by queue.
import type { Hono } from 'hono';
import type { CallbackRecord } from '../../callback/index.ts';
import { permit } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import { invalidOption } from './errors.ts';
import { momentOf, queryOf, wholeOf, type Params } from './params.ts';
import { callbacksOf, recordView, valueOf, type GmsRecord } from './records.ts';
import type { GmsDeps } from './services.ts';

export function adminRoutes(app: Hono<ApiEnv>, deps: GmsDeps): void {
  app.get('/genesys/1/admin/callback/queues', permit('callbacks.list'), (c) =>
    c.json(byQueue(deps, queryOf(c)), 200),
  );
}

const SPAN_KEYS = ['target', 'start_time', 'end_time', 'page'];
/** Records of each queue on one page. */
const PAGE = 250;

/**
 * Queue id to its callbacks.
 * @param params `target`: one queue; `page`: from 1; `start_time`, `end_time`: of the desired time;
 *   filter keys
 * @throws ApiError GENESYS_PARAMETER_INVALID for keys that are not configured
 */
function byQueue(deps: GmsDeps, params: Params): Readonly<Record<string, readonly GmsRecord[]>> {
  const { filterKeys, returnedKeys } = deps.config.genesys;
  const wanted = [...params].filter(([key]) => {
    if (SPAN_KEYS.includes(key)) return false;
    if (!filterKeys.includes(key))
      throw invalidOption(key, `is not among ${filterKeys.join(', ')}`);
    return true;
  });
  const fromMs = Date.parse(momentOf(params, 'start_time') ?? isoEpoch);
  const toMs = Date.parse(momentOf(params, 'end_time') ?? isoEnd);
  const matches = (record: CallbackRecord): boolean => {
    const atMs = record.desiredTimeMs ?? record.createdAtMs;
    return (
      fromMs <= atMs &&
      atMs <= toMs &&
      wanted.every(([key, value]) => value.split(',').includes(valueOf(record, key) ?? ''))
    );
  };
  const first = ((wholeOf(params, 'page', [1, 1_000]) ?? 1) - 1) * PAGE;
  const target = params.get('target');
  const queues = deps.config.queues.filter(({ id }) => target === undefined || target === id);
  if (queues.length === 0) throw invalidOption('target', 'must name a queue');
  return Object.fromEntries(
    queues.map(({ id }) => [
      id,
      callbacksOf(deps, { queueId: id })
        .filter(matches)
        .map((record) => recordView(deps, record, returnedKeys))
        .filter((view) => view !== null)
        .drop(first)
        .take(PAGE)
        .toArray(),
    ]),
  );
}

const isoEpoch = '1970-01-01T00:00:00Z';
const isoEnd = '9999-12-31T00:00:00Z';
