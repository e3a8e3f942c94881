// Text chats on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { ChatLine, ChatRecord } from '../../callback/index.ts';
import { listQuery, listSchema } from '../listing/query.ts';
import { isoTime, isoTimeOrNull, pathId } from './common.ts';

/** Characters of one message. */
export const MAX_TEXT = 4_000;

const stateSchema = z
  .enum(['waiting', 'offered', 'chatting', 'over'])
  .openapi({ description: '`offered`: an agent is asked to take it.' });
const queueId = () => z.string().regex(/^[\w.-]{1,64}$/, 'not a possible id');
const agentId = () => z.string().regex(/^[\w.-]{1,64}$/, 'not a possible id');
const text = () => z.string().min(1).max(MAX_TEXT);

export const chatIdSchema = z.object({ id: pathId('Id of the chat.') });

export const openChatSchema = z
  .strictObject({
    queueId: queueId().openapi({ example: 'support' }),
    person: z
      .strictObject({
        name: z.string().min(1).max(100).optional(),
        number: z.string().min(1).max(40).optional().openapi({
          description: 'Telephone: the chat is told and erased with this person.',
          example: '+12025550123',
        }),
      })
      .default({}),
    context: z
      .record(z.string().regex(/^[\w.-]{1,64}$/, 'not a possible key'), z.string().max(1_024))
      .refine((facts) => Object.keys(facts).length <= 50, 'at most 50 keys')
      .default({})
      .openapi({ description: 'For the agent; never logged.', example: { orderId: '4711' } }),
    text: text().optional().openapi({ description: 'What the customer says first.' }),
  })
  .openapi('OpenChat');

export const openChatHeadersSchema = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .openapi({ description: 'Sent again it answers the chat that was opened first.' }),
});

export const chatSchema = z
  .object({
    id: z.string(),
    revision: z.number().int(),
    queueId: z.string(),
    state: stateSchema,
    reason: z.string().nullable().openapi({
      description: 'Why it is over.',
      example: 'ENDED_BY_CUSTOMER',
    }),
    person: z.object({ name: z.string().nullable(), number: z.string().nullable() }),
    context: z.record(z.string(), z.string()),
    createdAt: z.string(),
    arrivedAt: z.string().openapi({ description: 'From when its place in line counts.' }),
    overAt: z.string().nullable(),
    agentId: z.string().nullable().openapi({ description: 'Who is asked to take it, or has it.' }),
    offeredUntil: z.string().nullable(),
    callbackId: z.string().nullable().openapi({ description: 'The callback in its place.' }),
    lastSequence: z.number().int().openapi({ description: 'Number of the last line.' }),
    position: z.number().int().nullable().openapi({ description: '1: next; null: not in line.' }),
    ewtSeconds: z.number().nullable().openapi({ description: '-1: nobody can say.' }),
  })
  .openapi('Chat');

export const chatPageSchema = listSchema(chatSchema, 'ChatPage');

export const listChatsSchema = listQuery(chatSchema, {
  queueId: queueId().optional(),
  state: stateSchema.optional(),
  agentId: agentId().optional(),
});

export const chatLineSchema = z
  .object({
    sequence: z.number().int().openapi({ description: '1 for the first; without gaps.' }),
    at: z.string(),
    type: z.enum([
      'opened',
      'message',
      'offered',
      'offer-ended',
      'accepted',
      'handed-over',
      'back-in-line',
      'ended',
    ]),
    from: z.enum(['customer', 'agent', 'system']),
    agentId: z.string().nullable(),
    text: z.string().nullable(),
    messageId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).openapi({
      description: 'Further facts of the type: `why`, `reason`, `queueId`, `until` ...',
    }),
  })
  .openapi('ChatLine');

export const chatLinesSchema = z.object({ items: z.array(chatLineSchema) }).openapi('ChatLines');

export const linesQuerySchema = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).openapi({
    description: 'Lines with a higher `sequence`.',
  }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

const by = {
  from: z.enum(['customer', 'agent']),
  agentId: agentId().optional().openapi({ description: 'With `from: agent`.' }),
};
const named = (party: { from: string; agentId?: string | undefined }): boolean =>
  (party.from === 'agent') === (party.agentId !== undefined);
const NAMED = { message: 'goes with from: agent, and only with it', path: ['agentId'] };

export const sayInChatSchema = z
  .strictObject({
    ...by,
    text: text(),
    messageId: z
      .string()
      .regex(/^[\w.-]{1,64}$/, 'not a possible id')
      .optional()
      .openapi({ description: "The sender's own: sent again it is the same message." }),
  })
  .refine(named, NAMED)
  .openapi('SayInChat', { example: { from: 'customer', text: 'Where is my order?' } });

export const endChatSchema = z
  .strictObject(by)
  .refine(named, NAMED)
  .openapi('EndChat', { example: { from: 'agent', agentId: 'anna' } });

export const answerChatSchema = z
  .strictObject({ agentId: agentId(), decision: z.enum(['accept', 'reject']) })
  .openapi('AnswerChatOffer');

export const handOverChatSchema = z
  .strictObject({
    agentId: agentId().openapi({ description: 'Who has it now.' }),
    toQueueId: queueId().optional(),
    toAgentId: agentId().optional(),
  })
  .refine(
    ({ toQueueId, toAgentId }) => (toQueueId === undefined) !== (toAgentId === undefined),
    'either toQueueId or toAgentId',
  )
  .openapi('HandOverChat', { example: { agentId: 'anna', toQueueId: 'sales' } });

export const callInsteadSchema = z
  .strictObject({
    customerNumber: z.string().min(1).max(40).optional().openapi({
      description: 'Absent: the number of the person.',
    }),
  })
  .openapi('CallInstead');

/** Place in line; null: it has none. */
export interface ChatPlace {
  readonly position: number;
  readonly ewtSeconds: number;
}

export function chatView(record: ChatRecord, place: ChatPlace | null): z.output<typeof chatSchema> {
  const { createdAtMs, arrivedAtMs, overAtMs, offeredUntilMs, person, context, ...rest } = record;
  return {
    ...rest,
    person: { ...person },
    context: { ...context },
    createdAt: isoTime(createdAtMs),
    arrivedAt: isoTime(arrivedAtMs),
    overAt: isoTimeOrNull(overAtMs),
    offeredUntil: isoTimeOrNull(offeredUntilMs),
    position: place?.position ?? null,
    ewtSeconds: place?.ewtSeconds ?? null,
  };
}

export function chatLineView({ sequence, atMs, told }: ChatLine): z.output<typeof chatLineSchema> {
  const { type, ...facts } = told;
  const line = { sequence, at: isoTime(atMs), type };
  if (told.type === 'message') {
    const { from, agentId: who, text: said, messageId } = told;
    return { ...line, from, agentId: who, text: said, messageId, data: {} };
  }
  const {
    agentId: who = null,
    untilMs,
    ...data
  } = {
    ...({} as { agentId?: string; untilMs?: number }),
    ...facts,
  };
  return {
    ...{ ...line, from: 'system', agentId: who, text: null, messageId: null },
    data: untilMs === undefined ? data : { ...data, until: isoTime(untilMs) },
  };
}
