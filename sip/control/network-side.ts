// What the network asks: checks each request, finds its dialog or an application, and answers what
// needs no application. RFC 3261 s.8.2, s.9.2, s.12.2.2, s.14.2; RFC 3262 s.3; RFC 3311 s.5.2.
import { MIN_SESSION_SECONDS } from '../dialog/session-timer.ts';
import { parseAddress } from '../message/address.ts';
import { plainResponse } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { TransactionUser } from '../transaction/layer.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { Flow } from '../transport/flow.ts';
import type { RequestHandler } from '../types.ts';
import { cdrAttempt, cdrStopOf } from './cdr.ts';
import { timeStamp, type Core } from './core.ts';
import { refuseFork } from './fork.ts';
import { InboundRequest, mergeKey } from './inbound-request.ts';
import type { LiveDialog } from './live-dialog.ts';
import { networkFrame } from './network-frame.ts';
import { isToBeRelayed, Relay, relayAck } from './relay.ts';

/** Methods that make sense outside a dialog even with a To tag nobody knows (A6). */
const LOOSE = new Set(['NOTIFY', 'INFO', 'OPTIONS', 'MESSAGE', 'PUBLISH', 'SUBSCRIBE', 'REGISTER']);

const KNOWN = new Set([
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'OPTIONS', 'REGISTER', 'INFO', 'PRACK', 'UPDATE'],
  ...['SUBSCRIBE', 'NOTIFY', 'REFER', 'MESSAGE', 'PUBLISH'],
]);

const ALLOW =
  'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REGISTER, INFO, PRACK, UPDATE, SUBSCRIBE, ' +
  'NOTIFY, REFER, MESSAGE, PUBLISH\r\n';

const OVERLOADED = 'Retry-After: 5\r\n';

export class NetworkSide implements TransactionUser {
  readonly #core: Core;

  constructor(core: Core) {
    this.#core = core;
  }

