// /api/v1/callbacks/{id}/push: devices that are told when something happens to a callback.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import type { PushService } from '../push/service.ts';
import { callbackIdSchema } from '../schemas/callbacks.ts';
import { problems } from '../schemas/common.ts';
import {
  deviceIdSchema,
  deviceListSchema,
  deviceSchema,
  deviceView,
  dryRunSchema,
  dryRunView,
  registerDeviceSchema,
} from '../schemas/push.ts';

const ROOT = '/api/v1/callbacks/{id}/push';
const TAGS = ['Callbacks'];

const register = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'registerDevice',
  ...needs('push.manage'),
  summary: 'Have a device told when something happens to the callback',
  description: 'Until the callback is completed; what is said stands in `push.messages`.',
  tags: TAGS,
  request: {
    params: callbackIdSchema,
    body: { required: true, content: { 'application/json': { schema: registerDeviceSchema } } },
  },
  responses: {
    200: {
      description: 'With `validateOnly`: what the check found.',
      content: { 'application/json': { schema: dryRunSchema } },
    },
    201: {
      description: 'Registered.',
      content: { 'application/json': { schema: deviceSchema } },
    },
    ...problems(400, 404, 409, 413, 415),
  },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listDevices',
  ...needs('push.manage'),
  summary: 'List the devices of a callback',
  tags: TAGS,
  request: { params: callbackIdSchema },
  responses: {
    200: {
      description: 'Without their targets.',
      content: { 'application/json': { schema: deviceListSchema } },
    },
    ...problems(400, 404),
  },
});

const remove = createRoute({
  method: 'delete',
  path: `${ROOT}/{deviceId}`,
  operationId: 'removeDevice',
  ...needs('push.manage'),
  summary: 'Tell a device nothing more',
  tags: TAGS,
  request: { params: deviceIdSchema },
  responses: { 204: { description: 'Gone.' }, ...problems(400, 404) },
});

export function pushRoutes(app: OpenAPIHono<ApiEnv>, push: PushService): void {
  app.openapi(register, async (c) => {
    const { id } = c.req.valid('param');
    const { validateOnly, ...request } = c.req.valid('json');
    if (validateOnly === true) return c.json(dryRunView(await push.dryRun(id, request)), 200);
    return c.json(deviceView(push.register(id, request)), 201);
  });
  app.openapi(list, (c) => {
    return c.json({ items: push.devices(c.req.valid('param').id).map(deviceView) }, 200);
  });
  app.openapi(remove, (c) => {
    const { id, deviceId } = c.req.valid('param');
    push.remove(id, deviceId);
    return c.body(null, 204);
  });
}
