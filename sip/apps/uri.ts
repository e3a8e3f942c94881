// URIs as the apps use them: whose it is, where it leads, whether two name the same. PURE.
// RFC 3261 s.19.1, RFC 3966 (tel).
import { hostPort, paramOf, parseUri, withoutParam } from '../message/uri.ts';

const MAX_URI_CHARS = 1_024;

/** The decoded user of a SIP URI or the number of a tel URI, without parameters; or null. */
export function userOf(uri: string): string | null {
  if (uri.length > MAX_URI_CHARS) return null;
  const tel = /^tel:([+\d*#().-]+)(?:;|$)/i.exec(uri);
  if (tel !== null) return tel[1] ?? null;
  const user = parseUri(uri)?.user ?? null;
  return user === null ? null : decodeUser(user);
}

/** Writes a user part: what RFC 3261 s.25.1 does not allow there is escaped. */
export function escapeUser(user: string): string {
  return user.replace(/[^A-Za-z0-9\-_.!~*'()&=+$,?/]/gu, (char) => encodeURIComponent(char));
}

/** Whether two SIP URIs name the same resource, URI parameters aside (s.22.4). */
export function sameResource(a: string, b: string): boolean {
  const left = parseUri(a);
  const right = parseUri(b);
  if (left === null || right === null) return a === b;
  return (
    left.scheme === right.scheme &&
    decodeUser(left.user ?? '') === decodeUser(right.user ?? '') &&
    left.host.toLowerCase() === right.host.toLowerCase() &&
    (left.port ?? 5060) === (right.port ?? 5060)
  );
}

/**
 * A string that is equal for the same contact (s.19.1.4); URI parameters count, in any order.
 * Null for what cannot be called: another scheme, `|` (it would break the control protocol).
 */
export function contactKey(uri: string): string | null {
  const parsed = parseUri(uri);
  if (parsed === null || uri.length > MAX_URI_CHARS || uri.includes('|')) return null;
  const params = parsed.params.toLowerCase().split(';').filter(Boolean).sort();
  const place = hostPort(parsed.host.toLowerCase(), parsed.port);
  return [`${parsed.scheme}:${parsed.user ?? ''}@${place}`, ...params].join(';');
}

/** A source as `udp/127.0.0.1:5070`: how bindings remember where a REGISTER came from. */
export function sourceText(protocol: string, address: string, port: number): string {
  return `${protocol.toLowerCase()}/${hostPort(address, port)}`;
}

/** The next hop that such a source stands for: `sip:127.0.0.1:5070;transport=udp`. */
export function sourceUri(source: string): string {
  const [protocol = 'udp', place = ''] = source.split('/', 2);
  return `sip:${place};transport=${protocol}`;
}

/** The URI for use as a Request-URI: `method` and headers may not stand there (s.19.1.1). */
export function requestUri(uri: string): string {
  const parsed = parseUri(uri);
  if (parsed === null || paramOf(parsed.params, 'method') === null) return uri.split('?')[0] ?? uri;
  const user = parsed.user === null ? '' : `${parsed.user}@`;
  const params = withoutParam(parsed.params, 'method');
  return `${parsed.scheme}:${user}${hostPort(parsed.host, parsed.port)}${params}`;
}

function decodeUser(text: string): string {
  const bare = text.split(':', 1)[0]?.split(';', 1)[0] ?? '';
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare;
  }
}
