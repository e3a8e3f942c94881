// One server transaction: a machine, its timers and the latest response. Driver, no rules.
// As soon as only repetitions can come it is replaced by its remains (finished.ts).
// RFC 3261 s.17.2.
import { unreachable } from '../../core/step.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/flow.ts';
import type { Remains } from './finished.ts';
import { startInviteServer, stepInviteServer, type InviteServerState } from './invite-server.ts';
import type { TransactionLayer } from './layer.ts';
import { lifetimeMs, type Effect, type ServerEvent, type TimerName } from './model.ts';
import {
  startNonInviteServer,
  stepNonInviteServer,
  type NonInviteServerState,
} from './non-invite-server.ts';
import type { WheelTimer } from './wheel.ts';

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteServerState }
  | { readonly kind: 'other'; readonly state: NonInviteServerState };

/** Whose transaction it is; told when it ends, however it ends. */
export interface ServerUser {
  transactionEnded(failure: 'timed-out' | 'transport-failed' | null): void;
}

export class ServerTransaction {
  readonly key: string;
  readonly flow: Flow;
  readonly method: string;
  /** Set by whoever answers; null when nobody wants to know of the end. */
  user: ServerUser | null = null;
  readonly #layer: TransactionLayer;
  readonly #timers = new Map<TimerName, WheelTimer>();
  #request: SipMessage | null;
  #machine: Machine | null;
  #response = '';
  #toUser = false;
  #relaysSuccess = false;

  constructor(layer: TransactionLayer, key: string, request: SipMessage, flow: Flow) {
    this.key = key;
    this.flow = flow;
    this.method = request.method;
    this.#layer = layer;
    this.#request = request;
    const setting = { timers: layer.deps.timers, reliable: flow.protocol !== 'udp' };
    // The first effect, delivery, is the layer's own.
    this.#machine =
      request.method === 'INVITE'
        ? { kind: 'invite', state: startInviteServer(setting)[0] }
        : { kind: 'other', state: startNonInviteServer(setting)[0] };
  }

  /** The request; null once a final response has been given. */
  get request(): SipMessage | null {
    return this.#request;
  }

  /** True until a final response was given. */
  get pending(): boolean {
    return this.#request !== null && this.#machine !== null;
  }

  /** The request again. */
  received(): void {
    this.#step({ kind: 'request-received' });
  }

  /** An ACK on this branch; true when it is for the user (it answers a 2xx). */
  ackReceived(): boolean {
    this.#toUser = false;
    this.#step({ kind: 'ack-received' });
    return this.#toUser;
  }

  /** Sends a response, whole text. Responses after a final one are dropped by the machine. */
  respond(status: number, text: string): void {
    if (this.#request === null) return;
    this.#response = text;
    if (status >= 200) this.#request = null;
    this.#step({ kind: 'response-given', status });
  }

  /** A response of another server passes through: after a 2xx every further one does too. */
  relay(status: number, text: string): void {
    const isSuccess = status >= 200 && status < 300;
    if (this.#request !== null) {
      this.respond(status, text);
      this.#relaysSuccess = isSuccess;
      this.release();
    } else if (isSuccess && this.#relaysSuccess) this.#layer.deps.send(this.flow, text, null);
  }

  /** Sends the 2xx once more: whoever gave it keeps it going until the ACK (RFC 6026 s.8.7). */
  respondAgain(): void {
    this.#step({ kind: 'response-given', status: 200 });
  }

  /** The 2xx was acknowledged, or its dialog is gone: nobody will send it again. */
  release(): void {
    const state = this.#machine?.state;
    if (state?.name !== 'accepted') return;
    this.#finish(lifetimeMs(state.setting), { rule: 'accepted', flow: null, text: '' });
  }

  abandon(): void {
    this.#end(null);
  }

  #step(event: ServerEvent): void {
    const machine = this.#machine;
    if (machine === null) return;
    if (machine.kind === 'invite') {
      const [state, effects] = stepInviteServer(machine.state, event);
      if (state !== machine.state) this.#machine = { kind: 'invite', state };
      this.#perform(effects);
    } else {
      const [state, effects] = stepNonInviteServer(machine.state, event);
      if (state !== machine.state) this.#machine = { kind: 'other', state };
      this.#perform(effects);
    }
  }

  #perform(effects: readonly Effect[]): void {
    let failure: 'timed-out' | 'transport-failed' | null = null;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'send':
          this.#send();
          break;
        case 'resend':
          if (this.#response === '') break;
          this.#layer.retransmissions++;
          this.#send();
          break;
        case 'deliver':
          this.#toUser = true;
          break;
        case 'start-timer':
          this.#startTimer(effect.timer, effect.afterMs);
          break;
        case 'stop-timer':
          this.#timers.get(effect.timer)?.cancel();
          this.#timers.delete(effect.timer);
          break;
        case 'report':
          failure = effect.failure;
          break;
        case 'terminate':
          this.#end(failure);
          break;
        case 'acknowledge':
          break;
        default:
          unreachable(effect);
      }
    }
  }

  #send(): void {
    const onFailed = () => this.#step({ kind: 'transport-failed' });
    const observe = this.flow.protocol === 'udp' ? null : onFailed;
    this.#layer.deps.send(this.flow, this.#response, observe);
  }

  #startTimer(timer: TimerName, afterMs: number): void {
    const isLast = timer === 'I' || timer === 'J';
    if (isLast && afterMs > 0) {
      const { flow } = this;
      const absorbs = timer === 'I' || this.#response === '';
      this.#finish(
        afterMs,
        absorbs
          ? { rule: 'absorb', flow: null, text: '' }
          : { rule: 'answer', flow, text: this.#response },
      );
      return;
    }
    const fire = () => this.#step({ kind: 'timer-fired', timer });
    this.#timers.set(timer, this.#layer.deps.wheel.after(afterMs, fire));
  }

  #end(failure: 'timed-out' | 'transport-failed' | null): void {
    this.#layer.forgetServer(this);
    this.#letGo(failure);
  }

  #finish(afterMs: number, remains: Remains): void {
    this.#layer.finishServer(this, afterMs, remains);
    this.#letGo(null);
  }

  #letGo(failure: 'timed-out' | 'transport-failed' | null): void {
    this.#machine = null;
    this.#request = null;
    this.#response = '';
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    this.user?.transactionEnded(failure);
  }
}
