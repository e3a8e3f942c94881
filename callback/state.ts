// What the callback machine knows, hears and asks for. Types and two small helpers. PURE.
//
// phase     where one callback is, finer than the state of the API; holds only what is true in it
// seat      the agent's side of an attempt: none, held (reserved), ringing, answered
// promise   everything decided when the callback was accepted, or when it was moved
import type {
  DialMode,
  PreferredAgent,
  QueueEntry,
  SkillRequirement,
  WithdrawReason,
} from '../routing/index.ts';
import type { CallInPromise } from './access.ts';
import type {
  Answer,
  AttemptRecord,
  CompletionReason,
  ConfirmSettings,
  Disposition,
  PreviewRule,
  ReadyRule,
} from './model.ts';
import type { AgentEvent, CallEvent, DialCustomer, RingAgent, TakeCall } from './ports.ts';
import type { Note, TreatmentState } from './treatments/index.ts';

/**
 * The accepted promise with the queue's settings of that moment; durations in milliseconds. Only
 * its customer can change it, by moving it.
 */
export interface CallbackPromise {
  readonly id: string;
  readonly queueId: string;
  readonly customerNumber: string;
  readonly priority: number;
  readonly createdAtMs: number;
  readonly desiredTimeMs: number | null;
  readonly arrivedAtMs: number;
  readonly expiresAtMs: number;
  readonly dialMode: DialMode;
  readonly firstParty: 'customer' | 'agent';
  readonly maxAttempts: number;
  readonly retryGapMs: number;
  readonly requiredSkills: readonly SkillRequirement[];
  readonly userData: Readonly<Record<string, string>>;
  /** Of the prompts; left out of promises that asked for none. */
  readonly language?: string;
  readonly trunk: string | null;
  /** Left out of promises made before there was a choice. */
  readonly callerId?: string | null;
  readonly withholdCallerId?: boolean;
  readonly ringTimeoutMs: number;
  readonly maxWaitOnLineMs: number;
  readonly greeting: string;
  readonly waiting: string;
  readonly machineMessage: string | null;
  readonly apology: string;
  readonly record: boolean;
  /** The customer's own time zone, when it was said; left out of older promises. */
  readonly timeZone?: string | null;
  /** Left out of promises to nobody's customer in particular. */
  readonly preferredAgent?: PreferredAgent;
  /** Left out: the agent is not shown it before the call. */
  readonly preview?: PreviewRule;
  /** Left out: the customer is not asked before the call. */
  readonly readyConfirm?: ReadyRule;
  /** It takes its place so long before it is due, when the predicted wait asks for it. */
  readonly executionBufferMs?: number;
  /** The wait that was predicted when it was accepted; left out: nobody could say. */
  readonly predictedWaitMs?: number;
  /** What the customer may choose; left out where the queue offers nothing. */
  readonly confirm?: ConfirmSettings;
  readonly laterMinutes?: number;
  readonly survey?: readonly string[];
  /** Said on a machine; takes the place again until the callback ends. Shown to nobody else. */
  readonly returnCode?: string;
  /** Its customer calls in; left out: we call. */
  readonly callIn?: CallInPromise;
}

/** An agent whom routing reserved for, or assigned to, this callback. */
export interface HeldAgent {
  readonly reservationId: string;
  readonly agentId: string;
  readonly username: string;
  readonly ringTimeoutMs: number;
}

/** The agent's side of an attempt. */
export type Seat =
  | { readonly kind: 'none' }
  | { readonly kind: 'held'; readonly agent: HeldAgent }
  | { readonly kind: 'ringing'; readonly agent: HeldAgent; readonly giveUpAtMs: number }
  | { readonly kind: 'answered'; readonly agent: HeldAgent; readonly giveUpAtMs: number };

