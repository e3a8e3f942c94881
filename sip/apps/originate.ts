// A call that we place: plan, branches, timers and events around the rule in outbound-rules.ts.
import { conflict } from '../../core/errors.ts';
import type { Timer } from '../../core/ports.ts';
import type { DialogName } from '../transfer-types.ts';
import type { CallLeg, OriginateRequest, OutboundCallEvents } from '../types.ts';
import { Branch } from './branch.ts';
import type { BranchPlan } from './branch.ts';
import { DialogLeg } from './leg.ts';
import type { LegDeps } from './leg.ts';
import type { LiveCall, LiveCalls } from './live-calls.ts';
import { startOutbound, stepOutbound } from './outbound-rules.ts';
import type {
  BranchFailure,
  OutboundEffect,
  OutboundEvent,
  OutboundState,
} from './outbound-rules.ts';
import type { SrfApp, SrfDialog } from './srf.ts';

/** How long the final response to a cancelled INVITE is waited for before `failed` is told. */
const CANCEL_PATIENCE_MS = 5_000;

export interface OutboundDeps extends LegDeps {
  readonly live: Pick<LiveCalls, 'add' | 'delete' | 'farewell'>;
}

/** A call on its way out; a `CallLeg` for whoever placed it. */
export class OutboundCall implements CallLeg, LiveCall {
  readonly callId: string;
  readonly #deps: OutboundDeps;
  readonly #request: OriginateRequest;
  readonly #events: OutboundCallEvents;
  readonly #plans: readonly BranchPlan[];
  readonly #branches: Branch[] = [];
  readonly #legs = new Map<number, DialogLeg>();
  readonly #ringTimer: Timer;
  #cancelTimer: Timer | null = null;
  #state: OutboundState;
  #dialog: DialogName | null = null;

  /** Sends the planned INVITEs at once. */
  constructor(
    callId: string,
    request: OriginateRequest,
    plans: readonly BranchPlan[],
    srf: SrfApp,
    events: OutboundCallEvents,
    deps: OutboundDeps,
  ) {
    this.callId = callId;
    this.#request = request;
    this.#events = events;
    this.#plans = plans;
    this.#deps = deps;
    this.#state = startOutbound(plans.length);
    deps.live.add(this);
    this.#ringTimer = deps.clock.after(request.ringTimeoutMs, () =>
      this.#on({ type: 'ring-timer-fired' }),
    );
    for (const [index, plan] of plans.entries())
      this.#branches.push(this.#branch(index, plan, srf));
    for (const branch of this.#branches) branch.send();
  }

  get dialog(): DialogName | null {
    return this.#dialog;
  }

  hangUp(reason: string): void {
    this.#on({ type: 'hang-up-asked', reason });
  }

  reoffer(sdp: string): Promise<string> {
    const leg = this.#state.name === 'answered' ? this.#legs.get(this.#state.branch) : undefined;
    if (leg !== undefined) return leg.reoffer(sdp);
    const message = 'there is no answered call to change';
    return Promise.reject(conflict('SIP_CALL_NOT_ANSWERED', message, { callId: this.callId }));
  }

  engineLost(reason: string): void {
    this.#on({ type: 'engine-lost', reason });
    for (const leg of this.#legs.values()) leg.close();
  }

  #branch(index: number, plan: BranchPlan, srf: SrfApp): Branch {
    const events = {
      provisional: (status: number, sdp: string | null) =>
        this.#on({ type: 'provisional-received', status, sdp }),
      answered: (dialog: SrfDialog, sdp: string) => this.#answered(index, dialog, sdp),
      failed: (failure: BranchFailure) =>
        this.#on({ type: 'failure-received', branch: index, failure }),
    };
    return new Branch(srf, plan, this.#offerOf(index), events, this.#deps.ids);
  }

  #offerOf(index: number): string {
    return this.#plans[index]?.offerSdp ?? this.#request.offerSdp;
  }

  #answered(index: number, dialog: SrfDialog, sdp: string): void {
    const leg = new DialogLeg(
      dialog,
      {
        callId: this.callId,
        localSdp: this.#offerOf(index),
        credentials: this.#plans[index]?.credentials ?? null,
        ownsCallId: true,
        awaitsAnswer: false,
        events: this.#events,
        ended: (by, reason) => this.#dialogEnded(index, by, reason),
      },
      this.#deps,
    );
    this.#legs.set(index, leg);
    if (sdp === '') {
      this.#deps.live.farewell(leg.bye('Answered without SDP'));
      const failure = { status: 488, reason: 'Answered Without SDP', q850Cause: null };
      return this.#on({ type: 'failure-received', branch: index, failure });
    }
    if (this.#state.name === 'calling') this.#dialog = leg.name;
    this.#on({ type: 'answer-received', branch: index, sdp });
  }

  #dialogEnded(index: number, by: 'peer' | 'engine', reason: string): void {
    this.#legs.delete(index);
    if (this.#state.name !== 'answered' || this.#state.branch !== index) return;
    this.#on({ type: 'dialog-ended', by, reason });
  }

  #on(event: OutboundEvent): void {
    const [state, effects] = stepOutbound(this.#state, event);
    this.#state = state;
    for (const effect of effects) this.#perform(effect);
    if (state.name === 'over') this.#deps.live.delete(this);
  }

  #perform(effect: OutboundEffect): void {
    switch (effect.type) {
      case 'start-cancel-timer':
        this.#cancelTimer = this.#deps.clock.after(CANCEL_PATIENCE_MS, () =>
          this.#on({ type: 'cancel-timer-fired' }),
        );
        return;
      case 'stop-timers':
        this.#ringTimer.cancel();
        this.#cancelTimer?.cancel();
        return;
      case 'cancel-branch':
        return this.#branches[effect.branch]?.cancel(effect.cause, effect.reason);
      case 'bye-branch': {
        const leg = this.#legs.get(effect.branch);
        this.#legs.delete(effect.branch);
        if (leg !== undefined) this.#deps.live.farewell(leg.bye(effect.reason));
        return;
      }
      case 'tell-provisional':
        return this.#tell((events) => events.provisional(effect.status, effect.sdp));
      case 'tell-answered':
        return this.#tell((events) => events.answered(effect.sdp));
      case 'tell-failed':
        return this.#tell((events) => events.failed(effect.failure));
      case 'tell-ended':
        return this.#tell((events) => events.ended(effect.by, effect.reason));
    }
  }

  /** Listeners are called in order, but never from inside a call of theirs to us. */
  #tell(listener: (events: OutboundCallEvents) => void): void {
    queueMicrotask(() => listener(this.#events));
  }
}

/** The leg of a call that could not even be sent; `failed` is told later. */
export function impossibleCall(
  callId: string,
  failure: BranchFailure,
  events: OutboundCallEvents,
): CallLeg {
  queueMicrotask(() => events.failed({ ...failure, cancelledByUs: false }));
  return {
    callId,
    hangUp: () => undefined,
    reoffer: () => Promise.reject(conflict('SIP_CALL_OVER', 'the call is over', { callId })),
  };
}
