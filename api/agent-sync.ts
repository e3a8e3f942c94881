// Keeps routing, the agent store and the registrar of one mind about the agents: restored at the
// start, written down at every change, and not offered calls while their telephone is gone.
import type { Log } from '../core/ports.ts';
import type { Router } from '../routing/index.ts';
import type { Sip } from '../sip/index.ts';
import type { AgentChoice, AgentStore } from './agent-store.ts';
import { storedFrom } from './agent-store.ts';

const PHONE_GONE = 'phone-unregistered';

/**
 * Stored agents are there again, and all are what they chose to be before the restart. Agents the
 * router already knows come from the configuration, which wins over what was stored.
 */
export function restoreAgents(router: Router, store: AgentStore): void {
  for (const { definition, choice } of store.all()) {
    if (router.agent(definition.agentId) === null) router.putAgent(definition);
    restoreChoice(router, definition.agentId, choice);
  }
}

function restoreChoice(router: Router, agentId: string, choice: AgentChoice): void {
  if (choice.state === 'logged-out') return;
  router.login(agentId);
  if (choice.state === 'ready') router.ready(agentId);
  else router.notReady(agentId, choice.reason);
}

/** Writes every change of an agent down. */
export function persistAgents(router: Router, store: AgentStore, log: Log): void {
  router.onNotice((notice) => {
    if (notice.type !== 'agent-changed') return;
    try {
      if (router.agent(notice.agent.agentId) !== null) store.put(storedFrom(notice.agent));
    } catch (error) {
      log.error('agent-not-stored', { agentId: notice.agent.agentId, error });
    }
  });
}

/** A ready agent whose last telephone goes is not offered calls; its return makes them ready. */
export function followRegistrations(sip: Sip, router: Router): void {
  sip.onRegistrationChanged((username, registered) => {
    for (const agent of router.agents()) {
      if (agent.username !== username) continue;
      if (!registered && agent.state === 'ready') router.notReady(agent.agentId, PHONE_GONE);
      if (registered && agent.state === 'not-ready' && agent.notReadyReason === PHONE_GONE) {
        router.ready(agent.agentId);
      }
    }
  });
}