export interface DialingPhase {
  readonly name: 'dialing';
  readonly seat: Seat;
  readonly ringing: boolean;
  readonly giveUpAtMs: number;
}
export interface ClassifyingPhase {
  readonly name: 'classifying';
  readonly seat: Seat;
  readonly giveUpAtMs: number;
}
/** A person answered and is asked what to do. */
export interface ConfirmingPhase {
  readonly name: 'confirming';
  readonly seat: Seat;
  readonly treatment: TreatmentState;
}
export interface ApologizingPhase {
  readonly name: 'apologizing';
  readonly giveUpAtMs: number;
  /** Offers to call again; left out: only an apology. */
  readonly treatment?: TreatmentState;
}
/** The conversation is over for the agent; the customer is asked about it. */
export interface SurveyingPhase {
  readonly name: 'surveying';
  readonly treatment: TreatmentState;
}
export interface MessagePhase {
  readonly name: 'leaving-message';
  readonly speaking: boolean;
  /** The code follows the message. */
  readonly saysCode?: boolean;
  readonly giveUpAtMs: number;
}
export interface OnLinePhase {
  readonly name: 'on-line';
  readonly seat: Seat;
  readonly hears: 'greeting' | 'waiting';
  /** From here on the customer is not kept waiting any longer, unless an agent is being rung. */
  readonly waitUntilMs: number;
}
export interface RingingAgentPhase {
  readonly name: 'ringing-agent';
  readonly agent: HeldAgent;
  readonly giveUpAtMs: number;
}
/** The customer was asked whether it is a good moment; nobody is dialled yet. */
export interface AskingPhase {
  readonly name: 'asking-customer';
  readonly seat: Seat;
  /** 1 for the first time of asking. */
  readonly asked: number;
  readonly giveUpAtMs: number;
}
/** The customer was told to call in, and is awaited. */
export interface AwaitingCallPhase {
  readonly name: 'awaiting-call';
  readonly seat: Seat;
  /** Whether it has a place in line: not when the call was to come at any time. */
  readonly inLine: boolean;
  readonly giveUpAtMs: number;
}
/** The reserved agent sees the callback and decides; nobody is dialled yet. */
export interface PreviewPhase {
  readonly name: 'previewing';
  readonly agent: HeldAgent;
  readonly giveUpAtMs: number;
}
export interface RetryPhase {
  readonly name: 'waiting-retry';
  readonly nextAttemptAtMs: number;
  /** Until then an INVITE of ours may still ring at the customer; null when surely nothing does. */
  readonly quietUntilMs: number | null;
}

export type CallbackPhase =
  | { readonly name: 'scheduled' }
  /** Due, but nobody may be called at this hour. */
  | { readonly name: 'closed'; readonly opensAtMs: number }
  | { readonly name: 'queued' }
  /** Would dial, but another callback's attempt holds the customer's number. */
  | { readonly name: 'deferred'; readonly recheckAtMs: number }
  | AskingPhase
  | AwaitingCallPhase
  | PreviewPhase
  | RingingAgentPhase
  | DialingPhase
  | ClassifyingPhase
  | MessagePhase
  | OnLinePhase
  | { readonly name: 'connected'; readonly agent: HeldAgent }
  | ConfirmingPhase
  | ApologizingPhase
  | SurveyingPhase
  | RetryPhase
  | {
      readonly name: 'completed';
      readonly reason: CompletionReason;
      readonly completedAtMs: number;
      readonly quietUntilMs: number | null;
    };

export interface CallbackMachineState {
  readonly promise: CallbackPromise;
  /** Grows by one with every step that changes anything. */
  readonly revision: number;
  /** The last one is live while its `endedAtMs` is null. */
  readonly attempts: readonly AttemptRecord[];
  readonly phase: CallbackPhase;
  /** What was answered after the conversation. */
  readonly survey?: readonly Note[];
  /** When the customer last said to be ready; left out: never. */
  readonly confirmedAtMs?: number;
  /** Previews rejected so far; left out: none. */
  readonly previewRejects?: number;
  readonly disposition?: Disposition;
}

/** What happened; `atMs` is wall time. */
export type CallbackMachineEvent =
  PhaseEvent | MoveRequested | MergeRequested | CallLanded | AnswerGiven | DispositionGiven;

/** The customer called in and waits on the line at this place instead. */
export interface MergeRequested {
  readonly type: 'merge-requested';
  readonly atMs: number;
}

