// The words of text chats and the records others may read. PURE.
//
// chat      one text session of a customer: waits in the same line as callers and callbacks
// line      one entry of its transcript, numbered from 1 without a gap: messages and what happened
// offer     the reserved agent is asked to take it, and accepts, rejects or says nothing
// hand-over  the agent gives it on to a queue or another agent; its place counts from its arrival

export type ChatStateName =
  /** Has its place in the virtual queue. */
  | 'waiting'
  /** An agent is reserved and asked to take it. */
  | 'offered'
  /** Customer and agent write to each other. */
  | 'chatting'
  | 'over';

export type ChatEnd =
  | 'ENDED_BY_CUSTOMER'
  | 'ENDED_BY_AGENT'
  /** The customer is called back instead, at the same place. */
  | 'CALLED_INSTEAD'
  /** Nobody had said anything for long, and nothing was left to answer. */
  | 'SILENCE'
  | 'WAITED_TOO_LONG'
  /** Its queue is gone, or no place can be had there. */
  | 'FAIL_ERROR';

/** Who it is, as far as they said. */
export interface ChatPerson {
  readonly name: string | null;
  /** E.164: chats are told and erased with the person by it. */
  readonly number: string | null;
}

/** What a customer asks for; the queue is known, texts are within bounds. */
export interface OpenChat {
  readonly queueId: string;
  readonly person: ChatPerson;
  /** Attached; never logged. */
  readonly context: Readonly<Record<string, string>>;
  /** What the customer says first; null: nothing yet. */
  readonly text: string | null;
  /** Same key and same request: the first answer again. */
  readonly idempotencyKey: string | null;
}

export interface ChatRecord {
  readonly id: string;
  /** Grows by one with every step. */
  readonly revision: number;
  readonly queueId: string;
  readonly state: ChatStateName;
  readonly reason: ChatEnd | null;
  readonly person: ChatPerson;
  readonly context: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** From when its place counts. */
  readonly arrivedAtMs: number;
  readonly overAtMs: number | null;
  /** Who is asked to take it, or has it. */
  readonly agentId: string | null;
  /** Until when the agent may take it; null: nobody is asked. */
  readonly offeredUntilMs: number | null;
  /** The callback that took its place. */
  readonly callbackId: string | null;
  /** Number of the last line. */
  readonly lastSequence: number;
}

export type ChatParty =
  { readonly who: 'customer' } | { readonly who: 'agent'; readonly agentId: string };

/** What a line tells. */
export type ChatTold =
  | { readonly type: 'opened' }
  | {
      readonly type: 'message';
      readonly from: 'customer' | 'agent';
      readonly agentId: string | null;
      readonly text: string;
      /** The sender's own: sent again it is the same message. */
      readonly messageId: string | null;
    }
  | { readonly type: 'offered'; readonly agentId: string; readonly untilMs: number }
  | { readonly type: 'offer-ended'; readonly agentId: string; readonly why: OfferEnd }
  | { readonly type: 'accepted'; readonly agentId: string }
  | {
      readonly type: 'handed-over';
      readonly agentId: string;
      readonly queueId: string;
      readonly toAgentId: string | null;
    }
  /** In line again, at its place. */
  | { readonly type: 'back-in-line'; readonly why: 'agent-silent' | 'restart' }
  | { readonly type: 'ended'; readonly reason: ChatEnd; readonly callbackId: string | null };

export type OfferEnd = 'rejected' | 'no-answer' | 'lost' | 'restart';

/** One line of a transcript. */
export interface ChatLine {
  /** 1 for the first; without gaps. */
  readonly sequence: number;
  readonly atMs: number;
  readonly told: ChatTold;
}

/** Where an agent hands a chat over to; an agent of the same queue, or a queue. */
export type HandOverGoal = { readonly queueId: string } | { readonly agentId: string };

/** How chats behave; each keeps those it was opened with. */
export interface ChatRules {
  /** Nobody says anything for so long: over. */
  readonly silenceSeconds: number;
  /** The agent leaves the customer without an answer for so long: in line again. */
  readonly agentSilenceSeconds: number;
  /** Longest wait for an agent. */
  readonly maxWaitSeconds: number;
  /** Messages of one side in a minute. */
  readonly messagesPerMinute: number;
  readonly maxMessages: number;
}

export interface ChatFilter {
  readonly queueId?: string;
  /** Of these queues only. */
  readonly queueIds?: readonly string[];
  readonly state?: ChatStateName;
  readonly agentId?: string;
  /** Chats after this one in (createdAtMs, id) order. */
  readonly after?: { readonly createdAtMs: number; readonly id: string };
  readonly limit: number;
}

export interface ChatPage {
  readonly records: readonly ChatRecord[];
  /** Whether there are others after these. */
  readonly isMore: boolean;
}

/** A chat with its transcript, for those who ask what is known about a person. */
export interface ChatFile {
  readonly record: ChatRecord;
  readonly lines: readonly ChatLine[];
}

/** The face of text chats. What is answered is on disk. */
export interface Chats {
  /**
   * @throws RingbackError CHAT_QUEUE_UNKNOWN, CHAT_LIMIT_REACHED (503), IDEMPOTENCY_KEY_REUSED,
   *   CHATS_STOPPED (503), STORE_UNAVAILABLE (503)
   */
  open(request: OpenChat): { readonly record: ChatRecord; readonly replayed: boolean };
  get(id: string): ChatRecord | null;
  /** Oldest first. */
  list(filter: ChatFilter): ChatPage;
  /** Lines after a sequence, in order, at most `limit`. */
  lines(id: string, after: number, limit: number): readonly ChatLine[];
  /**
   * A message; one with a `messageId` that is known is answered, not said again.
   * @throws RingbackError CHAT_UNKNOWN, CHAT_OVER, CHAT_STATE (not this agent's),
   *   CHAT_RATE_LIMITED (429), CHAT_FULL, CHATS_STOPPED, STORE_UNAVAILABLE
   */
  say(id: string, by: ChatParty, text: string, messageId: string | null): ChatLine;
  /** @throws RingbackError CHAT_UNKNOWN, CHAT_OVER, CHAT_NOT_OFFERED, and as `say` */
  answerOffer(id: string, agentId: string, accepts: boolean): ChatRecord;
  /** @throws RingbackError CHAT_UNKNOWN, CHAT_OVER, CHAT_STATE, and as `say` */
  end(id: string, by: ChatParty): ChatRecord;
  /** @throws RingbackError CHAT_QUEUE_UNKNOWN, and as `end` */
  handOver(id: string, agentId: string, to: HandOverGoal): ChatRecord;
  /**
   * A callback takes the place of the chat, which is over then.
   * @throws RingbackError CHAT_UNKNOWN, CHAT_OVER, those of `Callbacks.create`
   */
  callInstead(id: string, customerNumber: string): Promise<ChatRecord>;
  /** Told after the line is on disk; lines of one chat in their order. */
  onLine(listener: (record: ChatRecord, line: ChatLine) => void): void;
}
