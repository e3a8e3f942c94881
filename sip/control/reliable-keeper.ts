// The driver of dialog/reliable.ts: RSeq numbers, retransmission, and 504 when no PRACK comes.
// RFC 3262 s.3.
import { unreachable } from '../../core/step.ts';
import {
  startReliable,
  stepReliable,
  type ReliableEffect,
  type ReliableEvent,
  type ReliableState,
} from '../dialog/reliable.ts';
import type { SipMessage } from '../message/message.ts';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { InboundRequest } from './inbound-request.ts';

export class ReliableKeeper {
  readonly #inbound: InboundRequest;
  #state: ReliableState;
  #rseq = 0;
  readonly #timers: { resend?: WheelTimer; 'give-up'?: WheelTimer } = {};

  constructor(inbound: InboundRequest) {
    this.#inbound = inbound;
    this.#state = startReliable(inbound.core.options.timers);
  }

  /** The number of the next reliable response: random at first, then by ones. */
  nextRseq(): number {
    const first = () => 1 + Math.floor(this.#inbound.core.rng.next() * 0x7fff_0000);
    this.#rseq = this.#rseq === 0 ? first() : this.#rseq + 1;
    return this.#rseq;
  }

  /** Sends the response that carries the latest `nextRseq`. */
  send(text: string): void {
    this.#step({ kind: 'given', response: { rseq: this.#rseq, text } });
  }

  /** True when the PRACK names the response that waits for one (RAck: RSeq CSeq method). */
  matches(prack: SipMessage): boolean {
    const rack = /^(\d+)\s+(\d+)\s+INVITE\b/.exec(prack.first('rack') ?? '');
    if (rack === null || this.#state.name !== 'waiting') return false;
    const cseqNumber = this.#inbound.request.cseqNumber;
    return Number(rack[1]) === this.#state.rseq && Number(rack[2]) === cseqNumber;
  }

  prackReceived(): void {
    if (this.#state.name === 'waiting') {
      this.#step({ kind: 'prack-received', rseq: this.#state.rseq });
    }
  }

  finalGiven(): void {
    this.#step({ kind: 'final-given' });
  }

  #step(event: ReliableEvent): void {
    const [state, effects] = stepReliable(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: ReliableEffect): void {
    switch (effect.kind) {
      case 'send':
        this.#inbound.transaction.respond(183, effect.text);
        return;
      case 'start-timer': {
        const fire = () => this.#step({ kind: 'timer-fired', timer: effect.timer });
        this.#timers[effect.timer] = this.#inbound.core.wheel.after(effect.afterMs, fire);
        return;
      }
      case 'stop-timers':
        this.#timers.resend?.cancel();
        this.#timers['give-up']?.cancel();
        return;
      case 'reject':
        this.#inbound.answer(504, 'Server Time-out');
        return;
      default:
        unreachable(effect);
    }
  }
}
