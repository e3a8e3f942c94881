// Configuration of who may do what over HTTP: keys with roles. PURE.
import { z } from 'zod';
import { ROLES } from '../access/permissions.ts';
import { environmentName, name } from './fields.ts';
import type { ConfigIssue } from './issues.ts';
import { repeated } from './repeated.ts';
import type { Settings } from './schema.ts';

const roles = () => z.array(z.enum(ROLES)).max(ROLES.length);
const lines = () => z.array(name()).min(1).max(100);

export const keysSchema = z
  .array(
    z.strictObject({
      name: name().describe('Shown in the log and in the audit log.'),
      keyEnv: environmentName().describe('Environment variable with the key (16 characters).'),
      roles: roles().min(1).describe('What the key may do: the table is in docs/access.md.'),
      linesOfBusiness: lines()
        .nullable()
        .default(null)
        .describe('It sees queues of these lines only. null: all queues.'),
      agentId: name()
        .nullable()
        .default(null)
        .describe('The agent that a key of role `agent` is. null: none.'),
    }),
  )
  .max(100)
  .default([])
  .describe('Keys with roles. More can be made through the API (`/api/v1/keys`).');

/** Names and lines that lead nowhere. */
export function accessIssues({ http, queues }: Settings): ConfigIssue[] {
  const known = new Set(queues.map(({ lineOfBusiness }) => lineOfBusiness));
  const lost = http.keys.flatMap(({ linesOfBusiness }, index) =>
    (linesOfBusiness ?? []).flatMap((line) =>
      known.has(line)
        ? []
        : [
            {
              path: ['http', 'keys', index, 'linesOfBusiness'],
              message: `names "${line}", which is the line of no queue`,
            },
          ],
    ),
  );
  const double = http.keys.flatMap(({ name: keyName }, index) =>
    Object.hasOwn(http.apiKeys, keyName)
      ? [{ path: ['http', 'keys', index, 'name'], message: `is "${keyName}", as in apiKeys` }]
      : [],
  );
  return [...lost, ...double, ...repeated(http.keys, (key) => key.name, ['http', 'keys'], 'name')];
}
