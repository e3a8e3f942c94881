// Virtual queues and the places in them, on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { EntryView, EstimatedWait, QueueView } from '../../routing/index.ts';
import { estimateWait } from '../../routing/index.ts';
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
  })
  .openapi('QueueEntry');

export const queueSchema = z
  .object({
    queueId: z.string(),
    displayName: z.string(),
    requiredSkills: z.array(skillRequirementSchema),
    wrapUpSeconds: z.number(),
    agentRingTimeoutSeconds: z.number(),
    reservationTimeoutSeconds: z.number(),
    waitingLive: z.number().int(),
    waitingCallbacks: z.number().int(),
    agentsLoggedIn: z.number().int(),
    agentsReady: z.number().int(),
    estimatedWait: estimatedWaitSchema.openapi({ description: 'Of one more arrival.' }),
  })
  .openapi('Queue');

export const queueListSchema = z.object({ items: z.array(queueSchema) }).openapi('QueueList');

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
  const { entries: _entries, requiredSkills, ...rest } = queue;
  return { ...rest, requiredSkills: [...requiredSkills] };
}

export function entryView(entry: EntryView): z.output<typeof entrySchema> {
  const { arrivedAtMs, requiredSkills, ...rest } = entry;
  return { ...rest, arrivedAt: isoTime(arrivedAtMs), requiredSkills: [...requiredSkills] };
}

/** Estimated wait of somebody who has a place already: only those ahead of it are waited for. */
export function waitAtPosition(queue: QueueView, position: number): EstimatedWait {
  const { averageHandleSeconds, agentsServing } = queue.estimatedWait.inputs;
  return estimateWait({
    averageHandleMs: averageHandleSeconds * 1_000,
    queued: Math.max(0, position - 1),
    agentsLoggedIn: agentsServing,
    agentsReady: queue.agentsReady,
  });
}
