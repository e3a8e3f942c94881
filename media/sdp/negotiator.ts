// One leg's side of offer/answer over the life of a dialog: what was agreed, what our o= version
// is, which lines were refused. PURE (it keeps state, but knows no clock, no socket). RFC 3264;
// RFC 4568 s.5 (keys), RFC 5761 s.5.1 (multiplexing).
import { offeredCrypto } from './crypto.ts';
import type { CryptoLine } from './crypto.ts';
import { NO_TYPES, OFFERED_TYPES, unacceptable } from './model.ts';
import type { AudioCodec, Direction, LocalMedia, PayloadTypes } from './model.ts';
import type { RemoteMedia, SrtpKeys } from './model.ts';
import { readSdp } from './read.ts';
import type { AudioLine, MediaLine, OtherLine } from './read.ts';
import { writeSdp } from './write.ts';
import type { OwnAudio } from './write.ts';

/** What an exchange changed: null when the peer only repeated itself. */
export interface Answered {
  readonly answer: string;
  readonly remote: RemoteMedia | null;
}

/** One leg's side of offers and answers, whatever the peer is. */
export interface Negotiator {
  offer(direction?: Direction): string;
  /** @returns null when it says what the last one said. @throws MEDIA_SDP_UNACCEPTABLE */
  acceptAnswer(sdp: string): RemoteMedia | null;
  /** @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
  answerTo(offerSdp: string): Answered;
}

export class SdpNegotiator implements Negotiator {
  readonly #local: LocalMedia;
  #version = 0;
  #lastWritten = '';
  #lastRead = '';
  /** The lines of our next offer: their number and order never shrink (RFC 3264 s.8). */
  #lines: readonly (OwnAudio | OtherLine)[];

  constructor(local: LocalMedia) {
    this.#local = local;
    const { codecs, srtp, srtpKeys } = local;
    const first: OwnAudio = {
      kind: 'own-audio',
      protocol: srtp === 'required' ? 'RTP/SAVP' : 'RTP/AVP',
      codecs,
      types: OFFERED_TYPES,
      direction: 'sendrecv',
      rtcpMux: true,
      crypto: srtp === 'off' ? [] : offeredCrypto(srtpKeys),
    };
    this.#lines = [first];
  }

  /** Everything this leg can do, with the payload numbers of earlier exchanges. */
  offer(direction: Direction = 'sendrecv'): string {
    const { codecs, srtp, srtpKeys } = this.#local;
    const crypto = srtp === 'off' ? [] : offeredCrypto(srtpKeys);
    this.#lines = this.#lines.map((line) =>
      line.kind === 'own-audio' ? { ...line, codecs, direction, crypto, rtcpMux: true } : line,
    );
    this.#lastRead = '';
    return this.#write(this.#lines);
  }

  /**
   * Reads the answer to our offer (RFC 3264 s.7); a later answer, of another branch of a forked
   * call, replaces it.
   * @returns null when it says what the last one said
   * @throws RingbackError MEDIA_SDP_UNACCEPTABLE
   */
  acceptAnswer(sdp: string): RemoteMedia | null {
    if (sdp === this.#lastRead) return null;
    const { line, crypto } = this.#usableAudio(readSdp(sdp));
    const own = this.#lines.find((candidate) => candidate.kind === 'own-audio');
    const offered = crypto === null ? null : matchingOwn(own?.crypto ?? [], crypto);
    if (crypto !== null && offered === null) throw unacceptable('a key for what was not offered');
    const receiveTypes = typesOf(own?.types ?? OFFERED_TYPES, own?.codecs ?? []);
    const remote = remoteFrom(line, receiveTypes, keysOf(offered, crypto));
    this.#lastRead = sdp;
    return { ...remote, rtcpMux: line.rtcpMux && own?.rtcpMux === true };
  }

  /**
   * Answers the peer's offer (RFC 3264 s.6): the first usable audio line is taken, all others are
   * refused with port zero.
   * @throws RingbackError MEDIA_SDP_UNACCEPTABLE when no audio line has a common codec, or a
   * protection we share
   */
  answerTo(offerSdp: string): Answered {
    const repeated = offerSdp === this.#lastRead;
    const lines = readSdp(offerSdp);
    const { line, index, crypto } = this.#usableAudio(lines);
    const key = crypto === null ? null : this.#local.srtpKeys[crypto.suite];
    const ownCrypto = crypto === null || key === null ? null : { ...crypto, key };
    const own: OwnAudio = {
      kind: 'own-audio',
      protocol: line.protocol,
      codecs: [line.codec],
      types: line.types,
      direction: answeredDirection(line.direction),
      rtcpMux: line.rtcpMux,
      crypto: ownCrypto === null ? [] : [ownCrypto],
    };
    const answered = lines.map((other, at) => (at === index ? own : asRefused(other)));
    this.#lines = answered.map((entry) =>
      entry.kind === 'own-audio' ? { ...entry, types: withOurs(line.types) } : entry,
    );
    const answer = this.#write(answered);
    this.#lastRead = offerSdp;
    const remote = remoteFrom(line, typesOf(line.types, [line.codec]), keysOf(ownCrypto, crypto));
    return { answer, remote: repeated ? null : remote };
  }

  /** The o= version grows by one whenever the text differs from the last one (RFC 3264 s.8). */
  #write(lines: readonly (OwnAudio | OtherLine)[]): string {
    const same = writeSdp(this.#local, this.#version, lines);
    if (same === this.#lastWritten) return same;
    this.#version += 1;
    this.#lastWritten = writeSdp(this.#local, this.#version, lines);
    return this.#lastWritten;
  }

  /** The first line with a codec and a protection we share that our socket can send to. */
  #usableAudio(lines: readonly MediaLine[]): Usable {
    const overIpv6 = this.#local.host.includes(':');
    for (const [index, line] of lines.entries()) {
      if (line.kind !== 'audio' || line.host.includes(':') !== overIpv6) continue;
      const codec = line.codecs.find((known) => this.#local.codecs.includes(known));
      const crypto = this.#protection(line);
      if (codec === undefined || crypto === undefined) continue;
      return { line: { ...line, codec }, index, crypto };
    }
    throw unacceptable('no audio line with a codec, protection and address family we share');
  }

  /** The peer's key line to use, null for plain RTP; undefined when our policy refuses the line. */
  #protection(line: AudioLine): CryptoLine | null | undefined {
    const { srtp } = this.#local;
    const crypto = srtp === 'off' ? undefined : line.crypto[0];
    if (crypto !== undefined) return crypto;
    return line.secure || srtp === 'required' ? undefined : null;
  }
}

