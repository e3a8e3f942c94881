// Who sent it, as far as limits go, and what a text says before it is parsed. PURE.
// RFC 4291 s.2.5.4: an IPv6 site owns a /64, so its addresses count as one source.
import { parseAddress } from '../apps/cidr.ts';

/** One key for each IPv4 address, and for each /64 of IPv6; IPv4-mapped addresses are IPv4. */
export function sourceOf(address: string): string {
  if (!address.includes(':')) return address;
  const bytes = parseAddress(address);
  if (bytes === null) return address;
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff;
  if (isMapped) return bytes.slice(12).join('.');
  const groups = [0, 2, 4, 6].map((at) => (bytes[at]! * 256 + bytes[at + 1]!).toString(16));
  return `${groups.join(':')}::/64`;
}

/** True for what claims to be a response: those are matched to requests of ours, or dropped. */
export function looksLikeResponse(text: string): boolean {
  return text.startsWith('SIP/2.0 ');
}

const USER_AGENT = /\r\nuser-agent[ \t]*:([^\r\n]{0,200})/i;

/** Whether the User-Agent of this text contains one of the refused names (lower case). */
export function isScanner(text: string, refused: readonly string[]): boolean {
  const agent = USER_AGENT.exec(text)?.[1]?.toLowerCase() ?? '';
  return agent !== '' && refused.some((name) => agent.includes(name));
}
