// Configuration of tokens: whose are believed, and what their claims mean. PURE.
import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { text, whole } from './fields.ts';

const url = () =>
  z
    .string()
    .max(500)
    .regex(/^https:\/\/[^\s#]+$|^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])[:/][^\s#]*$/)
    .meta({ allowed: 'an https URL; http on the loopback network only' });

const claim = (standard: string) => text(200).default(standard);

export const oidcSchema = z
  .strictObject({
    issuer: url().describe('`iss` of its tokens, and where its keys are discovered.'),
    audience: text(500).describe('`aud` that tokens for this API carry.'),
    jwksUri: url()
      .nullable()
      .default(null)
      .describe('Where its keys are. null: told by `/.well-known/openid-configuration`.'),
    rolesClaim: claim('roles').describe(
      'Claim with the roles, a list or words in a text; `.` leads into objects.',
    ),
    roles: z
      .record(text(200), z.array(z.enum(ROLES)).max(ROLES.length))
      .default({})
      .describe('Values of that claim and the roles they mean. Empty: the roles by their names.'),
    linesOfBusinessClaim: text(200)
      .nullable()
      .default(null)
      .describe('Claim with the lines of business: a token without it sees none. null: no limit.'),
    agentIdClaim: claim('agent_id').describe('Claim with the agent that somebody is.'),
    clockToleranceSeconds: whole(0, 300)
      .default(10)
      .describe('So far its clock and ours may be apart.'),
    timeoutSeconds: whole(1, 30).default(5).describe('Longest wait for its keys.'),
    keysCacheSeconds: whole(10, 86_400)
      .default(600)
      .describe('Its keys are asked for again after this, and when a token names a new one.'),
    cooldownSeconds: whole(0, 600)
      .default(30)
      .describe('Not asked again for unknown keys sooner than this.'),
  })
  .nullable()
  .default(null)
  .describe('OpenID Connect: tokens (JWT, RFC 9068) are let in beside keys. null: none are.');
