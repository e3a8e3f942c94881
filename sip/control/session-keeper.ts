// The driver of dialog/session-timer.ts: refreshes by itself with the last local SDP, and ends the
// call when nobody does. Applications never see it otherwise. RFC 4028 s.7, s.9, s.10.
import { unreachable } from '../../core/step.ts';
import {
  parseSessionExpires,
  startSession,
  stepSession,
  type SessionEvent,
} from '../dialog/session-timer.ts';
import type { SipMessage } from '../message/message.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { Flow } from '../transport/flow.ts';
import type { LiveDialog } from './live-dialog.ts';
import { launch } from './launch.ts';

/** Why a call ends that nobody refreshed. */
export const SESSION_EXPIRED = 'Session timer expired';

export class SessionKeeper {
  readonly #dialog: LiveDialog;
  #state = startSession;
  #timer: WheelTimer | null = null;
  #answered = false;

  constructor(dialog: LiveDialog) {
    this.#dialog = dialog;
  }

  /** True while our own refresh waits for its answer. */
  get refreshing(): boolean {
    return this.#state.name === 'refreshing';
  }

  /**
   * The Session-Expires of a 2xx, or null. `weAsked`: the request was ours. Without a refresher
   * the one who asked refreshes (s.7.2).
   */
  negotiated(value: string | null, weAsked: boolean): void {
    const agreed = parseSessionExpires(value);
    const weRefresh = ((agreed?.refresher ?? 'uac') === 'uac') === weAsked;
    this.#step({ kind: 'negotiated', intervalSeconds: agreed?.seconds ?? null, weRefresh });
  }

  end(): void {
    this.#timer?.cancel();
  }

  #step(event: SessionEvent): void {
    const [state, effects] = stepSession(this.#state, event);
    this.#state = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'start-timer': {
          const fire = () => this.#step({ kind: 'timer-fired' });
          this.#timer = this.#dialog.core.wheel.after(effect.afterMs, fire);
          break;
        }
        case 'stop-timer':
          this.#timer?.cancel();
          break;
        case 'refresh':
          this.#refresh();
          break;
        case 'hang-up':
          if (!this.#dialog.ended) this.#dialog.hangUpUnsolicited(SESSION_EXPIRED);
          break;
        default:
          unreachable(effect);
      }
    }
  }

  /** A re-INVITE with the session as it is; UPDATE when we never had one of our own. */
  #refresh(): void {
    const dialog = this.#dialog;
    if (this.#state.name !== 'refreshing') return;
    if (dialog.localInvite !== null || dialog.remoteInvite !== null) {
      this.#step({ kind: 'refresh-failed', status: 491 });
      return;
    }
    const seconds = this.#state.intervalMs / 1_000;
    const body = dialog.localSdp;
    const cseqNumber = dialog.state.localCseq + 1;
    const type = body === '' ? '' : 'Content-Type: application/sdp\r\n';
    const composed = dialog.compose({
      ...{ method: body === '' ? 'UPDATE' : 'INVITE', uri: null, cseqNumber, body },
      ...{ contact: dialog.state.contact, maxForwards: 70 },
      extra: `Supported: timer\r\nSession-Expires: ${seconds};refresher=uac\r\n${type}`,
    });
    if ('kind' in composed) {
      this.#step({ kind: 'refresh-failed', status: 503 });
      return;
    }
    dialog.state = { ...dialog.state, localCseq: cseqNumber };
    this.#answered = false;
    const fail = (status: number) => this.#step({ kind: 'refresh-failed', status });
    const user = {
      responseReceived: (response: SipMessage, flow: Flow) => this.#response(response, flow),
      requestFailed: () => fail(408),
    };
    const observer = { started: () => undefined, notSent: () => fail(503), wanted: () => true };
    launch(dialog.core, composed.route, composed, user, observer);
  }

  #response(response: SipMessage, flow: Flow): void {
    const dialog = this.#dialog;
    const { status } = response;
    if (status < 200 || dialog.ended) return;
    if (status >= 300) {
      this.#step({ kind: 'refresh-failed', status });
      return;
    }
    if (this.#answered) {
      dialog.acknowledgeAgain(response);
      return;
    }
    this.#answered = true;
    dialog.heard(response, flow);
    if (response.method === 'INVITE') {
      dialog.invite = { cseqNumber: response.cseqNumber, credentials: '' };
      dialog.acknowledge('', '');
    }
    this.negotiated(response.first('session-expires'), true);
  }
}
