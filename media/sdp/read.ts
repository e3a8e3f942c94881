// Reads SDP from the network into small checked values. PURE. Whatever the text, the only error is
// MEDIA_SDP_UNACCEPTABLE. RFC 8866 s.5; RFC 3605 (a=rtcp); RFC 3264 s.5.1 (hold, port zero).
import { parse } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { readCrypto } from './crypto.ts';
import type { CryptoLine } from './crypto.ts';
import { CLOCK_HZ, NO_TYPES, unacceptable } from './model.ts';
import type { AudioCodec, Direction, PayloadTypes } from './model.ts';

const MAX_SDP_CHARS = 16_384;
const MAX_LINE_CHARS = 1_024;
const MAX_MEDIA_LINES = 16;
const MAX_FORMATS = 64;

/** An m= line that is not ours to use: kept so that answers and later offers can refuse it. */
export interface OtherLine {
  readonly kind: 'other';
  readonly type: string;
  readonly protocol: string;
  readonly formats: string;
}

/** An audio m= line over RTP or SRTP. */
export interface AudioLine {
  readonly kind: 'audio';
  readonly protocol: string;
  readonly host: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  readonly direction: Direction;
  /** `c=0.0.0.0` or `::`: do not send, whatever the direction says (RFC 3264 s.8.4). */
  readonly heldByAddress: boolean;
  readonly ptimeMs: number;
  readonly types: PayloadTypes;
  /** The codecs we know, in the order of the format list. */
  readonly codecs: readonly AudioCodec[];
  /** The peer will take RTCP on its RTP port (RFC 5761). */
  readonly rtcpMux: boolean;
  /** The profile says that all media is encrypted (RTP/SAVP). */
  readonly secure: boolean;
  readonly crypto: readonly CryptoLine[];
}

export type MediaLine = AudioLine | OtherLine;

/** The m= lines of an SDP in order. @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
export function readSdp(text: string): readonly MediaLine[] {
  const session = parseSdp(text);
  return session.media.map((media) => readLine(media, session));
}

/** The parser's view of a text within our limits. @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
export function parseSdp(text: string): SessionDescription {
  if (text.length > MAX_SDP_CHARS) throw unacceptable('too long');
  if (text.split(/[\r\n]/).some((line) => line.length > MAX_LINE_CHARS)) {
    throw unacceptable('a line is too long');
  }
  const session = parseOrRefuse(text);
  if (session.media.length === 0) throw unacceptable('no media line');
  if (session.media.length > MAX_MEDIA_LINES) throw unacceptable('too many media lines');
  return session;
}

function parseOrRefuse(text: string): SessionDescription {
  try {
    return parse(text);
  } catch {
    throw unacceptable('not an SDP');
  }
}

/** The formats of an audio line that we know. @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
export function formatsOf(
  media: MediaDescription,
): Pick<AudioLine, 'types' | 'codecs' | 'ptimeMs'> {
  const formats = formatList(media);
  if (formats.length > MAX_FORMATS) throw unacceptable('too many formats');
  const types = payloadTypes(formats, media);
  return { types, codecs: knownCodecs(formats, types), ptimeMs: ptime(media.ptime) };
}

/** What is needed to refuse a line (RFC 3264 s.6). */
export function refusedLine(media: MediaDescription): OtherLine {
  // The parser turns numeric strings into numbers and leaves out what it did not understand.
  const formats = formatList(media).join(' ');
  return {
    kind: 'other',
    type: token(media.type),
    protocol: token(media.protocol),
    formats: /^[\w. +*-]{1,200}$/.test(formats) ? formats : '0',
  };
}

function formatList(media: MediaDescription): readonly string[] {
  return String(media.payloads ?? '')
    .split(' ')
    .filter((format) => format !== '');
}

