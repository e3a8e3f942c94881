// Configuration of customers who call in by themselves when they are told. PURE.
import { z } from 'zod';
import {
  leastCallWithinSeconds,
  leastCodeDigits,
  mostCallWithinSeconds,
  mostCodeDigits,
} from '../../callback/index.ts';
import { sipUser, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

export const callInSchema = z
  .strictObject({
    accessNumbers: z
      .array(sipUser())
      .min(1)
      .max(1_000)
      .describe(
        'Called by its customers (E.164, in quotes, or SIP users). Customers share them; queues ' +
          'may, too: who is not known there is of the first queue that names it.',
      ),
    withCode: z
      .boolean()
      .default(true)
      .describe(
        'Each customer gets a code, good from any telephone. Off: the number shown and the ' +
          'access number tell customers apart.',
      ),
    codeDigits: whole(leastCodeDigits, mostCodeDigits)
      .default(6)
      .describe('Digits of the codes. Ten wrong ones of a caller in an hour end the trying.'),
    knowsByNumber: z
      .boolean()
      .default(true)
      .describe('Whose number is shown is not asked for the code. Numbers can be forged.'),
    callWithinSeconds: whole(leastCallWithinSeconds, mostCallWithinSeconds)
      .default(120)
      .describe('Once told, the customer is awaited so long.'),
    whenNotCalled: z
      .enum(['expire', 'dial'])
      .default('expire')
      .describe('Not called in time: `FAIL_NOT_CALLED_IN`, or called after all.'),
    whenUnknown: z
      .enum(['queue', 'refuse'])
      .default('queue')
      .describe('Who calls an access number unexpected waits as any caller, or is sent away.'),
  })
  .nullable()
  .default(null)
  .describe(
    'Customers may call in by themselves (`origination: customer`) when the turn is near. ' +
      'null: they are called.',
  );

/** A number cannot be both: that of a queue, and one where callbacks are awaited. */
export function callInIssues({ queues }: Pick<Settings, 'queues'>): ConfigIssue[] {
  const taken = new Set(queues.flatMap(({ numbers }) => numbers));
  return queues.flatMap(({ callback }, index) =>
    (callback.callIn?.accessNumbers ?? []).flatMap((number, place) =>
      taken.has(number)
        ? [
            {
              path: ['queues', index, 'callback', 'callIn', 'accessNumbers', place],
              message: `is "${number}", which is among the \`numbers\` of a queue`,
            },
          ]
        : [],
    ),
  );
}
