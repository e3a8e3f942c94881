// Where a request of ours goes: an open flow, or a target still to be resolved (launch.ts).
// RFC 3261 s.8.1.2, s.18.1.1; RFC 3263 s.4.1.
import { isIP } from 'node:net';
import { paramOf, parseUri, type SipUri } from '../message/uri.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import { defaultPort, type Target } from '../transport/locate.ts';
import type { TransportProtocol } from '../types.ts';
import type { Core } from './core.ts';

/** Protocols for a `transport` parameter, best first. */
const PREFERENCE: ReadonlyMap<string, readonly TransportProtocol[]> = new Map([
  ['any', ['udp', 'tcp', 'tls']],
  ['udp', ['udp']],
  ['tcp', ['tcp']],
  ['tls', ['tls']],
  ['ws', ['ws', 'wss']],
  ['wss', ['wss']],
]);

/** A next hop. The listener is known before the name is resolved: Via and Contact need it. */
export type Route =
  | { readonly kind: 'flow'; readonly flow: Flow; readonly listener: Listener }
  | {
      readonly kind: 'target';
      readonly listener: Listener;
      readonly target: Target;
      /** An INVITE of which nothing is heard moves on after this; left out: timer B alone. */
      readonly silenceMs?: number;
    };

/** Why a URI cannot be a next hop, in the words applications know. */
export interface NoRoute {
  readonly kind: 'refused';
  readonly text: string;
}

/** The route to a URI: `;transport=` picks the listener, UDP is the default. */
export function routeTo(core: Core, uriText: string): Route | NoRoute {
  const uri = parseUri(uriText);
  if (uri === null) return { kind: 'refused', text: `invalid request-uri: ${uriText}` };
  const target = targetOf(core, uri);
  const [protocol] = target.protocols;
  const address = isIP(target.host) === 0 ? null : target.host;
  const listener = protocol === undefined ? null : core.transports.listenerFor(protocol, address);
  if (protocol === undefined || listener === null) {
    return { kind: 'refused', text: 'requested protocol/transport not available' };
  }
  if (core.transports.isOwn(target.host, target.port ?? defaultPort(protocol))) {
    return { kind: 'refused', text: 'can not send request to myself' };
  }
  return { kind: 'target', listener, target };
}

/** The route to a next hop that an application chose: `silence-ms` is between it and us. */
export function routeToHop(core: Core, uriText: string): Route | NoRoute {
  const route = routeTo(core, uriText);
  const silence = paramOf(parseUri(uriText)?.params ?? '', 'silence-ms') ?? '';
  const silenceMs = /^\d{1,5}$/.test(silence) ? Number(silence) : 0;
  return route.kind === 'target' && silenceMs > 0 ? { ...route, silenceMs } : route;
}

/**
 * s.26.2.2: `sips` demands TLS; otherwise UDP unless the URI says so. A secure WebSocket will do
 * for a plain one: URIs have one name for both (RFC 7118 s.5.2).
 */
function targetOf(core: Core, uri: SipUri): Target {
  const maddr = paramOf(uri.params, 'maddr')?.replace(/^\[|\]$/g, '');
  const host = maddr ?? uri.host;
  const address = isIP(host) === 0 ? null : host;
  const transport = paramOf(uri.params, 'transport')?.toLowerCase() ?? 'any';
  const secure = uri.scheme === 'sips';
  // With `sips` the parameter names what is below TLS.
  const order = PREFERENCE.get(secure && transport === 'tcp' ? 'tls' : transport) ?? [];
  const protocols = order.filter(
    (protocol) =>
      (!secure || protocol === 'tls' || protocol === 'wss') &&
      core.transports.listenerFor(protocol, address) !== null,
  );
  return { host, port: uri.port, protocols, name: uri.host };
}
