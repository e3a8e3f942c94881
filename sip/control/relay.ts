// Requests inside a dialog that was proxied with Record-Route: they pass through, and no
// application hears of them. RFC 3261 s.16.4, s.16.6, s.16.7.
import { plainResponse, requestText, type OutgoingRequest } from '../message/build.ts';
import { firstRouteUri, forwardedRequest, forwardedResponse } from '../message/forward.ts';
import type { SipMessage } from '../message/message.ts';
import { parseUri } from '../message/uri.ts';
import { nextHopUri } from '../dialog/dialog.ts';
import type { ServerTransaction, ServerUser } from '../transaction/server.ts';
import { newBranch, type Core } from './core.ts';
import { ProxyBranch } from './proxy-branch.ts';
import { sendWithoutTransaction } from './launch.ts';
import { routeTo, type Route } from './route.ts';

/** True when the top Route was given out by us: nobody else makes us a relay. */
export function isToBeRelayed(core: Core, request: SipMessage): boolean {
  const uri = firstRouteUri(request);
  return uri !== null && parseUri(uri)?.user === core.routeToken;
}

interface Onward {
  readonly route: Route;
  readonly outgoing: OutgoingRequest;
}

/** The request without our Route values, and where it goes; null when there is no way. */
function onward(core: Core, request: SipMessage): Onward | null {
  const routes = request.list('route');
  while (routes[0]?.includes(`sip:${core.routeToken}@`) === true) routes.shift();
  const route = routeTo(core, nextHopUri(request.uri, routes));
  if (route.kind === 'refused') return null;
  const branch = newBranch(core);
  const via = `${route.listener.viaStart};rport;branch=${branch}`;
  const by = { uri: request.uri, via, branch, routes, recordRoute: null, extra: '' };
  return { route, outgoing: forwardedRequest(request, by) };
}

/** An ACK for a 2xx: no transaction, no state. */
export function relayAck(core: Core, ack: SipMessage): void {
  const next = onward(core, ack);
  if (next !== null) sendWithoutTransaction(core, next.route, requestText(next.outgoing));
}

/** One relayed request: a server transaction joined to a client transaction. */
export class Relay implements ServerUser {
  readonly #transaction: ServerTransaction;
  readonly #request: SipMessage;
  #branch: ProxyBranch | null = null;

  constructor(core: Core, transaction: ServerTransaction, request: SipMessage) {
    this.#transaction = transaction;
    this.#request = request;
    transaction.user = this;
    if (Number(request.first('max-forwards') ?? 70) === 0) {
      this.#refuse(483, 'Too Many Hops');
      return;
    }
    const next = onward(core, request);
    if (next === null) {
      this.#refuse(503, 'Service Unavailable');
      return;
    }
    const user = {
      branchAnswered: (response: SipMessage) =>
        transaction.relay(response.status, forwardedResponse(response)),
      branchFailed: (status: 408 | 503) => this.#refuse(status, 'Request Timeout'),
    };
    this.#branch = new ProxyBranch(core, next.outgoing, user, null);
    this.#branch.send(next.route);
  }

  /** The caller cancelled its re-INVITE. */
  cancelled(): void {
    this.#branch?.cancel();
  }

  transactionEnded(): void {
    this.#branch = null;
  }

  #refuse(status: number, reason: string): void {
    this.#transaction.respond(status, plainResponse(this.#request, status, reason, null));
  }
}
