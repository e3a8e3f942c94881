// /api/v1/callbacks/{id}/explanation: why a callback is where it is.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { explain, othersAhead } from '../../callback/index.ts';
import type { CallbackRecord } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { callbackIdSchema, callbackView, callbackSchema } from '../schemas/callbacks.ts';
import { estimatedWaitSchema, isoTime, isoTimeOrNull, problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'router' | 'clock'>;

const WEEK_MS = 7 * 86_400_000;

const explanationSchema = z
  .object({
    id: z.string(),
    state: callbackSchema.shape.state,
    summary: z.string().openapi({ description: 'Why it is where it is.' }),
    customerText: z.string().openapi({ description: 'The same for its customer, in short.' }),
    waitsFor: z.enum([
      'its-time',
      'agent',
      'customer',
      'end-of-call',
      'next-attempt',
      'opening',
      'nothing',
    ]),
    until: z.string().nullable(),
    place: z
      .object({
        position: z.number().int(),
        estimatedWait: estimatedWaitSchema.nullable(),
        ahead: z
          .object({
            live: z.number().int(),
            callbacks: z.number().int(),
            byPriority: z.number().int(),
            byArrival: z.number().int(),
          })
          .openapi({ description: 'The nearest 50 of those ahead, by kind and by reason.' }),
        servedBefore: z
          .array(z.object({ at: z.string(), queueId: z.string(), why: z.string() }))
          .openapi({ description: 'Who got an agent since it came, newest first, and why.' }),
        isComplete: z.boolean().openapi({ description: 'false: more were served than are told.' }),
      })
      .nullable()
      .openapi({ description: 'null: it has no place in a queue now.' }),
    hours: z.object({
      open: z.boolean(),
      changesAt: z.string().nullable().openapi({ description: 'null: not within a week.' }),
    }),
    limits: z.object({
      attempts: z.number().int(),
      maxAttempts: z.number().int(),
      expiresAt: z.string(),
    }),
    nextAttemptAt: z.string().nullable(),
    attempts: callbackSchema.shape.attempts,
  })
  .openapi('Explanation');

const route = createRoute({
  method: 'get',
  path: '/api/v1/callbacks/{id}/explanation',
  operationId: 'explainCallback',
  ...needs('callbacks.read'),
  summary: 'Explain why a callback is where it is',
  description: 'Others are counted, and never named.',
  tags: ['Callbacks'],
  request: { params: callbackIdSchema },
  responses: {
    200: {
      description: 'State, place, hours, limits and attempts.',
      content: { 'application/json': { schema: explanationSchema } },
    },
    ...problems(400, 404),
  },
});

export function explanationRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(route, (c) => {
    const { id } = c.req.valid('param');
    const record = deps.callbacks.get(id);
    if (record === null) throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
    return c.json(explanationOf(deps, record), 200);
  });
}

function explanationOf(
  { callbacks, router, clock }: Deps,
  record: CallbackRecord,
): z.output<typeof explanationSchema> {
  const nowMs = clock.nowMs();
  const periods = callbacks.openPeriods(record.queueId, nowMs, nowMs + WEEK_MS);
  const [first] = periods ?? [{ fromMs: nowMs, toMs: Infinity }];
  const isOpen = first?.fromMs === nowMs;
  const changesAtMs = (isOpen ? first.toMs : first?.fromMs) ?? Infinity;
  const place = router.explain(record.id);
  const estimate = router.estimate(record.id);
  const waitSeconds = estimate === null || estimate.ewtSeconds < 0 ? null : estimate.ewtSeconds;
  const position = place?.position ?? null;
  const explained = explain(record, { nowMs, position, waitSeconds, isOpen });
  return {
    ...{ id: record.id, state: record.state, summary: explained.summary },
    ...{ customerText: explained.customerText, waitsFor: explained.waitsFor },
    until: isoTimeOrNull(explained.untilMs),
    place:
      place === null
        ? null
        : {
            position: place.position,
            estimatedWait: estimate,
            ahead: othersAhead(place),
            servedBefore: place.servedBefore.map(({ atMs, queueId, why }) => ({
              ...{ at: isoTime(atMs), queueId, why },
            })),
            isComplete: place.isComplete,
          },
    hours: {
      open: isOpen,
      changesAt: changesAtMs < nowMs + WEEK_MS ? isoTime(changesAtMs) : null,
    },
    limits: {
      attempts: record.attempts.length,
      maxAttempts: record.maxAttempts,
      expiresAt: isoTime(record.expiresAtMs),
    },
    nextAttemptAt: isoTimeOrNull(record.nextAttemptAtMs),
    attempts: callbackView(record, null).attempts,
  };
}
