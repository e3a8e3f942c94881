// Callbacks on the wire: what may be asked for, and how a record is shown. PURE.
import { z } from '@hono/zod-openapi';
import {
  leastCallWithinSeconds,
  leastCodeDigits,
  mostCallWithinSeconds,
  mostCodeDigits,
} from '../../callback/index.ts';
import type { CallbackEventRecord, CallbackRecord } from '../../callback/index.ts';
import type { EstimatedWait } from '../../routing/index.ts';
import {
  estimatedWaitSchema,
  isoTime,
  isoTimeOrNull,
  moment,
  pathId,
  skillRequirementSchema,
} from './common.ts';
import { listSchema, several, sortedQuery, timeRange } from '../listing/query.ts';
import { attemptSchema, attemptView } from './attempts.ts';
import { pushDeviceSchema } from './push.ts';

const stateSchema = z
  .enum(['scheduled', 'queued', 'dialing', 'routing', 'connected', 'waiting-retry', 'completed'])
  .openapi('CallbackState');

const dialModeSchema = z.enum(['reservation', 'notification']).openapi('DialMode', {
  description: 'When to dial: once an agent is held, or when one is expected to be free.',
});

const firstPartySchema = z.enum(['customer', 'agent']);

const DAY_SECONDS = 86_400;

const userDataSchema = z
  .record(z.string().regex(/^[\w.-]{1,64}$/, 'not a possible key'), z.string().max(1_024))
  .refine((data) => Object.keys(data).length <= 50, 'more than 50 keys')
  .openapi({
    description: 'Up to 50 texts attached to the callback, given back with it and never logged.',
    example: { orderId: '4711' },
  });

const timeZoneSchema = z.string().min(1).max(64).openapi({
  description: 'Where the customer is (tz database). Absent: wherever the number may be.',
  example: 'Europe/Berlin',
});

const callInSchema = z
  .strictObject({
    opens: z.enum(['turn', 'now']).optional().openapi({
      description: '`turn`: called in when told. `now`: at any time. `turn` unless said otherwise.',
    }),
    callWithinSeconds: z
      .number()
      .int()
      .min(leastCallWithinSeconds)
      .max(mostCallWithinSeconds)
      .optional()
      .openapi({ description: 'Time for the call: once told, or from now on.' }),
    whenNotCalled: z.enum(['expire', 'dial']).optional(),
    withCode: z.boolean().optional().openapi({
      description: 'Whether there is a code, or the number shown tells.',
    }),
    codeDigits: z.number().int().min(leastCodeDigits).max(mostCodeDigits).optional(),
  })
  .openapi('CallIn');

const accessSchema = z
  .object({
    accessNumber: z.string().openapi({ example: '+12025550199' }),
    accessCode: z.string().nullable().openapi({
      description: 'Keyed when asked for. null: the number shown tells.',
      example: '048213',
    }),
    expiresAt: z.string(),
    awaited: z.boolean().openapi({ description: 'The customer is to call right now.' }),
  })
  .openapi('Access');

export const createCallbackSchema = z
  .strictObject({
    queueId: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'not a possible queue id')
      .openapi({ example: 'support' }),
    customerNumber: z.string().min(1).max(40).openapi({
      description: 'E.164, or the national form of the configured default country.',
      example: '+12025550123',
    }),
    desiredTime: moment(
      'When to call, ISO 8601 with offset. Absent: as soon as possible.',
    ).optional(),
    priority: z.number().int().min(0).max(1_000).optional().openapi({
      description: 'Higher goes first. 0 unless said otherwise.',
    }),
    dialMode: dialModeSchema.optional(),
    firstParty: firstPartySchema.optional().openapi({ description: 'Who is called first.' }),
    maxAttempts: z.number().int().min(1).max(20).optional(),
    retryGapSeconds: z
      .number()
      .int()
      .min(10)
      .max(7 * DAY_SECONDS)
      .optional(),
    requiredSkills: z.array(skillRequirementSchema).max(20).optional().openapi({
      description: 'Beyond those of the queue.',
    }),
    userData: userDataSchema.optional(),
    agentId: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'not a possible agent id')
      .optional()
      .openapi({
        description: 'Who should take it; others after `preferredAgentSeconds` of the queue.',
      }),
    agentStrict: z.boolean().optional().openapi({
      description: 'Nobody but `agentId` takes it, however long that is.',
    }),
    timeZone: timeZoneSchema.optional(),
    language: z
      .string()
      .regex(/^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/, 'not a language tag')
      .optional()
      .openapi({
        description: "Language of its prompts, one there are prompts in. Absent: the queue's.",
        example: 'de',
      }),
    origination: z.enum(['us', 'customer']).optional().openapi({
      description: 'Who calls: `customer` calls in when told. `us` unless said otherwise.',
    }),
    callIn: callInSchema.optional().openapi({
      description: 'With `origination: customer`; what is absent is as the queue has it.',
    }),
    push: pushDeviceSchema.optional().openapi({ description: 'A device to be told.' }),
  })
  .openapi('CreateCallback', {
    example: {
      ...{ queueId: 'support', customerNumber: '+12025550123' },
      ...{ desiredTime: '2030-01-07T14:00:00+01:00', userData: { orderId: '4711' } },
    },
  });

