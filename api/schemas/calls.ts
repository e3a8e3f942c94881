// Live calls on the wire: callbacks being handled, and callers on the line. PURE.
import { z } from '@hono/zod-openapi';
import { listSchema, sortedQuery } from '../listing/query.ts';
import { recordingLinkSchema } from './attempts.ts';
import { pathId } from './common.ts';

const legSchema = z
  .object({
    leg: z.enum(['customer', 'agent', 'supervisor']),
    sipCallId: z.string().nullable(),
    answered: z.boolean(),
    quality: z
      .object({
        mos: z.number().nullable(),
        lossPercent: z.number(),
        jitterMs: z.number(),
        roundTripMs: z.number().nullable(),
      })
      .nullable()
      .openapi({ description: 'Of what we receive.' }),
  })
  .openapi('CallLeg');

export const callSchema = z
  .object({
    interactionId: z.string(),
    kind: z.enum(['live', 'callback']),
    queueId: z.string(),
    state: z.string().openapi({ example: 'connected' }),
    since: z.string(),
    durationSeconds: z.number().int().openapi({ description: 'In this state.' }),
    customerNumber: z.string().nullable(),
    agentId: z.string().nullable(),
    onHold: z.boolean(),
    recording: z.enum(['off', 'on', 'paused']),
    recordingLink: recordingLinkSchema.nullable(),
    supervision: z.enum(['listen', 'whisper', 'barge']).nullable(),
    legs: z.array(legSchema),
    sipCallIds: z.array(z.string()).openapi({ description: 'Of all legs, first the oldest.' }),
  })
  .openapi('Call');

export const callListSchema = listSchema(callSchema, 'CallList');

export const listCallsSchema = sortedQuery(
  callSchema,
  {
    kind: callSchema.shape.kind.optional(),
    queueId: z.string().max(64).optional(),
    state: z.string().max(64).optional().openapi({ example: 'connected' }),
    agentId: z.string().max(64).optional(),
    customerNumber: z.string().min(1).max(40).optional(),
  },
  ['since', 'interactionId'],
);

export const interactionIdSchema = z.object({
  id: pathId('Id of the interaction: of the callback, or of the live call.'),
});

const mode = z.enum(['listen', 'whisper', 'barge']).openapi({
  description: 'Nobody hears the supervisor; the agent alone does; both do.',
});

export const monitorSchema = z
  .strictObject({
    agentId: z.string().min(1).max(128).optional(),
    number: z.string().min(1).max(40).optional(),
    mode: mode.default('listen'),
  })
  .refine(({ agentId, number }) => agentId === undefined || number === undefined, {
    message: 'is either agentId or number',
  })
  .openapi('Monitor', {
    example: { agentId: 'anna', mode: 'listen' },
    description: 'Whom to call: an agent, or a number. Neither: another mode for who is there.',
  });

const party = z.enum(['customer', 'agent']);

export const playSchema = z
  .strictObject({
    prompt: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, 'not a possible name'),
    to: z.enum(['customer', 'agent', 'both']).default('customer'),
  })
  .openapi('PlayToCall');

export const digitsSchema = z
  .strictObject({
    digits: z.string().regex(/^[0-9*#A-D]{1,64}$/, 'not DTMF digits'),
    to: party.default('customer'),
  })
  .openapi('DigitsToCall');

export const holdSchema = z.strictObject({ on: z.boolean() }).openapi('Hold');

export const recordingActionSchema = z.object({
  id: interactionIdSchema.shape.id,
  action: z.enum(['pause', 'resume']),
});
