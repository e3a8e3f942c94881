// /api/v1/events: server-sent events (WHATWG HTML s.9.2) of callbacks, agents and queues.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { ApiEnv } from '../deps.ts';
import type { EventHub } from '../event-hub.ts';
import { problems } from '../schemas/common.ts';

const sequence = z
  .string()
  .regex(/^\d{1,15}$/, 'must be a sequence number')
  .optional();

const stream = createRoute({
  method: 'get',
  path: '/api/v1/events',
  operationId: 'streamEvents',
  summary: 'Follow everything that happens',
  description:
    'Events `callback` (with ids; none is left out), `agent` and `queue` (latest state). After a ' +
    'break send `Last-Event-ID`: the missed callback events come first. Comments keep quiet ' +
    'streams open.',
  tags: ['Events'],
  request: {
    headers: z.object({
      'Last-Event-ID': sequence.openapi({ description: 'Id of the last event received.' }),
    }),
    query: z.strictObject({
      after: sequence.openapi({ description: 'The same for a first connection; 0: everything.' }),
    }),
  },
  responses: {
    200: {
      description: 'A stream that does not end by itself.',
      content: { 'text/event-stream': { schema: { type: 'string' } } },
    },
    ...problems(400, 503),
  },
});

export function eventRoutes(app: OpenAPIHono<ApiEnv>, hub: EventHub): void {
  app.openapi(stream, (c) => {
    const last = c.req.valid('header')['Last-Event-ID'] ?? c.req.valid('query').after;
    return c.body(hub.open(last === undefined ? null : Number(last)), 200, {
      'Content-Type': 'text/event-stream',
      'X-Accel-Buffering': 'no',
    });
  });
}
