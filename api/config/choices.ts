// Configuration of what customers may choose by keys: at the answer, on the line, after the call.
// PURE.
import { z } from 'zod';
import { callInIssues, callInSchema } from './call-in.ts';
import { whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import { promptName } from './prompts.ts';
import type { Settings } from './schema.ts';

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

const offerSchema = z
  .strictObject({
    whenWaitAboveSeconds: whole(0, 86_400)
      .default(120)
      .describe('Only while the estimated wait is above this. 0: whatever it is.'),
    everySeconds: whole(5, 3_600)
      .default(60)
      .describe('So long after the call came in, and again after an offer without an answer.'),
  })
  .nullable()
  .default(null)
  .describe(
    'Callers hear place and wait, and may be called back at that place: 1 yes, 2 no. ' +
      'null: nothing is offered.',
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
  returnCode: z
    .boolean()
    .default(false)
    .describe(
      'The message on a machine ends with a code: who calls the queue and presses star and the ' +
        'code takes the place of the callback. Needs `machineMessage`.',
    ),
  whenCallsIn: z
    .enum(['ignore', 'cancel', 'merge', 'ask'])
    .default('ignore')
    .describe(
      'The customer of a waiting callback calls the queue. `ignore`: both go on. `cancel`: the ' +
        'callback ends. `merge`: the call takes its place. `ask`: by key, 1 merge or 2 cancel.',
    ),
  offer: offerSchema,
  callIn: callInSchema,
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

/** A code that no message would tell. */
export function choiceIssues({ queues }: Pick<Settings, 'queues'>): ConfigIssue[] {
  const codes = queues.flatMap(({ callback }, index) =>
    callback.returnCode && callback.machineMessage === null
      ? [
          {
            path: ['queues', index, 'callback', 'returnCode'],
            message: 'needs a `machineMessage`, which the code follows',
          },
        ]
      : [],
  );
  return [...codes, ...callInIssues({ queues })];
}
