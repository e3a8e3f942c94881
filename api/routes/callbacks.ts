// /api/v1/callbacks: make, list, read, follow and cancel callbacks.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type {
  CallbackRecord,
  CallInRequest,
  CreateCallback,
  MoveCallback,
} from '../../callback/index.ts';
import type { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound, RingbackError } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { callbackPage } from '../listing/callbacks.ts';
import { listAnswer } from '../listing/page.ts';
import { beforeCallRoutes } from './before-call.ts';
import { callInRoutes } from './call-in.ts';
import { toE164 } from '../phone-number.ts';
import type { PushService } from '../push/service.ts';
import { ApiError, type FieldIssue } from '../problem.ts';
import {
  callbackEventView,
  callbackHistorySchema,
  callbackIdSchema,
  callbackPageSchema,
  callbackSchema,
  callbackView,
  createCallbackSchema,
  createHeadersSchema,
  listCallbacksSchema,
  moveCallbackSchema,
  type Place,
} from '../schemas/callbacks.ts';
import { problems } from '../schemas/common.ts';
import { checkMatch, tagsIn } from '../versions.ts';
import { waitAtPosition } from '../schemas/queues.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'router' | 'config' | 'clock' | 'prompts'>;

const TAGS = ['Callbacks'];
const ROOT = '/api/v1/callbacks';

const oneCallback = {
  description: 'The callback.',
  content: { 'application/json': { schema: callbackSchema } },
};

const createOne = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'createCallback',
  ...needs('callbacks.create'),
  summary: 'Promise a callback',
  description: 'When this answers 201 the promise is on disk and survives a restart.',
  tags: TAGS,
  request: {
    headers: createHeadersSchema,
    body: { required: true, content: { 'application/json': { schema: createCallbackSchema } } },
  },
  responses: {
    201: { ...oneCallback, description: 'Accepted. `Location` and `ETag` are set.' },
    ...problems(400, 404, 409, 413, 415, 503),
  },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listCallbacks',
  ...needs('callbacks.list'),
  summary: 'List callbacks, oldest first',
  tags: TAGS,
  request: { query: listCallbacksSchema },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: callbackPageSchema } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{id}`,
  operationId: 'getCallback',
  ...needs('callbacks.read'),
  summary: 'Read a callback',
  description: 'With `If-None-Match` of a callback that has no place in a queue: 304 if unchanged.',
  tags: TAGS,
  request: { params: callbackIdSchema },
  responses: { 200: oneCallback, 304: { description: 'Unchanged.' }, ...problems(400, 404) },
});

const history = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/events`,
  operationId: 'getCallbackEvents',
  ...needs('callbacks.read'),
  summary: 'Read the history of a callback',
  tags: TAGS,
  request: { params: callbackIdSchema },
  responses: {
    200: {
      description: 'All events, oldest first.',
      content: { 'application/json': { schema: callbackHistorySchema } },
    },
    ...problems(400, 404),
  },
});

const cancelAnswers = { 200: oneCallback, ...problems(400, 404, 409, 412, 503) };

const deleteOne = createRoute({
  method: 'delete',
  path: `${ROOT}/{id}`,
  operationId: 'deleteCallback',
  ...needs('callbacks.cancel'),
  summary: 'Cancel a callback',
  description: 'The same as `POST .../cancel`: the record stays readable.',
  tags: TAGS,
  request: { params: callbackIdSchema },
  responses: cancelAnswers,
});

const cancelOne = createRoute({
  method: 'post',
  path: `${ROOT}/{id}/cancel`,
  operationId: 'cancelCallback',
  ...needs('callbacks.cancel'),
  summary: 'Cancel a callback',
  description: 'A call that is being set up is ended. With `If-Match`: 412 if it has changed.',
  tags: TAGS,
  request: { params: callbackIdSchema },
  responses: cancelAnswers,
});

const moveOne = createRoute({
  method: 'patch',
  path: `${ROOT}/{id}`,
  operationId: 'moveCallback',
  ...needs('callbacks.change'),
  summary: 'Move a callback to another time, number or text',
  description:
    'While nobody is on the telephone for it. A later time is a later place; as soon as possible ' +
    'keeps the place it has. With `If-Match`: 412 if it has changed.',
  tags: TAGS,
  request: {
    params: callbackIdSchema,
    body: { required: true, content: { 'application/json': { schema: moveCallbackSchema } } },
  },
  responses: { 200: oneCallback, ...problems(400, 404, 409, 412, 413, 415, 503) },
});

