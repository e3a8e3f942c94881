// One dialog at work: its rules' state, the route its requests take, and the ACK or 200 that is
// kept for retransmission. RFC 3261 s.12, s.13.2.2.4, s.13.3.1.4, s.15.
import { parseUri } from '../message/uri.ts';
import { requestText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import { detached } from '../message/own.ts';
import {
  contactUri,
  dialogId,
  dialogKey,
  nextHopUri,
  requestAccepted,
  routing,
  targetRefreshed,
  type Dialog,
} from '../dialog/dialog.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import type { Application } from './applications.ts';
import { cdrStopOf } from './cdr.ts';
import { newBranch, timeStamp, type Core } from './core.ts';
import type { InboundRequest } from './inbound-request.ts';
import type { OutboundRequest } from './outbound-request.ts';
import { launch, sendWithoutTransaction } from './launch.ts';
import { routeTo, type NoRoute, type Route } from './route.ts';
import { SESSION_EXPIRED, SessionKeeper } from './session-keeper.ts';
import { SuccessKeeper, type HeldBye } from './success-keeper.ts';

/** What a request inside the dialog says of its own. */
export interface DialogRequest {
  readonly method: string;
  /** Request-URI, or null for the remote target. */
  readonly uri: string | null;
  readonly cseqNumber: number;
  /** Contact value, or null for none. */
  readonly contact: string | null;
  readonly maxForwards: number;
  readonly extra: string;
  readonly body: string;
}

interface KeptAck {
  readonly cseqNumber: number;
  readonly text: string;
  readonly route: Route;
}

export class LiveDialog {
  readonly core: Core;
  readonly application: Application;
  readonly kind: 'INVITE' | 'SUBSCRIBE';
  readonly id: string;
  readonly key: string;
  state: Dialog;
  /** An INVITE of the peer that waits for our final response. */
  remoteInvite: InboundRequest | null = null;
  /** An INVITE of ours that waits for the peer's final response. */
  localInvite: OutboundRequest | null = null;
  /** Set when a 2xx crossed our CANCEL: after the ACK goes a BYE with this reason. */
  byeAfterAck: string | null = null;
  /** The transaction of our latest INVITE, from its 2xx until the ACK. */
  answeredBy: ClientTransaction | null = null;
  /** CSeq number of our latest INVITE, which its ACK repeats; and its credentials, as lines. */
  invite: { readonly cseqNumber: number; readonly credentials: string };
  /** Our side of the session as last sent; empty when we never sent one. */
  localSdp = '';
  /** Whether the end of the call was told as a record (cdr.ts). */
  isStopTold = false;
  readonly session: SessionKeeper;
  #flow: Flow;
  #pinned = false;
  #ack: KeptAck | null = null;
  #success: SuccessKeeper | null = null;
  #ended = false;

  constructor(
    core: Core,
    application: Application,
    kind: 'INVITE' | 'SUBSCRIBE',
    state: Dialog,
    flow: Flow,
  ) {
    this.core = core;
    this.application = application;
    this.kind = kind;
    this.state = state;
    this.id = dialogId(state);
    this.key = dialogKey(state.callId, state.localTag, state.remoteTag);
    this.invite = { cseqNumber: state.localCseq, credentials: '' };
    this.#flow = flow;
    this.session = new SessionKeeper(this);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The socket of ours that the peer was last heard on. */
  get listener(): Listener {
    return this.#flow.local;
  }

  /**
   * Takes Contact and source of a message that may move the peer. Behind NAT, where the Contact
   * is not where the message came from and no proxy stays on the way, requests go to the source;
   * over a stream they go back on the same connection.
   */
  heard(message: SipMessage, flow: Flow): void {
    this.state = targetRefreshed(this.state, message);
    this.#flow = flow;
    const target = parseUri(contactUri(message) ?? this.state.remoteTarget);
    const elsewhere =
      target === null || target.host !== flow.address || (target.port ?? 5060) !== flow.port;
    this.#pinned = flow.protocol !== 'udp' || (this.state.routeSet.length === 0 && elsewhere);
  }

  /** True when the request's CSeq is in order; then it is the peer's latest (s.12.2.2). */
  accepts(request: SipMessage): boolean {
    const next = requestAccepted(this.state, request);
    if (next === null) return false;
    this.state = next;
    return true;
  }

  /** A request of ours, ready to go: parts, text and the way. */
  compose(
    request: DialogRequest,
  ): { outgoing: OutgoingRequest; text: string; route: Route } | NoRoute {
    const { uri, routes } = routing(this.state, request.uri ?? this.state.remoteTarget);
    const route = this.#route(uri, routes);
    if (route.kind === 'refused') return route;
    const branch = newBranch(this.core);
    const outgoing: OutgoingRequest = {
      method: request.method,
      uri,
      via: `${route.listener.viaStart};rport;branch=${branch}`,
      branch,
      routes,
      maxForwards: request.maxForwards,
      from: this.state.local,
      to: this.state.remote,
      callId: this.state.callId,
      cseqNumber: request.cseqNumber,
      contact: request.contact,
      extra: request.extra,
      body: request.body,
    };
    return { outgoing, text: requestText(outgoing), route };
  }

  #route(uri: string, routes: readonly string[]): Route | NoRoute {
    const flow = this.#flow;
    const usable = flow.protocol === 'udp' || flow.connection?.open === true;
    if (this.#pinned && usable) return { kind: 'flow', flow, listener: flow.local };
    return routeTo(this.core, nextHopUri(uri, routes));
  }

  /** Sends and keeps the ACK of the latest 2xx; answers its text, or why it cannot go. */
  acknowledge(extra: string, body: string): { text: string; listener: Listener } | NoRoute {
    const cseqNumber = this.invite.cseqNumber;
    const lines = this.invite.credentials + extra;
    const composed = this.compose({
      ...{ method: 'ACK', uri: null, cseqNumber, contact: null },
      ...{ maxForwards: 70, extra: lines, body },
    });
    if ('kind' in composed) return composed;
    const { text, route } = composed;
    if (body !== '') this.localSdp = detached(body);
    const flow = sendWithoutTransaction(this.core, route, text);
    const kept = flow !== null && this.answeredBy?.acknowledged(text, flow) === true;
    this.answeredBy = null;
    this.#ack = kept ? null : { cseqNumber, text, route };
    return { text, listener: route.listener };
  }

  /** A 2xx came again: its ACK goes again, if it has been given. */
  acknowledgeAgain(response: SipMessage): void {
    if (this.#ack?.cseqNumber !== response.cseqNumber) return;
    this.core.transactions.retransmissions++;
    sendWithoutTransaction(this.core, this.#ack.route, this.#ack.text);
  }

  /** Starts sending our 200 again until its ACK; `transactionId` goes with the ACK. */
  keepSuccess(transaction: ServerTransaction, cseqNumber: number, transactionId: string): void {
    this.#success?.end();
    this.#success = new SuccessKeeper(this, transaction, cseqNumber, transactionId);
  }

  /** An ACK for a 2xx of ours. */
  ackReceived(ack: SipMessage, flow: Flow): void {
    if (this.#success?.cseqNumber === ack.cseqNumber) this.#success.acknowledged(ack, flow);
  }

  /** True while our 200 waits for its ACK. */
  get awaitsAck(): boolean {
    return this.#success?.waiting === true;
  }

  /** Sends BYE when it may go (s.15): at once, or after the ACK of our 200. */
  whenByeAllowed(bye: HeldBye): void {
    if (this.#success === null) bye.go();
    else this.#success.byeWanted(bye);
  }

  /** BYE by the engine itself, and the dialog is over; nobody waits for the response. */
  hangUp(reason: string): string {
    const extra = `Reason: SIP;cause=200;text="${reason}"\r\n`;
    const cseqNumber = this.state.localCseq + 1;
    const composed = this.compose({
      ...{ method: 'BYE', uri: null, cseqNumber, contact: null },
      ...{ maxForwards: 70, extra, body: '' },
    });
    this.end();
    if ('kind' in composed) return '';
    launch(this.core, composed.route, composed, silentUser, silentLaunch);
    const why = reason === SESSION_EXPIRED ? 'session-expired' : 'system-initiated-termination';
    cdrStopOf(this, 'application', why, composed.text);
    return composed.text;
  }

  /** BYE by the engine, and the application is told: the only word for "your leg is gone". */
  hangUpUnsolicited(reason: string): void {
    const { host, port, protocol } = this.listener;
    const text = this.hangUp(reason);
    this.application.send(
      `sip|application|${text.length}|${protocol}|${host}|${port}|${timeStamp(this.core)}` +
        `|unsolicited|${this.id}|\r\n${text}`,
    );
  }

  /** The dialog is over: no timers, not found any more. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#success?.end();
    this.session.end();
    this.core.dialogs.remove(this);
  }
}

const silentUser: ClientUser = {
  responseReceived: () => undefined,
  requestFailed: () => undefined,
};

const silentLaunch = { started: () => undefined, notSent: () => undefined, wanted: () => true };