export const moveCallbackSchema = z
  .strictObject({
    desiredTime: moment('null: as soon as possible, at the place it has.').nullable().optional(),
    customerNumber: z.string().min(1).max(40).optional().openapi({
      description: 'E.164, or the national form of the configured default country.',
    }),
    timeZone: timeZoneSchema.nullable().optional(),
    priority: z.number().int().min(0).max(1_000).optional(),
    userData: userDataSchema.optional().openapi({
      description: 'In place of all that was attached.',
    }),
  })
  .openapi('MoveCallback', { description: 'What is to change; the rest stays.' });

export const createHeadersSchema = z.object({
  'Idempotency-Key': z
    .string()
    .regex(/^[!-~]{1,255}$/, 'must be 1 to 255 printable ASCII characters without spaces')
    .optional()
    .openapi({
      description:
        'A key of your own for this request. The same key and request get the first answer ' +
        'again, with `Idempotency-Replayed: true`; so a request may be repeated after a time-out.',
      example: 'order-4711',
    }),
});

export const callbackIdSchema = z.object({ id: pathId('Id of the callback.') });

const askedSchema = z
  .object({
    who: z.enum(['customer', 'agent']),
    agentId: z.string().nullable().openapi({ description: 'Who sees the preview.' }),
    until: z.string(),
  })
  .openapi('Asked');

export const callbackSchema = z
  .object({
    id: z.string(),
    revision: z.number().int().openapi({ description: 'Grows with every step.' }),
    queueId: z.string(),
    customerNumber: z.string(),
    state: stateSchema,
    reason: z.string().nullable().openapi({ description: 'Why it is completed.' }),
    priority: z.number().int(),
    createdAt: z.string(),
    desiredAt: z.string().nullable().openapi({ description: 'null: as soon as possible.' }),
    arrivedAt: z.string().openapi({ description: 'From when the place in line counts.' }),
    expiresAt: z.string().openapi({ description: 'Not dialled after this.' }),
    completedAt: z.string().nullable(),
    nextAttemptAt: z.string().nullable(),
    dialMode: dialModeSchema,
    firstParty: firstPartySchema,
    maxAttempts: z.number().int(),
    retryGapSeconds: z.number(),
    requiredSkills: z.array(skillRequirementSchema),
    attempts: z.array(attemptSchema),
    userData: z.record(z.string(), z.string()),
    timeZone: z.string().nullable().openapi({ description: 'As the customer said; null: not.' }),
    language: z.string().nullable().openapi({ description: "null: the queue's." }),
    survey: z
      .array(z.object({ question: z.string(), key: z.string() }))
      .optional()
      .openapi({ description: 'Keys pressed after the conversation; absent: none asked for.' }),
    agentId: z.string().nullable().openapi({ description: 'Who should take it; null: anybody.' }),
    agentStrict: z.boolean(),
    asked: askedSchema.nullable().openapi({ description: 'Who is asked now, before the call.' }),
    previewRejects: z.number().int(),
    disposition: z
      .object({ outcome: z.string(), notes: z.string(), at: z.string() })
      .nullable()
      .openapi({ description: "The agent's word after the conversation." }),
    predictedWaitSeconds: z.number().nullable().openapi({
      description: 'The wait predicted when it was accepted; null: nobody could say.',
    }),
    access: accessSchema.nullable().openapi({
      description: 'Its customer calls in so; null: we call, or it is over.',
    }),
    position: z.number().int().optional().openapi({
      description: 'While queued: 1 for the next one.',
    }),
    estimatedWait: estimatedWaitSchema.optional(),
  })
  .openapi('Callback');

