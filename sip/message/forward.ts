// A message as a proxy passes it on: one Via more, one hop less. PURE.
// RFC 3261 s.16.6 (requests), s.16.7 (responses).
import { parseAddress, splitList } from './address.ts';
import type { OutgoingRequest } from './build.ts';
import type { SipMessage } from './message.ts';

/** What the proxy decides about a request it forwards. */
export interface Forwarding {
  readonly uri: string;
  readonly via: string;
  readonly branch: string;
  /** Route values left after our own were taken off. */
  readonly routes: readonly string[];
  /** Record-Route value that keeps us on the way, or null; a REGISTER carries it as Path. */
  readonly recordRoute: string | null;
  /** Header lines the application adds, each ended by CRLF. */
  readonly extra: string;
}

/** Written by the parts of OutgoingRequest, not copied. */
const BUILT = new Set([
  ...['max-forwards', 'from', 'to', 'call-id', 'cseq', 'contact', 'route', 'content-length'],
]);

/** The request as it goes to one target. The older Via values follow ours, in order. */
export function forwardedRequest(request: SipMessage, by: Forwarding): OutgoingRequest {
  // RFC 3327 s.5.1: what shall come back through us by a registration is told by a Path.
  const stay = request.method === 'REGISTER' ? 'Path' : 'Record-Route';
  let extra = by.recordRoute === null ? '' : `${stay}: ${by.recordRoute}\r\n`;
  request.each((key, name, value) => {
    if (!BUILT.has(key)) extra += `${name}: ${value}\r\n`;
  });
  const contacts = request.all('contact');
  return {
    ...{ uri: by.uri, via: by.via, branch: by.branch, routes: by.routes },
    method: request.method,
    maxForwards: Math.max(0, Number(request.first('max-forwards') ?? 70) - 1),
    from: request.from,
    to: request.to,
    callId: request.callId,
    cseqNumber: request.cseqNumber,
    contact: contacts.length === 0 ? null : contacts.join(', '),
    extra: extra + by.extra,
    body: request.body,
  };
}

/** The response without its top Via, which is ours (s.16.7 step 3). */
export function forwardedResponse(response: SipMessage, status = response.status): string {
  let text = `SIP/2.0 ${status} ${response.reason}\r\n`;
  let first = true;
  response.each((key, name, value) => {
    if (key === 'content-length') return;
    if (key === 'via' && first) {
      first = false;
      const rest = splitList(value).slice(1);
      if (rest.length > 0) text += `Via: ${rest.join(', ')}\r\n`;
      return;
    }
    text += `${name.length === 1 ? key : name}: ${value}\r\n`;
  });
  return `${text}Content-Length: ${response.body.length}\r\n\r\n${response.body}`;
}

/** URI of the first Route value, or null. */
export function firstRouteUri(request: SipMessage): string | null {
  const first = request.first('route');
  if (first === null) return null;
  return parseAddress(splitList(first)[0] ?? '')?.uri ?? null;
}
