// The words of the callback product and the records others may read. PURE.
//
// callback     the promise to call a customer back; durable from the moment it is accepted
// attempt      one try to keep it: dial, listen, greet, join
// treatment    what the waiting party hears
// due          the moment from which the callback has its place in the virtual queue
import type { DialMode, SkillRequirement } from '../routing/index.ts';
import type { CallbackAccess, CallInMatching, CallInRequest } from './access.ts';
import type { MoveCallback } from './schedule.ts';
import type { Calendar, Period } from './time/calendar.ts';
import type { FreeSlot, SlotRange, SlotTable } from './time/slots.ts';
import type { Note } from './treatments/index.ts';

export * from './settings.ts';

/** Where a callback is; `state` of the API. */
export type CallbackStateName =
  /** Not due yet. */
  | 'scheduled'
  /** Has its place in the virtual queue; nobody is being dialled. */
  | 'queued'
  /** The customer (or, agent first, the agent) is being dialled. */
  | 'dialing'
  /** The customer was reached and waits for the agent on the line. */
  | 'routing'
  /** Customer and agent talk. */
  | 'connected'
  /** Not reached; the gap until the next attempt runs. */
  | 'waiting-retry'
  | 'completed';

export type CompletionReason =
  | 'AGENT_CONNECTED'
  | 'CANCELLED'
  | 'FAIL_CALL_TO_CUSTOMER'
  | 'FAIL_TIMEOUT_TTL'
  /** The customer hung up while waiting for the agent on the line. */
  | 'FAIL_INTERACTION_DELETED'
  | 'FAIL_AGENT_CONNECT'
  /** Who answered said that nobody there asked to be called. */
  | 'WRONG_PERSON'
  /** The customer called in and took the place. */
  | 'MERGED'
  /** Asked before the call, the customer said no or nothing. */
  | 'FAIL_USER_NO_CONFIRM'
  /** Told to call in, the customer did not. */
  | 'FAIL_NOT_CALLED_IN'
  /** So many agents, or the same one so often, rejected it in the preview. */
  | `AGENT_PREVIEW_CANCEL_AFTER_${number}REJECTS`
  | 'FAIL_ERROR';

/** What one attempt came to. Names as established systems report them. */
export type AttemptResult =
  | 'PERSON'
  | 'CONNECTED'
  | 'BUSY'
  | 'NO_ANSWER'
  | 'ANSWERING_MACHINE'
  | 'FAX'
  | 'SIT_TONE'
  | 'ERROR_TONE'
  | 'SILENCE'
  | 'REJECTED'
  | 'CREATE_CALL_ERROR'
  /** The number may not be called by the rules of the trunk; nothing was sent. */
  | 'DESTINATION_FORBIDDEN'
  /** This process died or lost the media while the attempt was live. */
  | 'INTERRUPTED'
  /** Given up by us: cancelled callback, agent lost, shutdown. */
  | 'ABANDONED_BY_US'
  /** The customer answered and wanted to be called a little later. */
  | 'SNOOZED'
  /** The customer answered and chose another time. */
  | 'RESCHEDULED'
  | 'UNKNOWN';

/** How one leg of an attempt was received and, by its reports, heard; over the whole call. */
export interface LegQuality {
  readonly leg: 'customer' | 'agent';
  /** 1 to 4.5 (ITU-T G.107); null: nothing came. */
  readonly mos: number | null;
  /** 0 to 100. */
  readonly lossPercent: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** The other direction, as the peer tells it (RFC 3550 s.6.4.1); null: it told nothing. */
  readonly peer: {
    readonly mos: number;
    readonly lossPercent: number;
    readonly jitterMs: number;
  } | null;
}

export interface AttemptRecord {
  /** 1 for the first. */
  readonly number: number;
  /** Key of the outbox effect under which the call was placed. */
  readonly attemptKey: string;
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly result: AttemptResult | null;
  readonly sipStatus: number | null;
  readonly q850Cause: number | null;
  /** Evidence of call progress detection, when it listened. */
  readonly cpd: {
    readonly kind: string;
    readonly confidence: number;
    readonly atMs: number;
    readonly evidence: readonly unknown[];
    /** What detection said instead when the parties had been joined: noted, nothing more. */
    readonly correctedTo?: 'machine';
  } | null;
  readonly agentId: string | null;
  readonly recording: string | null;
  /** The trunk that carried it, the last one tried; left out when none was. */
  readonly trunk?: string;
  /** The customer called us; left out: we called. */
  readonly calledIn?: true;
  /** Of every leg that is over, in that order; left out: none was measured. */
  readonly quality?: readonly LegQuality[];
}

