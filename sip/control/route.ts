// Where a request of ours goes: an open flow, or a target still to be resolved; and sending it.
// RFC 3261 s.8.1.2, s.18.1.1. Names go through the resolver (the seam for RFC 3263).
import type { OutgoingRequest } from '../message/build.ts';
import { isIP } from 'node:net';
import { paramOf, parseUri, type SipUri } from '../message/uri.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import type { TransportProtocol } from '../types.ts';
import type { Core } from './core.ts';

const DEFAULT_PORT = 5060;
const DEFAULT_SECURE_PORT = 5061;

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
      readonly host: string;
      readonly port: number;
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
  const listener = listenerOf(core, uri);
  if (listener === null) {
    return { kind: 'refused', text: 'requested protocol/transport not available' };
  }
  const host = paramOf(uri.params, 'maddr') ?? uri.host;
  const port = uri.port ?? (listener.protocol === 'tls' ? DEFAULT_SECURE_PORT : DEFAULT_PORT);
  if (core.transports.isOwn(host, port)) {
    return { kind: 'refused', text: 'can not send request to myself' };
  }
  return { kind: 'target', listener, host, port };
}

/** s.26.2.2: `sips` demands TLS; otherwise UDP unless the URI says so. A secure WebSocket will do
 * for a plain one: URIs have one name for both (RFC 7118 s.5.2). */
function listenerOf(core: Core, uri: SipUri): Listener | null {
  const address = isIP(uri.host) === 0 ? null : uri.host;
  const transport = paramOf(uri.params, 'transport')?.toLowerCase() ?? 'any';
  const secure = uri.scheme === 'sips';
  // With `sips` the parameter names what is below TLS.
  const order = PREFERENCE.get(secure && transport === 'tcp' ? 'tls' : transport) ?? [];
  for (const protocol of order) {
    if (secure && protocol !== 'tls' && protocol !== 'wss') continue;
    const listener = core.transports.listenerFor(protocol, address);
    if (listener !== null) return listener;
  }
  return null;
}

/** Told what became of a launch: exactly one of the two. */
export interface LaunchObserver {
  started(transaction: ClientTransaction): void;
  /** There is no such name, or the peer's own connection, the only way to it, has closed. */
  notSent(cause: 'unresolved' | 'gone'): void;
}

/**
 * Sends a request in a client transaction, now or when its name is resolved. That there is no way
 * is told later than this call returns.
 */
export function launch(
  core: Core,
  route: Route,
  request: { readonly outgoing: OutgoingRequest; readonly text: string },
  user: ClientUser,
  then: LaunchObserver,
): void {
  withFlow(core, route, (flow) => {
    if (flow === null) setImmediate(() => then.notSent('unresolved'));
    else if (isGone(flow)) setImmediate(() => then.notSent('gone'));
    else then.started(core.transactions.request(request.outgoing, request.text, flow, user));
  });
}

/** Sends an ACK for a 2xx: no transaction, no answer (s.13.2.2.4). */
export function sendWithoutTransaction(core: Core, route: Route, text: string): void {
  withFlow(core, route, (flow) => {
    if (flow !== null) core.transports.send(flow, text, null);
  });
}

/** Its user agent has left: nobody listens where a registration or a WebSocket came from. */
function isGone({ connection, protocol }: Flow): boolean {
  if (connection === null) return protocol === 'ws' || protocol === 'wss';
  return !connection.open;
}

function withFlow(core: Core, route: Route, then: (flow: Flow | null) => void): void {
  if (route.kind === 'flow') {
    then(route.flow);
    return;
  }
  core.resolve(route.host, (address) => {
    then(
      address === null
        ? null
        : core.transports.flowTo(route.listener, address, route.port, route.host),
    );
  });
}
