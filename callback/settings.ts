// What the callbacks of a queue do unless a request says otherwise, and how much may be asked for.
// Types only. PURE.
import type { DialMode } from '../routing/index.ts';
import type { CallInSettings } from './access.ts';
import type { SlotPlan } from './time/slots.ts';

/** Per queue: what its callbacks do unless the request says otherwise. */
export interface CallbackSettings {
  readonly queueId: string;
  readonly dialMode: DialMode;
  readonly firstParty: 'customer' | 'agent';
  /** A trunk or a group of them; null: the first configured trunk. */
  readonly trunk: string | null;
  /** Shown to customers, E.164; null or left out: the trunk's own. */
  readonly callerId?: string | null;
  readonly withholdCallerId?: boolean;
  readonly maxAttempts: number;
  readonly retryGapSeconds: number;
  readonly ringTimeoutSeconds: number;
  readonly ttlSeconds: number;
  /** An answered customer waits at most this long for an agent. */
  readonly maxWaitOnLineSeconds: number;
  /** Treatments by name (see Treatments in ports.ts): prompts of the prompt pack. */
  readonly greeting: string;
  readonly waiting: string;
  readonly machineMessage: string | null;
  readonly apology: string;
  /** A caller who hangs up while waiting keeps the place and is called back. */
  readonly callbackOnAbandon: boolean;
  /** Whether conversations are recorded. */
  readonly record: boolean;
  /** Name of the office hours; null or left out: always open. */
  readonly officeHours?: string | null;
  /** Asked for while closed: refused, or called when it opens (the default). */
  readonly whenClosed?: 'wait' | 'refuse';
  /** An immediate callback that would not be made before closing is refused. */
  readonly refuseNotBeforeClosing?: boolean;
  /** Places for scheduled callbacks; null or left out: any number at any open time. */
  readonly slots?: SlotPlan | null;
  /** A scheduled callback takes its place up to so long before it is due, by predicted wait. */
  readonly executionBufferSeconds?: number;
  /** The reserved agent sees it before the customer is dialled; null or left out: not. */
  readonly preview?: PreviewRule | null;
  /** The customer is asked before being dialled; null or left out: not. */
  readonly readyConfirm?: ReadyRule | null;
  /** So long from the arrival only the preferred agent may take it. */
  readonly preferredAgentSeconds?: number;
  /** How much may be asked for; left out: one waiting callback per number, nothing else. */
  readonly limits?: CallbackLimits;
  /** Who answers says by key what to do; null or left out: connected without a question. */
  readonly confirm?: ConfirmSettings | null;
  /** The message on a machine ends with a code that takes the place again. */
  readonly returnCode?: boolean;
  /** No agent in time: the offer to be called again so soon; null or left out: the apology. */
  readonly laterMinutes?: number | null;
  /** Prompts of questions after a conversation that the agent ended; empty or left out: none. */
  readonly survey?: readonly string[];
  /** What becomes of a callback whose customer calls in; left out: `ignore`. */
  readonly whenCallsIn?: 'ignore' | 'cancel' | 'merge' | 'ask';
  /** Callers may be called back instead of waiting; null or left out: not offered. */
  readonly offer?: OfferSettings | null;
  /** Customers may call in by themselves; null or left out: they may not. */
  readonly callIn?: CallInSettings | null;
}

/** What is asked once a person has answered. */
export interface ConfirmSettings {
  readonly snoozeMinutes: number;
  readonly whenNoKey: 'connect' | 'machine';
}

/** When callers are offered to be called back. */
export interface OfferSettings {
  /** Only while the estimated wait is at least this; 0: always. */
  readonly whenWaitAboveSeconds: number;
  /** So long after the arrival, and after an offer that was not answered. */
  readonly everySeconds: number;
}

/** Preview: the reserved agent accepts, rejects or snoozes before anybody is dialled. */
export interface PreviewRule {
  readonly timeoutSeconds: number;
  /** After so many rejects it is given up; null: it always goes back to the queue. */
  readonly maxRejects: number | null;
  /** What becomes of an agent who says nothing; the callback goes to the next one. */
  readonly onTimeout: 'not-ready' | 'next';
}

/** Ready-confirmation: the customer is asked, with notice, before being dialled. */
export interface ReadyRule {
  /** For each time of asking. */
  readonly timeoutSeconds: number;
  readonly attempts: number;
  readonly onTimeout: 'dial' | 'fail' | 'requeue';
}

/** So many in a time window that ends now. */
export interface RateLimit {
  readonly count: number;
  readonly windowSeconds: number;
}

/** How much may be asked for. Windows count callbacks accepted, cancelled ones too. */
export interface CallbackLimits {
  /** Callbacks of one number that wait in the queue at one time; null: any number. */
  readonly waitingPerNumber: number | null;
  readonly perNumber: RateLimit | null;
  /** Over the whole queue; each must hold. */
  readonly perQueue: readonly RateLimit[];
  /** By what was attached under a key, a device or a customer id for example. */
  readonly perKey: readonly (RateLimit & { readonly key: string })[];
  /** Callbacks waiting in the queue at one time; null: any number. */
  readonly maxWaiting: number | null;
}
