// Webhooks and their deliveries on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { Delivery, Webhook } from '../events/store.ts';
import { flag, listQuery, listSchema, sortedQuery, timeRange } from '../listing/query.ts';
import { isoTime, isoTimeOrNull, pathId } from './common.ts';
import { eventFilterSchema } from './events.ts';

const url = z.string().min(1).max(2_000).openapi({
  description: 'Where events are posted: over TLS, to a public address.',
});
const description = z.string().max(200);

export const createWebhookSchema = z
  .strictObject({
    url,
    description: description.optional(),
    filter: eventFilterSchema.optional(),
    active: z.boolean().optional().openapi({ description: 'true unless said otherwise.' }),
    after: z.number().int().min(0).max(1e15).optional().openapi({
      description: 'Sequence after which callback events are sent; 0: all. Absent: from now on.',
    }),
  })
  .openapi('CreateWebhook');

export const changeWebhookSchema = z
  .strictObject({
    url: url.optional(),
    description: description.optional(),
    filter: eventFilterSchema.optional(),
    active: z.boolean().optional(),
  })
  .openapi('ChangeWebhook', { description: 'What is to change; the rest stays.' });

const webhookFields = {
  id: z.string(),
  url: z.string(),
  description: z.string(),
  filter: eventFilterSchema,
  active: z.boolean(),
  createdAt: z.string(),
  cursor: z.number().int().openapi({
    description: 'Callback events up to this sequence are delivered, or among its deliveries.',
  }),
  pending: z.number().int().openapi({ description: 'Deliveries not made yet.' }),
};

export const webhookSchema = z.object(webhookFields).openapi('Webhook');

export const webhookWithSecretSchema = z
  .object({ ...webhookFields, secret: z.string().openapi({ description: 'Shown only now.' }) })
  .openapi('WebhookWithSecret');

export const webhookListSchema = listSchema(webhookSchema, 'WebhookList');

export const listWebhooksSchema = sortedQuery(
  webhookSchema,
  { active: flag('Only those that are active, or paused.') },
  ['createdAt', 'url'],
);

export const webhookIdSchema = z.object({ id: pathId('Id of the webhook.') });

export const deliveryIdSchema = z.object({
  id: pathId('Id of the webhook.'),
  deliveryId: pathId('Id of the delivery.'),
});

const deliveryStatusSchema = z.enum(['pending', 'delivered', 'dead']).openapi('DeliveryStatus', {
  description: '`dead`: tried for the whole time, laid aside.',
});

export const deliverySchema = z
  .object({
    id: z.string().openapi({ description: 'The `Ringback-Delivery` of every try.' }),
    type: z.string(),
    status: deliveryStatusSchema,
    queuedAt: z.string(),
    endedAt: z.string().nullable(),
    tries: z.number().int(),
    lastStatus: z.number().int().nullable().openapi({ description: 'HTTP status of the answer.' }),
    lastError: z.string().nullable(),
    event: z.unknown(),
  })
  .openapi('WebhookDelivery');

export const deliveryListSchema = listSchema(deliverySchema, 'WebhookDeliveryList');

export const listDeliveriesSchema = listQuery(deliverySchema, {
  status: deliveryStatusSchema.optional(),
  ...timeRange('queuedFrom', 'queuedTo', 'Queued'),
});

export const testResultSchema = z
  .object({
    delivered: z.boolean(),
    status: z.number().int().nullable(),
    error: z.string().nullable(),
    durationMs: z.number(),
  })
  .openapi('WebhookTest');

export function webhookView(hook: Webhook, pending: number): z.output<typeof webhookSchema> {
  const { id, url: target, description: about, filter, active, createdAtMs, cursor } = hook;
  const createdAt = isoTime(createdAtMs);
  return { id, url: target, description: about, filter, active, createdAt, cursor, pending };
}

export function deliveryView(delivery: Delivery): z.output<typeof deliverySchema> {
  const { id, eventType, status, queuedAtMs, endedAtMs, tries, lastStatus, lastError } = delivery;
  return {
    ...{ id, type: eventType, status, tries, lastStatus, lastError },
    queuedAt: isoTime(queuedAtMs),
    endedAt: isoTimeOrNull(endedAtMs),
    event: JSON.parse(delivery.body) as unknown,
  };
}
