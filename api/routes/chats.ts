// /api/v1/chats: text chats, for the sites of customers and the desks of agents.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { ChatParty, ChatRecord } from '../../callback/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import type { ChatStreams } from '../events/chat-stream.ts';
import { cursorKey, cursorText } from '../listing/cursor.ts';
import { listAnswer, questionOf } from '../listing/page.ts';
import { toE164 } from '../phone-number.ts';
import { ApiError } from '../problem.ts';
import {
  answerChatSchema,
  callInsteadSchema,
  chatIdSchema,
  chatLineSchema,
  chatLinesSchema,
  chatLineView,
  chatPageSchema,
  chatSchema,
  chatView,
  endChatSchema,
  handOverChatSchema,
  linesQuerySchema,
  listChatsSchema,
  openChatHeadersSchema,
  openChatSchema,
  sayInChatSchema,
} from '../schemas/chats.ts';
import { problems } from '../schemas/common.ts';
import { followHeadersSchema } from '../schemas/events.ts';
import { waitAtPosition } from '../schemas/queues.ts';

type Deps = Pick<ApiDeps, 'chats' | 'router' | 'config'>;

const TAGS = ['Chats'];
const ROOT = '/api/v1/chats';
const ONE = `${ROOT}/{id}` as const;

const oneChat = {
  description: 'The chat.',
  content: { 'application/json': { schema: chatSchema } },
};
const oneLine = {
  description: 'The line of the transcript.',
  content: { 'application/json': { schema: chatLineSchema } },
};
const changed = { 200: oneChat, ...problems(400, 404, 409, 413, 415, 503) };

const bodyOf = <Schema>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
});

