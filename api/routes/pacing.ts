// /api/v1/queues/{id}/pacing: what routing knows when it decides whether to dial for a queue.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { PacingView, QueueView } from '../../routing/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { ApiError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { queueIdSchema } from '../schemas/queues.ts';

const pacingSchema = z
  .object({
    queueId: z.string(),
    agentsReady: z.number().int(),
    agentsLoggedIn: z.number().int(),
    waitingForDial: z.number().int().openapi({ description: 'Callbacks nobody is dialled for.' }),
    dialling: z.number().int().openapi({ description: 'Callbacks being dialled.' }),
    onLine: z.number().int().openapi({ description: 'Who is on the line and waits for an agent.' }),
    learned: z
      .object({
        answerChance: z.number().openapi({
          description: 'Of a number of unknown kind, dialled at this hour of the week.',
        }),
        ringingSeconds: z.number().openapi({ description: 'Mean time to an answer.' }),
        answered: z.number().int().openapi({ description: 'Customers who answered a dial.' }),
        waitedOver2s: z.number().int().openapi({ description: 'Those who waited for an agent.' }),
        care: z.number().openapi({
          description: 'A dial may bring e^-care times the risk of `pacing.maxWaitingPercent`.',
        }),
      })
      .openapi({ description: 'From dials of all queues, since the start.' }),
  })
  .openapi('Pacing');

const getPacing = createRoute({
  method: 'get',
  path: '/api/v1/queues/{id}/pacing',
  operationId: 'getQueuePacing',
  ...needs('queues.read'),
  summary: 'Read what decides whether callbacks of a queue are dialled now',
  tags: ['Queues'],
  request: { params: queueIdSchema },
  responses: {
    200: {
      description: 'Agents and customers of the queue, and what was learned from dials.',
      content: { 'application/json': { schema: pacingSchema } },
    },
    ...problems(400, 404),
  },
});

export function pacingRoutes(app: OpenAPIHono<ApiEnv>, { router }: Pick<ApiDeps, 'router'>): void {
  app.openapi(getPacing, (c) => {
    const { id: queueId } = c.req.valid('param');
    const queue = router.queue(queueId);
    if (queue === null) {
      const message = 'there is no such queue';
      throw new ApiError('QUEUE_UNKNOWN', message, { fields: { queueId } });
    }
    return c.json(pacingOf(queue, router.pacing()), 200);
  });
}

function pacingOf(queue: QueueView, learned: PacingView): z.output<typeof pacingSchema> {
  const inState = (state: string): number =>
    queue.entries.filter((entry) => entry.state === state).length;
  const { queueId, agentsReady, agentsLoggedIn } = queue;
  return {
    ...{ queueId, agentsReady, agentsLoggedIn, learned },
    ...{ waitingForDial: inState('waiting'), dialling: inState('dialling') },
    onLine: inState('present'),
  };
}
