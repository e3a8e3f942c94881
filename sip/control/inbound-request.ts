// A request from the network that an application answers: one server transaction, the tag and the
// dialog its responses make, and what happens when nobody answers.
// RFC 3261 s.8.2.6, s.12.1.1, s.13.3.1; RFC 3262 s.3; RFC 3311 s.5.2.
import { confirmed, uasDialog } from '../dialog/dialog.ts';
import { parseSessionExpires } from '../dialog/session-timer.ts';
import { plainResponse, responseText } from '../message/build.ts';
import { parseAddress } from '../message/address.ts';
import type { SipMessage } from '../message/message.ts';
import { detached } from '../message/own.ts';
import type { ServerTransaction, ServerUser } from '../transaction/server.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import { contactTowards } from '../transport/flow.ts';
import {
  appLists,
  contentTypeLine,
  localisedAddress,
  localisedText,
  passingLines,
  wantedToTag,
  type AppMessage,
} from './app-message.ts';
import type { Application } from './applications.ts';
import { cdrStart, cdrStop, failureStop, type CdrRole, type CdrSource } from './cdr.ts';
import type { Core } from './core.ts';
import { LiveDialog } from './live-dialog.ts';
import { responseEcho } from './network-frame.ts';
import type { ProxySession } from './proxy.ts';
import { ReliableKeeper } from './reliable-keeper.ts';
import { learnRegistration } from './registrations.ts';

/** An INVITE that the application leaves without any answer gets 480 after this. */
const SILENCE_MS = 64_000;

/** An INVITE that only rings is given up after this much silence of the application. */
const RINGING_MS = 600_000;

const UNKNOWN = 'Response not sent due to unknown transaction';

/** s.8.2.2.2: two requests alike in this came by two paths from one fork. */
export function mergeKey(request: SipMessage): string {
  return `${request.callId} ${request.fromTag ?? ''} ${request.first('cseq') ?? ''}`;
}

export class InboundRequest implements ServerUser {
  readonly id: string;
  readonly core: Core;
  readonly transaction: ServerTransaction;
  readonly request: SipMessage;
  readonly application: Application;
  /** The dialog it came in, or makes. */
  dialog: LiveDialog | null;
  /** True when the request came inside a dialog. */
  readonly inDialog: boolean;
  /** An UPDATE of the caller before our final response: answered under this same id. */
  update: ServerTransaction | null = null;
  readonly reliable: ReliableKeeper;
  #toTag: string | null;
  #proxy: ProxySession | null = null;
  #silence: WheelTimer | null = null;

  constructor(
    core: Core,
    transaction: ServerTransaction,
    request: SipMessage,
    application: Application,
    dialog: LiveDialog | null,
  ) {
    this.core = core;
    this.id = core.ids.next();
    this.transaction = transaction;
    this.request = request;
    this.application = application;
    this.dialog = dialog;
    this.inDialog = dialog !== null;
    this.#toTag = request.toTag;
    this.reliable = new ReliableKeeper(this);
    transaction.user = this;
    core.inbound.set(this.id, this);
    if (this.#formsDialog()) core.merging.add(mergeKey(request));
    this.#watch(SILENCE_MS);
  }

  /** The application's response: sends it and echoes it, or says why not. */
  give(application: Application, rid: string, message: AppMessage): void {
    if (message.method === 'UPDATE' && this.update !== null) {
      this.#giveToUpdate(application, rid, message, this.update);
      return;
    }
    if (!this.transaction.pending || this.#proxy !== null) {
      application.refuse(rid, UNKNOWN);
      return;
    }
    const reliable = this.#wantsReliable(message);
    if (reliable && !this.#peerKnowsReliable()) {
      application.refuse(rid, 'Remote endpoint does not support 100rel');
      return;
    }
    const extra = this.#extraLines(message, reliable);
    if (extra === null) {
      application.refuse(rid, 'Server error: missing content-type');
      return;
    }
    const text = this.#text(message, extra);
    this.#watch(RINGING_MS);
    this.#beforeSending(message);
    this.#agree(message);
    if (reliable) this.reliable.send(text);
    else this.#send(message.status, text);
    const dialogId = this.dialog?.id ?? '';
    application.reply(rid, responseEcho(this.core, this.transaction.flow, this.id, dialogId, text));
  }

  /** A response of a server we proxied to, whole text. */
  relay(status: number, text: string): void {
    if (status >= 200) this.#silence?.cancel();
    this.transaction.relay(status, text);
    if (status >= 200) this.#record('network', 'proxy-uas', status, text);
    if (status >= 200) this.#forget();
  }

  /** An application hands the request on to other servers. */
  proxyTo(session: ProxySession): void {
    this.#proxy = session;
    this.#silence?.cancel();
  }

  /** The engine's own response, without the application. */
  answer(status: number, reason: string, extra = ''): void {
    if (!this.transaction.pending) return;
    this.#endEarlyDialog(status);
    const text = plainResponse(this.request, status, reason, this.#tag(), extra);
    this.#send(status, text);
  }

  /** The caller cancelled: 487, and the early dialog is gone (s.9.2). */
  cancelled(): void {
    this.answer(487, 'Request Terminated');
    this.#proxy?.cancelled();
  }

  transactionEnded(): void {
    this.#forget();
  }

  #send(status: number, text: string): void {
    if (status >= 200) this.reliable.finalGiven();
    this.transaction.respond(status, text);
    if (status < 200) return;
    this.#record('application', 'uas', status, text);
    if (this.request.method === 'INVITE' && status < 300 && this.dialog !== null) {
      this.dialog.keepSuccess(this.transaction, this.request.cseqNumber, this.#ackId());
    }
    if (this.request.method === 'REGISTER')
      learnRegistration(this.core, this.transaction.flow, text);
    this.#forget();
  }

  #record(source: CdrSource, role: CdrRole, status: number, text: string): void {
    if (this.request.method !== 'INVITE' || this.inDialog) return;
    if (status < 300) cdrStart(this.core, source, role, text);
    else cdrStop(this.core, source, failureStop(status), text);
  }

  /** The ACK of the first INVITE carries its id; the ACK of a re-INVITE a fresh one. */
  #ackId(): string {
    return this.inDialog ? this.core.ids.next() : this.id;
  }

