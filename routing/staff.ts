// The agents by what they can do and whether they can do it now: profiles, the ready ones of each
// in the order of their turns, and the busy ones. Follows the record of one agent from old to new,
// so that no rule has to remember an index. PURE to the outside: works on a step's draft.
import type { AgentDefinition } from './model.ts';
import { lineKeysFor } from './lines.ts';
import type { Mutable } from './lines.ts';
import { compareText, OrderedSet } from './ordered-set.ts';
import { compareTurns } from './state.ts';
import type { AgentRecord, IdleTurn, Profile, RoutingState } from './state.ts';

/** A name for skills: agents with equal skills have equal names. */
export function profileKeyOf(skills: AgentDefinition['skills']): string {
  return JSON.stringify(Object.entries(skills).sort(([a], [b]) => compareText(a, b)));
}

/** Puts `next` in place of `old` in every index; null: there is none. */
export function followAgent(
  state: Mutable<RoutingState>,
  old: AgentRecord | null,
  next: AgentRecord | null,
): void {
  const record = next ?? old;
  if (record === null) return;
  const { agentId } = record.definition;
  if (old !== null && (next === null || isOther(old, next))) leaveProfile(state, old);
  if (next !== null && (old === null || isOther(old, next))) joinProfile(state, next);
  state.agents = next === null ? state.agents.without(agentId) : state.agents.with(agentId, next);
  const isBusy = next?.state.name === 'talking' || next?.state.name === 'wrap-up';
  state.busy = isBusy ? state.busy.with(agentId, next) : state.busy.without(agentId);
}

/** Whether anything a profile knows of the agent changes. */
function isOther(old: AgentRecord, next: AgentRecord): boolean {
  return (
    old.profileKey !== next.profileKey ||
    isLoggedIn(old) !== isLoggedIn(next) ||
    (old.state.name === 'ready') !== (next.state.name === 'ready') ||
    old.idleSequence !== next.idleSequence
  );
}

function isLoggedIn({ state }: AgentRecord): boolean {
  return state.name !== 'logged-out';
}

function turnOf({ definition, idleSequence }: AgentRecord): IdleTurn {
  return { agentId: definition.agentId, sequence: idleSequence };
}

function joinProfile(state: Mutable<RoutingState>, agent: AgentRecord): void {
  const { profileKey, definition } = agent;
  const old = state.profiles.get(profileKey) ?? {
    profileKey,
    skills: definition.skills,
    agents: 0,
    loggedIn: 0,
    idle: OrderedSet.empty(compareTurns),
    lineKeys: lineKeysFor(state, definition.skills),
  };
  const isReady = agent.state.name === 'ready';
  const head = old.idle.first();
  putProfile(state, head, {
    ...old,
    agents: old.agents + 1,
    loggedIn: old.loggedIn + (isLoggedIn(agent) ? 1 : 0),
    idle: isReady ? old.idle.with(turnOf(agent)) : old.idle,
  });
}

function leaveProfile(state: Mutable<RoutingState>, agent: AgentRecord): void {
  const old = state.profiles.get(agent.profileKey);
  if (old === undefined) return;
  const isReady = agent.state.name === 'ready';
  const head = old.idle.first();
  putProfile(state, head, {
    ...old,
    agents: old.agents - 1,
    loggedIn: old.loggedIn - (isLoggedIn(agent) ? 1 : 0),
    idle: isReady ? old.idle.without(turnOf(agent)) : old.idle,
  });
}

/** @param before whose turn it was among these agents until now */
function putProfile(state: Mutable<RoutingState>, before: IdleTurn | null, next: Profile): void {
  const { profileKey } = next;
  state.profiles =
    next.agents === 0 ? state.profiles.without(profileKey) : state.profiles.with(profileKey, next);
  const head = next.idle.first();
  if (head?.sequence === before?.sequence) return;
  if (before !== null) state.idle = state.idle.without(before);
  if (head !== null) state.idle = state.idle.with(head);
}
