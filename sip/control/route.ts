// Where a request of ours goes: an open flow, or a target still to be resolved; and sending it.
// RFC 3261 s.8.1.2, s.18.1.1. Names go through the resolver (the seam for RFC 3263).
import type { OutgoingRequest } from '../message/build.ts';
import { paramOf, parseUri } from '../message/uri.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import type { Core } from './core.ts';

const DEFAULT_PORT = 5060;

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
  const transport = paramOf(uri.params, 'transport')?.toLowerCase() ?? null;
  const protocol = transport ?? (core.transports.listenerFor('udp', null) === null ? 'tcp' : 'udp');
  const known = protocol === 'udp' || protocol === 'tcp';
  const address = /^[0-9.]+$/.test(uri.host) || uri.host.includes(':') ? uri.host : null;
  const listener = known ? core.transports.listenerFor(protocol, address) : null;
  if (listener === null || uri.scheme === 'sips') {
    return { kind: 'refused', text: 'requested protocol/transport not available' };
  }
  const host = paramOf(uri.params, 'maddr') ?? uri.host;
  const port = uri.port ?? DEFAULT_PORT;
  if (core.transports.isOwn(host, port)) {
    return { kind: 'refused', text: 'can not send request to myself' };
  }
  return { kind: 'target', listener, host, port };
}

/** Told what became of a launch: exactly one of the two. */
export interface LaunchObserver {
  started(transaction: ClientTransaction): void;
  unresolved(): void;
}

/**
 * Sends a request in a client transaction, now or when its name is resolved. A name that does not
 * resolve is told as `unresolved`, later than this call returns.
 */
export function launch(
  core: Core,
  route: Route,
  request: { readonly outgoing: OutgoingRequest; readonly text: string },
  user: ClientUser,
  then: LaunchObserver,
): void {
  withFlow(core, route, (flow) => {
    if (flow === null) setImmediate(() => then.unresolved());
    else then.started(core.transactions.request(request.outgoing, request.text, flow, user));
  });
}

/** Sends an ACK for a 2xx: no transaction, no answer (s.13.2.2.4). */
export function sendWithoutTransaction(core: Core, route: Route, text: string): void {
  withFlow(core, route, (flow) => {
    if (flow !== null) core.transports.send(flow, text, null);
  });
}

function withFlow(core: Core, route: Route, then: (flow: Flow | null) => void): void {
  if (route.kind === 'flow') {
    then(route.flow);
    return;
  }
  core.resolve(route.host, (address) => {
    then(address === null ? null : core.transports.flowTo(route.listener, address, route.port));
  });
}
