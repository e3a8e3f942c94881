// Which calls are encrypted: by trunk or group towards the network, by one setting for the
// telephones of agents. PURE.
import type { SrtpPolicy } from '../../media/index.ts';
import type { Config } from './load.ts';

const STRICTEST: readonly SrtpPolicy[] = ['required', 'optional', 'off'];

/**
 * The policy of a call with this party.
 * @param party a trunk's or group's name, null for the usual trunk; or a registered user
 */
export function srtpPolicy(
  config: Pick<Config, 'sip' | 'media'>,
  party: { readonly trunk: string | null } | 'user',
): SrtpPolicy {
  const { trunks, trunkGroups } = config.sip;
  if (party === 'user') return config.media.userSrtp;
  const name = party.trunk ?? trunks[0]?.name;
  const group = trunkGroups.find((candidate) => candidate.name === name);
  const members = group?.members.map(({ trunk }) => trunk) ?? [name];
  const policies = trunks.filter((trunk) => members.includes(trunk.name)).map(({ srtp }) => srtp);
  // A group has one offer for all its trunks: what one must encrypt is never sent in the clear.
  return STRICTEST.find((policy) => policies.includes(policy)) ?? 'off';
}
