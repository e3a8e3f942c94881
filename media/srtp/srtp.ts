// SRTP and SRTCP of one leg, one object for each direction. Packets are changed in place; what
// node:crypto itself returns (a keystream, a tag) is all that is allocated for one.
// RFC 3711 s.3.3 (packets), s.3.3.1 (index), s.3.3.2 (replay), s.3.4 (SRTCP); RFC 4568 s.6.2.
import { RTP_HEADER_BYTES, sequenceDistance } from '../rtp/packet.ts';
import { ReplayWindow } from '../rtp/replay-window.ts';
import type { SrtpSuite } from '../sdp/model.ts';
import { sameTag, SessionKeys } from './session-keys.ts';

/** SRTCP has the long tag in both suites. */
const RTCP_TAG_BYTES = 10;
const RTCP_HEADER_BYTES = 8;
const RTCP_INDEX_BYTES = 4;
const ENCRYPTED_BIT = 0x8000_0000;
const MAX_RTCP_INDEX = 2 ** 31;
/** Sources of one peer that are remembered: a call changes its SSRC with a transfer at most. */
const MAX_SOURCES = 16;

function tagBytesOf(suite: SrtpSuite): number {
  return suite === 'AES_CM_128_HMAC_SHA1_80' ? 10 : 4;
}

/** One source: where its sequence numbers stand, with the rollovers, and which were seen. */
class Source {
  readonly window = new ReplayWindow();
  #highest = -1;

  /** The packet index that a sequence number most probably means (RFC 3711 s.3.3.1). */
  indexOf(sequence: number): number {
    if (this.#highest < 0) return sequence;
    return this.#highest + sequenceDistance(sequence, this.#highest & 0xffff);
  }

  /** The packet was authentic (or is sent). */
  advance(index: number): void {
    this.window.add(index);
    if (index > this.#highest) this.#highest = index;
  }
}

/** What we send. */
export class SrtpSender {
  readonly tagBytes: number;
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #source = new Source();
  #rtcpIndex = 0;

  /** @param key base64 of master key and salt */
  constructor(suite: SrtpSuite, key: string) {
    this.tagBytes = tagBytesOf(suite);
    const master = Buffer.from(key, 'base64');
    this.#rtp = new SessionKeys(master, 'rtp');
    this.#rtcp = new SessionKeys(master, 'rtcp');
  }

  /**
   * Encrypts the RTP packet (without CSRC and extension, as all of ours are) in the first `length`
   * bytes of `packet` and puts the tag behind it. False when its number was used before: two
   * packets under one number would betray both, so it must not be sent.
   */
  protect(packet: Buffer, length: number): boolean {
    const index = this.#source.indexOf(packet.readUInt16BE(2));
    if (index < 0 || !this.#source.window.isFresh(index)) return false;
    this.#source.advance(index);
    this.#rtp.crypt(packet, RTP_HEADER_BYTES, length, packet.readUInt32BE(8), index);
    const tag = this.#rtp.tag(packet, length, Math.floor(index / 65_536));
    tag.copy(packet, length, 0, this.tagBytes);
    return true;
  }

  /** The SRTCP packet of a report. */
  protectRtcp(report: Buffer): Buffer {
    const index = this.#rtcpIndex;
    this.#rtcpIndex = (index + 1) % MAX_RTCP_INDEX;
    const tail = report.length + RTCP_INDEX_BYTES;
    const packet = Buffer.alloc(tail + RTCP_TAG_BYTES);
    report.copy(packet);
    this.#rtcp.crypt(packet, RTCP_HEADER_BYTES, report.length, packet.readUInt32BE(4), index);
    packet.writeUInt32BE((ENCRYPTED_BIT | index) >>> 0, report.length);
    this.#rtcp.tag(packet, tail, null).copy(packet, tail, 0, RTCP_TAG_BYTES);
    return packet;
  }
}

/** What we receive. */
export class SrtpReceiver {
  readonly #tagBytes: number;
  readonly #rtp: SessionKeys;
  readonly #rtcp: SessionKeys;
  readonly #sources = new Map<number, Source>();
  readonly #rtcpWindow = new ReplayWindow();

  /** @param key base64 of master key and salt */
  constructor(suite: SrtpSuite, key: string) {
    this.#tagBytes = tagBytesOf(suite);
    const master = Buffer.from(key, 'base64');
    this.#rtp = new SessionKeys(master, 'rtp');
    this.#rtcp = new SessionKeys(master, 'rtcp');
  }

  /**
   * Checks and decrypts an SRTP packet in place.
   * @returns the length of the RTP packet in it; -1 when it is a forgery, a replay or no packet
   */
  unprotect(datagram: Buffer): number {
    const length = datagram.length - this.#tagBytes;
    if (length < RTP_HEADER_BYTES) return -1;
    const start = headerBytes(datagram);
    if (start > length) return -1;
    const ssrc = datagram.readUInt32BE(8);
    const known = this.#sources.get(ssrc);
    const source = known ?? new Source();
    const index = source.indexOf(datagram.readUInt16BE(2));
    if (index < 0 || !source.window.isFresh(index)) return -1;
    const tag = this.#rtp.tag(datagram, length, Math.floor(index / 65_536));
    if (!sameTag(tag, datagram, length, this.#tagBytes)) return -1;
    if (known === undefined) this.#remember(ssrc, source);
    source.advance(index);
    this.#rtp.crypt(datagram, start, length, ssrc, index);
    return length;
  }

  /** The RTCP packet in an SRTCP packet; null when it is a forgery, a replay or no packet. */
  unprotectRtcp(datagram: Buffer): Buffer | null {
    const tail = datagram.length - RTCP_TAG_BYTES;
    const end = tail - RTCP_INDEX_BYTES;
    if (end < RTCP_HEADER_BYTES) return null;
    const word = datagram.readUInt32BE(end);
    const index = word % MAX_RTCP_INDEX;
    if (!this.#rtcpWindow.isFresh(index)) return null;
    if (!sameTag(this.#rtcp.tag(datagram, tail, null), datagram, tail, RTCP_TAG_BYTES)) return null;
    this.#rtcpWindow.add(index);
    if (word >= ENCRYPTED_BIT) {
      this.#rtcp.crypt(datagram, RTCP_HEADER_BYTES, end, datagram.readUInt32BE(4), index);
    }
    return datagram.subarray(0, end);
  }

  #remember(ssrc: number, source: Source): void {
    if (this.#sources.size >= MAX_SOURCES) {
      const oldest = this.#sources.keys().next();
      if (oldest.done !== true) this.#sources.delete(oldest.value);
    }
    this.#sources.set(ssrc, source);
  }
}

/** Length of the part that stays readable: fixed header, CSRC list, extension (RFC 3711 s.3.1). */
function headerBytes(datagram: Buffer): number {
  const first = datagram[0] ?? 0;
  const start = RTP_HEADER_BYTES + 4 * (first & 0x0f);
  if ((first & 0x10) === 0) return start;
  if (start + 4 > datagram.length) return Infinity;
  return start + 4 + 4 * datagram.readUInt16BE(start + 2);
}
