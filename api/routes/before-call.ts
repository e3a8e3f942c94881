// What is asked before the call and said after it: previews of agents, the customer's "ready", and
// dispositions.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Answer, CallbackRecord } from '../../callback/index.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { agentIdSchema } from '../schemas/agents.ts';
import { callbackIdSchema, callbackSchema, callbackView } from '../schemas/callbacks.ts';
import { problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'router'>;

const snoozeMinutes = () => z.number().int().min(1).max(1_440);

const readySchema = z
  .strictObject({
    ready: z.boolean().optional().openapi({ description: 'false: do not call any more.' }),
    snoozeMinutes: snoozeMinutes().optional().openapi({ description: 'Ask again no sooner.' }),
  })
  .refine(
    ({ ready, snoozeMinutes: minutes }) => (ready === undefined) !== (minutes === undefined),
    'either ready or snoozeMinutes',
  )
  .openapi('Ready', { example: { ready: true } });

const previewAnswerSchema = z
  .strictObject({
    decision: z.enum(['accept', 'reject', 'snooze']),
    snoozeMinutes: snoozeMinutes().optional().openapi({ description: 'With `snooze`; else 15.' }),
  })
  .openapi('PreviewAnswer');

const dispositionSchema = z
  .strictObject({
    outcome: z.string().min(1).max(64).openapi({ example: 'sold' }),
    notes: z.string().max(4_000).default(''),
  })
  .openapi('Disposition');

const oneCallback = {
  description: 'The callback.',
  content: { 'application/json': { schema: callbackSchema } },
};

const answers = { 200: oneCallback, ...problems(400, 404, 409, 413, 415, 503) };

const readyOne = createRoute({
  method: 'post',
  path: '/api/v1/callbacks/{id}/ready',
  operationId: 'answerReady',
  ...needs('callbacks.change'),
  summary: 'Answer for the customer who is asked before the call',
  description: 'While `asked.who` of the callback is `customer` (event `ready-asked`).',
  tags: ['Callbacks'],
  request: {
    params: callbackIdSchema,
    body: { required: true, content: { 'application/json': { schema: readySchema } } },
  },
  responses: answers,
});

const disposeOne = createRoute({
  method: 'post',
  path: '/api/v1/callbacks/{id}/disposition',
  operationId: 'disposeCallback',
  ...needs('callbacks.dispose'),
  summary: "Keep the agent's word on the conversation",
  description: 'During or after it; the last one counts.',
  tags: ['Callbacks'],
  request: {
    params: callbackIdSchema,
    body: { required: true, content: { 'application/json': { schema: dispositionSchema } } },
  },
  responses: answers,
});

const readPreview = createRoute({
  method: 'get',
  path: '/api/v1/agents/{id}/preview',
  operationId: 'getPreview',
  ...needs('agents.act'),
  summary: 'Read the callback an agent is to decide on',
  tags: ['Agents'],
  request: { params: agentIdSchema },
  responses: { 200: oneCallback, ...problems(400, 404, 409) },
});

const answerPreview = createRoute({
  method: 'post',
  path: '/api/v1/agents/{id}/preview',
  operationId: 'answerPreview',
  ...needs('agents.act'),
  summary: 'Accept, reject or snooze the callback shown to an agent',
  tags: ['Agents'],
  request: {
    params: agentIdSchema,
    body: { required: true, content: { 'application/json': { schema: previewAnswerSchema } } },
  },
  responses: answers,
});

const DEFAULT_SNOOZE_MINUTES = 15;

export function beforeCallRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { callbacks } = deps;
  app.openapi(readyOne, async (c) => {
    const { ready, snoozeMinutes: minutes } = c.req.valid('json');
    const answer: Answer =
      minutes === undefined
        ? { by: 'customer', says: ready === true ? 'yes' : 'no' }
        : { by: 'customer', says: 'later', minutes };
    const record = await callbacks.answer(c.req.valid('param').id, answer);
    return c.json(callbackView(record, null), 200);
  });
  app.openapi(disposeOne, async (c) => {
    const record = await callbacks.dispose(c.req.valid('param').id, c.req.valid('json'));
    return c.json(callbackView(record, null), 200);
  });
  app.openapi(readPreview, (c) => {
    return c.json(callbackView(shownTo(deps, c.req.valid('param').id), null), 200);
  });
  app.openapi(answerPreview, async (c) => {
    const agentId = c.req.valid('param').id;
    const { decision, snoozeMinutes: minutes } = c.req.valid('json');
    const by = { by: 'agent', agentId } as const;
    const answer: Answer =
      decision === 'snooze'
        ? { ...by, says: 'later', minutes: minutes ?? DEFAULT_SNOOZE_MINUTES }
        : { ...by, says: decision === 'accept' ? 'yes' : 'no' };
    const record = await callbacks.answer(shownTo(deps, agentId).id, answer);
    return c.json(callbackView(record, null), 200);
  });
}

/** @throws RingbackError ROUTING_AGENT_UNKNOWN, CALLBACK_NOT_ASKED */
function shownTo({ callbacks, router }: Deps, agentId: string): CallbackRecord {
  const agent = router.agent(agentId);
  if (agent === null) throw notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
  const record = agent.interactionId === null ? null : callbacks.get(agent.interactionId);
  if (record?.asked?.agentId === agentId) return record;
  throw conflict('CALLBACK_NOT_ASKED', 'the agent is not shown a callback', { agentId });
}
