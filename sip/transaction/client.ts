// One client transaction: a machine, its timers and the request it sends. Driver, no rules.
// As soon as only repetitions can come it is replaced by its remains (finished.ts).
// RFC 3261 s.17.1.
import { unreachable } from '../../core/step.ts';
import { failureAckText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/flow.ts';
import type { Remains } from './finished.ts';
import { startInviteClient, stepInviteClient, type InviteClientState } from './invite-client.ts';
import { clientKey, type TransactionLayer } from './layer.ts';
import { lifetimeMs, type ClientEvent, type Effect, type TimerName } from './model.ts';
import {
  startNonInviteClient,
  stepNonInviteClient,
  type NonInviteClientState,
} from './non-invite-client.ts';
import type { WheelTimer } from './wheel.ts';

/** Who sent the request. */
export interface ClientUser {
  /** Every provisional, the final, and for INVITE every further 2xx. */
  responseReceived(response: SipMessage, flow: Flow): void;
  /** No final response will come: silence for 64*T1, or the message could not leave. */
  requestFailed(failure: 'timed-out' | 'transport-failed'): void;
}

type Machine =
  | { readonly kind: 'invite'; readonly state: InviteClientState }
  | { readonly kind: 'other'; readonly state: NonInviteClientState };

export class ClientTransaction {
  readonly key: string;
  readonly outgoing: OutgoingRequest;
  readonly flow: Flow;
  readonly #layer: TransactionLayer;
  readonly #user: ClientUser;
  readonly #timers = new Map<TimerName, WheelTimer>();
  /** The request; once it is answered with a failure, the ACK. */
  #text: string;
  #machine: Machine | null = null;
  #response: SipMessage | null = null;
  #responseFlow: Flow | null = null;

  constructor(
    layer: TransactionLayer,
    outgoing: OutgoingRequest,
    text: string,
    flow: Flow,
    user: ClientUser,
  ) {
    this.key = clientKey(outgoing.branch, outgoing.method);
    this.outgoing = outgoing;
    this.flow = flow;
    this.#layer = layer;
    this.#text = text;
    this.#user = user;
  }

  /** True until the first final response, a failure or `abandon`. */
  get pending(): boolean {
    const name = this.#machine?.state.name;
    return name === 'calling' || name === 'trying' || name === 'proceeding';
  }

  /** True when a provisional response has come and no final one: now a CANCEL may go out. */
  get proceeding(): boolean {
    return this.#machine?.state.name === 'proceeding';
  }

  start(): void {
    const setting = { timers: this.#layer.deps.timers, reliable: this.flow.protocol !== 'udp' };
    if (this.outgoing.method === 'INVITE') {
      const [state, effects] = startInviteClient(setting);
      this.#machine = { kind: 'invite', state };
      this.#perform(effects);
    } else {
      const [state, effects] = startNonInviteClient(setting);
      this.#machine = { kind: 'other', state };
      this.#perform(effects);
    }
  }

  received(response: SipMessage, flow: Flow): void {
    this.#response = response;
    this.#responseFlow = flow;
    this.#step({ kind: 'response-received', status: response.status });
    this.#response = null;
  }

  /** The 2xx has its ACK: from now on that answers each repetition. False when it cannot. */
  acknowledged(ack: string, flow: Flow): boolean {
    const state = this.#machine?.state;
    if (state?.name !== 'accepted' || flow.protocol !== 'udp') return false;
    this.#finish(lifetimeMs(state.setting), { rule: 'acknowledge', flow, text: ack });
    return true;
  }

  /** Forgets the transaction without a word: nobody waits for its answer any more. */
  abandon(): void {
    this.#end();
  }

  #step(event: ClientEvent): void {
    const machine = this.#machine;
    if (machine === null) return;
    if (machine.kind === 'invite') {
      const [state, effects] = stepInviteClient(machine.state, event);
      if (state !== machine.state) this.#machine = { kind: 'invite', state };
      this.#perform(effects);
    } else {
      const [state, effects] = stepNonInviteClient(machine.state, event);
      if (state !== machine.state) this.#machine = { kind: 'other', state };
      this.#perform(effects);
    }
  }

  #perform(effects: readonly Effect[]): void {
    for (const effect of effects) this.#performOne(effect);
  }

  #performOne(effect: Effect): void {
    switch (effect.kind) {
      case 'send':
        this.#send();
        return;
      case 'resend':
        this.#layer.retransmissions++;
        this.#send();
        return;
      case 'acknowledge':
        this.#acknowledge();
        return;
      case 'deliver':
        if (this.#response !== null && this.#responseFlow !== null) {
          this.#user.responseReceived(this.#response, this.#responseFlow);
        }
        return;
      case 'start-timer':
        this.#startTimer(effect.timer, effect.afterMs);
        return;
      case 'stop-timer':
        this.#timers.get(effect.timer)?.cancel();
        this.#timers.delete(effect.timer);
        return;
      case 'report':
        this.#user.requestFailed(effect.failure);
        return;
      case 'terminate':
        this.#end();
        return;
      default:
        unreachable(effect);
    }
  }

  #send(): void {
    const onFailed = () => this.#step({ kind: 'transport-failed' });
    this.#layer.deps.send(this.flow, this.#text, this.flow.protocol === 'udp' ? null : onFailed);
  }

  #acknowledge(): void {
    if (this.#response === null) return;
    this.#text = failureAckText(this.outgoing, this.#response.to);
    this.#layer.deps.send(this.flow, this.#text, null);
  }

  #startTimer(timer: TimerName, afterMs: number): void {
    // Its user may have finished it while it was told of the answer.
    if (this.#machine === null) return;
    if (timer === 'M') this.#text = '';
    if ((timer === 'D' || timer === 'K') && afterMs > 0) {
      this.#finish(
        afterMs,
        timer === 'K'
          ? { rule: 'absorb', flow: null, text: '' }
          : { rule: 'answer', flow: this.flow, text: this.#text },
      );
      return;
    }
    const fire = () => this.#step({ kind: 'timer-fired', timer });
    this.#timers.set(timer, this.#layer.deps.wheel.after(afterMs, fire));
  }

  #end(): void {
    this.#layer.forgetClient(this);
    this.#letGo();
  }

  #finish(afterMs: number, remains: Remains): void {
    this.#layer.finishClient(this, afterMs, remains);
    this.#letGo();
  }

  #letGo(): void {
    this.#machine = null;
    this.#text = '';
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }
}
