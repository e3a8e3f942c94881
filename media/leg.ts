// The main thread's handle of a leg: SDP is negotiated here, everything else is a command to the
// leg's worker. A handle of a leg that is gone does nothing, because calls end at any moment.
import { badRequest, notFound } from '../core/errors.ts';
import { checkRequest } from './checks.ts';
import { isDigits } from './rtp/telephone-event.ts';
import { SdpNegotiator } from './sdp/negotiator.ts';
import type { Negotiator } from './sdp/negotiator.ts';
import type { Direction, LocalMedia, RemoteMedia } from './sdp/model.ts';
import type { CpdPhase, LegStats, MediaLeg, PlayRequest } from './types.ts';
import { isWebRtc } from './webrtc/read.ts';
import type { Command } from './worker/protocol.ts';

/** What a handle needs of the engine. */
export interface LegLink {
  /** Sends a command to the leg's worker. */
  post(command: Command): void;
  /** Null when the leg is gone. */
  askStats(legId: string): Promise<LegStats | null>;
  /** For the log. */
  negotiated(remote: RemoteMedia): void;
  /** The engine forgets the leg. */
  closed(legId: string): void;
  nextPlayId(): number;
}

/** The side of a leg that speaks with a browser. */
export interface BrowserSide {
  readonly negotiator: Negotiator;
  close(): void;
}

export class LegHandle implements MediaLeg {
  readonly legId: string;
  readonly rtpPort: number;
  readonly browserOffer?: (direction?: Direction) => string;
  readonly #link: LegLink;
  readonly #plain: Negotiator;
  readonly #browser: BrowserSide | null;
  /** With whom the last exchange was. */
  #negotiator: Negotiator;
  #open = true;

  constructor(legId: string, local: LocalMedia, link: LegLink, browser: BrowserSide | null) {
    this.legId = legId;
    this.rtpPort = local.rtpPort;
    this.#link = link;
    this.#plain = new SdpNegotiator(local);
    this.#negotiator = this.#plain;
    this.#browser = browser;
    if (browser !== null) {
      this.browserOffer = (direction) => browser.negotiator.offer(direction);
    }
  }

  offer(direction: Direction = 'sendrecv'): string {
    return this.#negotiator.offer(direction);
  }

  acceptAnswer(sdp: string): void {
    this.#negotiator = this.#negotiatorFor(sdp);
    this.#setRemote(this.#negotiator.acceptAnswer(sdp));
  }

  answerTo(offerSdp: string): string {
    this.#negotiator = this.#negotiatorFor(offerSdp);
    const { answer, remote } = this.#negotiator.answerTo(offerSdp);
    this.#setRemote(remote);
    return answer;
  }

  #negotiatorFor(sdp: string): Negotiator {
    return this.#browser !== null && isWebRtc(sdp) ? this.#browser.negotiator : this.#plain;
  }

  play(request: PlayRequest): number {
    checkRequest(request);
    const playId = this.#link.nextPlayId();
    this.#post({ type: 'play', legId: this.legId, playId, request });
    return playId;
  }

  stopPlaying(): void {
    this.#post({ type: 'stop-playing', legId: this.legId });
  }

  detect(phase: CpdPhase): void {
    this.#post({ type: 'detect', legId: this.legId, phase });
  }

  stopDetecting(): void {
    this.#post({ type: 'stop-detecting', legId: this.legId });
  }

  /** @throws RingbackError MEDIA_DTMF_INVALID for more than 64 or other than `0`-`9*#A-D` */
  sendDtmf(digits: string): void {
    if (!isDigits(digits)) {
      throw badRequest('MEDIA_DTMF_INVALID', 'digits are 1 to 64 of 0-9, *, #, A-D');
    }
    this.#post({ type: 'send-dtmf', legId: this.legId, digits });
  }

  /** @throws RingbackError MEDIA_DTMF_INVALID */
  takeDigit(digit: string, durationMs: number): void {
    if (digit.length !== 1 || !isDigits(digit)) {
      throw badRequest('MEDIA_DTMF_INVALID', 'a digit is one of 0-9, *, #, A-D');
    }
    this.#post({ type: 'take-digit', legId: this.legId, digit, durationMs });
  }

  /** @throws RingbackError MEDIA_LEG_UNKNOWN (rejects) when the leg is gone */
  async stats(): Promise<LegStats> {
    const { legId } = this;
    const stats = this.#open ? await this.#link.askStats(legId) : null;
    if (stats === null) throw notFound('MEDIA_LEG_UNKNOWN', 'the leg is gone', { legId });
    return stats;
  }

  close(): void {
    this.#post({ type: 'close-leg', legId: this.legId });
    if (this.#open) this.#link.closed(this.legId);
    this.abandon();
  }

  /** The worker died, or all media stops: nothing is left to be commanded. */
  abandon(): void {
    this.#open = false;
    this.#browser?.close();
  }

  #setRemote(remote: RemoteMedia | null): void {
    if (remote === null) return;
    this.#post({ type: 'set-remote', legId: this.legId, remote });
    this.#link.negotiated(remote);
  }

  #post(command: Command): void {
    if (this.#open) this.#link.post(command);
  }
}
