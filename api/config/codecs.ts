// What is spoken with whom: by trunk or group towards the network. PURE.
import type { AudioCodec } from '../../media/index.ts';
import type { Config } from './load.ts';
import type { Settings } from './schema.ts';

/**
 * The codecs of calls with this party, in the order of the offer; null: what media speaks.
 * @param party a trunk's or group's name, null for the usual trunk; or a registered user
 */
export function codecsOf(
  { sip, media }: Pick<Config, 'sip' | 'media'>,
  party: { readonly trunk: string | null } | 'user',
): readonly AudioCodec[] | null {
  if (party === 'user') return null;
  const name = party.trunk ?? sip.trunks[0]?.name;
  const group = sip.trunkGroups.find((candidate) => candidate.name === name);
  const members = group?.members.map(({ trunk }) => trunk) ?? [name];
  return spokenByAll(members, sip.trunks, media.codecs);
}

/** What all of these trunks speak, in the order of the first; they share one offer. */
export function spokenByAll(
  names: readonly (string | undefined)[],
  trunks: Settings['sip']['trunks'],
  spoken: readonly AudioCodec[],
): readonly AudioCodec[] {
  const lists = names.map((name) => trunks.find((trunk) => trunk.name === name)?.codecs ?? spoken);
  const [first = spoken, ...others] = lists;
  const common = [...new Set(first)].filter((codec) => others.every((one) => one.includes(codec)));
  return common;
}
