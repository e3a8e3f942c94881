// /api/v1/webhooks: make, change, test and delete webhooks; read and replay their deliveries.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { z } from '@hono/zod-openapi';
import { needs } from '../access/permit.ts';
import type { ApiEnv } from '../deps.ts';
import type { Webhook } from '../events/store.ts';
import type { Webhooks } from '../events/webhooks.ts';
import { cursorKey, cursorText } from '../listing/cursor.ts';
import { listAnswer, pageOf, questionOf, type ListRules } from '../listing/page.ts';
import { isAsked, msOf } from '../listing/query.ts';
import { problems } from '../schemas/common.ts';
import { checkMatch, etagOf } from '../versions.ts';
import {
  changeWebhookSchema,
  createWebhookSchema,
  deliveryIdSchema,
  deliveryListSchema,
  deliverySchema,
  deliveryView,
  listDeliveriesSchema,
  listWebhooksSchema,
  testResultSchema,
  webhookIdSchema,
  webhookListSchema,
  webhookSchema,
  webhookView,
  webhookWithSecretSchema,
} from '../schemas/webhooks.ts';

const ROOT = '/api/v1/webhooks';
const TAGS = ['Webhooks'];

const json = <S>(description: string, schema: S) => ({
  description,
  content: { 'application/json': { schema } },
});

const params = webhookIdSchema;

const create = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'createWebhook',
  ...needs('webhooks.manage'),
  summary: 'Have events sent to a URL',
  description: 'The secret that signs deliveries is in this answer and in no other.',
  tags: TAGS,
  request: { body: { required: true, ...json('The webhook.', createWebhookSchema) } },
  responses: {
    201: json('Made; deliveries go out from now on.', webhookWithSecretSchema),
    ...problems(400, 409, 413, 415),
  },
});

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listWebhooks',
  ...needs('webhooks.manage'),
  summary: 'List webhooks, oldest first',
  tags: TAGS,
  request: { query: listWebhooksSchema },
  responses: { 200: json('One page.', webhookListSchema), ...problems(400) },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{id}`,
  operationId: 'getWebhook',
  ...needs('webhooks.manage'),
  summary: 'Read a webhook',
  tags: TAGS,
  request: { params },
  responses: { 200: json('The webhook.', webhookSchema), ...problems(400, 404) },
});

const change = createRoute({
  method: 'patch',
  path: `${ROOT}/{id}`,
  operationId: 'changeWebhook',
  ...needs('webhooks.manage'),
  summary: 'Change URL, filter or text of a webhook, pause it or go on',
  description: 'A paused one keeps its place in the log of callback events.',
  tags: TAGS,
  request: { params, body: { required: true, ...json('The change.', changeWebhookSchema) } },
  responses: { 200: json('As it is now.', webhookSchema), ...problems(400, 404, 412, 413, 415) },
});

const remove = createRoute({
  method: 'delete',
  path: `${ROOT}/{id}`,
  operationId: 'deleteWebhook',
  ...needs('webhooks.manage'),
  summary: 'Delete a webhook and its deliveries',
  tags: TAGS,
  request: { params },
  responses: { 204: { description: 'Gone.' }, ...problems(400, 404, 412) },
});

const rotate = createRoute({
  method: 'post',
  path: `${ROOT}/{id}/rotate-secret`,
  operationId: 'rotateWebhookSecret',
  ...needs('webhooks.manage'),
  summary: 'Make a new secret',
  description: 'For a time deliveries carry the signatures of both.',
  tags: TAGS,
  request: { params },
  responses: { 200: json('With the new secret.', webhookWithSecretSchema), ...problems(400, 404) },
});

const test = createRoute({
  method: 'post',
  path: `${ROOT}/{id}/test`,
  operationId: 'testWebhook',
  ...needs('webhooks.manage'),
  summary: 'Send a test event now',
  tags: TAGS,
  request: { params },
  responses: { 200: json('What came of it.', testResultSchema), ...problems(400, 404) },
});

const deliveries = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/deliveries`,
  operationId: 'listWebhookDeliveries',
  ...needs('webhooks.manage'),
  summary: 'List deliveries, newest first',
  tags: TAGS,
  request: { params, query: listDeliveriesSchema },
  responses: { 200: json('The newest ones.', deliveryListSchema), ...problems(400, 404) },
});

