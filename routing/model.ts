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
}

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
}

export interface QueueView extends QueueDefinition {
  readonly waitingLive: number;
  readonly waitingCallbacks: number;
  readonly agentsLoggedIn: number;
  readonly agentsReady: number;
  readonly estimatedWait: EstimatedWait;
  readonly entries: readonly EntryView[];
}

/** Estimated wait time of one more arrival, with what it was made from. */
export interface EstimatedWait {
  /** -1: unknown, `reason` says why. */
  readonly ewtSeconds: number;
  readonly reason: 'estimated' | 'nobody-logged-in' | 'agent-free';
  readonly method: 'stat-server';
  readonly inputs: {
    readonly averageHandleSeconds: number;
    readonly interactionsAhead: number;
    readonly agentsServing: number;
  };
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
  queues(): readonly QueueView[];
  entry(interactionId: string): EntryView | null;

  /** Takes a place. Idempotent by interactionId: a second submit keeps the first place. */
  submit(entry: QueueEntry): void;
  /** Gives the place up; a held reservation is released. Unknown ids are ignored. */
  withdraw(interactionId: string, reason: WithdrawReason): void;
  /** A notified callback's customer answered and is on the line: routable, at its place. */
  customerPresent(interactionId: string): void;
  /** A dialled customer was not reached (or the dial failed): back to waiting only by `submit`. */
  customerNotReached(interactionId: string): void;
  /** The reserved agent's phone was answered: the agent is talking. */
  agentAnswered(reservationId: string): void;
  /** RONA: agent to not-ready; a present customer keeps the place and is offered to the next. */
  agentNotAnswered(reservationId: string, why: 'no-answer' | 'rejected' | 'unreachable'): void;
  /** The conversation is over: wrap-up for the agent, the place is gone. */
  interactionEnded(interactionId: string): void;
  onNotice(listener: (notice: RoutingNotice) => void): void;
  stop(): void;
}