export interface CallbackRecord {
  readonly id: string;
  /** Grows by one with every step; the ETag of the API. */
  readonly revision: number;
  readonly queueId: string;
  /** E.164. */
  readonly customerNumber: string;
  readonly state: CallbackStateName;
  readonly reason: CompletionReason | null;
  readonly priority: number;
  readonly createdAtMs: number;
  /** Null: immediate. */
  readonly desiredTimeMs: number | null;
  /** From when the place in line counts. */
  readonly arrivedAtMs: number;
  /** Not dialled after this. */
  readonly expiresAtMs: number;
  readonly completedAtMs: number | null;
  readonly dialMode: DialMode;
  readonly firstParty: 'customer' | 'agent';
  readonly maxAttempts: number;
  readonly retryGapMs: number;
  readonly requiredSkills: readonly SkillRequirement[];
  readonly attempts: readonly AttemptRecord[];
  /** When the next attempt may start, while waiting-retry. */
  readonly nextAttemptAtMs: number | null;
  /** Attached by the creator; never logged. */
  readonly userData: Readonly<Record<string, string>>;
  /** As said by the customer; null: not. */
  readonly timeZone: string | null;
  /** Of the prompts; null or left out: the queue's. */
  readonly language?: string | null;
  /** The wait that was predicted when it was accepted; null or left out: nobody could say. */
  readonly predictedWaitMs?: number | null;
  /** Keys pressed after the conversation, by question; left out: none were asked for. */
  readonly survey?: readonly Note[];
  /** Whose callback it is, or who should have it; null or left out: nobody in particular. */
  readonly agentId?: string | null;
  /** Nobody else takes it. */
  readonly agentStrict?: boolean;
  /** Who is asked right now, before the call; null: nobody. */
  readonly asked?: AskedNow | null;
  /** Previews that agents rejected. */
  readonly previewRejects?: number;
  /** What the agent made of it; null: nothing said. */
  readonly disposition?: Disposition | null;
  /** Its customer calls in so; null: we call, or it is over. */
  readonly access?: CallbackAccess | null;
}

/** A question that is open, with the moment at which no answer is one. */
export interface AskedNow {
  readonly who: 'customer' | 'agent';
  /** Who sees the preview; null: the customer is asked. */
  readonly agentId: string | null;
  readonly untilMs: number;
}

/** The agent's word after the conversation. */
export interface Disposition {
  readonly outcome: string;
  readonly notes: string;
  readonly atMs: number;
}

/** An answer to what is asked before the call. */
export type Answer =
  | { readonly by: 'customer'; readonly says: 'yes' | 'no' }
  | { readonly by: 'customer'; readonly says: 'later'; readonly minutes: number }
  | { readonly by: 'agent'; readonly agentId: string; readonly says: 'yes' | 'no' }
  | {
      readonly by: 'agent';
      readonly agentId: string;
      readonly says: 'later';
      readonly minutes: number;
    };

/** One line of a callback's history. */
export interface CallbackEventRecord {
  /** Position in the log of all callbacks; grows, never reused: SSE's Last-Event-ID. */
  readonly sequence: number;
  readonly callbackId: string;
  readonly revision: number;
  readonly atMs: number;
  /** The machine's event, past tense, kebab-case. */
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** State after the event. */
  readonly state: CallbackStateName;
}

/** What a creator asks for, already validated (known queue, E.164 number). */
export interface CreateCallback {
  readonly queueId: string;
  readonly customerNumber: string;
  readonly desiredTimeMs: number | null;
  /** Arrival to count the place from (a caller who hung up); null: now or the desired time. */
  readonly arrivedAtMs: number | null;
  readonly priority: number | null;
  readonly dialMode: DialMode | null;
  readonly firstParty: 'customer' | 'agent' | null;
  readonly maxAttempts: number | null;
  readonly retryGapSeconds: number | null;
  readonly requiredSkills: readonly SkillRequirement[];
  readonly userData: Readonly<Record<string, string>>;
  /** Of the prompts; null or left out: the queue's. */
  readonly language?: string | null;
  /** Same key and same request: the first answer again; another request: conflict. */
  readonly idempotencyKey: string | null;
  /** Time zone the customer said they are in; null or left out: from the number's country. */
  readonly timeZone?: string | null;
  /** Who should take it; null or left out: anybody. */
  readonly agentId?: string | null;
  /** Nobody else may. */
  readonly agentStrict?: boolean;
  /** The customer calls in; null or left out: we call. */
  readonly callIn?: CallInRequest | null;
}

