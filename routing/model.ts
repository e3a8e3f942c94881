// The words of routing, and the types everything here shares. PURE.
//
// agent        a person who takes interactions; has skills with levels 1 to 10
// interaction  one customer contact, arrival to disposition: a live call or a callback
// virtual queue  the one order of everybody who waits for a kind of agent, on the line or not
// place        priority (higher first), then arrival: kept also by who hung up or was not answered
// reservation  an agent held for one interaction
// RONA         redirect on no answer: the agent did not take the offered interaction
// wrap-up      after-call work; the agent is not free yet

export type AgentStateName =
  'logged-out' | 'not-ready' | 'ready' | 'reserved' | 'talking' | 'wrap-up';

export interface AgentDefinition {
  readonly agentId: string;
  readonly displayName: string;
  /** SIP user whose registered phone rings for this agent. */
  readonly username: string;
  /** Skill name to level, 1 (beginner) to 10. */
  readonly skills: Readonly<Record<string, number>>;
}

/** One skill asked for, with the least level that will do. */
export interface SkillRequirement {
  readonly skill: string;
  readonly minLevel: number;
}

export interface QueueDefinition {
  readonly queueId: string;
  readonly displayName: string;
  /** Every agent of this queue has all of these. */
  readonly requiredSkills: readonly SkillRequirement[];
  /** After-call work granted after each interaction; 0 for none. */
  readonly wrapUpSeconds: number;
  /** An agent who has not answered after this is made not-ready (`rona`). */
  readonly agentRingTimeoutSeconds: number;
  /** Longest an agent is held while a customer is being dialled. */
  readonly reservationTimeoutSeconds: number;
  /** Expression that holds for every agent of this queue, beside `requiredSkills`. */
  readonly skills?: string | null;
  /** In this order, at most 15. */
  readonly targets?: readonly TargetDefinition[];
  /** `stat-server` unless said otherwise. */
  readonly waitMethod?: WaitMethod;
}

/**
 * Agents who join those of the queue for an entry once all conditions hold; null: no condition.
 * Exactly one of `skills` and `queueId` is given.
 */
export interface TargetDefinition {
  /** Expression such as `german >= 3 && (sales || vip)`: all agents for whom it holds. */
  readonly skills: string | null;
  /** The agents of this queue (overflow, fail-over). */
  readonly queueId: string | null;
  /** The entry has waited this long since its arrival; 0: at once. */
  readonly afterSeconds: number;
  /** The estimated wait of the queue is above this; it is while nobody is logged in. */
  readonly waitAboveSeconds: number | null;
  /** More than this many of the queue wait. */
  readonly waitingAbove: number | null;
  /** Fewer than this many of the queue's own agents are logged in. */
  readonly agentsBelow: number | null;
}

/** How the wait is estimated, see ewt.ts. */
export type WaitMethod = 'stat-server' | 'departures' | 'simulation';

/** What a number is, as far as it says who will answer it. */
export type NumberKind = 'mobile' | 'fixed' | 'unknown';

/** How the moment to dial is chosen. */
export type DialMode = 'reservation' | 'notification';

/** One who waits: a place in the virtual queue. */
export interface QueueEntry {
  readonly interactionId: string;
  readonly queueId: string;
  readonly kind: 'live' | 'callback';
  /** Higher goes first. 0 unless said otherwise. */
  readonly priority: number;
  /** Arrival (wall ms) that the place counts from; kept over hang-ups and redials. */
  readonly arrivedAtMs: number;
  /** Beyond the queue's own. */
  readonly requiredSkills: readonly SkillRequirement[];
  /** Meaningful for callbacks only. */
  readonly dialMode: DialMode;
  /** Of the number to dial; `unknown` unless said otherwise. */
  readonly numberKind?: NumberKind;
  /** An agent who should take it, with whatever skills; others after `forSeconds`, null: never. */
  readonly preferredAgent?: PreferredAgent | null;
}

