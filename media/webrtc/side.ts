// Opens the browser's side of a leg: a link of the gateway and the negotiation over it.
import { NO_TYPES, OFFERED_TYPES } from '../sdp/model.ts';
import type { LocalMedia, PayloadTypes } from '../sdp/model.ts';
import type { BrowserSide } from '../leg.ts';
import type { WebRtcGateway } from './gateway.ts';
import { BrowserNegotiator } from './negotiator.ts';
import { isWebRtc, readBrowserSdp } from './read.ts';

/** A browser's side, before our own leg has its socket. */
export interface OpenSide {
  /** Puts our leg at the other end. @param lost hears, once, that the browser is gone */
  meet(local: LocalMedia, ssrc: number, lost: (reason: string) => void): BrowserSide;
  close(): void;
}

/**
 * @param offerSdp the peer's, which says the payload numbers of the call; null: ours will
 * @returns null when nothing asks for WebRTC, or there is none at all
 * @throws RingbackError MEDIA_WEBRTC_OFF, MEDIA_WEBRTC_FULL, MEDIA_SDP_UNACCEPTABLE
 */
export async function openBrowserSide(
  gateway: WebRtcGateway | null,
  offerSdp: string | null,
): Promise<OpenSide | null> {
  if (gateway === null || (offerSdp !== null && !isWebRtc(offerSdp))) return null;
  if (!gateway.available && offerSdp === null) return null;
  const link = await gateway.openLink(numbersOf(offerSdp));
  return {
    meet(local, ssrc, lost) {
      const { host } = link.plain;
      link.meet({ host, rtpPort: local.rtpPort, ssrc });
      link.onLost(lost);
      return { negotiator: new BrowserNegotiator(local, link), close: () => link.close() };
    },
    close: () => link.close(),
  };
}

function numbersOf(offerSdp: string | null): PayloadTypes {
  return offerSdp === null
    ? OFFERED_TYPES
    : { ...NO_TYPES, ...readBrowserSdp(offerSdp).audio.types };
}
