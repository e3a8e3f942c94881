// Trunks on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { TrunkView } from '../../sip/index.ts';
import { listQuery, listSchema, several } from '../listing/query.ts';
import { isoTime, isoTimeOrNull, pathId } from './common.ts';

const registrationSchema = z
  .object({
    state: z.enum(['unregistered', 'registering', 'registered', 'waiting', 'unregistering']),
    since: z.string(),
    expiresAt: z.string().nullable().openapi({ description: 'Until when the trunk knows us.' }),
    reason: z.string().nullable().openapi({ description: 'Why it waits before it tries again.' }),
  })
  .openapi('TrunkRegistration');

const failureSchema = z
  .object({
    at: z.string(),
    what: z.enum(['call', 'ping', 'registration']),
    status: z.number().int().openapi({
      description: 'SIP status; 408 unanswered and 503 not sent may be our own.',
    }),
    reason: z.string(),
  })
  .openapi('TrunkFailure');

const targetSchema = z
  .object({
    protocol: z.string(),
    address: z.string(),
    port: z.number().int(),
    state: z.enum(['up', 'down', 'resting']),
    reason: z.string().nullable().openapi({ description: 'Why it is down.' }),
  })
  .openapi('TrunkTarget');

const trunkStateSchema = z.enum(['up', 'down', 'resting', 'disabled']);

export const trunkSchema = z
  .object({
    name: z.string(),
    host: z.string(),
    port: z.number().int().nullable().openapi({ description: 'null: found by DNS.' }),
    protocol: z.string(),
    groups: z.array(z.string()).openapi({ description: 'Trunk groups it is in.' }),
    state: trunkStateSchema.openapi({
      description:
        '`down`: unanswered, or not registered; used when no other is up. `resting`: it sent ' +
        'Retry-After. `disabled`: by an operator.',
    }),
    reason: z.string().nullable().openapi({ description: 'Why it is not up.' }),
    since: z.string(),
    restsUntil: z.string().nullable(),
    liveCalls: z.number().int().openapi({ description: 'Placed through it and not over.' }),
    waitingCalls: z.number().int().openapi({ description: 'Waiting for their turn.' }),
    callsPerSecond: z.number().openapi({ description: 'New ones, mean of the last 10 s.' }),
    callsTotal: z.number().int().openapi({ description: 'Since the start.' }),
    failuresTotal: z.number().int().openapi({ description: 'Since the start.' }),
    registration: registrationSchema.nullable().openapi({ description: 'null: none is wanted.' }),
    targets: z.array(targetSchema).openapi({
      description: 'The servers that its name led to last, in the order of DNS.',
    }),
    failures: z.array(failureSchema).openapi({ description: 'The last ten, newest first.' }),
  })
  .openapi('Trunk');

export const trunkListSchema = listSchema(trunkSchema, 'TrunkList');

export const listTrunksSchema = listQuery(trunkSchema, {
  state: several(trunkStateSchema, 'States, separated by commas.', 'down,resting'),
  group: z.string().max(64).optional().openapi({ description: 'Those of this trunk group.' }),
});

export const trunkNameSchema = z.object({ name: pathId('Name of the trunk.') });

export function trunkView(trunk: TrunkView): z.output<typeof trunkSchema> {
  const { sinceMs, restsUntilMs, groups, registration, targets, failures, ...rest } = trunk;
  return {
    ...rest,
    groups: [...groups],
    since: isoTime(sinceMs),
    restsUntil: isoTimeOrNull(restsUntilMs),
    registration:
      registration === null
        ? null
        : {
            state: registration.state,
            since: isoTime(registration.sinceMs),
            expiresAt: isoTimeOrNull(registration.expiresAtMs),
            reason: registration.reason,
          },
    targets: targets.map((target) => ({ ...target })),
    failures: failures.map(({ atMs, ...failure }) => ({ at: isoTime(atMs), ...failure })),
  };
}