export interface PreferredAgent {
  readonly agentId: string;
  /** From the arrival. null: the interaction belongs to this agent (strict). */
  readonly forSeconds: number | null;
}

/** Why an interaction left the queue without an agent. */
export type WithdrawReason = 'abandoned' | 'cancelled' | 'not-reached' | 'expired' | 'rescheduled';

export interface AgentView extends AgentDefinition {
  readonly state: AgentStateName;
  /** Reason of `not-ready` (an agent's own word, or `rona`, `phone-unregistered`). */
  readonly notReadyReason: string | null;
  readonly sinceMs: number;
  readonly interactionId: string | null;
  readonly reservationId: string | null;
}

export interface EntryView extends QueueEntry {
  /** waiting; dialling (customer being reached); present (customer on the line); assigned. */
  readonly state: 'waiting' | 'dialling' | 'present' | 'assigned';
  /**
   * 1 for the next one; counts everybody of the queue who is ahead, live and callback alike, and
   * has no agent yet. 0 once an agent is held for this one.
   */
  readonly position: number;
  /** The window promised when the place was taken; null when the wait was not known. */
  readonly promised?: PromiseWindow | null;
}

export interface QueueView extends QueueDefinition {
  readonly waitingLive: number;
  readonly waitingCallbacks: number;
  readonly agentsLoggedIn: number;
  readonly agentsReady: number;
  readonly estimatedWait: EstimatedWait;
  /** How well the windows promised in this queue were kept. */
  readonly promises?: PromiseRecord;
  readonly entries: readonly EntryView[];
}

/** What the wait of one entry is worked out from. */
export type QueueWaitView = QueueDefinition & Pick<QueueView, 'agentsReady' | 'estimatedWait'>;

/** Estimated wait time of one more arrival, with what it was made from. */
export interface EstimatedWait {
  /** -1: unknown, `reason` says why. */
  readonly ewtSeconds: number;
  readonly reason: 'estimated' | 'nobody-logged-in' | 'agent-free';
  /** What it was made by: another than asked for while there is too little to make that from. */
  readonly method: WaitMethod;
  readonly inputs: {
    readonly averageHandleSeconds: number;
    readonly interactionsAhead: number;
    readonly agentsServing: number;
    /** Mean time between two who left the queue for an agent; null: not known yet. */
    readonly departureSeconds?: number | null;
  };
  /** The wait that one, five and nine of ten do not exceed; null when the wait is not known. */
  readonly quantiles?: WaitQuantiles | null;
}

export interface WaitQuantiles {
  readonly p10Seconds: number;
  readonly p50Seconds: number;
  readonly p90Seconds: number;
}

/** How well a queue's promise windows were kept. */
export interface PromiseRecord {
  readonly made: number;
  readonly kept: number;
  /** Share of `made` that was kept; null before the first. */
  readonly hitRate: number | null;
}

/** "Between 14:10 and 14:25": the window in which an agent is promised. Wall ms. */
export interface PromiseWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Why somebody is, or was served, ahead. */
export type AheadReason =
  'priority' | 'arrival' | 'skill' | 'preferred-agent' | 'not-on-line' | 'callback-limit';

/** Why one who waits still waits. */
export interface PlaceExplanation {
  readonly interactionId: string;
  readonly queueId: string;
  readonly position: number;
  /** The nearest of those who are ahead, first in the order first; at most 50. */
  readonly ahead: readonly {
    readonly interactionId: string;
    readonly kind: QueueEntry['kind'];
    readonly why: 'priority' | 'arrival';
  }[];
  /** Who got an agent since this one was submitted, newest first; at most 50. */
  readonly servedBefore: readonly {
    readonly interactionId: string;
    readonly queueId: string;
    readonly atMs: number;
    readonly why: AheadReason;
  }[];
  /** False when more were served than are remembered. */
  readonly isComplete: boolean;
}

