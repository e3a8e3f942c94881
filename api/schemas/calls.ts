// Live calls on the wire: callbacks being handled, and callers on the line. PURE.
import { z } from '@hono/zod-openapi';
import { pathId } from './common.ts';

export const callSchema = z
  .object({
    interactionId: z.string(),
    kind: z.enum(['live', 'callback']),
    queueId: z.string(),
    state: z.string().openapi({ example: 'connected' }),
    since: z.string(),
    customerNumber: z.string().nullable(),
    agentId: z.string().nullable(),
    sipCallIds: z.array(z.string()).openapi({ description: 'Of all legs, first the oldest.' }),
  })
  .openapi('Call');

export const callListSchema = z.object({ items: z.array(callSchema) }).openapi('CallList');

export const interactionIdSchema = z.object({
  id: pathId('Id of the interaction: of the callback, or of the live call.'),
});