export function callbackRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps, push: PushService): void {
  beforeCallRoutes(app, deps);
  callInRoutes(app, deps);
  app.openapi(createOne, async (c) => {
    const key = c.req.valid('header')['Idempotency-Key'] ?? null;
    const request = toRequest(deps, c.req.valid('json'), key);
    const { push: device } = c.req.valid('json');
    if (device !== undefined) push.checkChannel(device.channel);
    const { record, replayed } = await deps.callbacks.create(request).catch(namingItsField);
    if (device !== undefined) push.registerFirst(record.id, device);
    c.header('Location', `${ROOT}/${record.id}`);
    c.header('ETag', etagOf(record));
    if (replayed) c.header('Idempotency-Replayed', 'true');
    return c.json(shown(deps, record), 201);
  });
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const { items, nextCursor } = callbackPage(deps, query);
    const page = { items: items.map((record) => shown(deps, record)), nextCursor };
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(getOne, (c) => {
    const record = known(deps, c.req.valid('param').id);
    c.header('ETag', etagOf(record));
    const place = placeOf(deps, record);
    const unchanged = tagsIn(c.req.header('If-None-Match')).includes(etagOf(record));
    if (unchanged && place === null) return c.body(null, 304);
    return c.json(callbackView(record, place), 200);
  });
  app.openapi(history, (c) => {
    const { id } = known(deps, c.req.valid('param').id);
    return c.json({ items: deps.callbacks.history(id).map(callbackEventView) }, 200);
  });
  app.openapi(moveOne, async (c) => {
    const before = known(deps, c.req.valid('param').id);
    checkRevision(c, before);
    const change = toMove(deps, before.queueId, c.req.valid('json'));
    const record = await deps.callbacks.move(before.id, change).catch(namingItsField);
    return c.json(shown(deps, record), 200, { ETag: etagOf(record) });
  });
  const cancel = async (c: Context, id: string): Promise<CallbackRecord> => {
    checkRevision(c, known(deps, id));
    return deps.callbacks.cancel(id);
  };
  app.openapi(deleteOne, async (c) => {
    const record = await cancel(c, c.req.valid('param').id);
    return c.json(shown(deps, record), 200, { ETag: etagOf(record) });
  });
  app.openapi(cancelOne, async (c) => {
    const record = await cancel(c, c.req.valid('param').id);
    return c.json(shown(deps, record), 200, { ETag: etagOf(record) });
  });
}

/** Fields of a request that callback/ refuses by a rule of its own. */
const REFUSED_FIELDS: Readonly<Record<string, Pick<FieldIssue, 'field' | 'code'>>> = {
  CALLBACK_QUEUE_UNKNOWN: { field: 'queueId', code: 'NOT_ALLOWED' },
  CALLBACK_TIME_PAST: { field: 'desiredTime', code: 'OUT_OF_RANGE' },
  CALLBACK_TIME_TOO_FAR: { field: 'desiredTime', code: 'OUT_OF_RANGE' },
  CALLBACK_SLOT_FULL: { field: 'desiredTime', code: 'NOT_ALLOWED' },
  CALLBACK_QUIET_HOURS: { field: 'desiredTime', code: 'NOT_ALLOWED' },
  CALLBACK_TIME_ZONE_UNKNOWN: { field: 'timeZone', code: 'NOT_ALLOWED' },
  CALLBACK_CALL_IN_OFF: { field: 'origination', code: 'NOT_ALLOWED' },
};

/** Throws the error again; one about a field of the request says which. */
function namingItsField(error: unknown): never {
  const refused = error instanceof RingbackError ? REFUSED_FIELDS[error.code] : undefined;
  if (!(error instanceof RingbackError) || refused === undefined) throw error;
  const { code, message, fields } = error;
  const issue = { ...refused, pointer: `#/${refused.field}`, message };
  throw new ApiError(code, message, { fields, issues: [issue], cause: error });
}

function known({ callbacks }: Deps, id: string): CallbackRecord {
  const record = callbacks.get(id);
  if (record === null) throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
  return record;
}

function shown(deps: Deps, record: CallbackRecord): z.output<typeof callbackSchema> {
  return callbackView(record, placeOf(deps, record));
}

/** Place and wait, while the callback has a place and nobody is being dialled for it. */
function placeOf({ router }: Deps, record: CallbackRecord): Place | null {
  if (record.state !== 'queued') return null;
  const entry = router.entry(record.id);
  const queue = router.queueWait(record.queueId);
  if (entry === null || queue === null || entry.position === 0) return null;
  return { position: entry.position, estimatedWait: waitAtPosition(queue, entry.position) };
}

/** How a leg was heard is known after the last step: it makes another version, too. */
function etagOf({ revision, attempts }: CallbackRecord): string {
  const measured = attempts.reduce((sum, { quality = [] }) => sum + quality.length, 0);
  return measured === 0 ? `"${revision}"` : `"${revision}.${measured}"`;
}

function checkRevision(c: Context, record: CallbackRecord): void {
  checkMatch(c, etagOf(record), { revision: record.revision });
}

