// The contact centre of the stories: its queues, agents and settings, in each manner of story.
import type { CallbackSettings } from '../../callback/index.ts';
import type { AgentDefinition, QueueDefinition } from '../../routing/index.ts';
import { settingsOf } from '../callback/support.ts';
import { slotPlan } from './almanac.ts';
import { callIn } from './calling-in.ts';

/**
 * steady: customers at all hours; crowded: far more than the agents can serve, from few numbers;
 * whole: hours, slots, moves, changes of the clock, and every fault there is;
 * calling: half of the customers call in by themselves.
 */
export const manners = ['steady', 'crowded', 'whole', 'calling'] as const;
export type Manner = (typeof manners)[number];

export const queues: readonly QueueDefinition[] = ['sales', 'support'].map((queueId) => ({
  queueId,
  displayName: queueId,
  requiredSkills: [{ skill: queueId, minLevel: 1 }],
  wrapUpSeconds: 15,
  agentRingTimeoutSeconds: 12,
  reservationTimeoutSeconds: 40,
}));

export const agents: readonly AgentDefinition[] = ['ann', 'bob', 'cid'].map((agentId, index) => ({
  agentId,
  displayName: agentId,
  username: agentId,
  skills: index === 2 ? { sales: 5, support: 5 } : { [index === 0 ? 'sales' : 'support']: 5 },
}));

/** Between two arrivals at most. */
export const gapsMs: Readonly<Record<Manner, number>> = {
  steady: 600_000,
  crowded: 90_000,
  whole: 400_000,
  calling: 400_000,
};

/** The crowd's promises expire soon: many are never kept, and must end all the same. */
export function settingsFor(manner: Manner): readonly CallbackSettings[] {
  const ttlSeconds = manner === 'crowded' ? 900 : 4 * 3600;
  const office = manner === 'whole' ? { officeHours: 'office', slots: slotPlan } : {};
  const access = manner === 'calling' ? { callIn } : {};
  return [
    settingsOf({ ttlSeconds, ...office, ...access }),
    settingsOf({
      queueId: 'support',
      dialMode: 'notification',
      ttlSeconds,
      machineMessage: null,
      maxWaitOnLineSeconds: 60,
      ...access,
    }),
  ];
}
