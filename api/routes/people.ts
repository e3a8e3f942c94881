// /api/v1/people/{number}: everything about a person, told and erased.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { PersonTrail } from '../../callback/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toE164 } from '../phone-number.ts';
import {
  callbackEventSchema,
  callbackEventView,
  callbackSchema,
  callbackView,
} from '../schemas/callbacks.ts';
import { chatLineSchema, chatLineView, chatSchema, chatView } from '../schemas/chats.ts';
import { problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'people' | 'liveCallers' | 'config' | 'clock'> & {
  /** What is erased beside the store of callbacks. */
  readonly forget: (trail: PersonTrail) => void;
};

const TAGS = ['People'];
const PATH = '/api/v1/people/{number}';

const paramsSchema = z.object({
  number: z.string().min(1).max(40).openapi({
    description: 'E.164 (`+` as `%2B`), or the national form of the default country.',
    example: '+12025550123',
  }),
});

const personSchema = z
  .object({
    customerNumber: z.string(),
    exportedAt: z.string(),
    callbacks: z.array(callbackSchema).openapi({ description: 'Archived ones included.' }),
    events: z.array(callbackEventSchema).openapi({ description: 'Histories of the callbacks.' }),
    chats: z
      .array(chatSchema.extend({ messages: z.array(chatLineSchema) }))
      .openapi({ description: 'Chats with their transcripts.' }),
    onTheLine: z.array(z.object({ interactionId: z.string(), queueId: z.string() })),
  })
  .openapi('Person');

const erasureSchema = z
  .object({
    callbacksErased: z.number().int(),
    callbacksCancelled: z.number().int(),
    recordingsErased: z.number().int(),
    chatsErased: z.number().int(),
  })
  .openapi('Erasure');

const exportOne = createRoute({
  method: 'get',
  path: PATH,
  operationId: 'exportPerson',
  ...needs('people.read'),
  summary: 'Read everything about a person',
  tags: TAGS,
  request: { params: paramsSchema },
  responses: {
    200: {
      description: 'Empty lists: nothing is known.',
      content: { 'application/json': { schema: personSchema } },
    },
    ...problems(400, 503),
  },
});

const eraseOne = createRoute({
  method: 'delete',
  path: PATH,
  operationId: 'erasePerson',
  ...needs('people.erase'),
  summary: 'Erase a person',
  description:
    'Wipes number, user data, evidence and recordings from finished callbacks, archived ones ' +
    'included. What remains says that there was a callback. The log has a line about it.',
  tags: TAGS,
  request: {
    params: paramsSchema,
    query: z.strictObject({
      unfinished: z.enum(['refuse', 'cancel']).default('refuse').openapi({
        description: 'What is done with callbacks that are not over.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'Erased.',
      content: { 'application/json': { schema: erasureSchema } },
    },
    ...problems(400, 409, 503),
  },
});

export function peopleRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const numberIn = (text: string): string => toE164(text, deps.config.defaultCountry, 'number');
  app.openapi(exportOne, (c) => {
    const customerNumber = numberIn(c.req.valid('param').number);
    const { callbacks, events, chats } = deps.people.export(customerNumber);
    const onTheLine = deps.liveCallers
      .list()
      .filter(({ callerNumber }) => callerNumber === customerNumber)
      .map(({ interactionId, queueId }) => ({ interactionId, queueId }));
    const exported = {
      customerNumber,
      exportedAt: new Date(deps.clock.nowMs()).toISOString(),
      callbacks: callbacks.map((record) => callbackView(record, null)),
      events: events.map(callbackEventView),
      chats: chats.map(({ record, lines }) => ({
        ...chatView(record, null),
        messages: lines.map(chatLineView),
      })),
      onTheLine,
    };
    return c.json(exported, 200);
  });
  app.openapi(eraseOne, async (c) => {
    const customerNumber = numberIn(c.req.valid('param').number);
    const { unfinished } = c.req.valid('query');
    const askedBy = c.get('keyName') ?? 'unknown';
    const erasure = await deps.people.erase(customerNumber, unfinished, askedBy, deps.forget);
    return c.json(erasure, 200);
  });
}
