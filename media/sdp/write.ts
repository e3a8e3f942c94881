// Writes our SDP: one audio line in G.711 with telephone events, and a refusal for every other
// line of the exchange. PURE. RFC 8866 s.5; RFC 3264 s.5.1, s.6.
import { write } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { PTIME_MS } from './model.ts';
import type { Direction, G711Codec, LocalMedia, PayloadTypes } from './model.ts';
import type { OtherLine } from './read.ts';

/** Our audio line as it shall be written. */
export interface OwnAudio {
  readonly kind: 'own-audio';
  readonly protocol: string;
  /** Laws in the order of preference. */
  readonly codecs: readonly G711Codec[];
  readonly types: PayloadTypes;
  readonly direction: Direction;
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
    if (payload !== null) rtp.push({ payload, codec, rate: 8000 });
  }
  const event = own.types.telephoneEvent;
  if (event !== null) {
    rtp.push({ payload: event, codec: 'telephone-event', rate: 8000 });
    fmtp.push({ payload: event, config: '0-15' });
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
  };
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
