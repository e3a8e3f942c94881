// /api/v1/system: what an operator sees of those whom the SIP guard keeps out.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { banListSchema, banSourceSchema, banView } from '../schemas/bans.ts';
import { problems } from '../schemas/common.ts';

const TAGS = ['System'];
const ROOT = '/api/v1/system/bans';

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listBans',
  ...needs('system.read'),
  summary: 'List SIP sources that are banned now',
  tags: TAGS,
  responses: {
    200: {
      description: 'All bans in force, the latest first.',
      content: { 'application/json': { schema: banListSchema } },
    },
    ...problems(),
  },
});

const lift = createRoute({
  method: 'delete',
  path: `${ROOT}/{source}`,
  operationId: 'liftBan',
  ...needs('system.manage'),
  summary: 'End a ban',
  description: 'Its history is forgotten too: the next ban is a first one.',
  tags: TAGS,
  request: { params: banSourceSchema },
  responses: { 204: { description: 'Lifted.' }, ...problems(400, 404) },
});

export function systemRoutes(app: OpenAPIHono<ApiEnv>, { sip }: Pick<ApiDeps, 'sip'>): void {
  app.openapi(list, async (c) => c.json({ items: (await sip.bans()).map(banView) }, 200));
  app.openapi(lift, async (c) => {
    const { source } = c.req.valid('param');
    if (await sip.liftBan(source)) return c.body(null, 204);
    throw notFound('SIP_BAN_UNKNOWN', 'this source is not banned', { source });
  });
}
