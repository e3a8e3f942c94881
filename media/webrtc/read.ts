// Reads the session description of a browser into checked values. PURE. Whatever the text, the only
// error is MEDIA_SDP_UNACCEPTABLE. RFC 9429 s.5.8; RFC 8839; RFC 8122; RFC 5576; RFC 8843 (BUNDLE).
import type { MediaDescription, SessionDescription } from 'sdp-transform';
import { NO_TYPES, unacceptable } from '../sdp/model.ts';
import type { PayloadTypes } from '../sdp/model.ts';
import { formatsOf, parseSdp, refusedLine } from '../sdp/read.ts';
import { FINGERPRINT_ALGORITHMS } from './model.ts';
import type { BrowserDescription, DtlsSetup, Fingerprint, IceCredentials } from './model.ts';

const WEB_PROTOCOL = /^(UDP\/TLS\/|TCP\/TLS\/)?RTP\/SAVPF?$/;
const HEX_OCTETS = /^[0-9A-F]{2}(:[0-9A-F]{2}){19,63}$/;
const TOKEN = /^[\w.+-]{1,64}$/;

/** Whether this is the description of a browser: audio under DTLS-SRTP with ICE. */
export function isWebRtc(sdp: string): boolean {
  return (
    /^m=audio \d+ (UDP\/TLS\/|TCP\/TLS\/)?RTP\/SAVPF? /m.test(sdp) &&
    /^a=fingerprint:/m.test(sdp) &&
    /^a=ice-ufrag:/m.test(sdp)
  );
}

/**
 * The first audio line that can be used, with its ICE and DTLS parameters.
 * @throws RingbackError MEDIA_SDP_UNACCEPTABLE
 */
export function readBrowserSdp(text: string): BrowserDescription {
  const session = parseSdp(text);
  const index = session.media.findIndex(isUsable);
  const media = session.media[index];
  if (media === undefined) throw unacceptable('no audio line of WebRTC');
  if (media.rtcpMux === undefined) throw unacceptable('no a=rtcp-mux');
  const mid = midOf(media);
  const { types, codecs, ptimeMs } = formatsOf(media);
  const bundle = session.groups?.find(({ type }) => type === 'BUNDLE');
  return {
    others: session.media
      .filter((_, at) => at !== index)
      .map((other) => ({ ...refusedLine(other), mid: midOf(other) })),
    index,
    mid,
    bundled: mid !== null && bundle !== undefined && mids(bundle.mids).includes(mid),
    audio: {
      kind: 'audio',
      protocol: String(media.protocol),
      host: '0.0.0.0',
      rtpPort: 9,
      rtcpPort: 9,
      direction: media.direction ?? session.direction ?? 'sendrecv',
      heldByAddress: false,
      ptimeMs,
      types,
      codecs,
      rtcpMux: true,
      secure: true,
      crypto: [],
    },
    ice: iceOf(media, session),
    setup: setupOf(media.setup ?? session.setup),
    fingerprint: fingerprintOf(media, session),
    ssrc: ssrcOf(media),
  };
}

/** Only the numbers that mean the same in the whole call; others were never agreed. */
export function commonTypes(theirs: PayloadTypes, ours: PayloadTypes): PayloadTypes {
  const names = Object.keys(NO_TYPES) as (keyof PayloadTypes)[];
  const same = names.filter((name) => theirs[name] === ours[name]);
  return { ...NO_TYPES, ...Object.fromEntries(same.map((name) => [name, ours[name]])) };
}

function isUsable(media: MediaDescription): boolean {
  return media.type === 'audio' && media.port !== 0 && WEB_PROTOCOL.test(String(media.protocol));
}

function mids(text: unknown): readonly string[] {
  return String(text).split(' ');
}

function midOf(media: MediaDescription): string | null {
  const mid = media.mid === undefined ? '' : String(media.mid);
  return TOKEN.test(mid) ? mid : null;
}

function iceOf(media: MediaDescription, session: SessionDescription): IceCredentials {
  const usernameFragment = String(media.iceUfrag ?? session.iceUfrag ?? '');
  const password = String(media.icePwd ?? session.icePwd ?? '');
  const fits = /^[\w+/=-]{4,256}$/.test(usernameFragment) && /^[\w+/=-]{22,256}$/.test(password);
  if (!fits) throw unacceptable('no ICE credentials');
  return { usernameFragment, password };
}

function setupOf(value: unknown): DtlsSetup {
  if (value === 'actpass' || value === 'active' || value === 'passive') return value;
  throw unacceptable('no a=setup that can be used');
}

function fingerprintOf(media: MediaDescription, session: SessionDescription): Fingerprint {
  const found = media.fingerprint ?? session.fingerprint;
  const name = String(found?.type ?? '').toLowerCase();
  const algorithm = FINGERPRINT_ALGORITHMS.find((known) => known === name);
  const value = String(found?.hash ?? '').toUpperCase();
  if (algorithm === undefined || !HEX_OCTETS.test(value)) {
    throw unacceptable('no fingerprint that can be used');
  }
  return { algorithm, value };
}

function ssrcOf(media: MediaDescription): number {
  const ssrc = Number(media.ssrcs?.[0]?.id ?? NaN);
  if (!Number.isInteger(ssrc) || ssrc < 1 || ssrc > 0xffff_ffff) {
    throw unacceptable('no a=ssrc');
  }
  return ssrc;
}
