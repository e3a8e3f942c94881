// What an SDP means to a leg: where to send, what to send, what may come. PURE.
// RFC 8866 (SDP), RFC 3264 (offer/answer), RFC 3551 s.6 (payload types 0 and 8), RFC 4733 s.7.1.
import { RingbackError } from '../../core/errors.ts';

/** The two G.711 laws, by their SDP encoding names. */
export type G711Codec = 'PCMU' | 'PCMA';

/** Stream direction as the one who wrote the SDP means it (RFC 8866 s.6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Payload type numbers; null where the format is not in use. */
export interface PayloadTypes {
  readonly PCMU: number | null;
  readonly PCMA: number | null;
  readonly telephoneEvent: number | null;
}

/** What one side of the wire is told to do, the outcome of an offer and an answer. */
export interface RemoteMedia {
  readonly host: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** The law we send in. */
  readonly codec: G711Codec;
  /** Numbers we put on what we send. */
  readonly sendTypes: PayloadTypes;
  /** Numbers the peer puts on what it sends. */
  readonly receiveTypes: PayloadTypes;
  /** The peer wants to hear us. False on hold. */
  readonly peerListens: boolean;
  /** The peer means to send. */
  readonly peerSends: boolean;
  /** The peer's wish, milliseconds of audio per packet; we always send 20. */
  readonly ptimeMs: number;
}

/** Our end of a leg. */
export interface LocalMedia {
  /** IP literal announced in o= and c=. */
  readonly host: string;
  readonly rtpPort: number;
  /** Numeric string, o= session id. */
  readonly sessionId: string;
}

/** The numbers of our own offers. */
export const OFFERED_TYPES: PayloadTypes = { PCMU: 0, PCMA: 8, telephoneEvent: 101 };

/** Milliseconds of audio in each packet we send. */
export const PTIME_MS = 20;

/** The one error of this folder; SIP says 488 Not Acceptable Here. */
export function unacceptable(reason: string): RingbackError {
  return new RingbackError(
    'MEDIA_SDP_UNACCEPTABLE',
    `the session description cannot be used: ${reason}`,
    { retryable: false, httpStatus: 400 },
    { reason, sipStatus: 488 },
  );
}
