// What WebRTC adds to an audio line: ICE, DTLS and the sources of a stream, as values. PURE.
// RFC 8839 (ICE in SDP), RFC 8842 (DTLS in SDP), RFC 5763 (DTLS-SRTP), RFC 9429 (JSEP).
import type { PayloadTypes } from '../sdp/model.ts';
import type { AudioLine } from '../sdp/read.ts';

/** Who opens the DTLS connection (RFC 8842 s.5). */
export type DtlsSetup = 'actpass' | 'active' | 'passive';

export const FINGERPRINT_ALGORITHMS = [
  'sha-1',
  'sha-224',
  'sha-256',
  'sha-384',
  'sha-512',
] as const;

/** Digest of a certificate: upper-case hex octets with colons between them (RFC 8122 s.5). */
export interface Fingerprint {
  readonly algorithm: (typeof FINGERPRINT_ALGORITHMS)[number];
  readonly value: string;
}

export interface IceCredentials {
  readonly usernameFragment: string;
  readonly password: string;
}

/** Where we can be reached (RFC 8839 s.5.1); always host candidates, as ICE-lite has it. */
export interface Candidate {
  readonly foundation: string;
  readonly priority: number;
  readonly host: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp';
}

/** An m= line that is refused, with its `a=mid` where it has one. */
export interface RefusedLine {
  readonly type: string;
  readonly protocol: string;
  readonly formats: string;
  readonly mid: string | null;
}

/** A browser's session description: the audio line we use, and what else there was. */
export interface BrowserDescription {
  /** All lines of the text but the audio line we use. */
  readonly others: readonly RefusedLine[];
  /** Where the audio line stands among them. */
  readonly index: number;
  readonly mid: string | null;
  readonly bundled: boolean;
  readonly audio: AudioLine;
  readonly ice: IceCredentials;
  readonly setup: DtlsSetup;
  readonly fingerprint: Fingerprint;
  /** Source of what the browser sends (RFC 5576). */
  readonly ssrc: number;
}

/** What is to be set up at the gateway after an exchange. */
export interface BrowserMedia {
  readonly fingerprint: Fingerprint;
  /** What the browser is in the DTLS handshake. */
  readonly role: 'client' | 'server';
  readonly ssrc: number;
  /** Encoding names of what both speak, the one in use first; then events. */
  readonly formats: readonly (keyof PayloadTypes)[];
}

/** Our end of a connection with a browser, as its descriptions need it. */
export interface BrowserDoor {
  /** Where the gateway meets our own leg. */
  readonly plain: { readonly host: string; readonly rtpPort: number };
  readonly candidates: readonly Candidate[];
  readonly fingerprint: Fingerprint;
  /** The payload numbers of the whole call (RFC 3264 s.8.3.2). */
  readonly types: PayloadTypes;
  /** The credentials in force. */
  ice(): IceCredentials;
  /** Fresh ones, in force from now on, after the browser asked for a restart of ICE. */
  restartIce(): IceCredentials;
  /** Sets up what was agreed; faults are told elsewhere, as the loss of the leg. */
  connect(media: BrowserMedia): void;
}
