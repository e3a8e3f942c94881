// One leg's side of offer/answer over the life of a dialog: what was agreed, what our o= version
// is, which lines were refused. PURE (it keeps state, but knows no clock, no socket). RFC 3264.
import { OFFERED_TYPES, unacceptable } from './model.ts';
import type { Direction, G711Codec, LocalMedia, PayloadTypes, RemoteMedia } from './model.ts';
import { readSdp } from './read.ts';
import type { AudioLine, MediaLine, OtherLine } from './read.ts';
import { writeSdp } from './write.ts';
import type { OwnAudio } from './write.ts';

const BOTH: readonly G711Codec[] = ['PCMU', 'PCMA'];

const FIRST_OFFER: OwnAudio = {
  kind: 'own-audio',
  protocol: 'RTP/AVP',
  codecs: BOTH,
  types: OFFERED_TYPES,
  direction: 'sendrecv',
};

/** What an exchange changed: null when the peer only repeated itself. */
export interface Answered {
  readonly answer: string;
  readonly remote: RemoteMedia | null;
}

export class SdpNegotiator {
  readonly #local: LocalMedia;
  #version = 0;
  #lastWritten = '';
  #lastRead = '';
  /** The lines of our next offer: their number and order never shrink (RFC 3264 s.8). */
  #lines: readonly (OwnAudio | OtherLine)[] = [FIRST_OFFER];

  constructor(local: LocalMedia) {
    this.#local = local;
  }

  /** Everything this leg can do, with the payload numbers of earlier exchanges. */
  offer(): string {
    this.#lines = this.#lines.map((line) =>
      line.kind === 'own-audio' ? { ...line, codecs: BOTH, direction: 'sendrecv' } : line,
    );
    return this.#write(this.#lines);
  }

  /**
   * Reads the answer to our offer (RFC 3264 s.7).
   * @returns null when it says what the last one said
   * @throws RingbackError MEDIA_SDP_UNACCEPTABLE
   */
  acceptAnswer(sdp: string): RemoteMedia | null {
    if (sdp === this.#lastRead) return null;
    const { line } = this.#usableAudio(readSdp(sdp));
    const own = this.#lines.find((candidate) => candidate.kind === 'own-audio');
    const receiveTypes = own === undefined ? OFFERED_TYPES : own.types;
    const remote = remoteFrom(line, receiveTypes);
    this.#lastRead = sdp;
    return remote;
  }

  /**
   * Answers the peer's offer (RFC 3264 s.6): the first usable audio line is taken, all others are
   * refused with port zero.
   * @throws RingbackError MEDIA_SDP_UNACCEPTABLE when no audio line has a common codec
   */
  answerTo(offerSdp: string): Answered {
    const repeated = offerSdp === this.#lastRead;
    const lines = readSdp(offerSdp);
    const { line, index } = this.#usableAudio(lines);
    const own: OwnAudio = {
      kind: 'own-audio',
      protocol: line.protocol,
      codecs: [line.preferred],
      types: line.types,
      direction: answeredDirection(line.direction),
    };
    const answered = lines.map((other, at) => (at === index ? own : asRefused(other)));
    this.#lines = answered.map((entry) =>
      entry.kind === 'own-audio' ? { ...entry, types: withOurs(line.types) } : entry,
    );
    const answer = this.#write(answered);
    this.#lastRead = offerSdp;
    return { answer, remote: repeated ? null : remoteFrom(line, answeredTypes(line)) };
  }

  /** The o= version grows by one whenever the text differs from the last one (RFC 3264 s.8). */
  #write(lines: readonly (OwnAudio | OtherLine)[]): string {
    const same = writeSdp(this.#local, this.#version, lines);
    if (same === this.#lastWritten) return same;
    this.#version += 1;
    this.#lastWritten = writeSdp(this.#local, this.#version, lines);
    return this.#lastWritten;
  }

  /** The first line with a law we share that our socket can send to. */
  #usableAudio(lines: readonly MediaLine[]): { line: UsableLine; index: number } {
    const overIpv6 = this.#local.host.includes(':');
    for (const [index, line] of lines.entries()) {
      if (line.kind !== 'audio' || line.preferred === null) continue;
      if (line.host.includes(':') !== overIpv6) continue;
      return { line: { ...line, preferred: line.preferred }, index };
    }
    throw unacceptable('no audio line with a codec and address family we share');
  }
}

type UsableLine = AudioLine & { readonly preferred: G711Codec };

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

/** Our answer names one law, so only that one may come. */
function answeredTypes(line: UsableLine): PayloadTypes {
  return {
    PCMU: line.preferred === 'PCMU' ? line.types.PCMU : null,
    PCMA: line.preferred === 'PCMA' ? line.types.PCMA : null,
    telephoneEvent: line.types.telephoneEvent,
  };
}

/** Payload numbers once bound keep their meaning in later offers (RFC 3264 s.8.3.2). */
function withOurs(types: PayloadTypes): PayloadTypes {
  const taken = Object.values(types);
  const free = (own: number): number | null => (taken.includes(own) ? null : own);
  return {
    PCMU: types.PCMU ?? free(0),
    PCMA: types.PCMA ?? free(8),
    telephoneEvent: types.telephoneEvent ?? free(101),
  };
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

function remoteFrom(line: UsableLine, receiveTypes: PayloadTypes): RemoteMedia {
  const listens = line.direction === 'sendrecv' || line.direction === 'recvonly';
  const sends = line.direction === 'sendrecv' || line.direction === 'sendonly';
  return {
    host: line.host,
    rtpPort: line.rtpPort,
    rtcpPort: line.rtcpPort,
    codec: line.preferred,
    sendTypes: line.types,
    receiveTypes,
    peerListens: listens && !line.heldByAddress,
    peerSends: sends && !line.heldByAddress,
    ptimeMs: line.ptimeMs,
  };
}