export const callbackPageSchema = listSchema(callbackSchema, 'CallbackPage');

export const listCallbacksSchema = sortedQuery(
  callbackSchema,
  {
    queueId: z.string().max(64).optional(),
    state: several(stateSchema, 'States, separated by commas.', 'scheduled,queued'),
    reason: z.string().max(64).optional().openapi({
      description: 'Why it is completed. Pages may be short while `nextCursor` is set.',
      example: 'AGENT_CONNECTED',
    }),
    customerNumber: z.string().min(1).max(40).optional(),
    agentId: z.string().max(64).optional().openapi({
      description: 'Who had it or should have it. Pages may be short while `nextCursor` is set.',
    }),
    ...timeRange('createdFrom', 'createdTo', 'Created'),
    ...timeRange('completedFrom', 'completedTo', 'Completed'),
  },
  ['createdAt'],
);

export const callbackEventSchema = z
  .object({
    sequence: z.number().int().openapi({ description: 'Grows over all callbacks; the SSE id.' }),
    callbackId: z.string(),
    revision: z.number().int(),
    at: z.string(),
    type: z.string().openapi({ example: 'customer-answered' }),
    data: z.record(z.string(), z.unknown()),
    state: stateSchema.openapi({ description: 'After the event.' }),
  })
  .openapi('CallbackEvent');

export const callbackHistorySchema = z
  .object({ items: z.array(callbackEventSchema) })
  .openapi('CallbackHistory');

/** A place in the virtual queue, when the callback has one. */
export interface Place {
  readonly position: number;
  readonly estimatedWait: EstimatedWait;
}

/** A record as the API shows it. */
export function callbackView(
  record: CallbackRecord,
  place: Place | null,
): z.output<typeof callbackSchema> {
  return {
    id: record.id,
    revision: record.revision,
    queueId: record.queueId,
    customerNumber: record.customerNumber,
    state: record.state,
    reason: record.reason,
    priority: record.priority,
    createdAt: isoTime(record.createdAtMs),
    desiredAt: isoTimeOrNull(record.desiredTimeMs),
    arrivedAt: isoTime(record.arrivedAtMs),
    expiresAt: isoTime(record.expiresAtMs),
    completedAt: isoTimeOrNull(record.completedAtMs),
    nextAttemptAt: isoTimeOrNull(record.nextAttemptAtMs),
    dialMode: record.dialMode,
    firstParty: record.firstParty,
    maxAttempts: record.maxAttempts,
    retryGapSeconds: record.retryGapMs / 1_000,
    requiredSkills: [...record.requiredSkills],
    attempts: record.attempts.map(attemptView),
    userData: record.userData,
    timeZone: record.timeZone,
    language: record.language ?? null,
    ...(record.survey === undefined ? {} : { survey: [...record.survey] }),
    agentId: record.agentId ?? null,
    agentStrict: record.agentStrict ?? false,
    asked: askedView(record),
    previewRejects: record.previewRejects ?? 0,
    disposition: dispositionView(record),
    access: accessView(record),
    predictedWaitSeconds: toSeconds(record.predictedWaitMs ?? null),
    ...place,
  };
}

function askedView({ asked }: CallbackRecord): z.output<typeof askedSchema> | null {
  if (asked === undefined || asked === null) return null;
  const { who, agentId, untilMs } = asked;
  return { who, agentId, until: isoTime(untilMs) };
}

function accessView({ access }: CallbackRecord): z.output<typeof accessSchema> | null {
  if (access === undefined || access === null) return null;
  const { accessNumber, accessCode, expiresAtMs, isAwaited } = access;
  return { accessNumber, accessCode, expiresAt: isoTime(expiresAtMs), awaited: isAwaited };
}

function dispositionView({ disposition }: CallbackRecord) {
  if (disposition === undefined || disposition === null) return null;
  const { outcome, notes, atMs } = disposition;
  return { outcome, notes, at: isoTime(atMs) };
}

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

/** One line of history, as JSON and as SSE data. */
export function callbackEventView(
  event: CallbackEventRecord,
): z.output<typeof callbackEventSchema> {
  const { atMs, ...rest } = event;
  return { ...rest, at: isoTime(atMs) };
}
