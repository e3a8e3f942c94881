// Schemas of API keys and of the audit log. PURE.
import { z } from '@hono/zod-openapi';
import type { StoredEntry } from '../access/audit.ts';
import type { StoredKey } from '../access/keys.ts';
import { ROLES } from '../access/permissions.ts';
import { flag, listQuery, listSchema, timeRange } from '../listing/query.ts';
import { isoTime, isoTimeOrNull, moment } from './common.ts';

const keyName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'not a possible name');
const roles = z.array(z.enum(ROLES)).min(1).max(ROLES.length);
const lines = z.array(keyName).min(1).max(100);

export const keyNameSchema = z.object({ name: keyName });

export const createKeySchema = z
  .strictObject({
    name: keyName.openapi({ example: 'crm', description: 'Never given to another key again.' }),
    roles,
    linesOfBusiness: lines.nullable().default(null).openapi({ description: 'null: no limit.' }),
    agentId: keyName.nullable().default(null).openapi({
      description: 'The agent that a key of role `agent` is.',
    }),
    expiresAt: moment('When it ends by itself; null: never.').nullable().default(null),
  })
  .openapi('CreateKey', { example: { name: 'crm', roles: ['developer'] } });

export const keySchema = z
  .object({
    name: z.string(),
    roles: z.array(z.string()),
    linesOfBusiness: z.array(z.string()).nullable(),
    agentId: z.string().nullable(),
    createdAt: z.string(),
    createdBy: z.string(),
    expiresAt: z.string().nullable(),
    lastUsedAt: z.string().nullable().openapi({ description: 'To the minute.' }),
    revokedAt: z.string().nullable(),
  })
  .openapi('Key');

export const newKeySchema = keySchema
  .extend({ key: z.string().openapi({ description: 'Shown here and nowhere else.' }) })
  .openapi('NewKey');

export const listKeysSchema = listQuery(keySchema, {});
export const keyListSchema = listSchema(keySchema, 'KeyList');

export function keyView(key: StoredKey): z.output<typeof keySchema> {
  const { name, lines: linesOfBusiness, agentId, createdBy } = key;
  return {
    ...{ name, roles: [...key.roles], agentId, createdBy },
    linesOfBusiness: linesOfBusiness === null ? null : [...linesOfBusiness],
    createdAt: isoTime(key.createdAtMs),
    expiresAt: isoTimeOrNull(key.expiresAtMs),
    lastUsedAt: isoTimeOrNull(key.lastUsedAtMs),
    revokedAt: isoTimeOrNull(key.revokedAtMs),
  };
}

export const auditEntrySchema = z
  .object({
    sequence: z.number().int(),
    at: z.string(),
    actor: z.string().nullable().openapi({ description: 'Key, subject or agent; null: unknown.' }),
    kind: z.string().openapi({ example: 'key' }),
    roles: z.array(z.string()),
    address: z.string().nullable(),
    operation: z.string().openapi({ example: 'cancelCallback' }),
    target: z.string().openapi({ example: 'id=b1946ac9', description: 'Numbers are masked.' }),
    status: z.number().int(),
    requestId: z.string(),
    times: z.number().int().openapi({ description: 'So many refusals alike in one line.' }),
  })
  .openapi('AuditEntry');

export const listAuditSchema = listQuery(auditEntrySchema, {
  actor: z.string().min(1).max(256).optional(),
  operation: z.string().min(1).max(200).optional(),
  refused: flag('Only what was refused: 401 and 403.'),
  ...timeRange('from', 'to', 'What happened'),
});
export const auditListSchema = listSchema(auditEntrySchema, 'AuditList');

export const auditCheckSchema = z
  .object({
    intact: z.boolean(),
    entries: z.number().int(),
    brokenAt: z.number().int().nullable().openapi({
      description: 'The first line that was changed, or is missing.',
    }),
  })
  .openapi('AuditCheck');

export function auditView({ atMs, roles: had, ...entry }: StoredEntry) {
  return { ...entry, at: isoTime(atMs), roles: [...had] };
}
