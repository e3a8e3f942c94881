// /api/v1/users: who may register with SIP, what is registered now, and a new password.
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { notFound } from '../../core/errors.ts';
import { serversOf, type AgentView } from '../../routing/index.ts';
import { needs } from '../access/permit.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf } from '../listing/page.ts';
import { flag, isAsked, listQuery, listSchema } from '../listing/query.ts';
import { ApiError } from '../problem.ts';
import { createAgentSchema } from '../schemas/agents.ts';
import { isoTime, pathId, problems } from '../schemas/common.ts';

type Deps = Pick<ApiDeps, 'router' | 'sip' | 'config'>;

const TAGS = ['Users'];
const ROOT = '/api/v1/users';

const userSchema = z
  .object({
    username: z.string(),
    agentId: z.string(),
    configured: z.boolean().openapi({ description: 'false: made by the API.' }),
    registered: z.boolean(),
    contacts: z.array(
      z.object({
        contact: z.string().openapi({ description: 'URI as registered.' }),
        receivedFrom: z.string().openapi({ example: 'udp/192.0.2.10:5070' }),
        userAgent: z.string().nullable(),
        expiresAt: z.string(),
      }),
    ),
  })
  .openapi('User');

const params = z.object({ username: pathId('SIP user name.') });

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listUsers',
  ...needs('agents.list'),
  summary: 'List SIP users and what is registered',
  tags: TAGS,
  request: {
    query: listQuery(userSchema, { registered: flag('Only those that are registered, or not.') }),
  },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: listSchema(userSchema, 'UserList') } },
    },
    ...problems(400),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{username}`,
  operationId: 'getUser',
  ...needs('agents.list'),
  summary: 'Read a SIP user',
  tags: TAGS,
  request: { params },
  responses: {
    200: { description: 'The user.', content: { 'application/json': { schema: userSchema } } },
    ...problems(400, 404),
  },
});

const setPassword = createRoute({
  method: 'post',
  path: `${ROOT}/{username}/password`,
  operationId: 'setUserPassword',
  ...needs('agents.manage'),
  summary: 'Give a SIP user another password',
  description: 'What is registered stays so until it expires.',
  tags: TAGS,
  request: {
    params,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z
            .strictObject({ password: createAgentSchema.shape.password })
            .openapi('SetPassword'),
        },
      },
    },
  },
  responses: { 204: { description: 'Set.' }, ...problems(400, 404, 409, 413, 415) },
});

export function userRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const users = agentsSeen(c, deps)
      .map((agent) => userOf(agent, deps))
      .filter(({ registered }) => isAsked(query.registered, registered));
    const page = pageOf(users, query, { name: 'users', idOf: ({ username }) => username });
    return c.json(listAnswer(c, page, query.fields), 200);
  });
  app.openapi(getOne, (c) => {
    return c.json(userOf(agentOf(c, deps, c.req.valid('param').username), deps), 200);
  });
  app.openapi(setPassword, (c) => {
    const { agentId, username } = agentOf(c, deps, c.req.valid('param').username);
    if (isConfigured(agentId, deps)) {
      throw new ApiError('AGENT_FROM_CONFIG', `agent ${agentId} comes from the configuration`, {
        fields: { agentId },
      });
    }
    deps.sip.putSubscriber(username, c.req.valid('json').password);
    return c.body(null, 204);
  });
}

/** Whoever is limited to lines of business sees who may serve one of their queues. */
function agentsSeen(c: Context<ApiEnv>, { router }: Deps): readonly AgentView[] {
  const agents = router.agents();
  if ((c.get('identity')?.lines ?? null) === null) return agents;
  const queues = router.queues();
  const byId = new Map(queues.map((queue) => [queue.queueId, queue]));
  const servers = queues.flatMap((queue) => serversOf(queue, byId));
  return agents.filter(({ skills }) => servers.some((serves) => serves(skills)));
}

/** @throws RingbackError USER_UNKNOWN */
function agentOf(c: Context<ApiEnv>, deps: Deps, username: string): AgentView {
  const found = agentsSeen(c, deps).find((agent) => agent.username === username);
  if (found === undefined) throw notFound('USER_UNKNOWN', 'there is no such user', { username });
  return found;
}

const isConfigured = (agentId: string, { config }: Deps): boolean =>
  config.agents.some(({ id }) => id === agentId);

function userOf({ agentId, username }: AgentView, deps: Deps): z.output<typeof userSchema> {
  const contacts = deps.sip.bindings(username).map((binding) => ({
    contact: binding.contact,
    receivedFrom: binding.receivedFrom,
    userAgent: binding.userAgent,
    expiresAt: isoTime(binding.expiresAtMs),
  }));
  const configured = isConfigured(agentId, deps);
  return { username, agentId, configured, registered: contacts.length > 0, contacts };
}