/** How dialing notification is doing, over all queues. */
export interface PacingView {
  /** Customers who answered a notified dial, and those of them who waited over 2 s. */
  readonly answered: number;
  readonly waitedOver2s: number;
  /**
   * What the abandon guard moves: a dial may bring e^-care times the limit of risk that its
   * customer waits.
   */
  readonly care: number;
  readonly answerChance: number;
  readonly ringingSeconds: number;
}

/** What routing tells the owners of interactions. */
export type RoutingNotice =
  /** Ring this agent for this customer, who is on the line. */
  | {
      readonly type: 'agent-assigned';
      readonly interactionId: string;
      readonly reservationId: string;
      readonly agentId: string;
      readonly username: string;
      readonly ringTimeoutMs: number;
    }
  /** Pre-emptive agent reservation: an agent is held, dial the customer now. */
  | {
      readonly type: 'agent-reserved';
      readonly interactionId: string;
      readonly reservationId: string;
      readonly agentId: string;
      readonly username: string;
      readonly ringTimeoutMs: number;
    }
  /** Dialing notification: an agent is about to be free for this one, dial the customer now. */
  | { readonly type: 'dial-notified'; readonly interactionId: string }
  /** The reservation is over before the agent answered (time-out, agent logged out, phone gone). */
  | {
      readonly type: 'reservation-lost';
      readonly interactionId: string;
      readonly reservationId: string;
      readonly why: 'timeout' | 'agent-logged-out';
    }
  | { readonly type: 'agent-changed'; readonly agent: AgentView }
  | { readonly type: 'queue-changed'; readonly queueId: string };

/** The face of routing/. All calls are synchronous; notices come later, never inside a call. */
export interface Router {
  putAgent(agent: AgentDefinition): void;
  /** @throws RingbackError ROUTING_AGENT_BUSY when the agent is reserved or talking */
  removeAgent(agentId: string): void;
  /** @throws RingbackError ROUTING_AGENT_UNKNOWN, ROUTING_AGENT_STATE (what is not allowed now) */
  login(agentId: string): void;
  logout(agentId: string): void;
  ready(agentId: string): void;
  /** While talking or in wrap-up it takes effect afterwards. */
  notReady(agentId: string, reason: string): void;
  agent(agentId: string): AgentView | null;
  agents(): readonly AgentView[];

  queue(queueId: string): QueueView | null;
  /** The same without its entries, however many there are; null: there is no such queue. */
  queueWait(queueId: string): QueueWaitView | null;
  queues(): readonly QueueView[];
  entry(interactionId: string): EntryView | null;
  /** Why this one still waits: who is ahead, who was served before and why. Bounded. */
  explain(interactionId: string): PlaceExplanation | null;
  /** Estimated wait of one who has a place, by the queue's method; null: no such entry. */
  estimate(interactionId: string): EstimatedWait | null;
  /** Estimated wait of one more arrival, without looking at everybody; null: no such queue. */
  estimateNext(queueId: string): EstimatedWait | null;
  pacing(): PacingView;

  /** Takes a place. Idempotent by interactionId: a second submit keeps the first place. */
  submit(entry: QueueEntry): void;
  /** Gives the place up; a held reservation is released. Unknown ids are ignored. */
  withdraw(interactionId: string, reason: WithdrawReason): void;
  /** A notified callback's customer answered and is on the line: routable, at its place. */
  customerPresent(interactionId: string): void;
  /** A dialled customer was not reached (or the dial failed): back to waiting only by `submit`. */
  customerNotReached(interactionId: string): void;
  /** Whether an agent is reserved, or talks, under it now; unknown ids are not held. */
  isHeld(reservationId: string): boolean;
  /** The reserved agent's phone was answered: the agent is talking. */
  agentAnswered(reservationId: string): void;
  /** RONA: agent to not-ready; a present customer keeps the place and is offered to the next. */
  agentNotAnswered(reservationId: string, why: 'no-answer' | 'rejected' | 'unreachable'): void;
  /** The conversation is over: wrap-up for the agent, the place is gone. */
  interactionEnded(interactionId: string): void;
  onNotice(listener: (notice: RoutingNotice) => void): void;
  stop(): void;
}