/** Its customer called an access number, and the call is up. */
export interface CallLanded {
  readonly type: 'call-landed';
  readonly atMs: number;
  /** Interaction under which the call was answered. */
  readonly callerId: string;
}

/** Somebody answers what is asked before the call. */
export interface AnswerGiven {
  readonly type: 'answer-given';
  readonly atMs: number;
  readonly answer: Answer;
  /** The customer is on the line, or another attempt holds the number; left out: neither. */
  readonly numberInUse?: boolean;
  readonly dialAllowedAtMs?: number;
}

/** The agent's word after the conversation. */
export interface DispositionGiven {
  readonly type: 'disposition-given';
  readonly atMs: number;
  readonly disposition: Disposition;
}

/** Moved by its customer: another time, number or text, checked and settled by the driver. */
export interface MoveRequested {
  readonly type: 'move-requested';
  readonly atMs: number;
  readonly promise: CallbackPromise;
  readonly dialAllowedAtMs?: number;
}

/** What each phase has its own answer to. */
export type PhaseEvent =
  /** The moment that `wakeAtMs` asked for. */
  | {
      readonly type: 'time-passed';
      readonly atMs: number;
      readonly numberInUse: boolean;
      /** The first moment from now on at which the customer may be called; left out: now. */
      readonly dialAllowedAtMs?: number;
      /** How long somebody who took a place now would wait; left out: not known. */
      readonly predictedWaitMs?: number;
    }
  | {
      readonly type: 'agent-noticed';
      readonly atMs: number;
      readonly notice: AgentEvent;
      /** Another callback's attempt holds the same customer number. */
      readonly numberInUse: boolean;
      readonly dialAllowedAtMs?: number;
    }
  | {
      readonly type: 'call-reported';
      readonly atMs: number;
      readonly attemptKey: string;
      readonly event: CallEvent;
    }
  | { readonly type: 'cancel-requested'; readonly atMs: number }
  /** The process that placed the live call is gone, and the call with it. */
  | { readonly type: 'process-restarted'; readonly atMs: number }
  /** A port threw when this effect was performed. */
  | {
      readonly type: 'command-failed';
      readonly atMs: number;
      readonly command: CallbackEffect['type'];
      readonly reason: string;
    };

/** What the machine asks for, in order; each may be performed twice and then means the same. */
export type CallbackEffect =
  | { readonly type: 'submit-to-routing'; readonly entry: QueueEntry }
  | { readonly type: 'withdraw-from-routing'; readonly why: WithdrawReason }
  | { readonly type: 'customer-present' }
  | { readonly type: 'customer-not-reached' }
  | { readonly type: 'agent-answered'; readonly reservationId: string }
  | {
      readonly type: 'agent-not-answered';
      readonly reservationId: string;
      readonly why: 'no-answer' | 'rejected' | 'unreachable';
    }
  | { readonly type: 'agent-not-ready'; readonly agentId: string; readonly reason: string }
  | { readonly type: 'interaction-ended' }
  | { readonly type: 'dial-customer'; readonly command: DialCustomer }
  | { readonly type: 'take-call'; readonly command: TakeCall }
  | {
      readonly type: 'play-to-customer';
      readonly treatment: string;
      readonly loop: boolean;
      /** Spoken one by one after it. */
      readonly digits?: string;
    }
  | { readonly type: 'ring-agent'; readonly command: RingAgent }
  | { readonly type: 'play-to-agent'; readonly treatment: string; readonly loop: boolean }
  | { readonly type: 'join'; readonly reservationId: string; readonly record: boolean }
  | { readonly type: 'hang-up-agent'; readonly reason: string }
  | { readonly type: 'end-contact'; readonly reason: string };

/** The key of an effect: its callback, the revision that asked for it, its index there. */
export function effectKey(callbackId: string, revision: number, index: number): string {
  return `${callbackId}:${revision}:${index}`;
}

/** The agent in a seat, or null. */
export function seatedAgent(seat: Seat): HeldAgent | null {
  return seat.kind === 'none' ? null : seat.agent;
}