  requestReceived(transaction: ServerTransaction, request: SipMessage): void {
    if (request.method === 'INVITE') {
      transaction.respond(100, plainResponse(request, 100, 'Trying', null));
    }
    if (isToBeRelayed(this.#core, request)) {
      new Relay(this.#core, transaction, request);
      return;
    }
    const { toTag } = request;
    if (toTag === null) {
      this.#outOfDialog(transaction, request);
      return;
    }
    const dialog = this.#core.dialogs.find(request.callId, toTag, request.fromTag ?? '');
    if (dialog !== null) this.#inDialog(transaction, request, dialog);
    else if (LOOSE.has(request.method) && request.method !== 'SUBSCRIBE') {
      this.#outOfDialog(transaction, request);
    } else this.#refuse(transaction, request, 481, 'Call/Transaction Does Not Exist');
  }

  ackReceived(ack: SipMessage, flow: Flow): void {
    if (isToBeRelayed(this.#core, ack)) {
      relayAck(this.#core, ack);
      return;
    }
    const dialog = this.#core.dialogs.find(ack.callId, ack.toTag ?? '', ack.fromTag ?? '');
    dialog?.ackReceived(ack, flow);
  }

  cancelReceived(cancel: ServerTransaction, invite: ServerTransaction | null): void {
    const request = cancel.request;
    if (request === null) return;
    if (invite?.user instanceof Relay && invite.pending) {
      cancel.respond(200, plainResponse(request, 200, 'OK', null));
      invite.user.cancelled();
      return;
    }
    const inbound = invite?.user instanceof InboundRequest ? invite.user : null;
    if (invite === null || inbound === null) {
      this.#refuse(cancel, request, 481, 'Call/Transaction Does Not Exist');
      return;
    }
    cancel.respond(200, plainResponse(request, 200, 'OK', this.#core.ids.next()));
    if (!inbound.transaction.pending) {
      if (inbound.dialog !== null) hangUpAfterAck(inbound.dialog);
      return;
    }
    const { id, application, dialog } = inbound;
    application.send(networkFrame(this.#core, request, cancel.flow, id, dialog?.id ?? '', false));
    inbound.cancelled();
  }

  forkAnswered(response: SipMessage, flow: Flow, otherAck: string): void {
    refuseFork(this.#core, response, flow, otherAck);
  }

  overloaded(request: SipMessage, flow: Flow): void {
    if (request.method === 'CANCEL') return;
    const tag = this.#core.ids.next();
    const text = plainResponse(request, 503, 'Service Unavailable', tag, OVERLOADED);
    this.#core.transports.send(flow, text, null);
  }

  #refuse(
    transaction: ServerTransaction,
    request: SipMessage,
    status: number,
    reason: string,
    extra = '',
  ): void {
    const tag = this.#core.ids.next();
    transaction.respond(status, plainResponse(request, status, reason, tag, extra));
  }

  #outOfDialog(transaction: ServerTransaction, request: SipMessage): void {
    const { method } = request;
    const defect = requestDefect(request);
    if (defect !== null) {
      this.#refuse(transaction, request, 400, `Bad Request (${defect})`);
      return;
    }
    if (method === 'BYE' || method === 'UPDATE' || method === 'PRACK') {
      this.#refuse(transaction, request, 481, 'Call/Transaction Does Not Exist');
      return;
    }
    const handler = this.#core.options.handlers?.find((one) => isFor(one, method));
    const routed = handler === undefined ? this.#core.applications.pick(method) : null;
    if (handler === undefined && routed === null) {
      this.#refuseUnrouted(transaction, request);
      return;
    }
    if (method === 'INVITE' || method === 'SUBSCRIBE') {
      if (this.#core.dialogs.size >= this.#core.limits.dialogs) {
        this.#refuse(transaction, request, 503, 'Service Unavailable', OVERLOADED);
        return;
      }
      if (this.#core.merging.has(mergeKey(request))) {
        this.#refuse(transaction, request, 482, 'Loop Detected');
        return;
      }
    }
    const application = handler === undefined ? routed : this.#core.dial(handler);
    if (application === null) {
      this.#refuse(transaction, request, 503, 'Service Unavailable', OVERLOADED);
      return;
    }
    const inbound = new InboundRequest(this.#core, transaction, request, application, null);
    const { flow } = transaction;
    application.send(networkFrame(this.#core, request, flow, inbound.id, '', true));
    if (method === 'INVITE') cdrAttempt(this.#core, 'network', request);
  }

  #refuseUnrouted(transaction: ServerTransaction, request: SipMessage): void {
    if (!KNOWN.has(request.method)) {
      this.#refuse(transaction, request, 501, 'Not Implemented', ALLOW);
    } else if (request.method === 'REFER') {
      this.#refuse(transaction, request, 405, 'Method Not Allowed', ALLOW);
    } else this.#refuse(transaction, request, 503, 'Service Unavailable');
  }

  #inDialog(transaction: ServerTransaction, request: SipMessage, dialog: LiveDialog): void {
    const { method } = request;
    if (!dialog.accepts(request)) {
      this.#refuse(transaction, request, 500, 'Server Internal Error (CSeq out of order)');
      return;
    }
    const initial = dialog.remoteInvite;
    if (this.#refusesSession(transaction, request)) return;
    if (method === 'INVITE' && this.#refusesOverlap(transaction, request, dialog)) return;
    if (method === 'INVITE' || method === 'UPDATE') dialog.heard(request, transaction.flow);
    if (method === 'PRACK' && initial !== null && !initial.reliable.matches(request)) {
      this.#refuse(transaction, request, 481, 'Call/Transaction Does Not Exist');
      return;
    }
    if (method === 'PRACK') initial?.reliable.prackReceived();
    if (method === 'UPDATE' && initial !== null && !initial.inDialog) {
      this.#update(transaction, request, dialog, initial);
      return;
    }
    if (method === 'BYE' && initial !== null && !initial.inDialog) {
      this.#byeBeforeAnswer(transaction, request, initial);
      return;
    }
    if (!dialog.application.open) {
      this.#refuse(transaction, request, 481, 'Call/Transaction Does Not Exist');
      return;
    }
    const inbound = new InboundRequest(
      this.#core,
      transaction,
      request,
      dialog.application,
      dialog,
    );
    if (method === 'INVITE') dialog.remoteInvite = inbound;
    const frame = networkFrame(this.#core, request, transaction.flow, inbound.id, dialog.id, false);
    dialog.application.send(frame);
    if (method === 'BYE') {
      initial?.answer(487, 'Request Terminated');
      dialog.end();
      cdrStopOf(dialog, 'network', 'normal-release', request);
    }
    if (method === 'NOTIFY' && endsSubscription(request, dialog)) dialog.end();
  }

  /** s.14.2: one INVITE of the peer at a time (500), and none while ours is pending (491). */
  #refusesOverlap(
    transaction: ServerTransaction,
    request: SipMessage,
    dialog: LiveDialog,
  ): boolean {
    if (dialog.remoteInvite !== null) {
      const seconds = Math.floor(this.#core.rng.next() * 10);
      const extra = `Retry-After: ${seconds}\r\n`;
      this.#refuse(transaction, request, 500, 'Server Internal Error', extra);
      return true;
    }
    if (dialog.localInvite !== null || dialog.session.refreshing) {
      this.#refuse(transaction, request, 491, 'Request Pending');
      return true;
    }
    return false;
  }

  /** RFC 4028 s.9: an interval under the minimum is refused with the minimum. */
  #refusesSession(transaction: ServerTransaction, request: SipMessage): boolean {
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return false;
    const value = request.first('session-expires');
    if (value === null || !(parseInt(value, 10) < MIN_SESSION_SECONDS)) return false;
    const extra = `Min-SE: ${MIN_SESSION_SECONDS}\r\n`;
    this.#refuse(transaction, request, 422, 'Session Interval Too Small', extra);
    return true;
  }

  /** UPDATE before the final goes under the INVITE's id; one at a time (RFC 3311 s.5.2). */
  #update(
    transaction: ServerTransaction,
    request: SipMessage,
    dialog: LiveDialog,
    initial: InboundRequest,
  ): void {
    if (initial.update?.pending === true) {
      this.#refuse(transaction, request, 500, 'Server Internal Error', 'Retry-After: 1\r\n');
      return;
    }
    initial.update = transaction;
    const { flow } = transaction;
    dialog.application.send(networkFrame(this.#core, request, flow, initial.id, dialog.id, false));
  }

  /** s.15.1.2: a caller may end an early dialog with BYE; to the application it is a CANCEL. */
  #byeBeforeAnswer(transaction: ServerTransaction, bye: SipMessage, initial: InboundRequest): void {
    transaction.respond(200, plainResponse(bye, 200, 'OK', null));
    const { id, application, dialog } = initial;
    const text = bye
      .text()
      .replace(/^BYE /, 'CANCEL ')
      .replace(/^(CSeq:.*)BYE/im, '$1CANCEL');
    const { protocol, address, port } = transaction.flow;
    application.send(
      `sip|network|${text.length}|${protocol}|${address}|${port}|${timeStamp(this.#core)}` +
        `|${id}|${dialog?.id ?? ''}|\r\n${text}`,
    );
    initial.cancelled();
  }
}

/** The CANCEL came too late to do anything (s.9.2), but says that nobody will talk. */
function hangUpAfterAck(dialog: LiveDialog): void {
  if (!dialog.awaitsAck || dialog.ended) return;
  dialog.whenByeAllowed({
    go: () => dialog.hangUpUnsolicited('CANCEL after 200 OK'),
    drop: () => undefined,
  });
}

function isFor(handler: RequestHandler, method: string): boolean {
  return handler.method === '*' || handler.method === method;
}

/** What a new request lacks for the application to be able to work with it; null when nothing. */
function requestDefect(request: SipMessage): string | null {
  const { method } = request;
  const contacts = request.list('contact');
  if (method === 'INVITE' || method === 'SUBSCRIBE') {
    if (request.fromTag === null) return 'missing From tag';
    if (contacts.length !== 1) return 'missing Contact';
    return parseAddress(contacts[0]!) === null ? 'bad Contact' : null;
  }
  if (method !== 'REGISTER') return null;
  if (contacts.includes('*')) {
    return contacts.length === 1 && request.first('expires') === '0' ? null : 'bad Contact';
  }
  return contacts.every((contact) => parseAddress(contact) !== null) ? null : 'bad Contact';
}

function endsSubscription(notify: SipMessage, dialog: LiveDialog): boolean {
  const state = notify.first('subscription-state') ?? '';
  return dialog.kind === 'SUBSCRIBE' && /terminated/i.test(state);
}
