// Where a 3xx may lead: only to hosts the trunk may send us to, only to numbers that may be called,
// and never with anything but user, host, port and transport. PURE. RFC 3261 s.8.1.3.4, s.21.3.
import { parseAddress, splitList } from '../../message/address.ts';
import { hostPort, paramOf, parseUri } from '../../message/uri.ts';
import { contains } from '../cidr.ts';
import { readNumber } from '../trunks.ts';
import type { Trunk } from '../trunks.ts';
import { escapeUser, userOf } from '../uri.ts';
import { destinationRefusal } from './number-plan.ts';

/** The next place of a redirected call. */
export interface RedirectTarget {
  readonly requestUri: string;
  /** Whether it is the trunk itself: nobody else is shown its credentials. */
  readonly isTrunk: boolean;
}

const MAX_CONTACTS = 10;
const TRANSPORTS: ReadonlySet<string> = new Set(['udp', 'tcp', 'tls']);

/**
 * The first target that may be followed, by q; null when there is none.
 * @param contact Contact of the 3xx, several joined by commas
 * @param calledUser the user part that was dialled: to be found elsewhere under it is no new number
 */
export function redirectTarget(
  contact: string,
  trunk: Trunk,
  calledUser: string,
): RedirectTarget | null {
  const contacts = splitList(contact)
    .slice(0, MAX_CONTACTS)
    .map((value) => parseAddress(value))
    .filter((address) => address !== null)
    .map(({ uri, params }) => ({ uri, q: Number(paramOf(params, 'q') ?? 1) || 0 }))
    .sort((a, b) => b.q - a.q);
  for (const { uri } of contacts) {
    const target = allowedTarget(uri, trunk, calledUser);
    if (target !== null) return target;
  }
  return null;
}

function allowedTarget(text: string, trunk: Trunk, calledUser: string): RedirectTarget | null {
  const uri = parseUri(text);
  const user = userOf(text);
  if (uri === null || user === null || user === '') return null;
  const host = uri.host.toLowerCase();
  const isTrunkHost = host === trunk.host.toLowerCase();
  if (!isTrunkHost && !mayLeadTo(host, trunk)) return null;
  if (user !== calledUser && !mayCall(user, trunk)) return null;
  const isPrivate = trunk.protocol === 'tls';
  const isSips = uri.scheme === 'sips';
  // Privacy to the very end is asked for only where the first step has it (s.26.2.2).
  if (isSips && !isPrivate) return null;
  const named = paramOf(uri.params, 'transport')?.toLowerCase();
  // With sips the parameter names what is below TLS (s.19.1.2).
  const transport = isSips && named === 'tcp' ? 'tls' : (named ?? (isPrivate ? 'tls' : 'udp'));
  // What began in private is not carried on in the open.
  if (!TRANSPORTS.has(transport) || (isPrivate && transport !== 'tls')) return null;
  const suffix = transport === 'udp' || isSips ? '' : `;transport=${transport}`;
  const usual = (port: number | null): number => port ?? (transport === 'tls' ? 5061 : 5060);
  const isTrunk = isTrunkHost && usual(uri.port) === usual(trunk.port);
  return {
    requestUri: `${uri.scheme}:${escapeUser(user)}@${hostPort(uri.host, uri.port)}${suffix}`,
    isTrunk,
  };
}

function mayLeadTo(host: string, { redirects, redirectNetworks }: Trunk): boolean {
  if (redirects.allowedHosts.some((allowed) => allowed.toLowerCase() === host)) return true;
  return redirectNetworks.some((network) => contains(network, host));
}

/** A redirect is no way round the number plan. */
function mayCall(user: string, trunk: Trunk): boolean {
  const number = readNumber(user, trunk.numberFormat, trunk.country);
  return number !== null && destinationRefusal(number, trunk.destinations) === null;
}
