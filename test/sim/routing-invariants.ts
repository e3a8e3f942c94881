// What must be true of routing at every moment, seen through its face alone: for every simulation
// that has a router in it.
import type {
  AgentView,
  EntryView,
  QueueView,
  Router,
  SkillRequirement,
} from '../../routing/index.ts';

/** Every broken promise of routing, in words; empty when all is well. */
export function routingFaults(router: Router): string[] {
  const agents = router.agents();
  const queues = router.queues();
  return [
    ...queues.flatMap(positionFaults),
    ...reservationFaults(agents, queues),
    ...queues.flatMap((queue) => idleFaults(agents, queue)),
  ];
}

/** Positions are 1..n in the order of places; those with an agent have none. */
function positionFaults(queue: QueueView): string[] {
  const faults: string[] = [];
  const inLine = queue.entries.filter(({ position }) => position > 0);
  inLine.forEach((entry, index) => {
    const { interactionId, position } = entry;
    if (position !== index + 1) faults.push(`${interactionId} has position ${position}`);
    if (entry.state === 'assigned') faults.push(`${interactionId} is assigned and in line`);
    const ahead = inLine[index - 1];
    if (ahead !== undefined && !isOrdered(ahead, entry)) {
      faults.push(`${ahead.interactionId} stands wrongly ahead of ${interactionId}`);
    }
  });
  if (queue.waitingLive + queue.waitingCallbacks !== inLine.length) {
    faults.push(`${queue.queueId} counts its entries wrongly`);
  }
  return faults;
}

function isOrdered(ahead: EntryView, behind: EntryView): boolean {
  if (ahead.priority !== behind.priority) return ahead.priority > behind.priority;
  return ahead.arrivedAtMs <= behind.arrivedAtMs;
}

/** Agents at work and entries with an agent belong to each other, one to one. */
function reservationFaults(agents: readonly AgentView[], queues: readonly QueueView[]): string[] {
  const atWork = agents.filter(({ state }) => state === 'reserved' || state === 'talking');
  const withAgent = queues
    .flatMap(({ entries }) => entries)
    .filter(({ position }) => position === 0)
    .map(({ interactionId }) => interactionId)
    .sort();
  const workedOn = atWork.map(({ interactionId }) => interactionId ?? 'nothing').sort();
  const faults: string[] = [];
  if (workedOn.join() !== withAgent.join()) {
    faults.push(`agents work on [${workedOn.join()}], agents are held for [${withAgent.join()}]`);
  }
  const reservations = new Set(atWork.map(({ reservationId }) => reservationId));
  if (reservations.size !== atWork.length) faults.push('two agents share a reservation');
  return faults;
}

/** No ready agent stands idle beside an entry that could be taken. */
function idleFaults(agents: readonly AgentView[], queue: QueueView): string[] {
  const takeable = queue.entries.filter(
    (entry) =>
      entry.position > 0 &&
      (entry.state === 'present' ||
        (entry.state === 'waiting' && entry.dialMode === 'reservation')),
  );
  return agents
    .filter(({ state }) => state === 'ready')
    .flatMap((agent) =>
      takeable
        .filter((entry) => isAble(agent, [...queue.requiredSkills, ...entry.requiredSkills]))
        .map((entry) => `${agent.agentId} is idle while ${entry.interactionId} waits`),
    );
}

function isAble(agent: AgentView, requirements: readonly SkillRequirement[]): boolean {
  return requirements.every(({ skill, minLevel }) => (agent.skills[skill] ?? 0) >= minLevel);
}
