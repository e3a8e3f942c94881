// Sending a request along its route: place after place until one answers; over TCP first when it is
// too large for a datagram. RFC 3263 s.4.3, RFC 3261 s.18.1.1.
import { requestText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import { contactTowards, type Flow, type Listener } from '../transport/flow.ts';
import { LARGE_PATIENCE_MS, type LargePlace } from '../transport/large.ts';
import { locate, placeOfAddress, type Place } from '../transport/locate.ts';
import { newBranch, type Core } from './core.ts';
import type { Route } from './route.ts';

/** Told what becomes of a launch. */
export interface LaunchObserver {
  /** Once for every place that is tried; each time with a Via, maybe a Contact, of its own. */
  started(transaction: ClientTransaction): void;
  /** There is no such name, or the peer's own connection, the only way to it, has closed. */
  notSent(cause: 'unresolved' | 'gone'): void;
  /** Whether the next place may be tried: nobody cancelled meanwhile. */
  wanted(): boolean;
}

interface Request {
  readonly outgoing: OutgoingRequest;
  readonly text: string;
}

type TargetRoute = Extract<Route, { readonly kind: 'target' }>;

/**
 * Sends a request in a client transaction, now or when its name is resolved. That there is no way
 * is told later than this call returns.
 */
export function launch(
  core: Core,
  route: Route,
  request: Request,
  user: ClientUser,
  then: LaunchObserver,
): void {
  if (route.kind === 'flow') {
    if (isGone(route.flow)) setImmediate(() => then.notSent('gone'));
    else then.started(core.transactions.request(request.outgoing, request.text, route.flow, user));
    return;
  }
  withPlaces(core, route, (found) => {
    const choice = route.target.protocols.includes('tcp');
    const nowMs = core.clock.nowMs();
    const places = choice ? core.large.places(found, request.text.length, nowMs) : found;
    const cause = new Attempts(core, route, places, request, user, then).next();
    if (cause !== null) setImmediate(() => then.notSent(cause));
  });
}

/**
 * Sends an ACK for a 2xx: no transaction, no answer, no second place (s.13.2.2.4). Answers the
 * flow it left by; null when its name has to be resolved first.
 */
export function sendWithoutTransaction(core: Core, route: Route, text: string): Flow | null {
  if (route.kind === 'flow') {
    core.transports.send(route.flow, text, null);
    return route.flow;
  }
  const { listener, target } = route;
  let usedFlow: Flow | null = null;
  withPlaces(core, route, (places) => {
    // Its Via is written: it leaves by that socket.
    const place = places.find(
      ({ protocol, address }) => core.transports.listenerFor(protocol, address) === listener,
    );
    if (place === undefined) return;
    const { address, port } = place;
    const flow = core.transports.flowTo(listener, address, port, target.name ?? target.host);
    core.transports.send(flow, text, null);
    usedFlow = flow;
  });
  return usedFlow;
}

function withPlaces(
  core: Core,
  route: TargetRoute,
  then: (places: readonly Place[]) => void,
): void {
  const place = placeOfAddress(route.target);
  if (place !== null) then([place]);
  else void locate(core.dns, route.target, core.rng).then(then);
}

/** Its user agent has left: nobody listens where a registration or a WebSocket came from. */
function isGone({ connection, protocol }: Flow): boolean {
  if (connection === null) return protocol === 'ws' || protocol === 'wss';
  return !connection.open;
}

/** One request on its way through the places; in front of its user until one place answers. */
class Attempts implements ClientUser {
  readonly #core: Core;
  readonly #route: TargetRoute;
  readonly #places: LargePlace[];
  readonly #request: Request;
  readonly #user: ClientUser;
  readonly #then: LaunchObserver;
  #first = true;
  #heard = false;
  #answered = false;
  #silence: WheelTimer | null = null;
  /** The place, while it is tried over TCP for the size alone. */
  #forSize: LargePlace | null = null;

  constructor(
    core: Core,
    route: TargetRoute,
    places: readonly LargePlace[],
    request: Request,
    user: ClientUser,
    then: LaunchObserver,
  ) {
    this.#core = core;
    this.#route = route;
    this.#places = [...places];
    this.#request = request;
    this.#user = user;
    this.#then = then;
  }

  /** Tries the next place that we have a socket for; null, or why there is none. */
  next(): 'unresolved' | 'gone' | null {
    let cause: 'unresolved' | 'gone' = 'unresolved';
    for (let place = this.#places.shift(); place !== undefined; place = this.#places.shift()) {
      const { protocol, address, port } = place;
      const { transports } = this.#core;
      const listener = transports.listenerFor(protocol, address);
      if (listener === null) continue;
      const { host, name } = this.#route.target;
      const flow = transports.flowTo(listener, address, port, name ?? host);
      if (isGone(flow)) cause = 'gone';
      else {
        const { outgoing, text } = this.#readdressed(listener);
        const transaction = this.#core.transactions.request(outgoing, text, flow, this);
        this.#listenFor(transaction, place);
        this.#then.started(transaction);
        return null;
      }
    }
    return cause;
  }

  /** A server that does not even say 100 is left sooner than timer B says, if so wanted. */
  #listenFor(transaction: ClientTransaction, place: LargePlace): void {
    this.#forSize = place.isForSize === true ? place : null;
    const own = transaction.outgoing.method === 'INVITE' ? this.#route.silenceMs : undefined;
    const silenceMs = place.isForSize === true ? LARGE_PATIENCE_MS : own;
    if (silenceMs === undefined) return;
    this.#silence = this.#core.wheel.after(silenceMs, () => {
      transaction.abandon();
      this.requestFailed('timed-out');
    });
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    this.#silence?.cancel();
    this.#answered = true;
    if (response.status === 503 && this.#goesOn()) return;
    if (response.status > 100) this.#heard = true;
    this.#user.responseReceived(response, flow);
  }

  requestFailed(failure: 'timed-out' | 'transport-failed'): void {
    this.#silence?.cancel();
    const { large, clock } = this.#core;
    if (this.#forSize !== null && !this.#answered) large.unanswered(this.#forSize, clock.nowMs());
    if (!this.#goesOn()) this.#user.requestFailed(failure);
  }

  #goesOn(): boolean {
    return !this.#heard && this.#then.wanted() && this.next() === null;
  }

  /** A further try is another transaction (s.4.3), and another socket has another address. */
  #readdressed(listener: Listener): Request {
    const first = this.#first;
    this.#first = false;
    const before = this.#route.listener;
    if (first && listener === before) return this.#request;
    const { outgoing } = this.#request;
    const branch = newBranch(this.#core);
    const hop = outgoing.routes[0] ?? outgoing.uri;
    const isOwnContact = outgoing.contact === `<${contactTowards(before, hop)}>`;
    const changed = {
      ...outgoing,
      branch,
      via: `${listener.viaStart};rport;branch=${branch}`,
      contact: isOwnContact ? `<${contactTowards(listener, hop)}>` : outgoing.contact,
    };
    return { outgoing: changed, text: requestText(changed) };
  }
}
