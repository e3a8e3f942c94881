// Who serves a queue, and who joins when the wait grows: escalating targets. PURE.
// A queue's own agents serve from the start. Each target adds others, by a skill expression or as
// the agents of another queue (overflow, fail-over), once all its conditions hold for an entry;
// what was reached stays reached, so nobody's chances shrink while waiting. The place never
// changes.
import { compileExpression } from './expression.ts';
import type { SkillTest } from './expression.ts';
import type { QueueDefinition, SkillRequirement, TargetDefinition } from './model.ts';
import { fits } from './skills.ts';

/** What the gates of a target look at. */
export interface Pressure {
  /** How long the entry has waited since its arrival. */
  readonly waitedSeconds: number;
  /** Of the queue; -1 when nobody is logged in, which counts as endless. */
  readonly ewtSeconds: number;
  /** Those of the queue who have no agent. */
  readonly waiting: number;
  readonly agentsLoggedIn: number;
}

/** A gate that is shut is tried again after this. */
const RETRY_SECONDS = 5;

/** Most targets of one queue: what is reached is kept as bits of one number. */
export const MAX_TARGETS = 15;

/**
 * Tests for agents who serve the queue: the first for its own agents, then one for each target.
 * @throws RingbackError ROUTING_CONFIG_INVALID when an expression has a fault
 */
export function serversOf(
  queue: QueueDefinition,
  others: ReadonlyMap<string, QueueDefinition>,
): readonly SkillTest[] {
  return [
    ownAgents(queue),
    ...(queue.targets ?? []).map(({ skills, queueId }) => {
      if (skills !== null) return compileExpression(skills);
      const other = queueId === null ? undefined : others.get(queueId);
      return other === undefined ? () => false : ownAgents(other);
    }),
  ];
}

function ownAgents({ requiredSkills, skills }: QueueDefinition): SkillTest {
  if (skills === undefined || skills === null) return (has) => fits(has, requiredSkills);
  const test = compileExpression(skills);
  return (has) => fits(has, requiredSkills) && test(has);
}

/** Whether an agent may take an entry with these needs that reached these targets. */
export function mayServe(
  servers: readonly SkillTest[],
  reached: number,
  requirements: readonly SkillRequirement[],
  skills: Readonly<Record<string, number>>,
): boolean {
  if (!fits(skills, requirements)) return false;
  if (servers[0]?.(skills) === true) return true;
  for (let n = 1; n < servers.length; n += 1) {
    if ((reached & (1 << (n - 1))) !== 0 && servers[n]?.(skills) === true) return true;
  }
  return false;
}

/**
 * The targets reached now, and when to look again (seconds from now; null: all are reached).
 * @param reached bit n for target n
 */
export function escalate(
  targets: readonly TargetDefinition[],
  reached: number,
  pressure: Pressure,
): { readonly reached: number; readonly againSeconds: number | null } {
  let now = reached;
  let againSeconds: number | null = null;
  targets.forEach((target, index) => {
    if ((now & (1 << index)) !== 0) return;
    const missingSeconds = target.afterSeconds - pressure.waitedSeconds;
    if (missingSeconds <= 0 && isOpen(target, pressure)) {
      now |= 1 << index;
      return;
    }
    const nextSeconds = missingSeconds > 0 ? missingSeconds : RETRY_SECONDS;
    againSeconds = Math.min(againSeconds ?? nextSeconds, nextSeconds);
  });
  return { reached: now, againSeconds };
}

function isOpen(target: TargetDefinition, pressure: Pressure): boolean {
  const { waitAboveSeconds, waitingAbove, agentsBelow } = target;
  const { ewtSeconds, waiting, agentsLoggedIn } = pressure;
  const wait = ewtSeconds < 0 ? Infinity : ewtSeconds;
  return (
    (waitAboveSeconds === null || wait > waitAboveSeconds) &&
    (waitingAbove === null || waiting > waitingAbove) &&
    (agentsBelow === null || agentsLoggedIn < agentsBelow)
  );
}
