// How a customer gets from one agent to somebody else: transfers asked for by REFER, the second
// calls that go before attended ones, and calls that take an agent's place by Replaces.
// RFC 3515, RFC 3891, RFC 5589.
import type { CallTarget, DialogName, InboundCall, ReferRequest } from '../../sip/index.ts';
import type { CallEvent, RingAgent } from '../ports.ts';
import { Consultation } from './consultation.ts';
import type { ContactHost } from './contact.ts';
import { TelephoneLeg } from './leg.ts';
import type { DialRequest, LegListener } from './leg.ts';
import { Transfer } from './transfer.ts';
import type { TransferListener, TransferNews, TransferPlan, TransferSeat } from './transfer.ts';

/** Who talks to the customer, or is rung to; `command`: how the agent was rung at first. */
export interface Seated {
  readonly reservationId: string;
  readonly leg: TelephoneLeg;
  readonly command: RingAgent;
  /** Null: not one of our users. */
  readonly username: string | null;
}

/** What a handover may know of its contact, and do with it. */
export interface Conversation {
  readonly interactionId: string;
  /** Of the contact's legs. */
  readonly affinity: string;
  readonly host: ContactHost;
  customer(): TelephoneLeg | null;
  /** Null unless customer and agent talk. */
  agent(): Seated | null;
  /** Puts a leg in the agent's place; the path of what records it. */
  seat(leg: TelephoneLeg, username: string | null): string | null;
  recording(): string | null;
  /** Music for the customer, until somebody is heard again. */
  hold(): void;
  listener(reservationId: string): LegListener;
  dial(leg: TelephoneLeg, request: DialRequest): void;
  ring(leg: TelephoneLeg, command: RingAgent): void;
  agentGone(): void;
  emit(event: CallEvent): void;
}

/** Longest that a third party rings. */
const THIRD_PARTY_RING_MS = 60_000;
/** Shown on an agent's phone for a customer whose number is withheld. */
const WITHHELD = 'anonymous';

export class Handover {
  readonly #talk: Conversation;
  #transfer: Transfer | null = null;
  #consultation: Consultation | null = null;

  constructor(talk: Conversation) {
    this.#talk = talk;
  }

  /** Whether the user of this phone talks to the customer now. */
  isAgent(username: string): boolean {
    return this.#talk.agent()?.username === username;
  }

  isAgentDialog(name: DialogName): boolean {
    return this.#talk.agent()?.leg.isDialog(name) === true;
  }

