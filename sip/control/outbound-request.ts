// A request of an application: its client transaction, the dialogs its responses make, CANCEL, and
// the synthetic final response when no real one comes (drachtio-srf has no timers of its own).
// RFC 3261 s.8.1.3, s.9.1, s.12.1.2, s.13.2.2; RFC 3262 s.4.
import { confirmed, uacDialog } from '../dialog/dialog.ts';
import { startCancel, stepCancel, type CancelEvent, type CancelState } from '../dialog/cancel.ts';
import { cancelText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import { detached } from '../message/own.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import type { Application } from './applications.ts';
import { cdrStart, cdrStop, failureStop } from './cdr.ts';
import { timeStamp, type Core } from './core.ts';
import { LiveDialog } from './live-dialog.ts';
import { networkFrame } from './network-frame.ts';
import { launch } from './launch.ts';
import type { Route } from './route.ts';

const CROSSED = 'ACK-BYE due to cancel race condition';

export class OutboundRequest implements ClientUser {
  readonly id: string;
  readonly core: Core;
  readonly application: Application;
  /** As it was sent last: a CANCEL goes after it. */
  outgoing: OutgoingRequest;
  /** The dialog it was sent in; null for one outside. */
  readonly dialog: LiveDialog | null;
  readonly #listener: Listener;
  /** Dialogs made by responses, by To tag: early ones, and the one a 2xx confirmed. */
  readonly #made = new Map<string, LiveDialog>();
  #transaction: ClientTransaction | null = null;
  #cancel: CancelState = startCancel;
  #cancelExtra = '';
  #cancelTimer: WheelTimer | null = null;
  #answeredTag: string | null = null;
  #done = false;

  constructor(
    core: Core,
    application: Application,
    outgoing: OutgoingRequest,
    listener: Listener,
    dialog: LiveDialog | null,
  ) {
    this.core = core;
    this.id = core.ids.next();
    this.application = application;
    this.outgoing = outgoing;
    this.#listener = listener;
    this.dialog = dialog;
    core.outbound.set(this.id, this);
    if (dialog !== null && outgoing.method === 'INVITE') dialog.localInvite = this;
  }

  /** Sends it; the echo to the application must have been sent before. */
  send(route: Route, text: string): void {
    launch(this.core, route, { outgoing: this.outgoing, text }, this, {
      started: (transaction) => {
        this.#transaction = transaction;
        this.outgoing = transaction.outgoing;
        if (this.#done) transaction.abandon();
      },
      notSent: (cause) => {
        if (cause === 'gone') this.#synthetic(410, 'Gone');
        else this.#synthetic(503, 'DNS Error');
      },
      wanted: () => !this.#done && this.#cancel === startCancel,
    });
  }

  /** The application wants it cancelled: now, or when a provisional response has come. */
  cancel(extra: string): void {
    this.#cancelExtra = extra;
    this.#stepCancel({ kind: 'cancel-wanted' });
  }

  /** The CANCEL as it goes, or will go, on the wire. */
  cancelText(extra: string): string {
    return cancelText(this.outgoing, extra);
  }

  get listener(): Listener {
    return this.#listener;
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    if (response.status < 200) this.#provisional(response, flow);
    else if (this.#answeredTag !== null) this.#furtherSuccess(response, flow);
    else this.#final(response, flow);
  }

  /** A held BYE whose dialog the peer has ended meanwhile. */
  notNeeded(): void {
    this.#synthetic(481, 'Call/Transaction Does Not Exist');
  }

  requestFailed(failure: 'timed-out' | 'transport-failed'): void {
    if (failure === 'timed-out') this.#synthetic(408, 'Request Timeout');
    else this.#synthetic(503, 'Service Unavailable');
  }

  #provisional(response: SipMessage, flow: Flow): void {
    this.#stepCancel({ kind: 'provisional-received' });
    if (response.status === 100) return;
    const dialog = this.#earlyDialog(response, flow);
    if (dialog !== null && this.#isRepeated(response, dialog)) return;
    this.#deliver(response, flow, dialog?.id ?? this.#idBefore());
  }

  /** The dialog id that this request's dialog has, or will have. */
  #idBefore(): string {
    if (this.dialog !== null) return this.dialog.id;
    return '';
  }

  #earlyDialog(response: SipMessage, flow: Flow): LiveDialog | null {
    if (this.dialog !== null) return this.dialog;
    const tag = response.toTag;
    if (tag === null || this.outgoing.method !== 'INVITE') return null;
    const known = this.#made.get(tag);
    if (known !== undefined) return known;
    if (this.core.dialogs.size >= this.core.limits.dialogs) return null;
    const dialog = this.#make(response, flow, tag);
    this.core.dialogs.add(dialog);
    return dialog;
  }

  #make(response: SipMessage, flow: Flow, tag: string): LiveDialog {
    const kind = this.outgoing.method === 'INVITE' ? 'INVITE' : 'SUBSCRIBE';
    const state = uacDialog(this.outgoing, response);
    const dialog = new LiveDialog(this.core, this.application, kind, state, flow);
    dialog.invite = {
      cseqNumber: this.outgoing.cseqNumber,
      credentials: credentialLines(this.outgoing.extra),
    };
    dialog.heard(response, flow);
    this.#made.set(tag, dialog);
    return dialog;
  }

  /** RFC 3262 s.4: a reliable response that was seen, or is out of order, goes no further. */
  #isRepeated(response: SipMessage, dialog: LiveDialog): boolean {
    const rseq = Number(response.first('rseq') ?? 0);
    if (!(rseq > 0) || !response.lists('require', '100rel')) return false;
    const last = dialog.state.remoteRseq;
    if (last !== 0 && rseq !== last + 1) return true;
    dialog.state = { ...dialog.state, remoteRseq: rseq };
    return false;
  }

  #final(response: SipMessage, flow: Flow): void {
    const success = response.status < 300;
    const id = this.dialog !== null ? this.dialog.id : this.#outcome(response, flow, success);
    if (success && this.outgoing.method === 'INVITE') this.#answeredTag = response.toTag ?? '';
    if (success) this.#agree(response);
    if (success && this.outgoing.method === 'INVITE') {
      const answered = this.#answered();
      if (answered !== null) answered.answeredBy = this.#transaction;
    }
    if (this.dialog !== null) this.#finalInDialog(this.dialog, response, flow);
    this.#settle();
    this.#deliver(response, flow, id);
    this.#record(response);
    this.#stepCancel({ kind: 'final-received', status: response.status });
    if (success && this.outgoing.method === 'INVITE' && !this.application.open) {
      this.#answered()?.acknowledge('', '');
      this.#answered()?.hangUp('application disconnected');
    }
  }

  /** A new call was answered, or refused. */
  #record(response: SipMessage): void {
    const { status } = response;
    if (this.outgoing.method !== 'INVITE' || this.dialog !== null) return;
    if (status < 300) cdrStart(this.core, 'network', 'uac', response);
    else cdrStop(this.core, 'network', failureStop(status), response);
  }

  /** Session and its timer, as a 2xx of the peer settles them (RFC 4028 s.7.2). */
  #agree(response: SipMessage): void {
    const { method, body } = this.outgoing;
    if (method !== 'INVITE' && method !== 'UPDATE') return;
    const dialog = method === 'INVITE' ? this.#answered() : this.dialog;
    if (dialog === null) return;
    if (body !== '') dialog.localSdp = detached(body);
    dialog.session.negotiated(response.first('session-expires'), true);
  }

  /** Confirms the dialog that a 2xx makes, ends the early ones; answers the dialog id. */
  #outcome(response: SipMessage, flow: Flow, success: boolean): string {
    const { method } = this.outgoing;
    const forms = success && (method === 'INVITE' || method === 'SUBSCRIBE');
    const tag = response.toTag ?? '';
    const before = forms ? (this.#made.get(tag) ?? null) : null;
    for (const dialog of this.#made.values()) if (dialog !== before) dialog.end();
    if (!forms) return '';
    const dialog = before ?? this.#make(response, flow, tag);
    dialog.state = confirmed(dialog.state, response);
    dialog.heard(response, flow);
    this.core.dialogs.add(dialog);
    return dialog.id;
  }

  #finalInDialog(dialog: LiveDialog, response: SipMessage, flow: Flow): void {
    const { method } = this.outgoing;
    const { status } = response;
    if (status < 300 && ['INVITE', 'UPDATE', 'SUBSCRIBE'].includes(method)) {
      dialog.heard(response, flow);
    }
    if (method === 'BYE' && status !== 401 && status !== 407) dialog.end();
    if (
      method === 'NOTIFY' &&
      dialog.kind === 'SUBSCRIBE' &&
      endsSubscription(this.outgoing.extra)
    ) {
      dialog.end();
    }
  }

  /** RFC 6026, s.13.2.2.4: the same 2xx wants its ACK again; another fork gets ACK and BYE. */
  #furtherSuccess(response: SipMessage, flow: Flow): void {
    const tag = response.toTag ?? '';
    if (tag === this.#answeredTag) {
      this.#answered()?.acknowledgeAgain(response);
      return;
    }
    if (this.dialog !== null) return;
    const known = this.#made.get(tag);
    if (known !== undefined) {
      known.acknowledgeAgain(response);
      return;
    }
    const fork = this.#make(response, flow, tag);
    fork.state = confirmed(fork.state, response);
    fork.acknowledge('', '');
    fork.hangUp('another fork answered');
  }

  #answered(): LiveDialog | null {
    return this.dialog ?? this.#made.get(this.#answeredTag ?? '') ?? null;
  }

  #settle(): void {
    this.#done = true;
    this.core.outbound.delete(this.id);
    if (this.dialog?.localInvite === this) this.dialog.localInvite = null;
  }

  #deliver(response: SipMessage, flow: Flow, dialogId: string): void {
    this.application.send(networkFrame(this.core, response, flow, this.id, dialogId, false));
  }

  /** A final response made here: source `network`, no size, no address. */
  #synthetic(status: number, reason: string): void {
    if (this.#done) return;
    const { via, from, to, callId, cseqNumber, method } = this.outgoing;
    const id = this.#idBefore();
    for (const dialog of this.#made.values()) dialog.end();
    if (this.dialog !== null && method === 'BYE') this.dialog.end();
    this.#settle();
    this.#cancelTimer?.cancel();
    const text =
      `SIP/2.0 ${status} ${reason}\r\nVia: ${via}\r\nFrom: ${from}\r\nTo: ${to}\r\n` +
      `Call-ID: ${callId}\r\nCSeq: ${cseqNumber} ${method}\r\nContent-Length: 0\r\n\r\n`;
    const { protocol } = this.#listener;
    this.application.send(
      `sip|network|0|${protocol}||0|${timeStamp(this.core)}|${this.id}|${id}|\r\n${text}`,
    );
    if (method !== 'INVITE' || this.dialog !== null) return;
    const why = status === 487 ? 'call-canceled' : 'system-error-initiated-termination';
    cdrStop(this.core, 'application', why, text);
  }

  #stepCancel(event: CancelEvent): void {
    const [state, effects] = stepCancel(this.#cancel, event);
    this.#cancel = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send-cancel':
          this.#sendCancel();
          break;
        case 'start-timer':
          this.#cancelTimer = this.core.wheel.after(64 * this.core.options.timers.t1Ms, () =>
            this.#stepCancel({ kind: 'timer-fired' }),
          );
          break;
        case 'stop-timer':
          this.#cancelTimer?.cancel();
          break;
        case 'give-up':
          this.#transaction?.abandon();
          this.#synthetic(487, 'Request Terminated');
          break;
        case 'bye-after-ack': {
          const answered = this.#answered();
          if (answered !== null && this.dialog === null) answered.byeAfterAck = CROSSED;
          break;
        }
      }
    }
  }

  #sendCancel(): void {
    const flow = this.#transaction?.flow;
    if (flow === undefined) return;
    const outgoing = { ...this.outgoing, method: 'CANCEL' };
    const text = this.cancelText(this.#cancelExtra);
    this.core.transactions.request(outgoing, text, flow, {
      responseReceived: () => undefined,
      requestFailed: () => undefined,
    });
  }
}

/** s.22.1: an ACK carries the credentials of its INVITE. */
export function credentialLines(extra: string): string {
  if (!extra.includes('uthorization: ')) return '';
  const lines = extra.split('\r\n').filter((line) => /^(Proxy-)?Authorization: /.test(line));
  return lines.map((line) => `${line}\r\n`).join('');
}

function endsSubscription(extra: string): boolean {
  return /^Subscription-State:.*terminated/im.test(extra);
}
