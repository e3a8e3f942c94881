// SIP messages as they stood on the wire: of one call, or found by number or Call-ID.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from '@hono/zod-openapi';
import type { TracedMessage } from '../../sip/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { interactionIdSchema } from '../schemas/calls.ts';
import { isoTime, problems } from '../schemas/common.ts';
import { messagesQuerySchema, sipMessageListSchema, tracesQuerySchema } from '../schemas/traces.ts';
import { viewedLine, viewedText } from '../trace-view.ts';

type Deps = Pick<ApiDeps, 'callIds' | 'traces' | 'log'>;
type Found = z.output<typeof sipMessageListSchema>;

const ofCall = createRoute({
  method: 'get',
  path: '/api/v1/calls/{id}/messages',
  operationId: 'listCallMessages',
  ...needs('traces.read'),
  summary: 'Read the SIP messages of a call',
  description: 'Of all its legs in order; also of calls that ended a while ago. Needs `sip.trace`.',
  tags: ['Calls'],
  request: { params: interactionIdSchema, query: messagesQuerySchema },
  responses: {
    200: {
      description: 'The messages, the first one first.',
      content: { 'application/json': { schema: sipMessageListSchema } },
    },
    ...problems(400, 404),
  },
});

const search = createRoute({
  method: 'get',
  path: '/api/v1/traces',
  operationId: 'findMessages',
  ...needs('traces.read'),
  summary: 'Find SIP messages by number or Call-ID',
  description: 'Among those kept: the last 2,000 calls and registrations. Needs `sip.trace`.',
  tags: ['Calls'],
  request: { query: tracesQuerySchema },
  responses: {
    200: {
      description: 'All messages of the calls found, of the newest ones if there are too many.',
      content: { 'application/json': { schema: sipMessageListSchema } },
    },
    ...problems(400, 404),
  },
});

export function traceRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(ofCall, (c) => {
    const { id } = c.req.valid('param');
    const messages = kept(deps).messagesOf(deps.callIds(id));
    if (messages.length === 0) {
      throw new ApiError('CALL_UNKNOWN', 'no SIP messages of such a call are kept', {
        fields: { interactionId: id },
      });
    }
    const wanted = c.req.valid('query');
    const first = messages.slice(0, wanted.limit);
    return c.json(answer(first, messages.length > wanted.limit, wanted.numbers, c, deps), 200);
  });
  app.openapi(search, (c) => {
    const { number, callId, ...wanted } = c.req.valid('query');
    const traces = kept(deps);
    const callIds = callId === undefined ? traces.callIdsOf(number ?? '') : [callId];
    const messages = traces.messagesOf(callIds);
    const newest = messages.slice(-wanted.limit);
    return c.json(answer(newest, messages.length > wanted.limit, wanted.numbers, c, deps), 200);
  });
}

function kept({ traces }: Deps): NonNullable<Deps['traces']> {
  if (traces === null) throw new ApiError('TRACE_OFF', 'SIP messages are not kept');
  return traces;
}

function answer(
  messages: readonly TracedMessage[],
  truncated: boolean,
  numbers: 'masked' | 'full',
  c: Context<ApiEnv>,
  { log }: Deps,
): Found {
  const withNumbers = numbers === 'full';
  if (withNumbers) {
    const [requestId, keyName] = [c.get('requestId'), c.get('keyName') ?? null];
    log.info('numbers-shown', { requestId, keyName, messages: messages.length });
  }
  const items = messages.map(({ atMs, startLine, text, ...message }) => ({
    at: isoTime(atMs),
    ...message,
    startLine: viewedLine(startLine, withNumbers),
    text: viewedText(text, withNumbers),
  }));
  return { items, truncated };
}
