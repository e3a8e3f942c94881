// /api/v1/calls/{id}/...: what operators do with a live call.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { Control } from '../../callback/index.ts';
import { notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import { mixKindOf } from '../calls-view.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { toE164 } from '../phone-number.ts';
import { ApiError } from '../problem.ts';
import {
  digitsSchema,
  holdSchema,
  interactionIdSchema,
  monitorSchema,
  playSchema,
  recordingActionSchema,
} from '../schemas/calls.ts';
import { problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'callbacks' | 'config' | 'operators' | 'prompts' | 'router'>;

const TAGS = ['Calls'];
const ROOT = '/api/v1/calls/{id}';
const answers = { 204: { description: 'Done.' }, ...problems(400, 404, 409, 413, 415) } as const;

function bodyOf<Schema extends z.ZodType>(schema: Schema) {
  return { required: true, content: { 'application/json': { schema } } } as const;
}

const monitor = createRoute({
  method: 'post',
  path: `${ROOT}/monitor`,
  operationId: 'monitorCall',
  ...needs('calls.monitor'),
  summary: 'Listen in, whisper to the agent, or take part',
  description: 'Calls the supervisor, who hears customer and agent once there.',
  tags: TAGS,
  request: { params: interactionIdSchema, body: bodyOf(monitorSchema) },
  responses: answers,
});

const endMonitor = createRoute({
  method: 'delete',
  path: `${ROOT}/monitor`,
  operationId: 'endMonitor',
  ...needs('calls.monitor'),
  summary: 'Send the supervisor away',
  tags: TAGS,
  request: { params: interactionIdSchema },
  responses: answers,
});

const hangUp = createRoute({
  method: 'post',
  path: `${ROOT}/hangup`,
  operationId: 'hangUpCall',
  ...needs('calls.control'),
  summary: 'End a call',
  description: 'As if the customer had hung up; a callback not answered yet is cancelled.',
  tags: TAGS,
  request: { params: interactionIdSchema },
  responses: { ...answers, ...problems(503) },
});

const play = createRoute({
  method: 'post',
  path: `${ROOT}/play`,
  operationId: 'playToCall',
  ...needs('calls.control'),
  summary: 'Play a prompt into a conversation',
  tags: TAGS,
  request: { params: interactionIdSchema, body: bodyOf(playSchema) },
  responses: answers,
});

const digits = createRoute({
  method: 'post',
  path: `${ROOT}/dtmf`,
  operationId: 'sendDigits',
  ...needs('calls.control'),
  summary: 'Press keys towards customer or agent',
  tags: TAGS,
  request: { params: interactionIdSchema, body: bodyOf(digitsSchema) },
  responses: answers,
});

const hold = createRoute({
  method: 'post',
  path: `${ROOT}/hold`,
  operationId: 'holdCall',
  ...needs('calls.control'),
  summary: 'Put the customer on hold, or take the customer back',
  tags: TAGS,
  request: { params: interactionIdSchema, body: bodyOf(holdSchema) },
  responses: answers,
});

const recording = createRoute({
  method: 'post',
  path: `${ROOT}/recording/{action}`,
  operationId: 'pauseRecording',
  ...needs('calls.control'),
  summary: 'Pause or resume the recording of a conversation',
  description: 'What is said meanwhile is silence of the same length.',
  tags: TAGS,
  request: { params: recordingActionSchema },
  responses: answers,
});

export function callControlRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(monitor, (c) => {
    const { agentId, number, mode } = c.req.valid('json');
    const control = controlOf(deps, c.req.valid('param').id);
    control.supervise(targetOf(deps, agentId, number), mixKindOf(mode));
    return c.body(null, 204);
  });
  app.openapi(endMonitor, (c) => {
    controlOf(deps, c.req.valid('param').id).endSupervision();
    return c.body(null, 204);
  });
  app.openapi(hangUp, async (c) => {
    const { id } = c.req.valid('param');
    if (deps.operators.hangUp(id)) return c.body(null, 204);
    if (deps.callbacks.get(id) === null) throw unknownCall(id);
    await deps.callbacks.cancel(id);
    return c.body(null, 204);
  });
  app.openapi(play, (c) => {
    const { id } = c.req.valid('param');
    const { prompt, to } = c.req.valid('json');
    const control = controlOf(deps, id);
    if (!deps.prompts.knows(prompt)) {
      throw new ApiError('PROMPT_UNKNOWN', 'there is no such prompt', { fields: { prompt } });
    }
    control.play(deps.prompts.sources(prompt, id), to);
    return c.body(null, 204);
  });
  app.openapi(digits, (c) => {
    const { digits: keys, to } = c.req.valid('json');
    controlOf(deps, c.req.valid('param').id).pressKeys(keys, to);
    return c.body(null, 204);
  });
  app.openapi(hold, (c) => {
    controlOf(deps, c.req.valid('param').id).hold(c.req.valid('json').on);
    return c.body(null, 204);
  });
  app.openapi(recording, (c) => {
    const { id, action } = c.req.valid('param');
    controlOf(deps, id).pauseRecording(action === 'pause');
    return c.body(null, 204);
  });
}

/** @throws RingbackError CALL_UNKNOWN */
function controlOf({ operators }: Deps, id: string): Control {
  const found = operators.control(id);
  if (found === null) throw unknownCall(id);
  return found;
}

function unknownCall(interactionId: string): Error {
  return notFound('CALL_UNKNOWN', 'there is no such call now', { interactionId });
}

/** Whom to call; null: nobody new. @throws RingbackError ROUTING_AGENT_UNKNOWN */
function targetOf(
  { router, config }: Deps,
  agentId: string | undefined,
  number: string | undefined,
): Parameters<Control['supervise']>[0] {
  if (number !== undefined) {
    const e164 = toE164(number, config.defaultCountry, 'number');
    return { kind: 'number', number: e164, trunk: null };
  }
  if (agentId === undefined) return null;
  const agent = router.agent(agentId);
  if (agent === null) throw notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
  return { kind: 'user', username: agent.username };
}
