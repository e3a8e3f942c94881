// What the receiving side adds to the top Via of a request. PURE.
// RFC 3261 s.18.2.1, RFC 3581 s.4.
import type { Via } from './address.ts';
import { paramOf, withoutParam } from './uri.ts';

/**
 * The top Via with the place it really came from. rport is given whether asked for or not;
 * `received` when asked for rport, or when the address is another one than the Via says.
 * @param top the value as received; @param via the same taken apart, null when malformed
 */
export function stampedVia(
  top: string,
  via: Via | null,
  from: { readonly address: string; readonly port: number },
): string {
  const semicolon = top.indexOf(';');
  const params = semicolon < 0 ? '' : top.slice(semicolon);
  const head = (semicolon < 0 ? top : top.slice(0, semicolon)).trimEnd();
  const others = withoutParam(withoutParam(params, 'rport'), 'received').trimEnd();
  const asked = paramOf(params, 'rport') !== null;
  const elsewhere = via === null || via.host !== from.address;
  const received = asked || elsewhere ? `;received=${from.address}` : '';
  return `${head}${others};rport=${from.port}${received}`;
}
