// Reports on the wire, as JSON and as CSV. PURE.
import { z } from '@hono/zod-openapi';
import { isTimeZone } from '../../callback/index.ts';
import { moment } from './common.ts';

export const reportQuerySchema = z.strictObject({
  from: moment('Begin of the span, by the time of completion.'),
  to: moment('End of the span, exclusive; at most 366 days later.'),
  queueId: z.string().max(64).optional().openapi({ description: 'Absent: all queues.' }),
  interval: z.enum(['hour', 'day', 'all']).default('day').openapi({
    description: 'One row for each of them in which anything ended.',
  }),
  timeZone: z.string().max(64).refine(isTimeZone, 'no such time zone').default('UTC').openapi({
    description: 'Of the hours and days (tz database).',
  }),
  serviceLevelSeconds: z.coerce.number().int().min(1).max(86_400).default(300).openapi({
    description: 'Connected within this counts for the service level.',
  }),
  toleranceSeconds: z.coerce.number().int().min(0).max(86_400).default(300).openapi({
    description: 'So far off its time a scheduled call is punctual.',
  }),
});

export const detailQuerySchema = reportQuerySchema
  .pick({ from: true, to: true, queueId: true })
  .extend({
    cursor: z
      .string()
      .regex(/^\d{1,16}~[\w.-]{1,128}$/, 'not a cursor')
      .optional()
      .openapi({ description: '`nextCursor` of the page before.' }),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  });

const from = z.string().nullable().openapi({
  description: 'Begin of the hour or day; null: the whole span.',
});
const share = z.number().nullable().openapi({ description: '0 to 1; null: of nothing.' });
const seconds = z.number().nullable();
const counts = z.record(z.string(), z.number().int());
const waits = z
  .object({
    count: z.number().int(),
    meanSeconds: seconds,
    p50Seconds: seconds,
    p90Seconds: seconds,
  })
  .openapi('WaitFigures');

export const summarySchema = z
  .object({
    items: z.array(
      z.object({
        from,
        completed: z.number().int(),
        reasons: counts,
        attempts: z.number().int(),
        results: counts.openapi({ description: 'Of the attempts.' }),
        answerRate: share.openapi({ description: 'Attempts that were answered.' }),
        waits: waits.openapi({ description: 'Until the call that led to an agent.' }),
        serviceLevel: share,
        estimates: z
          .object({
            count: z.number().int(),
            meanPromisedSeconds: seconds,
            meanTrueSeconds: seconds,
            meanErrorSeconds: seconds,
          })
          .openapi({ description: 'The wait predicted at creation against the true one.' }),
      }),
    ),
  })
  .openapi('SummaryReport');

export const punctualitySchema = z
  .object({
    items: z.array(
      z.object({
        from,
        scheduled: z.number().int(),
        dialed: z.number().int(),
        early: z.number().int(),
        punctual: z.number().int(),
        late: z.number().int(),
        lateness: waits,
      }),
    ),
  })
  .openapi('PunctualityReport');

export const offersSchema = z
  .object({
    items: z.array(
      z.object({
        from,
        queueId: z.string(),
        made: z.number().int(),
        accepted: z.number().int(),
        declined: z.number().int(),
        acceptanceRate: share,
      }),
    ),
  })
  .openapi('OffersReport');

export const detailSchema = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        queueId: z.string(),
        completedAt: z.string(),
        reason: z.string(),
        scheduled: z.boolean(),
        dueAt: z.string(),
        firstDialAt: z.string().nullable(),
        connectedAt: z.string().nullable(),
        answered: z.number().int(),
        promisedWaitSeconds: seconds,
        results: z.array(z.string()),
      }),
    ),
    nextCursor: z.string().nullable(),
  })
  .openapi('DetailReport');

/** RFC 4180: one line for each row, nested fields as `waits.p50Seconds`, empty for null. */
export function csvOf(rows: readonly object[]): string {
  const flat = rows.map((row) => new Map(flattened('', row)));
  const columns = [...new Set(flat.flatMap((row) => [...row.keys()]))];
  const lines = flat.map((row) => columns.map((column) => quoted(row.get(column) ?? '')).join());
  return [columns.join(), ...lines, ''].join('\r\n');
}

function flattened(prefix: string, value: object): (readonly [string, string])[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    if (Array.isArray(inner)) return [[path, inner.join(' ')] as const];
    if (typeof inner === 'object' && inner !== null) return flattened(`${path}.`, inner);
    if (inner === null || inner === undefined) return [[path, ''] as const];
    return [[path, typeof inner === 'string' ? inner : JSON.stringify(inner)] as const];
  });
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
