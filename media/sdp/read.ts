// Reads SDP from the network into small checked values. PURE. Whatever the text, the only error is
// MEDIA_SDP_UNACCEPTABLE. RFC 8866 s.5; RFC 3605 (a=rtcp); RFC 3264 s.5.1 (hold, port zero).
import { parse } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { unacceptable } from './model.ts';
import type { Direction, PayloadTypes } from './model.ts';

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

/** An audio m= line over plain RTP. */
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
  /** Which law stands first in the format list; null when there is none. */
  readonly preferred: 'PCMU' | 'PCMA' | null;
}

export type MediaLine = AudioLine | OtherLine;

/** The m= lines of an SDP in order. @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
export function readSdp(text: string): readonly MediaLine[] {
  if (text.length > MAX_SDP_CHARS) throw unacceptable('too long');
  if (text.split(/[\r\n]/).some((line) => line.length > MAX_LINE_CHARS)) {
    throw unacceptable('a line is too long');
  }
  const session = parseOrRefuse(text);
  if (session.media.length === 0) throw unacceptable('no media line');
  if (session.media.length > MAX_MEDIA_LINES) throw unacceptable('too many media lines');
  return session.media.map((media) => readLine(media, session));
}

function parseOrRefuse(text: string): SessionDescription {
  try {
    return parse(text);
  } catch {
    throw unacceptable('not an SDP');
  }
}

function readLine(media: MediaDescription, session: SessionDescription): MediaLine {
  // The parser turns numeric strings into numbers and leaves out what it did not understand.
  const type = token(media.type);
  const protocol = token(media.protocol);
  const formats = String(media.payloads ?? '')
    .split(' ')
    .filter((format) => format !== '');
  const other: OtherLine = {
    kind: 'other',
    type,
    protocol,
    formats: /^[\w. +*-]{1,200}$/.test(formats.join(' ')) ? formats.join(' ') : '0',
  };
  const overRtp = protocol === 'RTP/AVP' || protocol === 'RTP/AVPF';
  if (type !== 'audio' || !overRtp || media.port === 0) return other;
  if (formats.length > MAX_FORMATS) throw unacceptable('too many formats');

  const connection = media.connection ?? session.connection;
  const host = String(connection?.ip ?? '').split('/')[0] ?? '';
  if (!isIpLiteral(host)) throw unacceptable('the connection address is not an IP literal');
  if (isGroupAddress(host)) throw unacceptable('the connection address is not unicast');
  const rtpPort = portNumber(media.port);
  if (rtpPort === null) throw unacceptable('the port is out of range');
  const types = payloadTypes(formats, media);
  return {
    kind: 'audio',
    protocol,
    host,
    rtpPort,
    rtcpPort: portNumber(media.rtcp?.port) ?? Math.min(rtpPort + 1, 65_535),
    direction: media.direction ?? session.direction ?? 'sendrecv',
    heldByAddress: host === '0.0.0.0' || host === '::',
    ptimeMs: ptime(media.ptime),
    types,
    preferred: preferredCodec(formats, types),
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

function ptime(value: unknown): number {
  return typeof value === 'number' && value >= 10 && value <= 200 ? value : 20;
}

/** Static types 0 and 8 need no rtpmap; any other number needs one (RFC 3551 s.6). */
function payloadTypes(formats: readonly string[], media: MediaDescription): PayloadTypes {
  const found: { PCMU: number | null; PCMA: number | null; telephoneEvent: number | null } = {
    PCMU: null,
    PCMA: null,
    telephoneEvent: null,
  };
  for (const format of formats) {
    if (!/^\d{1,3}$/.test(format) || Number(format) > 127) continue;
    const payloadType = Number(format);
    const name = encodingName(payloadType, media);
    if (name === 'PCMU') found.PCMU ??= payloadType;
    else if (name === 'PCMA') found.PCMA ??= payloadType;
    else if (name === 'TELEPHONE-EVENT') found.telephoneEvent ??= payloadType;
  }
  return found;
}

function encodingName(payloadType: number, media: MediaDescription): string {
  const map = media.rtp.find((entry) => entry.payload === payloadType);
  if (map === undefined) return payloadType === 0 ? 'PCMU' : payloadType === 8 ? 'PCMA' : '';
  const mono = map.encoding === undefined || map.encoding === 1;
  return map.rate === 8000 && mono ? String(map.codec).toUpperCase() : '';
}

function preferredCodec(formats: readonly string[], types: PayloadTypes): 'PCMU' | 'PCMA' | null {
  for (const format of formats) {
    if (types.PCMU === Number(format)) return 'PCMU';
    if (types.PCMA === Number(format)) return 'PCMA';
  }
  return null;
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
