// Recordings on the wire. PURE.
import { z } from '@hono/zod-openapi';
import { listSchema, sortedQuery, timeRange } from '../listing/query.ts';
import { pathId } from './common.ts';

export const recordingSchema = z
  .object({
    recordingId: z.string(),
    interactionId: z.string().openapi({ description: 'Of the callback, or of the live call.' }),
    callbackId: z.string().nullable().openapi({ description: 'null: it is of no callback.' }),
    attempt: z.number().int().nullable().openapi({ description: 'Number of the attempt.' }),
    queueId: z.string().nullable(),
    agentId: z.string().nullable(),
    writtenAt: z.string().openapi({ description: 'When it was last written to: its end.' }),
    durationMs: z.number().int(),
    bytes: z.number().int(),
    channels: z.number().int().openapi({ description: '2: the customer left, the agent right.' }),
    sampleRateHz: z.number().int(),
    audioUrl: z.string(),
  })
  .openapi('Recording');

export const recordingListSchema = listSchema(recordingSchema, 'RecordingList');

export const listRecordingsSchema = sortedQuery(
  recordingSchema,
  {
    interactionId: z.string().max(128).optional(),
    queueId: z.string().max(64).optional().openapi({
      description: 'Pages may be short while `nextCursor` is set.',
    }),
    agentId: z.string().max(64).optional().openapi({
      description: 'Pages may be short while `nextCursor` is set.',
    }),
    ...timeRange('writtenFrom', 'writtenTo', 'Ended'),
  },
  ['writtenAt', 'bytes'],
);

export const recordingIdSchema = z.object({ id: pathId('Id of the recording.') });

export const waveformQuerySchema = z.strictObject({
  points: z.coerce.number().int().min(10).max(4_000).default(800).openapi({
    description: 'Peaks for each channel.',
  }),
});

export const waveformSchema = z
  .object({
    recordingId: z.string(),
    durationMs: z.number().int(),
    channels: z.array(
      z.object({
        party: z.enum(['customer', 'agent', 'both']),
        peaks: z.array(z.number()).openapi({ description: 'Each 0 to 1 of full scale.' }),
      }),
    ),
    silences: z.array(z.object({ fromMs: z.number().int(), toMs: z.number().int() })).openapi({
      description:
        'Spans of a second and more with nothing in them: the recording was paused, or nobody ' +
        'sent anything.',
    }),
  })
  .openapi('Waveform');
