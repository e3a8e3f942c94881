// The test phone's own session descriptions (RFC 8866): one audio stream of G.711 with RFC 4733
// telephone events. It reads no more than it needs to send sound.
import type { G711 } from './sound.ts';
import { CODECS } from './sound.ts';

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What a peer's description says about where and how to send. */
export interface RemoteAudio {
  readonly host: string;
  readonly port: number;
  /** First G.711 codec of the list, null when there is none. */
  readonly codec: G711 | null;
  /** Payload type of telephone events, null when they were not negotiated. */
  readonly eventPayloadType: number | null;
  readonly direction: Direction;
}

export interface LocalAudio {
  readonly host: string;
  readonly port: number;
  readonly codecs: readonly G711[];
  readonly direction: Direction;
  readonly sessionId: number;
  /** Grows by one whenever the description changes (RFC 3264 s.8). */
  readonly version: number;
}

const EVENT_PAYLOAD_TYPE = 101;

/** Writes an offer or answer. */
export function writeSdp(local: LocalAudio): string {
  const types = local.codecs.map((codec) => CODECS[codec].payloadType);
  return [
    'v=0',
    `o=phone ${local.sessionId} ${local.version} IN IP4 ${local.host}`,
    's=-',
    `c=IN IP4 ${local.host}`,
    't=0 0',
    `m=audio ${local.port} RTP/AVP ${[...types, EVENT_PAYLOAD_TYPE].join(' ')}`,
    ...local.codecs.map((codec) => `a=rtpmap:${CODECS[codec].payloadType} ${codec}/8000`),
    `a=rtpmap:${EVENT_PAYLOAD_TYPE} telephone-event/8000`,
    `a=fmtp:${EVENT_PAYLOAD_TYPE} 0-15`,
    'a=ptime:20',
    `a=${local.direction}`,
    '',
  ].join('\r\n');
}

/** Reads the first audio stream; null when there is none or it is refused (port 0). */
export function readSdp(text: string): RemoteAudio | null {
  const lines = text.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith('m=audio '));
  if (at < 0) return null;
  const [, port = '0', , ...types] = (lines[at] ?? '').split(' ');
  const next = lines.findIndex((line, index) => index > at && line.startsWith('m='));
  const stream = lines.slice(at, next < 0 ? undefined : next);
  const session = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('m=')),
  );
  const connection = [...stream, ...session].find((line) => line.startsWith('c='));
  const host = connection?.split(' ')[2] ?? '';
  if (Number(port) === 0 || host === '') return null;
  const codec = (['PCMU', 'PCMA'] as const)
    .map((name) => ({ name, rank: types.indexOf(String(CODECS[name].payloadType)) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => a.rank - b.rank)[0];
  const event = stream.map((line) => /^a=rtpmap:(\d+) telephone-event\/8000/i.exec(line)?.[1]);
  const eventType = event.find((type) => type !== undefined);
  const direction = [...stream, ...session].find((line) =>
    /^a=(sendrecv|sendonly|recvonly|inactive)$/.test(line),
  );
  return {
    host,
    port: Number(port),
    codec: codec?.name ?? null,
    eventPayloadType: eventType === undefined ? null : Number(eventType),
    direction: (direction?.slice(2) ?? 'sendrecv') as Direction,
  };
}

/** The answer to a direction (RFC 3264 s.6.1). */
export function mirrored(direction: Direction): Direction {
  if (direction === 'sendonly') return 'recvonly';
  return direction === 'recvonly' ? 'sendonly' : direction;
}
