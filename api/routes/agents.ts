// /api/v1/agents: who takes interactions, and what they say of themselves.
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { z } from '@hono/zod-openapi';
import { notFound } from '../../core/errors.ts';
import { needs } from '../access/permit.ts';
import { storedFrom } from '../agent-store.ts';
import { queueOfCalled } from '../config.ts';
import type { ApiDeps, ApiEnv } from '../deps.ts';
import { listAnswer, pageOf, type ListRules } from '../listing/page.ts';
import { isAsked } from '../listing/query.ts';
import { ApiError } from '../problem.ts';
import {
  agentIdSchema,
  agentListSchema,
  agentSchema,
  agentView,
  createAgentSchema,
  listAgentsSchema,
  notReadySchema,
} from '../schemas/agents.ts';
import { problems } from '../schemas/common.ts';
import { checkMatch, etagOf } from '../versions.ts';

type Deps = Pick<ApiDeps, 'router' | 'sip' | 'agentStore' | 'config'>;
type AgentBody = z.output<typeof agentSchema>;

const TAGS = ['Agents'];
const ROOT = '/api/v1/agents';

const oneAgent = {
  description: 'The agent.',
  content: { 'application/json': { schema: agentSchema } },
};

const list = createRoute({
  method: 'get',
  path: ROOT,
  operationId: 'listAgents',
  ...needs('agents.list'),
  summary: 'List agents',
  tags: TAGS,
  request: { query: listAgentsSchema },
  responses: {
    200: {
      description: 'One page.',
      content: { 'application/json': { schema: agentListSchema } },
    },
    ...problems(400),
  },
});

const createOne = createRoute({
  method: 'post',
  path: ROOT,
  operationId: 'createAgent',
  ...needs('agents.manage'),
  summary: 'Make an agent',
  description: 'The telephone then registers with `username` and `password`.',
  tags: TAGS,
  request: {
    body: { required: true, content: { 'application/json': { schema: createAgentSchema } } },
  },
  responses: {
    201: { ...oneAgent, description: 'Made. `Location` is set.' },
    ...problems(400, 409, 413, 415),
  },
});

const getOne = createRoute({
  method: 'get',
  path: `${ROOT}/{id}`,
  operationId: 'getAgent',
  ...needs('agents.read'),
  summary: 'Read an agent',
  tags: TAGS,
  request: { params: agentIdSchema },
  responses: { 200: oneAgent, ...problems(400, 404) },
});

const deleteOne = createRoute({
  method: 'delete',
  path: `${ROOT}/{id}`,
  operationId: 'deleteAgent',
  ...needs('agents.manage'),
  summary: 'Delete an agent',
  tags: TAGS,
  request: { params: agentIdSchema },
  responses: { 204: { description: 'Gone.' }, ...problems(400, 404, 409, 412) },
});

const notReady = createRoute({
  method: 'post',
  path: `${ROOT}/{id}/not-ready`,
  operationId: 'agentNotReady',
  ...needs('agents.act'),
  summary: 'Make an agent not ready',
  description: 'During a conversation or wrap-up it takes effect afterwards.',
  tags: TAGS,
  request: {
    params: agentIdSchema,
    body: { required: false, content: { 'application/json': { schema: notReadySchema } } },
  },
  responses: { 200: oneAgent, ...problems(400, 404, 409, 413, 415) },
});

const action = (verb: 'login' | 'logout' | 'ready', operationId: string, summary: string) =>
  createRoute({
    method: 'post',
    path: `${ROOT}/{id}/${verb}`,
    operationId,
    ...needs('agents.act'),
    summary,
    tags: TAGS,
    request: { params: agentIdSchema },
    responses: { 200: oneAgent, ...problems(400, 404, 409) },
  });

const login = action('login', 'agentLogin', 'Log an agent in');
const logout = action('logout', 'agentLogout', 'Log an agent out');
const ready = action('ready', 'agentReady', 'Make an agent ready');

