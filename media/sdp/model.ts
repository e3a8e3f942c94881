// What an SDP means to a leg: where to send, what to send, what may come. PURE.
// RFC 8866 (SDP), RFC 3264 (offer/answer), RFC 3551 s.6 (payload types 0, 8, 9), RFC 7587 (Opus),
// RFC 4733 s.7.1, RFC 4568 (keys), RFC 5761 (RTCP on the RTP port).
import { RingbackError } from '../../core/errors.ts';

/** The two G.711 laws, by their SDP encoding names. */
export type G711Codec = 'PCMU' | 'PCMA';

/** Every codec we know, by its SDP encoding name. */
export type AudioCodec = G711Codec | 'G722' | 'opus';

/** Whether each byte is a sample, and tables turn one law into the other. */
export function isG711(codec: AudioCodec): codec is G711Codec {
  return codec === 'PCMU' || codec === 'PCMA';
}

/** Stream direction as the one who wrote the SDP means it (RFC 8866 s.6.7). */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Payload type numbers; null where the format is not in use. */
export interface PayloadTypes {
  readonly PCMU: number | null;
  readonly PCMA: number | null;
  readonly G722: number | null;
  readonly opus: number | null;
  /** With the clock of the telephone codecs, 8000 Hz. */
  readonly telephoneEvent: number | null;
  /** With the clock of Opus, 48000 Hz (RFC 4733 s.2.1: events share the clock of the audio). */
  readonly telephoneEvent48: number | null;
}

/** What one side of the wire is told to do, the outcome of an offer and an answer. */
export interface RemoteMedia {
  readonly host: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** RTCP goes to and comes from the RTP port. */
  readonly rtcpMux: boolean;
  /** The codec we send in. */
  readonly codec: AudioCodec;
  /** Numbers we put on what we send. */
  readonly sendTypes: PayloadTypes;
  /** Numbers the peer puts on what it sends. */
  readonly receiveTypes: PayloadTypes;
  /** The peer wants to hear us. False on hold. */
  readonly peerListens: boolean;
  /** The peer means to send. */
  readonly peerSends: boolean;
  /** Milliseconds of audio in each packet we send: the peer's wish, 10 to 60. */
  readonly ptimeMs: number;
  /** Keys of both directions; null when the media is not encrypted. */
  readonly srtp: SrtpKeys | null;
}

/**
 * Payload type of the events we send; null: the peer knows none.
 * They share the clock of the sound; peers of Opus that know only the old clock get that.
 */
export function eventTypeOf({ codec, sendTypes }: RemoteMedia): number | null {
  if (codec !== 'opus') return sendTypes.telephoneEvent;
  return sendTypes.telephoneEvent48 ?? sendTypes.telephoneEvent;
}

/** The suites of RFC 4568 s.6.2 that we speak, the stronger authentication first. */
export const SRTP_SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;
export type SrtpSuite = (typeof SRTP_SUITES)[number];

/** Master key and salt (16 and 14 bytes) of each direction, in base64 as SDP writes them. */
export interface SrtpKeys {
  readonly suite: SrtpSuite;
  readonly sendKey: string;
  readonly receiveKey: string;
}

/** Whether a leg encrypts: never, when the peer does too, or always. */
export type SrtpPolicy = 'off' | 'optional' | 'required';

/** Our end of a leg. */
export interface LocalMedia {
  /** IP literal announced in o= and c=. */
  readonly host: string;
  readonly rtpPort: number;
  /** Numeric string, o= session id. */
  readonly sessionId: string;
  /** What we speak, in the order in which we offer it. */
  readonly codecs: readonly AudioCodec[];
  readonly srtp: SrtpPolicy;
  /** Our keys for this leg, one for each suite, base64 of 30 random bytes. */
  readonly srtpKeys: Readonly<Record<SrtpSuite, string>>;
}

export const NO_TYPES: PayloadTypes = {
  PCMU: null,
  PCMA: null,
  G722: null,
  opus: null,
  telephoneEvent: null,
  telephoneEvent48: null,
};

/** The numbers of our own offers. */
export const OFFERED_TYPES: PayloadTypes = {
  PCMU: 0,
  PCMA: 8,
  G722: 9,
  opus: 111,
  telephoneEvent: 101,
  telephoneEvent48: 102,
};

/** RTP clock of each codec; G.722's is 8000 by an old mistake (RFC 3551 s.4.5.2). */
export const CLOCK_HZ: Readonly<Record<AudioCodec, number>> = {
  PCMU: 8_000,
  PCMA: 8_000,
  G722: 8_000,
  opus: 48_000,
};

/** Milliseconds between two ticks, and of audio in each packet when the peer wishes nothing. */
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
