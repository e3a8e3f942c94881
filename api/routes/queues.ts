// /api/v1/queues: virtual queues, who waits in them, and for how long.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import type { QueueView } from '../../routing/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf, type ListRules } from '../listing/page.ts';
import { ApiError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { pacingRoutes } from './pacing.ts';
import {
  entryIdSchema,
  entryView,
  entryWithWaitSchema,
  listQueuesSchema,
  queueIdSchema,
  queueListSchema,
  type queueSchema,
  queueView,
  queueWithEntriesSchema,
  waitAtPosition,
} from '../schemas/queues.ts';

const TAGS = ['Queues'];
const ROOT = '/api/v1/queues';

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listQueues',
  ...needs('queues.read'),
  summary: 'List queues',
  tags: TAGS,
  request: { query: listQueuesSchema },
  responses: {
    200: {
      description: 'One page, without their entries.',
      content: { 'application/json': { schema: queueListSchema } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{id}`,
  operationId: 'getQueue',
  ...needs('queues.read'),
  summary: 'Read a queue with everybody in it',
  tags: TAGS,
  request: { params: queueIdSchema },
  responses: {
    200: {
      description: 'The queue, entries in the order they will be served.',
      content: { 'application/json': { schema: queueWithEntriesSchema } },
    },
    ...problems(400, 404),
  },
});

const getEntry = createRoute({
  method: 'get',
  path: `${ROOT}/{id}/entries/{interactionId}`,
  operationId: 'getQueueEntry',
  ...needs('queues.read'),
  summary: 'Read position and estimated wait of one interaction',
  tags: TAGS,
  request: { params: entryIdSchema },
  responses: {
    200: {
      description: 'The place and its estimated wait.',
      content: { 'application/json': { schema: entryWithWaitSchema } },
    },
    ...problems(400, 404),
  },
});

const QUEUE_LIST: ListRules<z.output<typeof queueSchema>> = {
  name: 'queues',
  idOf: ({ queueId }) => queueId,
  sorts: {
    queueId: ({ queueId }) => queueId,
    displayName: ({ displayName }) => displayName,
    waitingCallbacks: ({ waitingCallbacks }) => waitingCallbacks,
    waitingLive: ({ waitingLive }) => waitingLive,
  },
};

export function queueRoutes(app: OpenAPIHono<ApiEnv>, { router }: Pick<ApiDeps, 'router'>): void {
  const known = (queueId: string): QueueView => {
    const queue = router.queue(queueId);
    if (queue !== null) return queue;
    throw new ApiError('QUEUE_UNKNOWN', 'there is no such queue', { fields: { queueId } });
  };
  pacingRoutes(app, { router });
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const page = pageOf(router.queues().map(queueView), query, QUEUE_LIST);
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(getOne, (c) => {
    const queue = known(c.req.valid('param').id);
    return c.json({ ...queueView(queue), entries: queue.entries.map(entryView) }, 200);
  });
  app.openapi(getEntry, (c) => {
    const { id, interactionId } = c.req.valid('param');
    const queue = known(id);
    const entry = router.entry(interactionId);
    if (entry?.queueId !== id) {
      throw new ApiError('ENTRY_UNKNOWN', 'nobody with this id waits in this queue', {
        fields: { queueId: id, interactionId },
      });
    }
    const estimatedWait = waitAtPosition(queue, entry.position);
    return c.json({ ...entryView(entry), estimatedWait }, 200);
  });
}