const AGENT_LIST: ListRules<AgentBody> = {
  name: 'agents',
  idOf: ({ agentId }) => agentId,
  sorts: {
    agentId: ({ agentId }) => agentId,
    displayName: ({ displayName }) => displayName,
    since: ({ since }) => since,
  },
};

function isMeant(
  agent: AgentBody,
  { state, skill, phoneRegistered }: z.output<typeof listAgentsSchema>,
): boolean {
  return (
    (state === undefined || state.includes(agent.state)) &&
    (skill === undefined || Object.hasOwn(agent.skills, skill)) &&
    isAsked(phoneRegistered, agent.phoneRegistered)
  );
}

export function agentRoutes(app: OpenAPIHono<ApiEnv>, deps: Deps): void {
  const { router, sip, agentStore, config } = deps;
  const shown = (agentId: string): AgentBody => {
    const view = router.agent(agentId);
    if (view === null) throw notFound('ROUTING_AGENT_UNKNOWN', 'no such agent', { agentId });
    return agentView(view, sip.bindings(view.username).length > 0);
  };
  app.openapi(list, (c) => {
    const query = c.req.valid('query');
    const agents = router
      .agents()
      .map((view) => agentView(view, sip.bindings(view.username).length > 0))
      .filter((agent) => isMeant(agent, query));
    return c.json(listAnswer(c, pageOf(agents, query, AGENT_LIST), query.fields), 200);
  });
  app.openapi(createOne, (c) => {
    const agentId = createAgent(deps, c.req.valid('json'));
    return c.json(shown(agentId), 201, { Location: `${ROOT}/${agentId}` });
  });
  app.openapi(getOne, (c) => c.json(shown(c.req.valid('param').id), 200));
  app.openapi(deleteOne, (c) => {
    const agent = shown(c.req.valid('param').id);
    const { agentId, username } = agent;
    checkMatch(c, etagOf(JSON.stringify(agent)));
    if (config.agents.some((agent) => agent.id === agentId)) {
      throw new ApiError('AGENT_FROM_CONFIG', `agent ${agentId} comes from the configuration`, {
        fields: { agentId },
      });
    }
    router.removeAgent(agentId);
    sip.removeSubscriber(username);
    agentStore.remove(agentId);
    return c.body(null, 204);
  });
  app.openapi(login, (c) => {
    const { id } = c.req.valid('param');
    router.login(id);
    return c.json(shown(id), 200);
  });
  app.openapi(logout, (c) => {
    const { id } = c.req.valid('param');
    router.logout(id);
    return c.json(shown(id), 200);
  });
  app.openapi(ready, (c) => {
    const { id } = c.req.valid('param');
    router.ready(id);
    return c.json(shown(id), 200);
  });
  app.openapi(notReady, (c) => {
    const { id } = c.req.valid('param');
    router.notReady(id, c.req.valid('json').reason ?? 'break');
    return c.json(shown(id), 200);
  });
}

/** @throws ApiError AGENT_EXISTS, USERNAME_TAKEN; RingbackError of routing */
function createAgent(
  { router, sip, agentStore, config }: Deps,
  body: z.output<typeof createAgentSchema>,
): string {
  const { agentId, password } = body;
  const username = body.username ?? agentId;
  if (router.agent(agentId) !== null) {
    throw new ApiError('AGENT_EXISTS', `agent ${agentId} exists already`, { fields: { agentId } });
  }
  const taken = router.agents().some((agent) => agent.username === username);
  if (taken || queueOfCalled(config).has(username)) {
    throw new ApiError('USERNAME_TAKEN', `SIP user ${username} is taken`, { fields: { username } });
  }
  const displayName = body.displayName ?? agentId;
  router.putAgent({ agentId, displayName, username, skills: body.skills ?? {} });
  sip.putSubscriber(username, password);
  const view = router.agent(agentId);
  if (view !== null) agentStore.put(storedFrom(view));
  return agentId;
}
