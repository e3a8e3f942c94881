// Customers who call in by themselves when told: the words of it, for the API and the rules. PURE.
//
// access number  called by the customer; many customers may share one
// access code    keyed by who cannot be known by the number shown; lives as long as its callback
// opens          when the call is awaited: at the callback's turn, or from the creation on
import type { CallbackRecord } from './model.ts';

/** Digits of an access code; fewer could be guessed, more are not keyed without mistakes. */
export const leastCodeDigits = 4;
export const mostCodeDigits = 12;
/** Time for the call, once the customer was told. */
export const leastCallWithinSeconds = 5;
export const mostCallWithinSeconds = 86_400;

/** Per queue: how its customers call in; null or left out in a queue: they cannot. */
export interface CallInSettings {
  /** E.164 (or users, for calls from inside). The least used one is given out. */
  readonly accessNumbers: readonly string[];
  readonly codeDigits: number;
  /** False: the number shown and the access number tell customers apart, and nothing else. */
  readonly withCode: boolean;
  /** Whether the number shown is enough, so that no code is asked for. It can be forged. */
  readonly knowsByNumber: boolean;
  readonly callWithinSeconds: number;
  readonly whenNotCalled: 'expire' | 'dial';
  /** A caller for whom there is no callback: waits in the queue as any, or is sent away. */
  readonly whenUnknown: 'queue' | 'refuse';
}

/** What a request may say of it; what is null is the queue's. */
export interface CallInRequest {
  /** `now`: number and code are good at once, and the place in line is taken by the call. */
  readonly opens: 'turn' | 'now';
  readonly callWithinSeconds: number | null;
  readonly whenNotCalled: 'expire' | 'dial' | null;
  readonly withCode: boolean | null;
  readonly codeDigits: number | null;
}

/** As promised to its customer. */
export interface CallInPromise {
  readonly accessNumber: string;
  /** Null: the number shown tells. */
  readonly accessCode: string | null;
  readonly opens: 'turn' | 'now';
  readonly callWithinMs: number;
  readonly whenNotCalled: 'expire' | 'dial';
  readonly knowsByNumber: boolean;
}

/** What its customer dials and keys. */
export interface CallbackAccess {
  readonly accessNumber: string;
  readonly accessCode: string | null;
  /** Good until then. */
  readonly expiresAtMs: number;
  /** Whether the customer is expected to call right now. */
  readonly isAwaited: boolean;
}

/** A call to an access number, here or at an IVR of others. */
export interface AccessCall {
  readonly accessNumber: string;
  /** E.164; null: withheld or not known. */
  readonly callerNumber: string | null;
  /** As keyed; null: nothing was. */
  readonly accessCode: string | null;
}

/** Whom a call may be from. */
export type AccessFinding =
  | { readonly kind: 'found'; readonly record: CallbackRecord }
  /** Another call took its place, or it is being dialled. */
  | { readonly kind: 'taken'; readonly record: CallbackRecord }
  /** Several callbacks of this caller: a code tells which. */
  | { readonly kind: 'several'; readonly records: readonly CallbackRecord[] }
  | { readonly kind: 'unknown' }
  /** Too many wrong codes: none is looked at for some time. */
  | { readonly kind: 'closed'; readonly retryAtMs: number };

/** Customers who call in, for those who take their calls. */
export interface CallInMatching {
  /** Whom a call is from. A code that is nobody's counts as wrong. */
  find(call: AccessCall): AccessFinding;
  /**
   * The call was taken by somebody else's IVR: the callback is over (`MERGED`), number and code
   * are free, and its record says which place the caller has.
   * @throws RingbackError CALLBACK_ACCESS_UNKNOWN, CALLBACK_ACCESS_AMBIGUOUS, CALLBACK_STATE,
   *   CALLBACK_CODES_LIMITED, STORE_UNAVAILABLE
   */
  match(call: AccessCall): Promise<CallbackRecord>;
}
