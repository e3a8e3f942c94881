// One target of a proxied request: its client transaction, CANCEL and patience.
// RFC 3261 s.16.6, s.16.8, s.16.10.
import { startCancel, stepCancel, type CancelEvent } from '../dialog/cancel.ts';
import { cancelText, requestText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { ClientTransaction, ClientUser } from '../transaction/client.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { Flow } from '../transport/flow.ts';
import type { Core } from './core.ts';
import { launch } from './launch.ts';
import type { Route } from './route.ts';

/** Who forwards over the branch. */
export interface BranchUser {
  /** A response other than 100; a 2xx to INVITE may come again. */
  branchAnswered(response: SipMessage, flow: Flow): void;
  /** No answer will come; told once, and not after a final response. */
  branchFailed(status: 408 | 503): void;
}

export class ProxyBranch implements ClientUser {
  readonly #core: Core;
  readonly #user: BranchUser;
  /** As it was sent last: a CANCEL goes after it. */
  #outgoing: OutgoingRequest;
  #transaction: ClientTransaction | null = null;
  #cancel = startCancel;
  #cancelTimer: WheelTimer | null = null;
  #patience: WheelTimer | null = null;
  #done = false;

  /** @param patienceMs how long to wait for any response at all; null for the transaction's own */
  constructor(core: Core, outgoing: OutgoingRequest, user: BranchUser, patienceMs: number | null) {
    this.#core = core;
    this.#outgoing = outgoing;
    this.#user = user;
    if (patienceMs === null) return;
    this.#patience = core.wheel.after(patienceMs, () => {
      this.#transaction?.abandon();
      this.#fail(408);
    });
  }

  send(route: Route): void {
    const request = { outgoing: this.#outgoing, text: requestText(this.#outgoing) };
    launch(this.#core, route, request, this, {
      started: (transaction) => {
        this.#transaction = transaction;
        this.#outgoing = transaction.outgoing;
        if (this.#done) transaction.abandon();
      },
      notSent: () => this.#fail(503),
      wanted: () => !this.#done && this.#cancel === startCancel,
    });
  }

  /** Cancels it if it is an INVITE without a final answer (s.16.10). */
  cancel(): void {
    if (!this.#done && this.#outgoing.method === 'INVITE') this.#step({ kind: 'cancel-wanted' });
  }

  responseReceived(response: SipMessage, flow: Flow): void {
    const { status } = response;
    this.#patience?.cancel();
    if (status < 200) this.#step({ kind: 'provisional-received' });
    else {
      this.#done = true;
      this.#step({ kind: 'final-received', status });
    }
    if (status > 100) this.#user.branchAnswered(response, flow);
  }

  requestFailed(failure: 'timed-out' | 'transport-failed'): void {
    this.#fail(failure === 'timed-out' ? 408 : 503);
  }

  #fail(status: 408 | 503): void {
    if (this.#done) return;
    this.#done = true;
    this.#patience?.cancel();
    this.#cancelTimer?.cancel();
    this.#user.branchFailed(status);
  }

  #step(event: CancelEvent): void {
    const [state, effects] = stepCancel(this.#cancel, event);
    this.#cancel = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send-cancel':
          this.#sendCancel();
          break;
        case 'start-timer':
          this.#cancelTimer = this.#core.wheel.after(64 * this.#core.options.timers.t1Ms, () =>
            this.#step({ kind: 'timer-fired' }),
          );
          break;
        case 'stop-timer':
          this.#cancelTimer?.cancel();
          break;
        case 'give-up':
          this.#transaction?.abandon();
          this.#fail(408);
          break;
        case 'bye-after-ack':
          // s.16.10: a 2xx that crossed the CANCEL goes up like any other; its caller decides.
          break;
      }
    }
  }

  #sendCancel(): void {
    const flow = this.#transaction?.flow;
    if (flow === undefined) return;
    const text = cancelText(this.#outgoing, '');
    this.#core.transactions.request({ ...this.#outgoing, method: 'CANCEL' }, text, flow, {
      responseReceived: () => undefined,
      requestFailed: () => undefined,
    });
  }
}