interface Usable {
  readonly line: UsableLine;
  readonly index: number;
  readonly crypto: CryptoLine | null;
}

type UsableLine = AudioLine & { readonly codec: AudioCodec };

function matchingOwn(own: readonly CryptoLine[], answered: CryptoLine): CryptoLine | null {
  return own.find(({ tag, suite }) => tag === answered.tag && suite === answered.suite) ?? null;
}

function keysOf(own: CryptoLine | null, peers: CryptoLine | null): SrtpKeys | null {
  if (own === null || peers === null) return null;
  return { suite: peers.suite, sendKey: own.key, receiveKey: peers.key };
}

function asRefused(line: MediaLine): OtherLine {
  if (line.kind === 'other') return line;
  const formats = Object.values(line.types).filter((type) => type !== null);
  return {
    kind: 'other',
    type: 'audio',
    protocol: line.protocol,
    formats: formats.length === 0 ? '0' : formats.join(' '),
  };
}

/** Only these codecs may come, and events: an answer names one codec, an offer what it named. */
function typesOf(types: PayloadTypes, codecs: readonly AudioCodec[]): PayloadTypes {
  const { telephoneEvent, telephoneEvent48 } = types;
  const named = Object.fromEntries(codecs.map((codec) => [codec, types[codec]]));
  return { ...NO_TYPES, telephoneEvent, telephoneEvent48, ...named };
}

/** Payload numbers once bound keep their meaning in later offers (RFC 3264 s.8.3.2). */
function withOurs(types: PayloadTypes): PayloadTypes {
  const taken = new Set(Object.values(types));
  const own = { ...types } as Record<keyof PayloadTypes, number | null>;
  for (const name of Object.keys(OFFERED_TYPES) as (keyof PayloadTypes)[]) {
    if (own[name] !== null) continue;
    let free = OFFERED_TYPES[name] ?? 96;
    // A static number that means something else here is lost; a dynamic one moves on.
    while (free >= 96 && free < 127 && taken.has(free)) free += 1;
    if (taken.has(free)) continue;
    own[name] = free;
    taken.add(free);
  }
  return own;
}

function answeredDirection(offered: Direction): Direction {
  switch (offered) {
    case 'sendrecv':
      return 'sendrecv';
    case 'sendonly':
      return 'recvonly';
    case 'recvonly':
      return 'sendonly';
    case 'inactive':
      return 'inactive';
  }
}

function remoteFrom(
  line: UsableLine,
  receiveTypes: PayloadTypes,
  srtp: SrtpKeys | null,
): RemoteMedia {
  const listens = line.direction === 'sendrecv' || line.direction === 'recvonly';
  const sends = line.direction === 'sendrecv' || line.direction === 'sendonly';
  return {
    host: line.host,
    rtpPort: line.rtpPort,
    rtcpPort: line.rtcpMux ? line.rtpPort : line.rtcpPort,
    rtcpMux: line.rtcpMux,
    codec: line.codec,
    sendTypes: line.types,
    receiveTypes,
    peerListens: listens && !line.heldByAddress,
    peerSends: sends && !line.heldByAddress,
    ptimeMs: line.ptimeMs,
    srtp,
  };
}
