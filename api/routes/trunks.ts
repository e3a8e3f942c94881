// /api/v1/trunks: the ways to the telephone network, how they are, and a switch for each.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf } from '../listing/page.ts';
import { problems } from '../schemas/common.ts';
import { checkMatch, etagOf } from '../versions.ts';
import {
  listTrunksSchema,
  trunkListSchema,
  trunkNameSchema,
  trunkSchema,
  trunkView,
} from '../schemas/trunks.ts';

const TAGS = ['Trunks'];
const ROOT = '/api/v1/trunks';

const trunkContent = { 'application/json': { schema: trunkSchema } };

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listTrunks',
  ...needs('trunks.read'),
  summary: 'List trunks',
  tags: TAGS,
  request: { query: listTrunksSchema },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: trunkListSchema } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{name}`,
  operationId: 'getTrunk',
  ...needs('trunks.read'),
  summary: 'Read a trunk: state, calls, registration, last failures',
  tags: TAGS,
  request: { params: trunkNameSchema },
  responses: {
    200: { description: 'The trunk as it is now.', content: trunkContent },
    ...problems(400, 404),
  },
});

const disable = createRoute({
  method: 'post',
  path: `${ROOT}/{name}/disable`,
  operationId: 'disableTrunk',
  ...needs('trunks.manage'),
  summary: 'Take a trunk out of use',
  description: 'Calls that live go on; no new ones go out through it until it is enabled.',
  tags: TAGS,
  request: { params: trunkNameSchema },
  responses: {
    200: { description: 'Disabled, now or before.', content: trunkContent },
    ...problems(400, 404, 412),
  },
});

const enable = createRoute({
  method: 'post',
  path: `${ROOT}/{name}/enable`,
  operationId: 'enableTrunk',
  ...needs('trunks.manage'),
  summary: 'Take a trunk into use again',
  description: 'Also forgets that it was down, or asked for a pause.',
  tags: TAGS,
  request: { params: trunkNameSchema },
  responses: {
    200: { description: 'Enabled, now or before.', content: trunkContent },
    ...problems(400, 404, 412),
  },
});

export function trunkRoutes(app: OpenAPIHono<ApiEnv>, { sip }: Pick<ApiDeps, 'sip'>): void {
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const { state, group } = query;
    const trunks = sip
      .trunks()
      .map(trunkView)
      .filter((trunk) => state === undefined || state.includes(trunk.state))
      .filter((trunk) => group === undefined || trunk.groups.includes(group));
    const page = pageOf(trunks, query, { name: 'trunks', idOf: ({ name }) => name });
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(getOne, (c) => {
    const { name } = c.req.valid('param');
    const trunk = sip.trunks().find((known) => known.name === name);
    if (trunk === undefined) {
      throw notFound('SIP_TRUNK_UNKNOWN', 'there is no such trunk', { trunk: name });
    }
    return c.json(trunkView(trunk), 200);
  });
  const switched = (c: Context, name: string, enabled: boolean) => {
    const now = sip.trunks().find((trunk) => trunk.name === name);
    if (now !== undefined) checkMatch(c, etagOf(JSON.stringify(trunkView(now))));
    return trunkView(sip.setTrunkEnabled(name, enabled));
  };
  app.openapi(disable, (c) => c.json(switched(c, c.req.valid('param').name, false), 200));
  app.openapi(enable, (c) => c.json(switched(c, c.req.valid('param').name, true), 200));
}
