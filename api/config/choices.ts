// Configuration of what customers may choose by keys: at the answer, on the line, after the call.
// PURE.
import { z } from 'zod';
import { whole } from './fields.ts';
import { promptName } from './prompts.ts';

const confirmSchema = z
  .strictObject({
    snoozeMinutes: whole(1, 240)
      .default(10)
      .describe('Key 2: called again after this, at the same place, and the attempt is free.'),
    whenNoKey: z
      .enum(['connect', 'machine'])
      .default('connect')
      .describe(
        'No key in time. `connect`: connected all the same. `machine`: taken for an answering ' +
          'machine, for nobody there decided.',
      ),
  })
  .nullable()
  .default(null)
  .describe(
    'Who answers is asked: 1 connect, 2 later, 3 in so many hours, 7 wrong person, 9 cancel. ' +
      'null: connected without a question.',
  );

/** Parts of a queue's `callback`. */
export const choiceSchemas = {
  confirm: confirmSchema,
  laterMinutes: whole(1, 240)
    .nullable()
    .default(null)
    .describe(
      'An agent is late: key 1 has the customer called again after this, at the same place. ' +
        'null: only the apology.',
    ),
  survey: z
    .array(promptName())
    .max(10)
    .refine((names) => new Set(names).size === names.length, 'names a prompt twice')
    .default([])
    .describe(
      'Questions, such as `survey-satisfaction`, for the customer when the agent hangs up first; ' +
        'keys 1 to 5 are kept with the callback.',
    ),
} as const;