function readLine(media: MediaDescription, session: SessionDescription): MediaLine {
  const other = refusedLine(media);
  const { type, protocol } = other;
  const overRtp = /^RTP\/S?AVPF?$/.test(protocol);
  if (type !== 'audio' || !overRtp || media.port === 0) return other;

  const connection = media.connection ?? session.connection;
  const host = String(connection?.ip ?? '').split('/')[0] ?? '';
  if (!isIpLiteral(host)) throw unacceptable('the connection address is not an IP literal');
  if (isGroupAddress(host)) throw unacceptable('the connection address is not unicast');
  const rtpPort = portNumber(media.port);
  if (rtpPort === null) throw unacceptable('the port is out of range');
  return {
    kind: 'audio',
    protocol,
    host,
    rtpPort,
    rtcpPort: portNumber(media.rtcp?.port) ?? Math.min(rtpPort + 1, 65_535),
    direction: media.direction ?? session.direction ?? 'sendrecv',
    heldByAddress: host === '0.0.0.0' || host === '::',
    ...formatsOf(media),
    rtcpMux: media.rtcpMux !== undefined,
    secure: protocol.startsWith('RTP/SAVP'),
    crypto: readCrypto(media),
  };
}

function token(value: unknown): string {
  const text = typeof value === 'string' ? value : '';
  return /^[\w./+-]{1,64}$/.test(text) ? text : 'unknown';
}

function portNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
    ? value
    : null;
}

/** What we shall put into a packet: whole tens of milliseconds from 10 to 60, else 20. */
function ptime(value: unknown): number {
  if (typeof value !== 'number' || !(value > 0)) return 20;
  return Math.min(60, Math.max(10, Math.floor(value / 10) * 10));
}

type FormatName = keyof PayloadTypes;

/** Static types 0, 8 and 9 need no rtpmap; any other number needs one (RFC 3551 s.6). */
function payloadTypes(formats: readonly string[], media: MediaDescription): PayloadTypes {
  const found: Record<FormatName, number | null> = { ...NO_TYPES };
  for (const format of formats) {
    if (!/^\d{1,3}$/.test(format) || Number(format) > 127) continue;
    const payloadType = Number(format);
    const name = formatName(payloadType, media);
    if (name !== null) found[name] ??= payloadType;
  }
  return found;
}

const STATIC: Readonly<Record<number, AudioCodec>> = { 0: 'PCMU', 8: 'PCMA', 9: 'G722' };
const BY_ENCODING: Readonly<Record<string, FormatName>> = {
  'PCMU/8000': 'PCMU',
  'PCMA/8000': 'PCMA',
  'G722/8000': 'G722',
  'OPUS/48000/2': 'opus',
  'TELEPHONE-EVENT/8000': 'telephoneEvent',
  'TELEPHONE-EVENT/48000': 'telephoneEvent48',
};

function formatName(payloadType: number, media: MediaDescription): FormatName | null {
  const map = media.rtp.find((entry) => entry.payload === payloadType);
  if (map === undefined) return STATIC[payloadType] ?? null;
  const channels = map.encoding === undefined || map.encoding === 1 ? '' : `/${map.encoding}`;
  const encoding = `${String(map.codec).toUpperCase()}/${map.rate}${channels}`;
  return Object.hasOwn(BY_ENCODING, encoding) ? (BY_ENCODING[encoding] ?? null) : null;
}

function knownCodecs(formats: readonly string[], types: PayloadTypes): readonly AudioCodec[] {
  const codecs = Object.keys(CLOCK_HZ) as AudioCodec[];
  return formats.flatMap((format) => codecs.filter((codec) => types[codec] === Number(format)));
}

/** True for an IPv4 dotted quad or something only an IPv6 literal can look like. */
export function isIpLiteral(text: string): boolean {
  const quad = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (quad !== null) return quad.slice(1).every((octet) => Number(octet) <= 255);
  return /^[0-9a-f:.]{2,45}$/i.test(text) && text.split(':').length >= 3;
}

/** Multicast or broadcast: an SDP may not aim our audio at a crowd. */
function isGroupAddress(host: string): boolean {
  return /^ff/i.test(host) || (/^\d+\./.test(host) && Number(host.split('.')[0]) >= 224);
}