  /** The agent asks a third party in a second call; false: not possible now. */
  consult(call: InboundCall): boolean {
    const { host, interactionId, affinity } = this.#talk;
    const goal = host.transferGoal(call.calledUser);
    if (this.#consultation !== null || goal?.kind !== 'dial') return false;
    const { target, label } = goal;
    const consultation = new Consultation(
      {
        ...{ call, target, label, affinity },
        ringTimeoutMs: THIRD_PARTY_RING_MS,
        nextLegId: () => host.nextLegId(),
        placed: (callId) => host.placed(interactionId, callId),
        over: () => (this.#consultation = null),
      },
      host.deps,
    );
    this.#consultation = consultation;
    host.keepUntilDone(consultation.begin());
    return true;
  }

  /** A user's call takes the agent's place (RFC 3891 s.3); 603 when it is too late for it. */
  async takeOver(call: InboundCall, username: string): Promise<void> {
    const before = this.#talk.agent();
    if (before === null || this.#transfer?.pending === true) return call.reject(603, 'Decline');
    const { host, interactionId, affinity } = this.#talk;
    const { reservationId } = before;
    const leg = this.#newLeg(this.#talk.listener(reservationId));
    host.placed(interactionId, call.callId);
    if (!(await leg.accept(affinity, call))) return;
    if (this.#talk.agent() !== before) return leg.end('the conversation is over');
    const recording = this.#talk.seat(leg, username);
    before.leg.end('replaced');
    this.#talk.emit({ type: 'transferred', reservationId, to: username, recording });
  }

  /** A REFER of whoever talks to the customer. */
  referred(reservationId: string, request: ReferRequest): void {
    const agent = this.#talk.agent();
    if (agent?.reservationId !== reservationId) {
      return request.reject(403, 'No Conversation To Transfer');
    }
    if (this.#transfer?.pending === true) return request.reject(491, 'Request Pending');
    const { target } = request;
    if (target.kind === 'user') {
      const goal = this.#talk.host.transferGoal(target.user);
      return goal === null ? request.reject(404, 'Not Found') : this.#begin(goal, agent, request);
    }
    const consultation = this.#consultation;
    if (consultation?.isDialog(target.name) !== true) {
      return request.reject(481, 'Call/Transaction Does Not Exist');
    }
    const { label } = consultation;
    const leg = consultation.take(this.#party(reservationId, consultation.target));
    this.#begin({ kind: 'consulted', leg, target: consultation.target, label }, agent, request);
  }

  /** True: the transfer knows what to do about it. */
  agentLeft(): boolean {
    if (this.#transfer?.pending !== true) return false;
    this.#transfer.on({ type: 'agent-left' });
    return true;
  }

  customerLeft(): void {
    this.#transfer?.on({ type: 'customer-left' });
  }

  end(reason: string): void {
    this.customerLeft();
    this.#consultation?.end(reason);
  }

  #begin(plan: TransferPlan, agent: Seated, request: ReferRequest): void {
    this.#transfer = new Transfer(plan, request.accept(), this.#seatOf(agent, plan, request));
    this.#transfer.begin();
  }

  #seatOf(agent: Seated, plan: TransferPlan, { referredBy }: ReferRequest): TransferSeat {
    const talk = this.#talk;
    const { reservationId, command } = agent;
    return {
      part: () => this.#part(agent.leg),
      dial: (target, listener) => {
        const leg = this.#newLeg(this.#party(reservationId, target, listener));
        talk.dial(leg, thirdPartyCall(target, command.customerNumber, referredBy));
        return leg;
      },
      recall: (listener) => {
        const own = { kind: 'user', username: command.username } as const;
        const leg = this.#newLeg(this.#party(reservationId, own, listener));
        talk.ring(leg, { ...command, username: agent.username ?? command.username });
        return leg;
      },
      join: (leg) => void talk.seat(leg, usernameOf(plan)),
      rejoin: (recalled) => void talk.seat(recalled ?? agent.leg, agent.username),
      release: () => agent.leg.end('transferred'),
      enterQueue: (queueId) => {
        talk.agentGone();
        const { customerNumber: shown } = command;
        const customerNumber = shown === WITHHELD ? null : shown;
        talk.emit({ type: 'transferred-to-queue', reservationId, queueId, customerNumber });
      },
      tell: (news) => this.#tell(reservationId, news),
    };
  }

  #tell(reservationId: string, news: TransferNews): void {
    const talk = this.#talk;
    switch (news.type) {
      case 'asked':
        return talk.emit({ type: 'transfer-asked', reservationId, to: news.to });
      case 'transferred': {
        const recording = talk.recording();
        return talk.emit({ type: 'transferred', reservationId, to: news.to, recording });
      }
      case 'failed': {
        const { to, status } = news;
        return talk.emit({ type: 'transfer-failed', reservationId, to, status });
      }
      case 'conversation-over':
        talk.agentGone();
        return talk.emit({ type: 'agent-hung-up', reservationId });
    }
  }

  #part(leg: TelephoneLeg): void {
    const customer = this.#talk.customer();
    if (customer === null) return;
    this.#talk.host.deps.media.unbridge(customer.legId, leg.legId);
    this.#talk.hold();
  }

  /** Who comes into the agent's place; only our own users may transfer on. */
  #party(reservationId: string, target: CallTarget, calling?: TransferListener): LegListener {
    const seated = this.#talk.listener(reservationId);
    return {
      ...seated,
      ...calling,
      lost: (reason) => {
        if (calling === undefined || this.#transfer?.pending !== true) seated.lost(reason);
        else calling.failed({ status: 500, reason, q850Cause: null, cancelledByUs: false });
      },
      referred: (request) => {
        if (target.kind === 'user') this.referred(reservationId, request);
        else request.reject(403, 'Not Yours To Transfer');
      },
    };
  }

  #newLeg(listener: LegListener): TelephoneLeg {
    const { host } = this.#talk;
    return new TelephoneLeg(host.nextLegId(), false, host.deps, listener);
  }
}

/** The user who comes into the agent's place; null: not one of ours. */
function usernameOf(plan: TransferPlan): string | null {
  return plan.kind !== 'queue' && plan.target.kind === 'user' ? plan.target.username : null;
}

/** Carriers are not told who of us transferred: Referred-By is for our own phones. */
function thirdPartyCall(target: CallTarget, shown: string, referredBy: string | null): DialRequest {
  const isUser = target.kind === 'user';
  return {
    target,
    callerId: isUser ? shown : null,
    displayName: null,
    ringTimeoutMs: THIRD_PARTY_RING_MS,
    headers: isUser && referredBy !== null ? { 'Referred-By': referredBy } : {},
  };
}
