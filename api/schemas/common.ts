// Schemas that several routes share, and the problem responses of the API description. PURE.
import { z } from '@hono/zod-openapi';

/** An id in a path: ours are UUIDs or configured names; anything else cannot exist. */
export const pathId = (description: string) =>
  z
    .string()
    .regex(/^[\w.-]{1,128}$/, 'not a possible id')
    .openapi({ description });

/** A moment; written in UTC by us, with any offset by clients. */
export const moment = (description: string) =>
  z.iso.datetime({ offset: true }).openapi({ description, example: '2026-01-05T09:00:00Z' });

export const skillRequirementSchema = z
  .strictObject({
    skill: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'not a possible skill name'),
    minLevel: z.number().int().min(1).max(10).openapi({ description: '1 (beginner) to 10.' }),
  })
  .openapi('SkillRequirement');

export const estimatedWaitSchema = z
  .object({
    ewtSeconds: z.number().openapi({ description: 'Estimated wait; -1 when it is not known.' }),
    reason: z.enum(['estimated', 'nobody-logged-in', 'agent-free']),
    method: z.enum(['stat-server', 'departures', 'simulation']),
    inputs: z
      .object({
        averageHandleSeconds: z.number(),
        interactionsAhead: z.number(),
        agentsServing: z.number(),
        departureSeconds: z.number().nullish().openapi({
          description: 'Mean time between two who left the queue for an agent, once known.',
        }),
      })
      .openapi({ description: 'What the estimate was made from.' }),
    quantiles: z
      .object({ p10Seconds: z.number(), p50Seconds: z.number(), p90Seconds: z.number() })
      .nullish()
      .openapi({ description: 'The wait one, five and nine of ten do not exceed.' }),
  })
  .openapi('EstimatedWait');

const fieldIssueSchema = z
  .object({
    field: z.string(),
    pointer: z.string().optional().openapi({ description: 'JSON Pointer into the body.' }),
    code: z.string().openapi({ example: 'OUT_OF_RANGE' }),
    message: z.string(),
    value: z
      .union([z.string(), z.number(), z.boolean(), z.null()])
      .optional()
      .openapi({ description: 'What was sent, shortened; numbers masked, secrets never.' }),
  })
  .openapi('FieldIssue');

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: '/docs/errors#CALLBACK_UNKNOWN' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    remedy: z.string().openapi({ description: 'What to do about it.' }),
    code: z.string().openapi({ description: 'Stable; see the error list.' }),
    requestId: z.string(),
    fields: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
      )
      .optional()
      .openapi({ description: 'Facts of the error, by name.' }),
    errors: z.array(fieldIssueSchema).optional(),
  })
  .openapi('Problem', { description: 'Problem details (RFC 9457).' });

interface ProblemAnswer {
  readonly description: string;
  readonly content: { readonly 'application/problem+json': { schema: typeof problemSchema } };
}

/** The refusals a route may answer with, for its description; 401, 403, 429 and 500 always can. */
export function problems<Status extends keyof typeof MEANINGS>(
  ...statuses: readonly Status[]
): Record<Status | 401 | 403 | 429 | 500, ProblemAnswer> {
  const answers = [...statuses, 401 as const, 403 as const, 429 as const, 500 as const].map(
    (status) => [
      status,
      {
        description: MEANINGS[status],
        content: { 'application/problem+json': { schema: problemSchema } },
      },
    ],
  );
  return Object.fromEntries(answers) as Record<Status | 401 | 403 | 429 | 500, ProblemAnswer>;
}

const MEANINGS = {
  400: 'The request is wrong; `errors` names the fields.',
  401: 'No API key, or an unknown one.',
  403: 'The roles of the key or token do not have the permission.',
  404: 'There is no such thing.',
  409: 'Not possible in the present state.',
  410: 'Over, for good.',
  412: 'Changed since the revision of `If-Match`.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  416: 'Nothing of the range is in it; `Content-Range` says how long it is.',
  426: 'This speaks WebSocket only.',
  429: 'Too many requests; `Retry-After` says when.',
  500: 'A fault of Ringback.',
  503: 'Not possible now; `Retry-After` says when.',
} as const;

/** ISO 8601 in UTC, or null. */
export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

export function isoTimeOrNull(atMs: number | null): string | null {
  return atMs === null ? null : isoTime(atMs);
}
