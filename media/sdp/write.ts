// Writes our SDP: one audio line with telephone events, and a refusal for every other line of the
// exchange. PURE. RFC 8866 s.5; RFC 3264 s.5.1, s.6; RFC 7587 s.7 (Opus is always written stereo).
import { write } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { writeCrypto } from './crypto.ts';
import type { CryptoLine } from './crypto.ts';
import { CLOCK_HZ, PTIME_MS } from './model.ts';
import type { AudioCodec, Direction, LocalMedia, PayloadTypes } from './model.ts';
import type { OtherLine } from './read.ts';

/** Our audio line as it shall be written. */
export interface OwnAudio {
  readonly kind: 'own-audio';
  readonly protocol: string;
  /** In the order of preference. */
  readonly codecs: readonly AudioCodec[];
  readonly types: PayloadTypes;
  readonly direction: Direction;
  readonly rtcpMux: boolean;
  readonly crypto: readonly CryptoLine[];
}

/** The whole text, CRLF line ends. `version` is the o= version (RFC 3264 s.8). */
export function writeSdp(
  local: LocalMedia,
  version: number,
  lines: readonly (OwnAudio | OtherLine)[],
): string {
  const ipVer = local.host.includes(':') ? 6 : 4;
  const session: SessionDescription = {
    version: 0,
    origin: {
      username: '-',
      sessionId: local.sessionId,
      sessionVersion: version,
      netType: 'IN',
      ipVer,
      address: local.host,
    },
    name: '-',
    connection: { version: ipVer, ip: local.host },
    timing: { start: 0, stop: 0 },
    media: lines.map((line) => (line.kind === 'own-audio' ? audio(local, line) : refusal(line))),
  };
  return write(session);
}

function audio(local: LocalMedia, own: OwnAudio): MediaDescription {
  const rtp: MediaDescription['rtp'] = [];
  const fmtp: MediaDescription['fmtp'] = [];
  for (const codec of own.codecs) {
    const payload = own.types[codec];
    if (payload === null) continue;
    const rate = CLOCK_HZ[codec];
    rtp.push(codec === 'opus' ? { payload, codec, rate, encoding: 2 } : { payload, codec, rate });
    if (codec === 'opus') fmtp.push({ payload, config: 'useinbandfec=1' });
  }
  for (const [payload, rate] of eventTypes(own)) {
    rtp.push({ payload, codec: 'telephone-event', rate });
    fmtp.push({ payload, config: '0-15' });
  }
  return {
    type: 'audio',
    port: local.rtpPort,
    protocol: own.protocol,
    payloads: rtp.map((entry) => entry.payload).join(' '),
    rtp,
    fmtp,
    ptime: PTIME_MS,
    direction: own.direction,
    ...(own.rtcpMux ? { rtcpMux: 'rtcp-mux' } : {}),
    ...(own.crypto.length > 0 ? { crypto: writeCrypto(own.crypto) } : {}),
  };
}

/** Events with every clock that our codecs have. */
export function eventTypes(
  own: Pick<OwnAudio, 'codecs' | 'types'>,
): readonly (readonly [number, number])[] {
  const { telephoneEvent, telephoneEvent48 } = own.types;
  const opusOnly = own.codecs.every((codec) => codec === 'opus');
  const narrow = telephoneEvent !== null && (!opusOnly || telephoneEvent48 === null);
  const wide = telephoneEvent48 !== null && own.codecs.includes('opus');
  return [
    ...(narrow ? [[telephoneEvent, 8_000] as const] : []),
    ...(wide ? [[telephoneEvent48, 48_000] as const] : []),
  ];
}

/** Port zero refuses a line; its formats are echoed, as the grammar wants at least one. */
function refusal(line: OtherLine): MediaDescription {
  return {
    type: line.type,
    port: 0,
    protocol: line.protocol,
    payloads: line.formats,
    rtp: [],
    fmtp: [],
  };
}
