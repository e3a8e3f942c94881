// Who is able to take what: skills with levels against requirements. PURE.
import type { AgentDefinition, SkillRequirement } from './model.ts';
import { compareText } from './ordered-set.ts';

/** True when the agent has every skill asked for, at the level asked for or above. */
export function fits(
  skills: AgentDefinition['skills'],
  requirements: readonly SkillRequirement[],
): boolean {
  for (const { skill, minLevel } of requirements) {
    const level = Object.hasOwn(skills, skill) ? skills[skill] : undefined;
    if (level === undefined || level < minLevel) return false;
  }
  return true;
}

/**
 * The same requirements in one form: sorted by skill, each skill once with the highest level asked
 * for, so that interactions that need the same agents can stand in one line.
 */
export function normalized(requirements: readonly SkillRequirement[]): readonly SkillRequirement[] {
  if (requirements.length === 0) return requirements;
  const levels = new Map<string, number>();
  for (const { skill, minLevel } of requirements) {
    levels.set(skill, Math.max(minLevel, levels.get(skill) ?? minLevel));
  }
  return [...levels]
    .map(([skill, minLevel]) => ({ skill, minLevel }))
    .sort((a, b) => compareText(a.skill, b.skill));
}

/** A name for a normalized set of requirements: equal sets have equal names. */
export function lineKeyOf(requirements: readonly SkillRequirement[]): string {
  if (requirements.length === 0) return '';
  return JSON.stringify(requirements.map(({ skill, minLevel }) => [skill, minLevel]));
}
