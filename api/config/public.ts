// Configuration of callbacks that visitors of a web site ask for. PURE.
import { z } from 'zod';
import { environmentName, hostOrIp, name, whole } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import type { Settings } from './schema.ts';

export const publicSchema = z
  .strictObject({
    verifyUrl: z
      .string()
      .max(500)
      .regex(/^https:\/\/[^\s#]+$|^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/][^\s#]*$/)
      .meta({ allowed: 'an https URL; http on the loopback network only' })
      .describe('Verifier of CAPTCHAs, which speaks the siteverify protocol.'),
    secretEnv: environmentName().describe('Environment variable with the secret of the site.'),
    minScore: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(null)
      .describe('Least score, 0 to 1; an answer without one is refused. null: not looked at.'),
    hostnames: z
      .array(hostOrIp())
      .max(100)
      .default([])
      .describe('Sites on which a CAPTCHA may be solved. Empty: any.'),
    queues: z.array(name()).min(1).max(100).describe('Queues that may be asked for.'),
    requestsPerMinute: whole(1, 1_000)
      .default(5)
      .describe('Of one address, wrong ones too; more get 429 with Retry-After.'),
    timeoutSeconds: whole(1, 30)
      .default(5)
      .describe('The verifier answers in this time, or the callback is refused.'),
  })
  .nullable()
  .default(null)
  .describe('Callbacks without a key, by `POST /public/callbacks`. null: there is no such route.');

/** Queues that are not there. */
export function publicIssues({ http, queues }: Settings): ConfigIssue[] {
  const known = new Set(queues.map(({ id }) => id));
  return (http.publicCallbacks?.queues ?? []).flatMap((id, index) =>
    known.has(id)
      ? []
      : [
          {
            path: ['http', 'publicCallbacks', 'queues', index],
            message: `names "${id}", which is no queue`,
          },
        ],
  );
}
