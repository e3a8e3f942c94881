// Writes what a browser is told: one audio line under DTLS-SRTP with ICE-lite, refusals for all
// other lines; and the same line without WebRTC, for our own negotiation. PURE. RFC 9429 s.5.2,
// s.5.3; RFC 8445 s.2.5 (lite); RFC 8839 s.4; RFC 6544 s.4.5 (candidates over TCP).
import { write } from 'sdp-transform';
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { CLOCK_HZ, NO_TYPES, PTIME_MS } from '../sdp/model.ts';
import type { AudioCodec, LocalMedia } from '../sdp/model.ts';
import type { AudioLine } from '../sdp/read.ts';
import { eventTypes, writeSdp } from '../sdp/write.ts';
import type { BrowserDoor, Candidate, DtlsSetup, IceCredentials, RefusedLine } from './model.ts';

/** G.711 before all others: what trunks speak needs no conversion. */
const ORDER: readonly AudioCodec[] = ['PCMU', 'PCMA', 'opus', 'G722'];

/** What is to be said of our audio line. */
export interface BrowserText {
  readonly sessionId: string;
  readonly version: number;
  /** Codecs, payload numbers and direction. */
  readonly audio: Pick<AudioLine, 'codecs' | 'types' | 'direction'>;
  readonly others: readonly RefusedLine[];
  /** Where the audio line stands among them. */
  readonly index: number;
  readonly mid: string | null;
  readonly bundled: boolean;
  readonly ice: IceCredentials;
  readonly setup: DtlsSetup;
}

/** The whole text, CRLF line ends. */
export function writeBrowserSdp(
  text: BrowserText,
  door: Pick<BrowserDoor, 'candidates' | 'fingerprint'>,
): string {
  const [first] = door.candidates;
  const host = first?.host ?? '0.0.0.0';
  const media: MediaDescription[] = text.others.map(refusal);
  media.splice(text.index, 0, audioLine(text, door));
  const session: SessionDescription = {
    version: 0,
    origin: {
      username: '-',
      sessionId: text.sessionId,
      sessionVersion: text.version,
      netType: 'IN',
      ipVer: host.includes(':') ? 6 : 4,
      address: isIp(host) ? host : '0.0.0.0',
    },
    name: '-',
    timing: { start: 0, stop: 0 },
    icelite: 'ice-lite',
    ...(text.bundled && text.mid !== null ? { groups: [{ type: 'BUNDLE', mids: text.mid }] } : {}),
    media,
  };
  return write(session);
}

/** A browser's line as a plain one that ends where the gateway meets our leg. */
export function writePlainSdp(
  audio: Pick<AudioLine, 'codecs' | 'types' | 'direction'>,
  { host, rtpPort }: BrowserDoor['plain'],
): string {
  const local: LocalMedia = {
    host,
    rtpPort,
    sessionId: '0',
    codecs: [],
    srtp: 'off',
    srtpKeys: { AES_CM_128_HMAC_SHA1_80: '', AES_CM_128_HMAC_SHA1_32: '' },
  };
  const codecs = inOrder(audio.codecs);
  const types = { ...NO_TYPES, ...audio.types };
  const { direction } = audio;
  return writeSdp(local, 0, [
    { kind: 'own-audio', protocol: 'RTP/AVP', codecs, types, direction, rtcpMux: true, crypto: [] },
  ]);
}

/** The codecs in the order in which browsers are offered them. */
export function inOrder(codecs: readonly AudioCodec[]): readonly AudioCodec[] {
  return ORDER.filter((codec) => codecs.includes(codec));
}

function audioLine(
  { audio, mid, ice, setup }: BrowserText,
  { candidates, fingerprint }: Pick<BrowserDoor, 'candidates' | 'fingerprint'>,
): MediaDescription {
  const rtp: MediaDescription['rtp'] = [];
  const fmtp: MediaDescription['fmtp'] = [];
  for (const codec of inOrder(audio.codecs)) {
    const payload = audio.types[codec];
    if (payload === null) continue;
    const rate = CLOCK_HZ[codec];
    rtp.push(codec === 'opus' ? { payload, codec, rate, encoding: 2 } : { payload, codec, rate });
    if (codec === 'opus') fmtp.push({ payload, config: 'useinbandfec=1' });
  }
  for (const [payload, rate] of eventTypes(audio)) {
    rtp.push({ payload, codec: 'telephone-event', rate });
    fmtp.push({ payload, config: '0-15' });
  }
  const [first] = candidates;
  const host = first !== undefined && isIp(first.host) ? first.host : '0.0.0.0';
  return {
    type: 'audio',
    port: first?.port ?? 9,
    protocol: 'UDP/TLS/RTP/SAVPF',
    payloads: rtp.map((entry) => entry.payload).join(' '),
    connection: { version: host.includes(':') ? 6 : 4, ip: host },
    rtp,
    fmtp,
    ptime: PTIME_MS,
    ...(mid === null ? {} : { mid }),
    direction: audio.direction,
    rtcpMux: 'rtcp-mux',
    iceUfrag: ice.usernameFragment,
    icePwd: ice.password,
    fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value },
    setup,
    candidates: candidates.map(candidateLine),
    endOfCandidates: 'end-of-candidates',
  };
}

function candidateLine(candidate: Candidate): NonNullable<MediaDescription['candidates']>[number] {
  const { foundation, priority, host: ip, port, protocol: transport } = candidate;
  const common = { foundation, component: 1, transport, priority, ip, port, type: 'host' };
  return transport === 'tcp' ? { ...common, tcptype: 'passive' } : common;
}

function refusal({ type, protocol, formats, mid }: RefusedLine): MediaDescription {
  return {
    type,
    port: 0,
    protocol,
    payloads: formats,
    rtp: [],
    fmtp: [],
    ...(mid === null ? {} : { mid }),
  };
}

/** Candidates may be named; `o=` and `c=` of ours are addresses (RFC 8839 s.4.3.2 has 0.0.0.0). */
function isIp(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}
