// What is an agent's own: the agent, and the interaction that the agent has or had in hand last.
import type { ApiDeps } from '../deps.ts';
import type { Ownership } from './permit.ts';

const AGENTS = '/api/v1/agents/';

/** By the `id` of the path; a request without one is about nothing of anybody's. */
export function ownership({ router, callbacks }: Pick<ApiDeps, 'router' | 'callbacks'>): Ownership {
  return (agentId, c) => {
    const id = c.req.param('id');
    if (id === undefined) return false;
    if (c.req.path.startsWith(AGENTS)) return id === agentId;
    if (router.agent(agentId)?.interactionId === id) return true;
    return callbacks.get(id)?.attempts.at(-1)?.agentId === agentId;
  };
}
