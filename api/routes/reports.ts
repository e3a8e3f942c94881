// /api/v1/reports: what became of the callbacks of a time span.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ReportOptions, ReportSpan } from '../../callback/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { isoTime, isoTimeOrNull, problems } from '../schemas/common.ts';
import {
  csvOf,
  detailQuerySchema,
  detailSchema,
  offersSchema,
  punctualitySchema,
  reportQuerySchema,
  summarySchema,
} from '../schemas/reports.ts';

const TAGS = ['Reports'];
const ROOT = '/api/v1/reports';
const MAX_SPAN_MS = 366 * 86_400_000;

const answerOf = <Schema extends z.ZodType>(schema: Schema) => ({
  description: 'The rows; with `Accept: text/csv` as CSV.',
  content: { 'application/json': { schema } },
});

const summary = createRoute({
  method: 'get',
  path: `${ROOT}/summary`,
  operationId: 'reportSummary',
  ...needs('reports.read'),
  summary: 'Count reasons and results; waits, service level and how true predictions were',
  tags: TAGS,
  request: { query: reportQuerySchema },
  responses: { 200: answerOf(summarySchema), ...problems(400, 503) },
});

const detail = createRoute({
  method: 'get',
  path: `${ROOT}/detail`,
  operationId: 'reportDetail',
  ...needs('reports.read'),
  summary: 'List single callbacks in the order of their end',
  description: 'Nothing personal is in it. A page may be short while `nextCursor` is set.',
  tags: TAGS,
  request: { query: detailQuerySchema },
  responses: { 200: answerOf(detailSchema), ...problems(400, 503) },
});

const punctuality = createRoute({
  method: 'get',
  path: `${ROOT}/punctuality`,
  operationId: 'reportPunctuality',
  ...needs('reports.read'),
  summary: 'Compare scheduled callbacks with their time',
  tags: TAGS,
  request: { query: reportQuerySchema },
  responses: { 200: answerOf(punctualitySchema), ...problems(400, 503) },
});

const offers = createRoute({
  method: 'get',
  path: `${ROOT}/offers`,
  operationId: 'reportOffers',
  ...needs('reports.read'),
  summary: 'Count offers to callers and their answers',
  tags: TAGS,
  request: { query: reportQuerySchema },
  responses: { 200: answerOf(offersSchema), ...problems(400, 503) },
});

export function reportRoutes(
  app: OpenAPIHono<ApiEnv>,
  { reports }: Pick<ApiDeps, 'reports'>,
): void {
  app.openapi(summary, async (c) => {
    const [span, options] = asked(c.req.valid('query'));
    const items = await reports.summary(span, options);
    return wantsCsv(c) ? asCsv(c, items) : c.json({ items: [...items] }, 200);
  });
  app.openapi(punctuality, async (c) => {
    const [span, options] = asked(c.req.valid('query'));
    const items = await reports.punctuality(span, options);
    return wantsCsv(c) ? asCsv(c, items) : c.json({ items: [...items] }, 200);
  });
  app.openapi(offers, (c) => {
    const items = reports.offers(...asked(c.req.valid('query')));
    return wantsCsv(c) ? asCsv(c, items) : c.json({ items: [...items] }, 200);
  });
  app.openapi(detail, (c) => {
    const { cursor, limit, queueId, ...span } = c.req.valid('query');
    const [completedAtMs, id = ''] = (cursor ?? '').split('~');
    const after = cursor === undefined ? null : { completedAtMs: Number(completedAtMs), id };
    const facts = reports.detail(spanOf(span), after, limit);
    const last = facts.length < limit ? undefined : facts.at(-1);
    const nextCursor = last === undefined ? null : `${last.completedAtMs}~${last.id}`;
    const items = facts
      .filter((fact) => queueId === undefined || fact.queueId === queueId)
      .map((fact) => ({
        id: fact.id,
        queueId: fact.queueId,
        completedAt: isoTime(fact.completedAtMs),
        reason: fact.reason,
        scheduled: fact.isScheduled,
        dueAt: isoTime(fact.dueAtMs),
        firstDialAt: isoTimeOrNull(fact.firstDialAtMs),
        connectedAt: isoTimeOrNull(fact.connectedAtMs),
        answered: fact.answered,
        promisedWaitSeconds: fact.promisedWaitMs === null ? null : fact.promisedWaitMs / 1_000,
        results: [...fact.results],
      }));
    return wantsCsv(c) ? asCsv(c, items) : c.json({ items, nextCursor }, 200);
  });
}

function asked(query: z.output<typeof reportQuerySchema>): [ReportSpan, ReportOptions] {
  const { from, to, queueId = null, ...options } = query;
  return [spanOf({ from, to }), { ...options, queueId }];
}

/** @throws ApiError REQUEST_INVALID for a span that ends before it begins, or is too long */
function spanOf({ from, to }: { readonly from: string; readonly to: string }): ReportSpan {
  const span = { fromMs: Date.parse(from), toMs: Date.parse(to) };
  if (span.toMs > span.fromMs && span.toMs - span.fromMs <= MAX_SPAN_MS) return span;
  const message = 'must be after from, by 366 days at most';
  throw new ApiError('REQUEST_INVALID', `to ${message}`, {
    issues: [{ field: 'to', code: 'OUT_OF_RANGE', message }],
  });
}

function wantsCsv(c: Context): boolean {
  return c.req.header('Accept')?.includes('text/csv') ?? false;
}

/** The description knows the JSON form; this is the same rows for a spreadsheet. */
function asCsv(c: Context, rows: readonly object[]): never {
  return c.body(csvOf(rows), 200, { 'Content-Type': 'text/csv; charset=utf-8' }) as never;
}