  #forget(): void {
    this.#silence?.cancel();
    if (!this.core.inbound.delete(this.id)) return;
    if (this.#formsDialog()) this.core.merging.delete(mergeKey(this.request));
    if (this.dialog?.remoteInvite === this) this.dialog.remoteInvite = null;
    if (this.update?.pending === true && this.update.request !== null) {
      const { request } = this.update;
      this.update.respond(500, plainResponse(request, 500, 'Server Internal Error', null));
    }
    this.update = null;
    this.reliable.finalGiven();
  }

  #watch(silenceMs: number): void {
    this.#silence?.cancel();
    this.#silence = this.core.wheel.after(silenceMs, () => {
      if (this.request.method === 'INVITE') this.answer(480, 'Temporarily Unavailable');
      else this.transaction.abandon();
    });
  }

  #tag(): string {
    return (this.#toTag ??= this.core.ids.next());
  }

  #wantsReliable(message: AppMessage): boolean {
    const provisional = message.status > 100 && message.status < 200;
    const invite = this.request.method === 'INVITE' && !this.inDialog;
    return provisional && invite && appLists(message, 'require', '100rel');
  }

  #peerKnowsReliable(): boolean {
    return this.request.lists('supported', '100rel') || this.request.lists('require', '100rel');
  }

  /** Contact, passing headers, RSeq and Content-Type of a response; null for an untyped body. */
  #extraLines(message: AppMessage, reliable: boolean): string | null {
    const contentType = contentTypeLine(message);
    if (contentType === null) return null;
    const { hostPort } = this.transaction.flow.local;
    const given = message.headers.get('contact');
    const success = message.status >= 200 && message.status < 300;
    const method = this.request.method;
    const needed =
      reliable || (success && ['INVITE', 'SUBSCRIBE', 'UPDATE', 'REFER'].includes(method));
    let extra = '';
    if (given !== undefined) {
      const contact = localisedAddress(given, hostPort) ?? localisedText(given, hostPort);
      extra += `Contact: ${contact}\r\n`;
    } else if (needed) {
      extra += `Contact: ${this.dialog?.state.contact ?? `<${this.#contactUri}>`}\r\n`;
    }
    extra += passingLines(message, hostPort);
    if (reliable) extra += `RSeq: ${this.reliable.nextRseq()}\r\n`;
    return extra + this.#sessionLines(message) + contentType;
  }

  /** s.12.1.1: `sips` where the Request-URI, the top Record-Route or else the Contact is. */
  get #contactUri(): string {
    const { local } = this.transaction.flow;
    const { request } = this;
    const asked = request.list('record-route')[0] ?? request.list('contact')[0] ?? '';
    const address = parseAddress(asked)?.uri ?? '';
    return contactTowards(local, /^sips:/i.test(request.uri) ? request.uri : address);
  }

  /** RFC 4028 s.9: the caller's timer is taken over when it names the refresher. */
  #sessionLines(message: AppMessage): string {
    const asked = this.#askedSession(message);
    if (asked === null || message.headers.has('session-expires')) return '';
    const require = message.headers.has('require') ? '' : 'Require: timer\r\n';
    return `${require}Session-Expires: ${asked}\r\n`;
  }

  /** The Session-Expires that our 2xx carries, or null. */
  #askedSession(message: AppMessage): string | null {
    const { method } = this.request;
    const success = message.status >= 200 && message.status < 300;
    if (!success || (method !== 'INVITE' && method !== 'UPDATE')) return null;
    const own = message.headers.get('session-expires');
    if (own !== undefined) return own;
    const asked = this.request.first('session-expires');
    return (parseSessionExpires(asked)?.refresher ?? null) === null ? null : asked;
  }

  #text(message: AppMessage, extra: string): string {
    const { status, reason, body } = message;
    if (status > 100 && this.#toTag === null) this.#toTag = wantedToTag(message);
    const toTag = status > 100 ? this.#tag() : null;
    const dialogForming = this.#formsDialog() && status > 100 && status < 300;
    return responseText(this.request, {
      ...{ status, reason: reason === '' ? 'OK' : reason, toTag },
      ...{ copyRecordRoute: dialogForming, extra, body },
    });
  }

  #formsDialog(): boolean {
    const method = this.request.method;
    return !this.inDialog && (method === 'INVITE' || method === 'SUBSCRIBE');
  }

  /** Makes, confirms or ends the dialog that this response is about (s.12.1.1, s.12.3). */
  #beforeSending(message: AppMessage): void {
    const { status } = message;
    if (!this.#formsDialog() || status <= 100) {
      if (status >= 200 && status < 300) this.dialog?.heard(this.request, this.transaction.flow);
      return;
    }
    const kind = this.request.method === 'INVITE' ? 'INVITE' : 'SUBSCRIBE';
    if (status >= 300 || (status < 200 && kind === 'SUBSCRIBE')) {
      this.#endEarlyDialog(status);
      return;
    }
    if (this.dialog === null) this.dialog = this.#makeDialog(kind);
    const contact = message.headers.get('contact');
    const own = contact === undefined ? null : this.#ownContact(contact);
    if (own !== null) this.dialog.state = { ...this.dialog.state, contact: own };
    if (status >= 200) this.dialog.state = confirmed(this.dialog.state, null);
  }

  #agree(message: AppMessage): void {
    const { method } = this.request;
    const success = message.status >= 200 && message.status < 300;
    if (!success || this.dialog === null || (method !== 'INVITE' && method !== 'UPDATE')) return;
    if (message.body !== '') this.dialog.localSdp = detached(message.body);
    this.dialog.session.negotiated(this.#askedSession(message), false);
  }

  #ownContact(contact: string): string | null {
    return localisedAddress(contact, this.transaction.flow.local.hostPort);
  }

  #makeDialog(kind: 'INVITE' | 'SUBSCRIBE'): LiveDialog {
    const { flow } = this.transaction;
    const state = uasDialog(this.request, this.#tag(), `<${this.#contactUri}>`);
    const dialog = new LiveDialog(this.core, this.application, kind, state, flow);
    dialog.heard(this.request, flow);
    dialog.remoteInvite = kind === 'INVITE' ? this : null;
    this.core.dialogs.add(dialog);
    return dialog;
  }

  #endEarlyDialog(status: number): void {
    if (status < 300 || this.inDialog) return;
    this.dialog?.end();
    this.dialog = null;
  }

  #giveToUpdate(
    application: Application,
    rid: string,
    message: AppMessage,
    update: ServerTransaction,
  ): void {
    const request = update.request;
    const extra = this.#extraLines(message, false);
    if (request === null || extra === null) {
      application.refuse(rid, request === null ? UNKNOWN : 'Server error: missing content-type');
      return;
    }
    const { status, reason, body } = message;
    const text = responseText(request, {
      ...{ status, reason, toTag: null, copyRecordRoute: false, extra, body },
    });
    update.respond(status, text);
    if (status >= 200) this.update = null;
    const dialogId = this.dialog?.id ?? '';
    application.reply(rid, responseEcho(this.core, update.flow, this.id, dialogId, text));
  }
}
