// A transfer at work: the legs, the NOTIFYs and the music around the rule in transfer.ts. Knows its
// contact by what it may do with it, and nothing of queues or agents.
import type { CallFailure, CallTarget, Referral } from '../../sip/index.ts';
import { beginTransfer, stepTransfer } from '../transfer.ts';
import type { TransferEffect, TransferEvent, TransferState } from '../transfer.ts';
import type { LegListener, TelephoneLeg } from './leg.ts';

/** Whom the customer shall reach, once the number plan has said so. */
export type TransferGoal =
  | { readonly kind: 'dial'; readonly target: CallTarget; readonly label: string }
  | { readonly kind: 'queue'; readonly queueId: string };

/** The goal of one transfer; `consulted`: its leg is answered already. */
export type TransferPlan =
  | TransferGoal
  | {
      readonly kind: 'consulted';
      readonly leg: TelephoneLeg;
      readonly target: CallTarget;
      readonly label: string;
    };

/** What a transfer may do with the contact it belongs to. */
export interface TransferSeat {
  part(): void;
  /** Dials a party who may take the agent's place. */
  dial(target: CallTarget, listener: TransferListener): TelephoneLeg;
  /** Rings the agent's own phone again. */
  recall(listener: TransferListener): TelephoneLeg;
  /** Customer and the target's leg talk from now on. */
  join(leg: TelephoneLeg): void;
  /** Customer and agent talk again; `recalled`: on this new leg, null: on the one there was. */
  rejoin(recalled: TelephoneLeg | null): void;
  release(): void;
  enterQueue(queueId: string): void;
  tell(news: TransferNews): void;
}

export type TransferListener = Pick<LegListener, 'ringing' | 'answered' | 'failed'>;

export type TransferNews =
  | { readonly type: 'asked' | 'transferred'; readonly to: string }
  | { readonly type: 'failed'; readonly to: string; readonly status: number }
  | { readonly type: 'conversation-over' };

export class Transfer {
  readonly #plan: TransferPlan;
  readonly #seat: TransferSeat;
  readonly #report: Referral;
  #state: TransferState = { name: 'over' };
  #leg: TelephoneLeg | null;

  constructor(plan: TransferPlan, report: Referral, seat: TransferSeat) {
    this.#plan = plan;
    this.#seat = seat;
    this.#report = report;
    this.#leg = plan.kind === 'consulted' ? plan.leg : null;
  }

  /** True until it is known how the transfer ended. */
  get pending(): boolean {
    return this.#state.name !== 'over';
  }

  begin(): void {
    const { kind } = this.#plan;
    const [state, effects] = beginTransfer(kind === 'dial' ? 'blind' : kind);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  on(event: TransferEvent): void {
    const [state, effects] = stepTransfer(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
  }

  #perform(effect: TransferEffect): void {
    const seat = this.#seat;
    switch (effect.type) {
      case 'part':
        return seat.part();
      case 'call-target':
        if (this.#plan.kind === 'dial') this.#leg = seat.dial(this.#plan.target, this.#target());
        return;
      case 'drop-target':
        return this.#leg?.end('the customer hung up');
      case 'join-target':
        if (this.#leg !== null) seat.join(this.#leg);
        return;
      case 'join-agent':
        return seat.rejoin(this.#leg?.answered === true ? this.#leg : null);
      case 'recall-agent':
        this.#leg = seat.recall(this.#agent());
        return;
      case 'release-agent':
        return seat.release();
      case 'enter-queue':
        if (this.#plan.kind === 'queue') seat.enterQueue(this.#plan.queueId);
        return;
      case 'report':
        if (effect.status < 200) this.#report.progress(effect.status, effect.reason);
        else this.#report.finish(effect.status, effect.reason);
        return;
      case 'tell-asked':
        return seat.tell({ type: 'asked', to: this.#label() });
      case 'tell-transferred':
        return seat.tell({ type: 'transferred', to: this.#label() });
      case 'tell-failed':
        return seat.tell({ type: 'failed', to: this.#label(), status: effect.status });
      case 'tell-conversation-over':
        return seat.tell({ type: 'conversation-over' });
    }
  }

  #label(): string {
    return this.#plan.kind === 'queue' ? this.#plan.queueId : this.#plan.label;
  }

  #target(): TransferListener {
    return {
      ringing: () => this.on({ type: 'target-rang' }),
      answered: () => this.on({ type: 'target-answered' }),
      failed: ({ status, reason }: CallFailure) =>
        this.on({ type: 'target-failed', status, reason }),
    };
  }

  #agent(): TransferListener {
    return {
      ringing: () => undefined,
      answered: () => this.on({ type: 'recall-answered' }),
      failed: () => this.on({ type: 'recall-failed' }),
    };
  }
}
