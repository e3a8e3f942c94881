// /api/v1/queues/{id}/availability and office-hours: when a callback can be asked for.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { isoTime, moment, problems } from '../schemas/common.ts';
import { queueIdSchema } from '../schemas/queues.ts';

const TAGS = ['Queues'];
const DAY_MS = 86_400_000;
/** A question may span so much: what lies further ahead changes before anybody gets there. */
const MAX_SPAN_DAYS = 92;

const spanSchema = z.strictObject({
  from: moment('Absent: now.').optional(),
  to: moment('Absent: a week after `from`; at most 92 days after it.').optional(),
});

const availability = createRoute({
  method: 'get',
  path: '/api/v1/queues/{id}/availability',
  operationId: 'getAvailability',
  ...needs('queues.read'),
  summary: 'List slots with free places',
  description:
    'Without `slots` in the configuration of the queue every open time can be asked for.',
  tags: TAGS,
  request: {
    params: queueIdSchema,
    query: spanSchema.extend({ limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  },
  responses: {
    200: {
      description: 'Slots that begin in the span, oldest first, none of them over.',
      content: {
        'application/json': {
          schema: z
            .object({
              slotted: z.boolean().openapi({ description: 'false: there are no slots to choose.' }),
              items: z.array(
                z.object({
                  start: z.string(),
                  end: z.string(),
                  places: z.number().int(),
                  free: z.number().int(),
                }),
              ),
            })
            .openapi('Availability'),
        },
      },
    },
    ...problems(400, 404),
  },
});

const officeHours = createRoute({
  method: 'get',
  path: '/api/v1/queues/{id}/office-hours',
  operationId: 'getOfficeHours',
  ...needs('queues.read'),
  summary: 'Read when a queue is open',
  tags: TAGS,
  request: { params: queueIdSchema, query: spanSchema },
  responses: {
    200: {
      description: 'Whether it is open now, and its open periods in the span.',
      content: {
        'application/json': {
          schema: z
            .object({
              open: z.boolean(),
              closesInSeconds: z.number().int().nullable().openapi({
                description: '0 when closed; null when it never closes within the span.',
              }),
              items: z.array(z.object({ from: z.string(), to: z.string() })),
            })
            .openapi('OfficeHours'),
        },
      },
    },
    ...problems(400, 404),
  },
});

export function timeRoutes(
  app: OpenAPIHono<ApiEnv>,
  deps: Pick<ApiDeps, 'callbacks' | 'router' | 'clock'>,
): void {
  const known = (queueId: string): string => {
    if (deps.router.queue(queueId) !== null) return queueId;
    throw new ApiError('QUEUE_UNKNOWN', 'there is no such queue', { fields: { queueId } });
  };
  app.openapi(availability, (c) => {
    const queueId = known(c.req.valid('param').id);
    const { limit, ...asked } = c.req.valid('query');
    const { fromMs, toMs } = spanOf(asked, deps.clock.nowMs());
    const soonestMs = Math.max(fromMs, deps.clock.nowMs());
    const slots = deps.callbacks.availability(queueId, { fromMs: soonestMs, toMs, limit });
    const items = (slots ?? []).map(({ startMs, endMs, places, free }) => ({
      ...{ start: isoTime(startMs), end: isoTime(endMs), places, free },
    }));
    return c.json({ slotted: slots !== null, items }, 200);
  });
  app.openapi(officeHours, (c) => {
    const queueId = known(c.req.valid('param').id);
    const nowMs = deps.clock.nowMs();
    const { fromMs, toMs } = spanOf(c.req.valid('query'), nowMs);
    const always = [{ fromMs, toMs }];
    const periods = deps.callbacks.openPeriods(queueId, fromMs, toMs) ?? always;
    const around = deps.callbacks.openPeriods(queueId, nowMs, nowMs + 7 * DAY_MS);
    const [first] = around ?? [{ fromMs: nowMs, toMs: Infinity }];
    const open = first?.fromMs === nowMs;
    const closesAtMs = open ? first.toMs : nowMs;
    const endless = closesAtMs >= nowMs + 7 * DAY_MS;
    const items = periods.map((period) => ({
      from: isoTime(period.fromMs),
      to: isoTime(period.toMs),
    }));
    const closesInSeconds = endless ? null : Math.ceil((closesAtMs - nowMs) / 1_000);
    return c.json({ open, closesInSeconds, items }, 200);
  });
}

/** @throws ApiError REQUEST_INVALID for a span that ends before it begins, or is too long */
function spanOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  nowMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const fromMs = asked.from === undefined ? nowMs : Date.parse(asked.from);
  const toMs = asked.to === undefined ? fromMs + 7 * DAY_MS : Date.parse(asked.to);
  if (toMs > fromMs && toMs - fromMs <= MAX_SPAN_DAYS * DAY_MS) return { fromMs, toMs };
  const message = `must be after from, by ${MAX_SPAN_DAYS} days at most`;
  throw new ApiError('REQUEST_INVALID', `to ${message}`, {
    issues: [{ field: 'to', code: 'OUT_OF_RANGE', message }],
  });
}
