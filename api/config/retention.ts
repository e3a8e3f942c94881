// Configuration of what is kept for how long. PURE.
import { z } from 'zod';
import { whole } from './fields.ts';

/** Ten years. */
const MOST_DAYS = 3_660;
const days = () => whole(1, MOST_DAYS);

export const retentionSchema = z
  .strictObject({
    completedDays: days()
      .default(30)
      .describe(
        'A finished callback leaves the lists for the archive after this, so that lists stay ' +
          'short; it can still be read by its id.',
      ),
    archivedDays: days()
      .default(365)
      .describe(
        'An archived callback is erased, with its history, so long after its end. Never before ' +
          'it was archived.',
      ),
    eventsDays: days()
      .default(90)
      .describe('Lines of the history of finished callbacks are erased after this.'),
    recordingsDays: days()
      .default(90)
      .describe('Recordings are erased so long after they were last written.'),
    idempotencyDays: days()
      .default(7)
      .describe('A repeated request with the same `Idempotency-Key` is known for so long.'),
    chatsDays: days()
      .default(90)
      .describe('Chats are erased, with their transcripts, so long after their end.'),
    auditDays: days().default(365).describe('Lines of the audit log go after this, oldest first.'),
    reportsDays: days()
      .default(730)
      .describe('What reports are made from is erased after this; nothing personal is in it.'),
  })
  .prefault({})
  .describe(
    'How long things are kept. A job archives and erases in small batches, a minute after the ' +
      'start and then every hour.',
  );