export interface CallbackFilter {
  readonly queueId?: string;
  /** Any of these; none: nothing is found. */
  readonly queueIds?: readonly string[];
  readonly state?: CallbackStateName;
  /** Any of these. */
  readonly states?: readonly CallbackStateName[];
  readonly customerNumber?: string;
  /** Times: the first moment that counts, and the first one that does not any more. */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
  readonly completedFromMs?: number;
  readonly completedToMs?: number;
  /** Ids after this one in (createdAtMs, id) order. */
  readonly cursor?: string;
  /** The same by its place in the order, whether it is still there or not. */
  readonly after?: { readonly createdAtMs: number; readonly id: string };
  /** The order reversed: the newest first. */
  readonly newestFirst?: boolean;
  readonly limit: number;
}

/** Questions about time that name an office, or want to see full slots, too. */
export interface OpeningTimes {
  /** Office hours by name; null: there are none of that name. */
  office(name: string): Pick<Calendar, 'periods'> | null;
  /** Slots that begin between two moments, full ones only if asked for; null: there are none. */
  slots(queueId: string, range: SlotRange): SlotTable | null;
}

/** The face of callback/ for the API. */
export interface Callbacks {
  readonly times: OpeningTimes;
  /** Customers who call in by themselves. */
  readonly callIns: CallInMatching;
  /**
   * Accepts the promise: when this resolves it is on disk.
   * @throws RingbackError CALLBACK_QUEUE_UNKNOWN, CALLBACK_TIME_PAST, CALLBACK_DUPLICATE (409: this
   *   number already waits in this queue), IDEMPOTENCY_KEY_REUSED,
   *   STORE_UNAVAILABLE (503, disk full), CALLBACK_TIME_TOO_FAR, CALLBACK_REQUEST_INVALID,
   *   CALLBACK_LIMIT_REACHED, CALLBACKS_STOPPED (503), CALLBACK_RATE_LIMITED (429); and, with
   *   `alternatives`, CALLBACK_CLOSED, CALLBACK_NOT_BEFORE_CLOSING, CALLBACK_QUIET_HOURS,
   *   CALLBACK_SLOT_FULL
   */
  create(
    request: CreateCallback,
  ): Promise<{ readonly record: CallbackRecord; readonly replayed: boolean }>;
  get(id: string): CallbackRecord | null;
  list(filter: CallbackFilter): {
    readonly records: readonly CallbackRecord[];
    readonly nextCursor: string | null;
  };
  /**
   * Moves it to another time, number or text while nobody is on the telephone for it.
   * @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_COMPLETED, CALLBACK_STATE, and those of
   *   `create` about times
   */
  move(id: string, change: MoveCallback): Promise<CallbackRecord>;
  /** Slots with free places; null: the queue keeps no slots, any open time can be asked for. */
  availability(
    queueId: string,
    range: { readonly fromMs: number; readonly toMs: number; readonly limit: number },
  ): readonly FreeSlot[] | null;
  /** Open hours of a queue between two moments, joined; null: it is always open. */
  openPeriods(queueId: string, fromMs: number, toMs: number): readonly Period[] | null;
  /** @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_COMPLETED, CALLBACK_STATE (they talk) */
  cancel(id: string): Promise<CallbackRecord>;
  /**
   * Answers what its customer or agent is asked before the call.
   * @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_COMPLETED, CALLBACK_NOT_ASKED,
   *   CALLBACK_TIME_TOO_FAR (snoozed beyond its expiry), CALLBACK_REQUEST_INVALID
   */
  answer(id: string, answer: Answer): Promise<CallbackRecord>;
  /**
   * Keeps the agent's word on a conversation; the last one counts.
   * @throws RingbackError CALLBACK_UNKNOWN, CALLBACK_STATE (there was no conversation yet)
   */
  dispose(id: string, said: Omit<Disposition, 'atMs'>): Promise<CallbackRecord>;
  history(id: string): readonly CallbackEventRecord[];
  /** Events of all callbacks after `sequence`, oldest first, at most `limit`. */
  eventsAfter(sequence: number, limit: number): readonly CallbackEventRecord[];
  onEvent(listener: (event: CallbackEventRecord) => void): void;
}
