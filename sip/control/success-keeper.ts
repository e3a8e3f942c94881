// The driver of dialog/success.ts: sends our 200 again until its ACK, then tells the application.
// RFC 3261 s.13.3.1.4.
import { unreachable } from '../../core/step.ts';
import {
  startSuccess,
  stepSuccess,
  type SuccessEffect,
  type SuccessEvent,
  type SuccessState,
} from '../dialog/success.ts';
import type { SipMessage } from '../message/message.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { Flow } from '../transport/flow.ts';
import type { LiveDialog } from './live-dialog.ts';
import { networkFrame } from './network-frame.ts';

/** A BYE that may not go yet: it goes, or the peer was faster and it is dropped. */
export interface HeldBye {
  go(): void;
  drop(): void;
}

export class SuccessKeeper {
  readonly cseqNumber: number;
  readonly #dialog: LiveDialog;
  /** Null once it need not repeat its 2xx: it would keep its request's text. */
  #transaction: ServerTransaction | null;
  readonly #transactionId: string;
  readonly #timers: { resend?: WheelTimer; 'give-up'?: WheelTimer } = {};
  #state: SuccessState;
  #bye: HeldBye | null = null;
  #ack: { readonly message: SipMessage; readonly flow: Flow } | null = null;

  constructor(
    dialog: LiveDialog,
    transaction: ServerTransaction,
    cseqNumber: number,
    transactionId: string,
  ) {
    this.#dialog = dialog;
    this.#transaction = transaction;
    this.cseqNumber = cseqNumber;
    this.#transactionId = transactionId;
    const [state, effects] = startSuccess(dialog.core.options.timers);
    this.#state = state;
    this.#perform(effects);
  }

  get waiting(): boolean {
    return this.#state.name === 'waiting';
  }

  acknowledged(message: SipMessage, flow: Flow): void {
    this.#ack = { message, flow };
    this.#step({ kind: 'ack-received' });
    this.#ack = null;
  }

  byeWanted(bye: HeldBye): void {
    this.#bye = bye;
    this.#step({ kind: 'bye-wanted' });
  }

  end(): void {
    this.#step({ kind: 'dialog-ended' });
  }

  #step(event: SuccessEvent): void {
    const [state, effects] = stepSuccess(this.#state, event);
    this.#state = state;
    this.#perform(effects);
  }

  #perform(effects: readonly SuccessEffect[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'resend':
          this.#dialog.core.transactions.retransmissions++;
          this.#transaction?.respondAgain();
          break;
        case 'start-timer': {
          const fire = () => this.#step({ kind: 'timer-fired', timer: effect.timer });
          this.#timers[effect.timer] = this.#dialog.core.wheel.after(effect.afterMs, fire);
          break;
        }
        case 'stop-timers':
          this.#timers.resend?.cancel();
          this.#timers['give-up']?.cancel();
          this.#transaction?.release();
          this.#transaction = null;
          break;
        case 'deliver-ack':
          this.#deliverAck();
          break;
        case 'send-bye':
          this.#bye?.go();
          this.#bye = null;
          break;
        case 'drop-bye':
          this.#bye?.drop();
          this.#bye = null;
          break;
        case 'give-up':
          this.#dialog.hangUpUnsolicited('ACK timeout');
          break;
        default:
          unreachable(effect);
      }
    }
  }

  #deliverAck(): void {
    if (this.#ack === null) return;
    const { core, application, id } = this.#dialog;
    const { message, flow } = this.#ack;
    application.send(networkFrame(core, message, flow, this.#transactionId, id, false));
  }
}
