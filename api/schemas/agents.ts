// Agents on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { AgentView } from '../../routing/index.ts';
import { flag, listSchema, several, sortedQuery } from '../listing/query.ts';
import { isoTime, pathId } from './common.ts';

const idText = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'not a possible id');

export const createAgentSchema = z
  .strictObject({
    agentId: idText.openapi({ example: 'alice' }),
    displayName: z
      .string()
      .min(1)
      .max(100)
      .refine((name) => !/\p{Cc}/u.test(name), 'has control characters')
      .optional()
      .openapi({ description: 'The id unless said otherwise.' }),
    username: z
      .string()
      .regex(/^[A-Za-z0-9_.+*-]{1,64}$/, 'not a possible SIP user name')
      .optional()
      .openapi({ description: 'SIP user name of the telephone. The id unless said otherwise.' }),
    password: z.string().min(8).max(128).openapi({
      description: 'SIP password of the telephone; only hashes of it are kept.',
      format: 'password',
    }),
    skills: z
      .record(idText, z.number().int().min(1).max(10))
      .refine((skills) => Object.keys(skills).length <= 100, 'more than 100 skills')
      .optional()
      .openapi({ description: 'Skill names with levels from 1 to 10.', example: { english: 8 } }),
  })
  .openapi('CreateAgent');

export const notReadySchema = z
  .strictObject({
    reason: z
      .string()
      .regex(/^[\w .-]{1,64}$/, 'must be 1 to 64 letters, digits, spaces or any of . _ -')
      .default('break')
      .openapi({ example: 'lunch' }),
  })
  .openapi('NotReady');

export const agentIdSchema = z.object({ id: pathId('Id of the agent.') });

const agentStateSchema = z
  .enum(['logged-out', 'not-ready', 'ready', 'reserved', 'talking', 'wrap-up'])
  .openapi('AgentState');

export const agentSchema = z
  .object({
    agentId: z.string(),
    displayName: z.string(),
    username: z.string(),
    skills: z.record(z.string(), z.number()),
    state: agentStateSchema,
    notReadyReason: z.string().nullable(),
    since: z.string().openapi({ description: 'When this state began.' }),
    interactionId: z.string().nullable(),
    reservationId: z.string().nullable(),
    phoneRegistered: z.boolean().openapi({ description: 'Whether a telephone can be rung.' }),
  })
  .openapi('Agent');

export const agentListSchema = listSchema(agentSchema, 'AgentList');

export const listAgentsSchema = sortedQuery(
  agentSchema,
  {
    state: several(agentStateSchema, 'States, separated by commas.', 'ready,talking'),
    skill: z.string().max(64).optional().openapi({ description: 'Who has this skill.' }),
    phoneRegistered: flag('Only those whose telephone can be rung, or cannot.'),
  },
  ['agentId', 'displayName', 'since'],
);

/** An agent as the API shows it. */
export function agentView(view: AgentView, phoneRegistered: boolean): z.output<typeof agentSchema> {
  const { sinceMs, ...rest } = view;
  return { ...rest, since: isoTime(sinceMs), phoneRegistered };
}
