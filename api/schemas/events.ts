// Events on the wire: one schema for the stream, the WebSocket, Bayeux and webhooks, and the filter
// they share. Its version changes when a field is renamed or goes away, never for a new one. PURE.
import { z } from '@hono/zod-openapi';
import { agentSchema } from './agents.ts';
import { callbackEventSchema } from './callbacks.ts';
import { chatLineSchema } from './chats.ts';
import { queueSchema } from './queues.ts';
import { trunkSchema } from './trunks.ts';

export const EVENT_VERSION = 1;

const base = {
  version: z.literal(EVENT_VERSION),
  id: z.string().openapi({ description: 'The same for every copy of the event.' }),
  at: z.string(),
  type: z.string().openapi({ example: 'customer-answered' }),
  queueId: z.string().nullable().openapi({ description: 'null: it belongs to no queue.' }),
};

const facts = z.record(z.string(), z.unknown());
const noCallback = z.null();

const callbackTopic = callbackEventSchema
  .extend({ ...base, topic: z.literal('callback'), callbackId: z.string() })
  .openapi('CallbackTopicEvent', { description: 'A line of the history; none is left out.' });
const agentTopic = z
  .object({ ...base, topic: z.literal('agent'), callbackId: noCallback, agent: agentSchema })
  .openapi('AgentTopicEvent', { description: 'The agent as it is now.' });
const queueTopic = z
  .object({ ...base, topic: z.literal('queue'), callbackId: noCallback, queue: queueSchema })
  .openapi('QueueTopicEvent', { description: 'The queue as it is now.' });
const trunkTopic = z
  .object({ ...base, topic: z.literal('trunk'), callbackId: noCallback, trunk: trunkSchema })
  .openapi('TrunkTopicEvent', { description: 'The trunk as it is now.' });
const callTopic = z
  .object({
    ...base,
    topic: z.literal('call'),
    callbackId: z.string().nullable(),
    interactionId: z.string(),
    data: facts,
  })
  .openapi('CallTopicEvent', {
    description: 'What telephony reports of a call; keys are not told.',
  });
const chatTopic = z
  .object({
    ...base,
    topic: z.literal('chat'),
    callbackId: noCallback,
    chatId: z.string(),
    agentId: z.string().nullable().openapi({ description: 'Who is asked to take it, or has it.' }),
    line: chatLineSchema,
  })
  .openapi('ChatTopicEvent', { description: 'A line of the transcript of a chat.' });
const pushTopic = z
  .object({
    ...base,
    topic: z.literal('push'),
    callbackId: z.string(),
    code: z.enum(['PUSH_DELIVERY_CONFIRMED', 'PUSH_SEND_ERROR']),
    deviceId: z.string(),
    channel: z.string(),
    data: facts,
  })
  .openapi('PushTopicEvent', { description: 'What came of a push notification.' });
const webhookTopic = z
  .object({ ...base, topic: z.literal('webhook'), callbackId: noCallback, data: facts })
  .openapi('WebhookTopicEvent', { description: 'A test, sent on demand only.' });

export const eventSchema = z
  .discriminatedUnion('topic', [
    callbackTopic,
    agentTopic,
    queueTopic,
    trunkTopic,
    callTopic,
    chatTopic,
    pushTopic,
    webhookTopic,
  ])
  .openapi('Event');

/** An event as everybody is told it. */
export type EventView = z.output<typeof eventSchema>;

const eventName = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'not a possible event');
const subjectId = z.string().regex(/^[\w.-]{1,128}$/, 'not a possible id');

export const eventFilterSchema = z
  .strictObject({
    types: z.array(eventName).max(50).optional().openapi({
      description: 'Topics (`callback`, `agent` ...) or types (`customer-answered` ...).',
    }),
    queueIds: z.array(subjectId).max(50).optional(),
    callbackIds: z.array(subjectId).max(50).optional(),
  })
  .openapi('EventFilter', { description: 'What is left out filters nothing; all must hold.' });

export type EventFilter = z.output<typeof eventFilterSchema>;

/** Several values of a query parameter, separated by commas. */
const listed = (item: z.ZodString, description: string, example: string) =>
  z
    .string()
    .max(4_000)
    .transform((text) => text.split(','))
    .pipe(z.array(item).max(50))
    .optional()
    .openapi({ type: 'string', description, example });

const sequence = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a sequence number')
  .optional();

export const followQuerySchema = z.strictObject({
  after: sequence.openapi({ description: 'As `Last-Event-ID`, for a first connection; 0: all.' }),
  type: listed(eventName, 'Topics or types, separated by commas.', 'callback,queue-changed'),
  queueId: listed(subjectId, 'Queues, separated by commas.', 'support'),
  callbackId: listed(subjectId, 'Callbacks, separated by commas.', 'b1946ac9'),
});

export const followHeadersSchema = z.object({
  'Last-Event-ID': sequence.openapi({ description: 'Id of the last event received.' }),
});

/** What a query asks for. */
export function filterOf(query: z.output<typeof followQuerySchema>): EventFilter {
  const { type, queueId, callbackId } = query;
  return {
    ...(type === undefined ? {} : { types: type }),
    ...(queueId === undefined ? {} : { queueIds: queueId }),
    ...(callbackId === undefined ? {} : { callbackIds: callbackId }),
  };
}

/** Whether a filter lets an event through. */
export function passes(filter: EventFilter, event: EventView): boolean {
  const { types, queueIds, callbackIds } = filter;
  return (
    (types === undefined || types.includes(event.topic) || types.includes(event.type)) &&
    (queueIds === undefined || (event.queueId !== null && queueIds.includes(event.queueId))) &&
    (callbackIds === undefined ||
      (event.callbackId !== null && callbackIds.includes(event.callbackId)))
  );
}
