// Bans on the wire. PURE.
import { z } from '@hono/zod-openapi';
import type { Ban } from '../../sip/index.ts';
import { isoTime } from './common.ts';

export const banSchema = z
  .object({
    source: z.string().openapi({
      description: 'IPv4 address, or the /64 network of an IPv6 one.',
      example: '198.51.100.7',
    }),
    since: z.string(),
    until: z.string(),
    count: z.number().int().openapi({ description: 'Bans of this source so far.' }),
    dropped: z.number().int().openapi({ description: 'Messages dropped during this ban.' }),
  })
  .openapi('Ban');

export const banListSchema = z.object({ items: z.array(banSchema) }).openapi('BanList');

export const banSourceSchema = z.object({
  source: z
    .string()
    .regex(/^[0-9A-Fa-f.:]{2,64}(?:\/64)?$/, 'not an address')
    .openapi({ description: 'As listed, with `/` written `%2F`; or one of its addresses.' }),
});

export function banView(ban: Ban): z.output<typeof banSchema> {
  const { source, sinceMs, untilMs, count, dropped } = ban;
  return { source, since: isoTime(sinceMs), until: isoTime(untilMs), count, dropped };
}
