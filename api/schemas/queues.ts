// Virtual queues and the places in them, on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { Clock } from '../../core/ports.ts';
import type {
  EntryView,
  EstimatedWait,
  QueueView,
  QueueWaitView,
  Router,
} from '../../routing/index.ts';
import { ENOUGH_DEPARTURES, estimateWait } from '../../routing/index.ts';
import { listSchema, sortedQuery } from '../listing/query.ts';
import { estimatedWaitSchema, isoTime, pathId, skillRequirementSchema } from './common.ts';

const entrySchema = z
  .object({
    interactionId: z.string(),
    queueId: z.string(),
    kind: z.enum(['live', 'callback']),
    state: z.enum(['waiting', 'dialling', 'present', 'assigned']),
    position: z.number().int().openapi({ description: '1 for the next one, callbacks included.' }),
    priority: z.number(),
    arrivedAt: z.string(),
    requiredSkills: z.array(skillRequirementSchema),
    dialMode: z.enum(['reservation', 'notification']),
    numberKind: z.enum(['mobile', 'fixed', 'unknown']).optional(),
    preferredAgent: z
      .object({ agentId: z.string(), forSeconds: z.number().nullable() })
      .nullish()
      .openapi({ description: 'Waited for so long; `forSeconds` null: belongs to this agent.' }),
    promised: z
      .object({ from: z.string(), to: z.string() })
      .nullable()
      .openapi({ description: 'When an agent was promised for, as the place was taken.' }),
  })
  .openapi('QueueEntry');

const targetSchema = z
  .object({
    skills: z.string().nullable(),
    queueId: z.string().nullable(),
    afterSeconds: z.number(),
    waitAboveSeconds: z.number().nullable(),
    waitingAbove: z.number().nullable(),
    agentsBelow: z.number().nullable(),
  })
  .openapi('QueueTarget');

export const queueSchema = z
  .object({
    queueId: z.string(),
    displayName: z.string(),
    requiredSkills: z.array(skillRequirementSchema),
    wrapUpSeconds: z.number(),
    agentRingTimeoutSeconds: z.number(),
    reservationTimeoutSeconds: z.number(),
    skills: z.string().nullish().openapi({ description: 'Expression every agent of it meets.' }),
    targets: z.array(targetSchema).optional().openapi({ description: 'Who joins, and when.' }),
    waitMethod: z.enum(['stat-server', 'departures', 'simulation']).optional(),
    promises: z
      .object({
        made: z.number().int(),
        kept: z.number().int(),
        hitRate: z.number().nullable(),
      })
      .optional()
      .openapi({ description: 'How many promised windows were right. `hitRate` is 0 to 1.' }),
    waitingLive: z.number().int(),
    waitingCallbacks: z.number().int(),
    agentsLoggedIn: z.number().int(),
    agentsReady: z.number().int(),
    estimatedWait: estimatedWaitSchema.openapi({ description: 'Of one more arrival.' }),
  })
  .openapi('Queue');

export const queueListSchema = listSchema(queueSchema, 'QueueList');

export const listQueuesSchema = sortedQuery(queueSchema, {}, [
  'queueId',
  'displayName',
  'waitingCallbacks',
  'waitingLive',
]);

export const queueWithEntriesSchema = queueSchema
  .extend({ entries: z.array(entrySchema) })
  .openapi('QueueWithEntries');

export const entryWithWaitSchema = entrySchema
  .extend({ estimatedWait: estimatedWaitSchema })
  .openapi('QueueEntryWithWait');

export const queueIdSchema = z.object({ id: pathId('Id of the queue.') });

export const entryIdSchema = z.object({
  id: pathId('Id of the queue.'),
  interactionId: pathId('Id of the callback or of the live call.'),
});

export function queueView(queue: QueueView): z.output<typeof queueSchema> {
  const { entries: _entries, requiredSkills, targets = [], ...rest } = queue;
  return { ...rest, requiredSkills: [...requiredSkills], targets: [...targets] };
}

export function entryView(entry: EntryView): z.output<typeof entrySchema> {
  const { arrivedAtMs, requiredSkills, promised = null, ...rest } = entry;
  return {
    ...rest,
    arrivedAt: isoTime(arrivedAtMs),
    requiredSkills: [...requiredSkills],
    promised:
      promised === null ? null : { from: isoTime(promised.fromMs), to: isoTime(promised.toMs) },
  };
}

/** A prediction is used again for so long: a view of a long queue is not free, and requests are. */
const PREDICTION_KEPT_MS = 200;

/** How long one more arrival would wait in a queue, in milliseconds; null: nobody can say. */
export function waitPrediction(
  router: Pick<Router, 'queue'>,
  clock: Pick<Clock, 'monotonicMs'>,
): (queueId: string) => number | null {
  const known = new Map<string, { readonly atMs: number; readonly waitMs: number | null }>();
  return (queueId) => {
    const last = known.get(queueId);
    const atMs = clock.monotonicMs();
    if (last !== undefined && atMs - last.atMs < PREDICTION_KEPT_MS) return last.waitMs;
    const queue = router.queue(queueId);
    if (queue === null) return null;
    const { ewtSeconds } = queue.estimatedWait;
    const waitMs = ewtSeconds < 0 ? null : ewtSeconds * 1_000;
    known.set(queueId, { atMs, waitMs });
    return waitMs;
  };
}

/** Estimated wait of somebody who has a place already: only those ahead of it are waited for. */
export function waitAtPosition(queue: QueueWaitView, position: number): EstimatedWait {
  const { averageHandleSeconds, agentsServing, departureSeconds } = queue.estimatedWait.inputs;
  const departures = departureSeconds ?? null;
  return estimateWait({
    method: queue.waitMethod ?? 'stat-server',
    ...(departures === null
      ? {}
      : { departures: { count: ENOUGH_DEPARTURES, averageMs: departures * 1_000 } }),
    averageHandleMs: averageHandleSeconds * 1_000,
    queued: Math.max(0, position - 1),
    agentsLoggedIn: agentsServing,
    agentsReady: queue.agentsReady,
  });
}
