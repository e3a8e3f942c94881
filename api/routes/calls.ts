// /api/v1/calls: who is on the line now, and the SIP ladder of a call.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { CallbackRecord, CallbackStateName } from '../../callback/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv, LiveCaller } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { operatorsView, type OperatorsView } from '../calls-view.ts';
import { listAnswer, pageOf, type ListRules } from '../listing/page.ts';
import { toE164 } from '../phone-number.ts';
import {
  callListSchema,
  interactionIdSchema,
  listCallsSchema,
  type callSchema,
} from '../schemas/calls.ts';
import { isoTime, problems } from '../schemas/common.ts';

type Deps = Pick<
  ApiDeps,
  'callbacks' | 'config' | 'liveCallers' | 'callIds' | 'ladder' | 'operators' | 'clock'
>;
type Known = Omit<Call, keyof OperatorsView | 'durationSeconds'>;
type Call = z.output<typeof callSchema>;

const TAGS = ['Calls'];
const ROOT = '/api/v1/calls';

/** Most callbacks shown in each state; more are never handled at once by one process. */
const MAX_SHOWN = 1_000;

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listCalls',
  ...needs('calls.read'),
  summary: 'List callbacks being handled and callers on the line',
  tags: TAGS,
  request: { query: listCallsSchema },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: callListSchema } },
    },
    ...problems(400),
  },
});

const ladder = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/ladder`,
  operationId: 'getCallLadder',
  ...needs('traces.read'),
  summary: 'Draw the SIP messages of a call',
  description: 'Also of calls that ended a short while ago. Needs `sip.trace`.',
  tags: TAGS,
  request: { params: interactionIdSchema },
  responses: {
    200: {
      description: 'A drawing.',
      content: { 'image/svg+xml': { schema: { type: 'string' } } },
    },
    ...problems(400, 404),
  },
});

const CALL_LIST: ListRules<Known> = {
  name: 'calls',
  idOf: ({ interactionId }) => interactionId,
  sorts: { since: ({ since }) => since, interactionId: ({ interactionId }) => interactionId },
};

/** @throws ApiError for a number that cannot be one */
function isMeant(
  { kind, queueId, state, agentId, customerNumber }: z.output<typeof listCallsSchema>,
  { config }: Deps,
): (call: Known) => boolean {
  const number =
    customerNumber === undefined
      ? undefined
      : toE164(customerNumber, config.defaultCountry, 'customerNumber');
  const wanted = { kind, queueId, state, agentId, customerNumber: number };
  const asked = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return (call) => asked.every(([name, value]) => call[name as keyof typeof wanted] === value);
}

export function callRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(list, async (c) => {
    const query = c.req.valid('query');
    const known = [...handledCallbacks(deps), ...deps.liveCallers.list().map(liveView(deps))];
    const page = pageOf(known.filter(isMeant(query, deps)), query, CALL_LIST);
    const nowMs = deps.clock.nowMs();
    const items = page.items.map(async (call): Promise<Call> => ({
      ...call,
      durationSeconds: Math.max(0, Math.floor((nowMs - Date.parse(call.since)) / 1_000)),
      ...(await operatorsView(deps.operators.control(call.interactionId))),
    }));
    const shown = { items: await Promise.all(items), nextCursor: page.nextCursor };
    return c.json(listAnswer(c, shown, query.fields), 200);
  });
  app.openapi(ladder, (c) => {
    if (deps.ladder === null) throw new ApiError('TRACE_OFF', 'SIP messages are not kept');
    const { id } = c.req.valid('param');
    const svg = deps.ladder(deps.callIds(id));
    if (svg === null) {
      throw new ApiError('CALL_UNKNOWN', 'no SIP messages of such a call are kept', {
        fields: { interactionId: id },
      });
    }
    return c.body(svg, 200, {
      'Content-Type': 'image/svg+xml',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
    });
  });
}

function handledCallbacks(deps: Deps): Known[] {
  const states: readonly CallbackStateName[] = ['dialing', 'routing', 'connected'];
  return states
    .flatMap((state) => deps.callbacks.list({ state, limit: MAX_SHOWN }).records)
    .map((record) => callbackCall(record, deps));
}

function callbackCall(record: CallbackRecord, deps: Deps): Known {
  const attempt = record.attempts.at(-1);
  return {
    interactionId: record.id,
    kind: 'callback',
    queueId: record.queueId,
    state: record.state,
    since: isoTime(attempt?.startedAtMs ?? record.createdAtMs),
    customerNumber: record.customerNumber,
    agentId: attempt?.agentId ?? null,
    sipCallIds: [...deps.callIds(record.id)],
  };
}

const liveView =
  (deps: Deps) =>
  (caller: LiveCaller): Known => ({
    interactionId: caller.interactionId,
    kind: 'live',
    queueId: caller.queueId,
    state: caller.state,
    since: isoTime(caller.sinceMs),
    customerNumber: caller.callerNumber,
    agentId: caller.agentId,
    sipCallIds: [...deps.callIds(caller.interactionId)],
  });
