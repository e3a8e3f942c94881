// /api/v1/callbacks/{id}/links: a link by which a customer sees to the own callback.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { conflict, notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { callbackIdSchema } from '../schemas/callbacks.ts';
import { isoTime, problems } from '../schemas/common.ts';
import { LINK_ACTIONS, tokenOf } from '../self/links.ts';

const DEFAULT_HOURS = 72;
const HOUR_MS = 3_600_000;

const createLinkSchema = z
  .strictObject({
    actions: z
      .array(z.enum(LINK_ACTIONS))
      .min(1)
      .max(LINK_ACTIONS.length)
      .default([...LINK_ACTIONS])
      .openapi({ description: 'What the customer may do; `view` always.' }),
    hours: z.number().int().min(1).max(2_160).default(DEFAULT_HOURS).openapi({
      description: 'It ends after this, and with the callback.',
    }),
  })
  .openapi('CreateLink');

const linkSchema = z
  .object({
    path: z.string().openapi({ description: 'Below the address by which customers reach us.' }),
    url: z.string().nullable().openapi({ description: 'null: `http.publicUrl` is not set.' }),
    actions: z.array(z.enum(LINK_ACTIONS)),
    expiresAt: z.string(),
  })
  .openapi('Link');

const createLink = createRoute({
  method: 'post',
  path: '/api/v1/callbacks/{id}/links',
  operationId: 'createLink',
  ...needs('callbacks.change'),
  summary: 'Make a link for the customer of a callback',
  description: 'Who has it may see, move or cancel this callback, without an account.',
  tags: ['Callbacks'],
  request: {
    params: callbackIdSchema,
    body: { required: false, content: { 'application/json': { schema: createLinkSchema } } },
  },
  responses: {
    201: { description: 'The link.', content: { 'application/json': { schema: linkSchema } } },
    ...problems(400, 404, 409, 413, 415),
  },
});

type Deps = Pick<ApiDeps, 'access' | 'callbacks' | 'clock' | 'config'>;

export function linkRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(createLink, (c) => {
    const { id } = c.req.valid('param');
    const record = deps.callbacks.get(id);
    if (record === null) throw notFound('CALLBACK_UNKNOWN', 'there is no such callback', { id });
    if (record.state === 'completed') throw conflict('CALLBACK_COMPLETED', 'it is over', { id });
    const { actions = [...LINK_ACTIONS], hours = DEFAULT_HOURS } = c.req.valid('json');
    const expiresAtMs = Math.floor((deps.clock.nowMs() + hours * HOUR_MS) / 1_000) * 1_000;
    const token = tokenOf({ callbackId: id, expiresAtMs, actions }, deps.access.linkSecret);
    const path = `/self/${token}`;
    c.set('isAnswerSecret', true);
    const { publicUrl } = deps.config.http;
    const url = publicUrl === null ? null : `${publicUrl}${path}`;
    return c.json({ path, url, actions, expiresAt: isoTime(expiresAtMs) }, 201);
  });
}