const replay = createRoute({
  method: 'post',
  path: `${ROOT}/{id}/deliveries/{deliveryId}/replay`,
  operationId: 'replayWebhookDelivery',
  ...needs('webhooks.manage'),
  summary: 'Make a delivery again',
  tags: TAGS,
  request: { params: deliveryIdSchema },
  responses: { 200: json('It is pending.', deliverySchema), ...problems(400, 404, 409) },
});

const WEBHOOK_LIST: ListRules<z.output<typeof webhookSchema>> = {
  name: 'webhooks',
  idOf: ({ id }) => id,
  sorts: { createdAt: ({ createdAt }) => createdAt, url: ({ url }) => url },
};

/** What was asked for; how far it is in the log makes no other version. */
function versionOf({ id, url, description, filter, active }: Webhook): string {
  return etagOf([id, url, description, filter, active]);
}

export function webhookRoutes(app: OpenAPIHono<ApiEnv>, webhooks: Webhooks): void {
  const shown = (webhook: Webhook) => webhookView(webhook, webhooks.pending(webhook.id));
  const withSecret = (c: Context<ApiEnv>, webhook: Webhook) => {
    c.set('isAnswerSecret', true);
    return { ...shown(webhook), secret: webhook.secret };
  };
  app.openapi(create, (c) => {
    const webhook = webhooks.create(c.req.valid('json'));
    const headers = { Location: `${ROOT}/${webhook.id}`, ETag: versionOf(webhook) };
    return c.json(withSecret(c, webhook), 201, headers);
  });
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const found = webhooks.list().filter(({ active }) => isAsked(query.active, active));
    const page = pageOf(found.map(shown), query, WEBHOOK_LIST);
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(getOne, (c) => {
    const webhook = webhooks.get(c.req.valid('param').id);
    return c.json(shown(webhook), 200, { ETag: versionOf(webhook) });
  });
  app.openapi(change, (c) => {
    const { id } = c.req.valid('param');
    checkMatch(c, versionOf(webhooks.get(id)));
    const changed = webhooks.change(id, c.req.valid('json'));
    return c.json(shown(changed), 200, { ETag: versionOf(changed) });
  });
  app.openapi(remove, (c) => {
    const { id } = c.req.valid('param');
    checkMatch(c, versionOf(webhooks.get(id)));
    webhooks.remove(id);
    return c.body(null, 204);
  });
  app.openapi(rotate, (c) => {
    return c.json(withSecret(c, webhooks.rotateSecret(c.req.valid('param').id)), 200);
  });
  app.openapi(test, async (c) => c.json(await webhooks.test(c.req.valid('param').id), 200));
  app.openapi(deliveries, (c) => {
    const { id } = c.req.valid('param');
    const query = c.req.valid('query');
    const question = questionOf(`deliveries of ${id}`, query);
    const [beforeRow] = query.cursor === undefined ? [] : cursorKey(question, query.cursor);
    const found = webhooks.deliveries(id, {
      status: query.status,
      queuedFromMs: msOf(query.queuedFrom),
      queuedToMs: msOf(query.queuedTo),
      beforeRow: beforeRow === undefined ? undefined : Number(beforeRow),
      limit: query.limit + 1,
    });
    const items = found.slice(0, query.limit);
    const last = found.length > query.limit ? items.at(-1) : undefined;
    const nextCursor = last === undefined ? null : cursorText(question, [last.row]);
    const page = { items: items.map(deliveryView), nextCursor };
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(replay, (c) => {
    const { id, deliveryId } = c.req.valid('param');
    return c.json(deliveryView(webhooks.replay(id, deliveryId)), 200);
  });
}