const openOne = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'openChat',
  ...needs('chats.open'),
  summary: 'Open a chat',
  description: 'It is in line from now on, as a caller is. `Location` names it.',
  tags: TAGS,
  request: { headers: openChatHeadersSchema, body: bodyOf(openChatSchema) },
  responses: { 201: oneChat, ...problems(400, 404, 409, 413, 415, 503) },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listChats',
  ...needs('chats.list'),
  summary: 'List chats',
  tags: TAGS,
  request: { query: listChatsSchema },
  responses: {
    200: {
      description: 'One page, oldest first.',
      content: { 'application/json': { schema: chatPageSchema } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: ONE,
  operationId: 'getChat',
  ...needs('chats.read'),
  summary: 'Read a chat: its state, place and expected wait',
  tags: TAGS,
  request: { params: chatIdSchema },
  responses: { 200: oneChat, ...problems(400, 404) },
});

const readLines = createRoute({
  method: 'get',
  path: `${ONE}/messages`,
  operationId: 'getChatMessages',
  ...needs('chats.read'),
  summary: 'Read the transcript',
  tags: TAGS,
  request: { params: chatIdSchema, query: linesQuerySchema },
  responses: {
    200: {
      description: 'Lines after `after`, in order.',
      content: { 'application/json': { schema: chatLinesSchema } },
    },
    ...problems(400, 404),
  },
});

const streamLines = createRoute({
  method: 'get',
  path: `${ONE}/events`,
  operationId: 'streamChat',
  ...needs('chats.read'),
  summary: 'Follow a chat',
  description: 'Server-sent events; `Last-Event-ID`, the `sequence` of a line, goes on after it.',
  tags: TAGS,
  request: { params: chatIdSchema, headers: followHeadersSchema },
  responses: {
    200: {
      description: 'A stream that ends with the chat; each `data` is a ChatLine.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problems(400, 404, 503),
  },
});

const say = createRoute({
  method: 'post',
  path: `${ONE}/messages`,
  operationId: 'sayInChat',
  ...needs('chats.write'),
  summary: 'Say something in a chat',
  description: 'When this answers the message is on disk. The customer may do so while waiting.',
  tags: TAGS,
  request: { params: chatIdSchema, body: bodyOf(sayInChatSchema) },
  responses: { 201: oneLine, ...problems(400, 404, 409, 413, 415, 503) },
});

const answerOffer = createRoute({
  method: 'post',
  path: `${ONE}/offer`,
  operationId: 'answerChatOffer',
  ...needs('chats.act'),
  summary: 'Accept or reject a chat for the agent it is offered to',
  description: 'Who rejects it is not ready, as one who does not answer the telephone.',
  tags: TAGS,
  request: { params: chatIdSchema, body: bodyOf(answerChatSchema) },
  responses: changed,
});

const endOne = createRoute({
  method: 'post',
  path: `${ONE}/end`,
  operationId: 'endChat',
  ...needs('chats.write'),
  summary: 'End a chat',
  tags: TAGS,
  request: { params: chatIdSchema, body: bodyOf(endChatSchema) },
  responses: changed,
});

const handOver = createRoute({
  method: 'post',
  path: `${ONE}/hand-over`,
  operationId: 'handOverChat',
  ...needs('chats.act'),
  summary: 'Hand a chat over to a queue or to another agent',
  description: 'It keeps the place of its arrival; another agent who is logged in has a minute.',
  tags: TAGS,
  request: { params: chatIdSchema, body: bodyOf(handOverChatSchema) },
  responses: changed,
});

const callInstead = createRoute({
  method: 'post',
  path: `${ONE}/callback`,
  operationId: 'callInsteadOfChat',
  ...needs('chats.write'),
  summary: 'Be called back instead, at the same place',
  tags: TAGS,
  request: { params: chatIdSchema, body: bodyOf(callInsteadSchema) },
  responses: changed,
});

export function chatRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, streams: ChatStreams): void {
  const { chats } = deps;
  const show = (record: ChatRecord) => chatView(record, placeOf(deps, record));
  const numberIn = (text: string, field: string): string =>
    toE164(text, deps.config.defaultCountry, field);
  app.openapi(openOne, (c) => {
    const { queueId, person, context, text } = c.req.valid('json');
    const number = person.number === undefined ? null : numberIn(person.number, 'person.number');
    const { record, replayed } = chats.open({
      ...{ queueId, context, text: text ?? null, person: { name: person.name ?? null, number } },
      idempotencyKey: c.req.valid('header')['Idempotency-Key'] ?? null,
    });
    c.header('Location', `${ROOT}/${record.id}`);
    if (replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(show(record), 201);
  });
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const { limit, cursor, fields, ...rest } = query;
    const question = questionOf('chats', query);
    const filter = Object.fromEntries(Object.entries(rest).filter(([, value]) => value));
    const after = cursor === undefined ? {} : { after: placeIn(cursorKey(question, cursor)) };
    const { records, isMore } = chats.list({ ...filter, ...after, limit });
    const last = isMore ? records.at(-1) : undefined;
    const next = last === undefined ? null : cursorText(question, [last.createdAtMs, last.id]);
    return c.json(listAnswer(c, { items: records.map(show), nextCursor: next }, fields), 200);
  });
  app.openapi(getOne, (c) => c.json(show(known(deps, c.req.valid('param').id)), 200));
  app.openapi(readLines, (c) => {
    const { id } = known(deps, c.req.valid('param').id);
    const { after, limit } = c.req.valid('query');
    return c.json({ items: chats.lines(id, after, limit).map(chatLineView) }, 200);
  });
  app.openapi(streamLines, (c) => {
    const { id } = known(deps, c.req.valid('param').id);
    const after = Number(c.req.valid('header')['Last-Event-ID'] ?? 0);
    return c.body(streams.open(id, after), 200, {
      'Content-Type': 'text/event-stream',
      'X-Accel-Buffering': 'no',
    });
  });
  app.openapi(say, (c) => {
    const { text, messageId, ...by } = c.req.valid('json');
    const line = chats.say(c.req.valid('param').id, partyOf(by), text, messageId ?? null);
    return c.json(chatLineView(line), 201);
  });
  app.openapi(answerOffer, (c) => {
    const { agentId, decision } = c.req.valid('json');
    const accepts = decision === 'accept';
    return c.json(show(chats.answerOffer(c.req.valid('param').id, agentId, accepts)), 200);
  });
  app.openapi(endOne, (c) =>
    c.json(show(chats.end(c.req.valid('param').id, partyOf(c.req.valid('json')))), 200),
  );
  app.openapi(handOver, (c) => {
    const { agentId, toQueueId, toAgentId } = c.req.valid('json');
    const to = toQueueId === undefined ? { agentId: toAgentId ?? '' } : { queueId: toQueueId };
    return c.json(show(chats.handOver(c.req.valid('param').id, agentId, to)), 200);
  });
  app.openapi(callInstead, async (c) => {
    const { id, person } = known(deps, c.req.valid('param').id);
    const { customerNumber: asked } = c.req.valid('json');
    const number = asked === undefined ? person.number : numberIn(asked, 'customerNumber');
    if (number === null) throw numberMissing();
    return c.json(show(await chats.callInstead(id, number)), 200);
  });
}

function placeIn(key: readonly (string | number)[]): { createdAtMs: number; id: string } {
  return { createdAtMs: Number(key[0]), id: String(key[1]) };
}

function partyOf(by: { readonly agentId?: string | undefined }): ChatParty {
  return by.agentId === undefined ? { who: 'customer' } : { who: 'agent', agentId: by.agentId };
}

function numberMissing(): ApiError {
  const message = 'is needed: the person has said none';
  return new ApiError('REQUEST_INVALID', `customerNumber ${message}`, {
    issues: [{ field: 'customerNumber', code: 'REQUIRED', message }],
  });
}

/** @throws ApiError CHAT_UNKNOWN */
function known({ chats }: Deps, id: string): ChatRecord {
  const record = chats.get(id);
  if (record !== null) return record;
  throw new ApiError('CHAT_UNKNOWN', 'there is no such chat');
}

/** Place and expected wait while it is in line. */
export function placeOf(
  { router }: Pick<ApiDeps, 'router'>,
  record: Pick<ChatRecord, 'id' | 'queueId'>,
): { readonly position: number; readonly ewtSeconds: number } | null {
  const entry = router.entry(record.id);
  const queue = router.queue(record.queueId);
  if (entry === null || queue === null || entry.position === 0) return null;
  const { ewtSeconds } = waitAtPosition(queue, entry.position);
  return { position: entry.position, ewtSeconds };
}
