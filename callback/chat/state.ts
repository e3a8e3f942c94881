// A chat as its rules see it: state, events and effects. PURE.
import type { QueueEntry } from '../../routing/index.ts';
import type {
  ChatEnd,
  ChatParty,
  ChatPerson,
  ChatRecord,
  ChatRules,
  ChatTold,
  HandOverGoal,
} from './model.ts';

/** The agent who is asked, or has it. */
export interface ChatAgent {
  readonly agentId: string;
  readonly reservationId: string;
}

export type ChatPhase =
  | { readonly name: 'waiting'; readonly sinceMs: number }
  | {
      readonly name: 'offered';
      /** The wait goes on, should the agent not take it. */
      readonly sinceMs: number;
      readonly agent: ChatAgent;
      readonly untilMs: number;
    }
  | {
      readonly name: 'chatting';
      readonly agent: ChatAgent;
      /** The last word of anybody. */
      readonly saidAtMs: number;
      /** Since when the customer waits for an answer; null: nothing is left to answer. */
      readonly owedSinceMs: number | null;
    }
  | {
      readonly name: 'over';
      readonly reason: ChatEnd;
      readonly atMs: number;
      readonly callbackId: string | null;
    };

/** Messages of one side in the minute that began then. */
export interface SaidLately {
  readonly fromMs: number;
  readonly count: number;
}

export interface ChatState {
  readonly id: string;
  readonly revision: number;
  readonly queueId: string;
  readonly person: ChatPerson;
  readonly context: Readonly<Record<string, string>>;
  readonly rules: ChatRules;
  readonly createdAtMs: number;
  readonly arrivedAtMs: number;
  readonly phase: ChatPhase;
  readonly lastSequence: number;
  readonly messages: number;
  readonly lately: { readonly customer: SaidLately; readonly agent: SaidLately };
  /** Who should take it, others only so long after its arrival; null: anybody. */
  readonly preferred: { readonly agentId: string; readonly forSeconds: number } | null;
}

export type ChatEvent = { readonly atMs: number } & (
  | {
      readonly type: 'agent-reserved';
      readonly agent: ChatAgent;
      readonly ringTimeoutMs: number;
    }
  | { readonly type: 'reservation-lost'; readonly reservationId: string }
  | { readonly type: 'offer-answered'; readonly agentId: string; readonly accepts: boolean }
  | {
      readonly type: 'said';
      readonly by: ChatParty;
      readonly text: string;
      readonly messageId: string | null;
    }
  | { readonly type: 'end-asked'; readonly by: ChatParty }
  | {
      readonly type: 'hand-over-asked';
      readonly agentId: string;
      readonly to: HandOverGoal;
    }
  | {
      readonly type: 'called-instead';
      readonly callbackId: string;
      readonly customerNumber: string;
    }
  /** No place can be had in the queue, ever. */
  | { readonly type: 'line-refused' }
  | { readonly type: 'time-passed' }
  | { readonly type: 'process-restarted' }
);

/** `write` is committed with the state; the others are performed after that, in order. */
export type ChatEffect =
  | { readonly type: 'write'; readonly told: ChatTold }
  | { readonly type: 'submit'; readonly entry: QueueEntry }
  | { readonly type: 'withdraw'; readonly why: 'abandoned' | 'cancelled' | 'expired' }
  | { readonly type: 'agent-answered'; readonly reservationId: string }
  | {
      readonly type: 'agent-not-answered';
      readonly reservationId: string;
      readonly why: 'no-answer' | 'rejected';
    }
  | { readonly type: 'agent-not-ready'; readonly agentId: string; readonly reason: string }
  | { readonly type: 'interaction-ended' };

/** The place in line: a chat is somebody who is there, as a caller on the line is. */
export function entryOf(state: ChatState): QueueEntry {
  return {
    interactionId: state.id,
    queueId: state.queueId,
    kind: 'live',
    priority: 0,
    arrivedAtMs: state.arrivedAtMs,
    requiredSkills: [],
    dialMode: 'reservation',
    preferredAgent: state.preferred,
  };
}

/** When time itself changes something next; null: never. */
export function wakeAtMs({ phase, rules }: ChatState): number | null {
  switch (phase.name) {
    case 'waiting':
      return phase.sinceMs + rules.maxWaitSeconds * 1_000;
    case 'offered':
      return phase.untilMs;
    case 'chatting':
      return phase.owedSinceMs === null
        ? phase.saidAtMs + rules.silenceSeconds * 1_000
        : phase.owedSinceMs + rules.agentSilenceSeconds * 1_000;
    case 'over':
      return null;
  }
}

export function chatRecordOf(state: ChatState): ChatRecord {
  const { phase } = state;
  const over = phase.name === 'over' ? phase : null;
  return {
    id: state.id,
    revision: state.revision,
    queueId: state.queueId,
    state: phase.name,
    reason: over?.reason ?? null,
    person: state.person,
    context: state.context,
    createdAtMs: state.createdAtMs,
    arrivedAtMs: state.arrivedAtMs,
    overAtMs: over?.atMs ?? null,
    agentId: 'agent' in phase ? phase.agent.agentId : null,
    offeredUntilMs: phase.name === 'offered' ? phase.untilMs : null,
    callbackId: over?.callbackId ?? null,
    lastSequence: state.lastSequence,
  };
}
