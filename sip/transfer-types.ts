// Call transfer in the words of the face of sip/: RFC 3515 (REFER), RFC 3891 (Replaces), RFC 3892
// (Referred-By). Types only.

/** One dialog of ours, named as in Replaces (RFC 3891 s.6.1): the peer's view of its tags. */
export interface DialogName {
  readonly callId: string;
  /** The tag on our side. */
  readonly toTag: string;
  /** The tag on the peer's side. */
  readonly fromTag: string;
}

/** Whom a transferred call shall reach. */
export type ReferTarget =
  /** Blind: the user part of Refer-To, decoded; whose it is says the number plan. */
  | { readonly kind: 'user'; readonly user: string }
  /** Attended: the peer of that other dialog of ours. */
  | { readonly kind: 'dialog'; readonly name: DialogName };

/** A REFER inside an answered call that waits for a decision. */
export interface ReferRequest {
  readonly target: ReferTarget;
  /** Value of Referred-By as received (RFC 3892), or null. */
  readonly referredBy: string | null;
  /** Sends 202 and the first NOTIFY (RFC 3515 s.2.4.4). */
  accept(): Referral;
  reject(status: number, reason: string): void;
}

/** The implicit subscription of an accepted REFER; silent once the dialog is over. */
export interface Referral {
  /** NOTIFY with a provisional status of the new call. */
  progress(status: number, reason: string): void;
  /** The last NOTIFY, with the final status; ends the subscription (RFC 6665 s.4.2.2). */
  finish(status: number, reason: string): void;
}