/** @throws ApiError for numbers and times that are not accepted */
function toRequest(
  deps: Deps,
  body: z.output<typeof createCallbackSchema>,
  idempotencyKey: string | null,
): CreateCallback {
  return {
    queueId: body.queueId,
    customerNumber: toE164(body.customerNumber, deps.config.defaultCountry, 'customerNumber'),
    desiredTimeMs: desiredTimeMs(deps, body.queueId, body.desiredTime),
    arrivedAtMs: null,
    priority: body.priority ?? null,
    dialMode: body.dialMode ?? null,
    firstParty: body.firstParty ?? null,
    maxAttempts: body.maxAttempts ?? null,
    retryGapSeconds: body.retryGapSeconds ?? null,
    requiredSkills: body.requiredSkills ?? [],
    userData: body.userData ?? {},
    timeZone: body.timeZone ?? null,
    ...callInOf(body),
    ...agentOf(deps, body),
    ...languageOf(deps, body.language),
    idempotencyKey,
  };
}

/** @throws ApiError REQUEST_INVALID */
function callInOf({ origination = 'us', callIn }: z.output<typeof createCallbackSchema>): {
  readonly callIn?: CallInRequest;
} {
  if (origination === 'customer') {
    const { opens = 'turn', callWithinSeconds = null, whenNotCalled = null } = callIn ?? {};
    const { withCode = null, codeDigits = null } = callIn ?? {};
    return { callIn: { opens, callWithinSeconds, whenNotCalled, withCode, codeDigits } };
  }
  if (callIn === undefined) return {};
  const message = 'needs `origination: customer`';
  throw new ApiError('REQUEST_INVALID', `callIn ${message}`, {
    issues: [{ field: 'callIn', pointer: '#/callIn', code: 'NOT_ALLOWED', message }],
  });
}

/** @throws ApiError for numbers and times that are not accepted */
function toMove(
  deps: Deps,
  queueId: string,
  body: z.output<typeof moveCallbackSchema>,
): MoveCallback {
  const { desiredTime, customerNumber, timeZone, priority, userData } = body;
  return {
    ...(desiredTime === undefined
      ? {}
      : { desiredTimeMs: desiredTimeMs(deps, queueId, desiredTime ?? undefined) }),
    ...(customerNumber === undefined
      ? {}
      : { customerNumber: toE164(customerNumber, deps.config.defaultCountry, 'customerNumber') }),
    ...(timeZone === undefined ? {} : { timeZone }),
    ...(priority === undefined ? {} : { priority }),
    ...(userData === undefined ? {} : { userData }),
  };
}

/** @throws ApiError ROUTING_AGENT_UNKNOWN, REQUEST_INVALID */
function agentOf(
  { router }: Deps,
  { agentId, agentStrict }: z.output<typeof createCallbackSchema>,
): { agentId?: string; agentStrict?: boolean } {
  if (agentId === undefined) return {};
  if (router.agent(agentId) === null) {
    const message = 'is not an agent';
    throw new ApiError('ROUTING_AGENT_UNKNOWN', `agentId ${message}`, {
      fields: { agentId },
      issues: [{ field: 'agentId', pointer: '#/agentId', code: 'NOT_ALLOWED', message }],
    });
  }
  return { agentId, agentStrict: agentStrict ?? false };
}

/** @throws ApiError LANGUAGE_UNKNOWN */
function languageOf({ prompts }: Deps, language: string | undefined): { language?: string } {
  if (language === undefined) return {};
  const known = prompts.languages();
  if (known.includes(language)) return { language };
  const message = `is not among ${known.join(', ')}`;
  throw new ApiError('LANGUAGE_UNKNOWN', `language ${message}`, {
    fields: { language, known: known.join(', ') },
    issues: [{ field: 'language', pointer: '#/language', code: 'NOT_ALLOWED', message }],
  });
}

/**
 * How far ahead is a matter of the queue; that it is not past is the callback's own rule, which
 * must not see a repeated request (same idempotency key) as late.
 */
export function desiredTimeMs(
  deps: Pick<Deps, 'config' | 'clock'>,
  queueId: string,
  desired: string | undefined,
): number | null {
  if (desired === undefined) return null;
  const atMs = Date.parse(desired);
  const queue = deps.config.queues.find((candidate) => candidate.id === queueId);
  const aheadSeconds = queue?.callback.maxScheduleAheadSeconds ?? 0;
  if (queue === undefined || atMs <= deps.clock.nowMs() + aheadSeconds * 1_000) return atMs;
  const message = `is more than ${aheadSeconds} s ahead`;
  throw new ApiError('CALLBACK_TIME_TOO_FAR', `desiredTime ${message}`, {
    fields: { maxScheduleAheadSeconds: aheadSeconds },
    issues: [{ field: 'desiredTime', pointer: '#/desiredTime', code: 'OUT_OF_RANGE', message }],
  });
}
