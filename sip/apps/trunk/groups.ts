// Trunks under common names: which ones a call to a trunk or group may take. PURE.
import { badRequest } from '../../../core/errors.ts';
import type { TrunkGroupMember, TrunkGroupOptions } from '../../types.ts';
import type { Trunk } from '../trunks.ts';

/** A trunk that may carry a call, with its place among the others. */
export interface Member extends Omit<TrunkGroupMember, 'trunk'> {
  readonly trunk: Trunk;
}

/** All names that a call may give. */
export interface TrunkNames {
  readonly trunks: readonly Trunk[];
  readonly groups: ReadonlyMap<string, readonly Member[]>;
}

/**
 * Reads the groups.
 * @throws RingbackError SIP_TRUNK_GROUP_INVALID {group, why}
 */
export function readGroups(
  trunks: readonly Trunk[],
  options: readonly TrunkGroupOptions[],
): TrunkNames {
  const groups = new Map<string, readonly Member[]>();
  for (const { name, members } of options) {
    const refuse = (why: string): never => {
      throw badRequest('SIP_TRUNK_GROUP_INVALID', `trunk group ${name}: ${why}`, {
        group: name,
        why,
      });
    };
    if (groups.has(name)) refuse('the name is used twice');
    if (trunks.some((trunk) => trunk.name === name)) refuse('a trunk has this name');
    if (members.length === 0) refuse('no members');
    const read = members.map(({ trunk: wanted, ...place }) => {
      const trunk = trunks.find((known) => known.name === wanted);
      return { trunk: trunk ?? refuse(`no such trunk: ${wanted}`), ...place };
    });
    if (new Set(members.map(({ trunk }) => trunk)).size < members.length) refuse('a member twice');
    groups.set(name, read);
  }
  return { trunks, groups };
}

/** The members of that group, or the trunk alone; the first trunk for null. Empty: unknown. */
export function membersOf({ trunks, groups }: TrunkNames, name: string | null): readonly Member[] {
  const trunk = name === null ? trunks[0] : trunks.find((known) => known.name === name);
  if (trunk !== undefined) return [{ trunk, priority: 0, weight: 1 }];
  return groups.get(name ?? '') ?? [];
}

/** The groups a trunk is in. */
export function groupsOf({ groups }: TrunkNames, trunk: string): readonly string[] {
  return [...groups]
    .filter(([, members]) => members.some((member) => member.trunk.name === trunk))
    .map(([name]) => name);
}
