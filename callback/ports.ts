// What callback/ needs of the world. Types only. Commands go down, events come up; every command
// may be given twice under the same key and then means the same thing as once.
import type { DialMode, QueueEntry, WithdrawReason } from '../routing/index.ts';

/** What call progress detection made of an answered (or early-media) call. */
export interface CpdFinding {
  readonly kind: string;
  readonly confidence: number;
  readonly atMs: number;
  readonly evidence: readonly unknown[];
}

/** Why the customer was not reached by telephone. */
export interface DialFailure {
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
  readonly cancelledByUs: boolean;
  readonly reason: string;
  /** Present when our own rules refused it: the number called, or the number shown. */
  readonly refused?: 'destination' | 'caller-id';
  /** What was heard before the call failed (busy, reorder, SIT), if anything. */
  readonly cpd: CpdFinding | null;
}

/** The trunk that carried the customer's call; left out when none was chosen. */
interface Carried {
  readonly trunk?: string;
}

/** A call transfer; `to`: a user, a number or a queue, as the number plan calls it. */
export type TransferEvent =
  | { readonly type: 'transfer-asked'; readonly reservationId: string; readonly to: string }
  /** Customer and `to` talk; the agent is out of it. Who hangs up next is told as ever. */
  | {
      readonly type: 'transferred';
      readonly reservationId: string;
      readonly to: string;
      /** The file that goes on with the recording, or null. */
      readonly recording: string | null;
    }
  /** Customer and agent talk again, or the agent's phone is rung again. */
  | {
      readonly type: 'transfer-failed';
      readonly reservationId: string;
      readonly to: string;
      readonly status: number;
    }
  /** The customer waits in that queue from now on, as a caller on the line under the same id. */
  | {
      readonly type: 'transferred-to-queue';
      readonly reservationId: string;
      readonly queueId: string;
      readonly customerNumber: string | null;
    };

/** What happens to a contact (a callback's attempt, or a live caller), told by the Calls port. */
export type CallEvent =
  | ({ readonly type: 'customer-ringing' } & Carried)
  | ({ readonly type: 'customer-answered' } & Carried)
  | ({ readonly type: 'customer-failed'; readonly failure: DialFailure } & Carried)
  /** After the answer: person, machine, fax, silence ... */
  | { readonly type: 'customer-classified'; readonly finding: CpdFinding }
  /** The machine's beep ended: now is the time to speak. */
  | { readonly type: 'machine-beeped' }
  /** A key pressed: by RFC 4733, by SIP INFO, or heard in the sound. */
  | {
      readonly type: 'digit';
      readonly leg: 'customer' | 'agent';
      /** `0`-`9`, `*`, `#`, `A`-`D`. */
      readonly digit: string;
      readonly durationMs: number;
    }
  | { readonly type: 'treatment-ended'; readonly treatment: string }
  | { readonly type: 'customer-hung-up' }
  | { readonly type: 'agent-answered'; readonly reservationId: string }
  | {
      readonly type: 'agent-failed';
      readonly reservationId: string;
      readonly why: 'no-answer' | 'rejected' | 'unreachable';
    }
  | { readonly type: 'agent-hung-up'; readonly reservationId: string }
  | { readonly type: 'joined'; readonly reservationId: string; readonly recording: string | null }
  /** The agent hands the customer on, and what came of it. */
  | TransferEvent
  /** The legs are gone by no party's will: media worker or SIP engine died. */
  | { readonly type: 'call-lost'; readonly reason: string };

export interface DialCustomer {
  /** One contact may be live under a key at any time: the interaction's id. */
  readonly interactionId: string;
  /** `id:revision:n` of the outbox effect; a second command with it is ignored. */
  readonly attemptKey: string;
  readonly customerNumber: string;
  readonly trunk: string | null;
  /** Shown to the customer, E.164; null or left out: the trunk's own. */
  readonly callerId?: string | null;
  readonly withholdCallerId?: boolean;
  readonly ringTimeoutMs: number;
}

/** A caller who is on the line becomes the customer of an attempt. */
export interface TakeCall {
  readonly interactionId: string;
  /** `id:revision:n` of the outbox effect; a second command with it is ignored. */
  readonly attemptKey: string;
  /** The interaction under which the call was answered, and is known no more. */
  readonly callerId: string;
}

export interface RingAgent {
  readonly interactionId: string;
  readonly reservationId: string;
  readonly username: string;
  readonly ringTimeoutMs: number;
  /** Shown on the agent's phone. */
  readonly customerNumber: string;
}

/** Telephony for one contact at a time per interaction. Never throws; faults come as events. */
export interface Calls {
  dialCustomer(command: DialCustomer): void;
  /** The caller's leg changes its owner. A caller who is gone: `customer-hung-up`. */
  takeCall(command: TakeCall): void;
  /** Plays a treatment to the customer, and `digits` after it; `loop` repeats until replaced. */
  playToCustomer(interactionId: string, treatment: string, loop: boolean, digits?: string): void;
  ringAgent(command: RingAgent): void;
  /** Plays to the agent, who waits for the customer (agent first). */
  playToAgent(interactionId: string, treatment: string, loop: boolean): void;
  /** Bridges customer and answered agent, and records when asked; event `joined`. */
  join(interactionId: string, reservationId: string, record: boolean): void;
  hangUpCustomer(interactionId: string, reason: string): void;
  hangUpAgent(interactionId: string, reason: string): void;
  /** Ends both legs and forgets the contact: no event follows. */
  endContact(interactionId: string, reason: string): void;
  /** Whether the attempt is still live here: false after a restart. */
  isLive(interactionId: string, attemptKey: string): boolean;
  onEvent(listener: (interactionId: string, attemptKey: string, event: CallEvent) => void): void;
}

/** Routing, as callback/ sees it. */
export interface Agents {
  submit(entry: QueueEntry): void;
  withdraw(interactionId: string, reason: WithdrawReason): void;
  customerPresent(interactionId: string): void;
  customerNotReached(interactionId: string): void;
  /** Whether an agent is reserved, or talks, under it now; asked before a phone is rung. */
  isHeld(reservationId: string): boolean;
  agentAnswered(reservationId: string): void;
  agentNotAnswered(reservationId: string, why: 'no-answer' | 'rejected' | 'unreachable'): void;
  /** The agent gets no more work, once free; an unknown agent or one logged out is ignored. */
  notReady(agentId: string, reason: string): void;
  interactionEnded(interactionId: string): void;
  onNotice(listener: (interactionId: string, event: AgentEvent) => void): void;
}

/** What routing tells about one interaction. */
export type AgentEvent =
  | {
      readonly type: 'agent-assigned' | 'agent-reserved';
      readonly reservationId: string;
      readonly agentId: string;
      readonly username: string;
      readonly ringTimeoutMs: number;
    }
  | { readonly type: 'dial-notified' }
  | { readonly type: 'reservation-lost'; readonly reservationId: string };

export type { DialMode };
