// One telephone leg: a SIP dialog with its media, from dialling or arrival to the end. Knows sip/
// and media/ by their faces; knows nothing of callbacks, only what its owner listens for.
import type { Clock, Log } from '../../core/ports.ts';
import { RingbackError } from '../../core/errors.ts';
import type {
  CallFailure,
  CallLeg,
  DialogName,
  InboundCall,
  OriginateRequest,
  OutboundCallEvents,
  ReferRequest,
  Sip,
} from '../../sip/index.ts';
import { isWebRtc } from '../../media/index.ts';
import type { CpdVerdict, LegEvents, LegOptions } from '../../media/index.ts';
import type { AudioCodec, Media, MediaLeg, SrtpPolicy } from '../../media/index.ts';
import { digitOfInfo } from './dtmf-info.ts';
import type { LegStats, PlaySource } from '../../media/index.ts';

/** With whom a leg speaks: a trunk or group (null: the usual one), or a registered user. */
export type Party = { readonly trunk: string | null } | 'user';

/** Whether media with this party is encrypted. */
export type SrtpRule = (party: Party) => SrtpPolicy;

/** What is spoken with this party, in the order of the offer; null: what media speaks. */
export type CodecRule = (party: Party) => readonly AudioCodec[] | null;

export interface LegDeps {
  readonly sip: Sip;
  readonly media: Media;
  readonly clock: Clock;
  readonly log: Log;
  /** Not at all by default. */
  readonly srtp?: SrtpRule;
  /** Left out: with everybody what media speaks. */
  readonly codecs?: CodecRule;
}

/** What the owner of a leg hears. `failed` or `ended` or `lost` is the last word, said once. */
export interface LegListener {
  ringing(): void;
  answered(): void;
  failed(failure: CallFailure): void;
  /** The peer hung up an answered call. */
  hungUp(): void;
  lost(reason: string): void;
  verdict(verdict: CpdVerdict): void;
  playEnded(playId: number): void;
  digit(digit: string, durationMs: number): void;
  /** The figures of the whole leg, after its last word. */
  measured?(stats: LegStats): void;
  /** The peer asks for a transfer; left out: it may not. */
  referred?(request: ReferRequest): void;
}

type LegState = 'opening' | 'dialling' | 'answered' | 'over';

/** Everything an originate needs except the offer, which the leg's media makes. */
export type DialRequest = Omit<OriginateRequest, 'offerSdp'>;

/** A leg in either direction. All methods are safe in every state. */
export class TelephoneLeg {
  readonly legId: string;
  readonly #deps: LegDeps;
  /** Its owner; a leg may change hands. */
  listener: LegListener;
  readonly #detects: boolean;
  #state: LegState = 'opening';
  #media: MediaLeg | null = null;
  #call: CallLeg | null = null;
  #hearsEarlyMedia = false;
  #trunk: string | null = null;

  /** @param detects whether call progress detection listens to this leg */
  constructor(legId: string, detects: boolean, deps: LegDeps, listener: LegListener) {
    this.legId = legId;
    this.#detects = detects;
    this.#deps = deps;
    this.listener = listener;
  }

  get answered(): boolean {
    return this.#state === 'answered';
  }

  get callId(): string | null {
    return this.#call?.callId ?? null;
  }

  /** Whether this is the leg's dialog, as a Replaces names it. */
  isDialog(name: DialogName): boolean {
    const own = this.#call?.dialog ?? null;
    return (
      own !== null &&
      own.callId === name.callId &&
      own.toTag === name.toTag &&
      own.fromTag === name.fromTag
    );
  }

  /** The trunk that the call was sent to last; null: none. */
  get trunk(): string | null {
    return this.#trunk;
  }

  /** Opens media and places the call. Faults come as `failed`. */
  async dial(affinity: string, request: DialRequest): Promise<void> {
    const { target } = request;
    const party = target.kind === 'user' ? 'user' : { trunk: target.trunk };
    const mayBeBrowser = target.kind === 'user' && this.#hasWebSocket(target.username);
    const media = await this.#openMedia(affinity, party, mayBeBrowser ? null : undefined);
    if (media === null) return;
    this.#state = 'dialling';
    const webSocketOfferSdp = media.browserOffer?.();
    const offers = {
      offerSdp: media.offer(),
      ...(webSocketOfferSdp === undefined ? {} : { webSocketOfferSdp }),
    };
    this.#call = this.#deps.sip.originate({ ...request, ...offers }, this.#outboundEvents(media));
  }

  /** Opens media and answers a call that came in. Resolves true when the dialog stands. */
  async accept(affinity: string, call: InboundCall): Promise<boolean> {
    const { source } = call;
    const party = source.kind === 'user' ? 'user' : { trunk: source.trunk };
    const browserOffer = isWebRtc(call.offerSdp) ? call.offerSdp : undefined;
    const media = await this.#openMedia(affinity, party, browserOffer);
    if (media === null) {
      call.reject(503, 'Service Unavailable');
      return false;
    }
    try {
      const sdp = call.offerSdp === '' ? media.offer() : media.answerTo(call.offerSdp);
      this.#state = 'answered';
      this.#call = await call.answer(sdp, {
        ended: (by, reason) => this.#ended(by, reason),
        offered: (offer) => this.#offered(media, offer),
        freshOffer: () => media.offer(),
        info: (type, body) => this.#info(media, type, body),
        lateAnswer: (answer) => this.#acceptAnswer(media, answer),
        ...this.#referral(),
      });
      return !this.#isOver();
    } catch (error) {
      const unacceptable = error instanceof RingbackError && error.code.startsWith('MEDIA_SDP');
      if (unacceptable) call.reject(488, 'Not Acceptable Here');
      this.#close();
      return false;
    }
  }

  /** Plays one after the other; -1 when there is no answered call to play on. */
  play(sources: readonly PlaySource[], loop: boolean): number {
    if (this.#media === null || this.#state !== 'answered') return -1;
    return this.#media.play({ sources, loop });
  }

  stopDetecting(): void {
    this.#media?.stopDetecting();
  }

  /** Keys pressed towards the peer. @throws RingbackError MEDIA_DTMF_INVALID */
  sendDigits(digits: string): void {
    this.#media?.sendDtmf(digits);
  }

  /** Null when there is no media, or no more. */
  async stats(): Promise<LegStats | null> {
    return (await this.#media?.stats().catch(() => null)) ?? null;
  }

  /** CANCEL or BYE, media closed, and no more words to the listener. Idempotent. */
  end(reason: string): void {
    if (this.#state === 'over') return;
    const call = this.#call;
    this.#close();
    call?.hangUp(reason);
  }

  #hasWebSocket(username: string): boolean {
    const bindings = this.#deps.sip.bindings(username);
    return bindings.some(({ receivedFrom }) => /^wss?\//.test(receivedFrom));
  }

  /** @param browserOffer of a browser; null when we may be calling one; left out: no browser */
  async #openMedia(
    affinity: string,
    party: Party,
    browserOffer?: string | null,
  ): Promise<MediaLeg | null> {
    try {
      const { media: face, srtp } = this.#deps;
      const codecs = this.#deps.codecs?.(party) ?? null;
      const options: LegOptions = {
        srtp: srtp?.(party) ?? 'off',
        ...(codecs === null ? {} : { codecs }),
        ...(browserOffer === undefined ? {} : { browser: { offerSdp: browserOffer } }),
      };
      const media = await face.openLeg(this.legId, affinity, this.#mediaEvents(), options);
      if (this.#isOver()) {
        media.close();
        return null;
      }
      this.#media = media;
      return media;
    } catch (error) {
      if (!this.#isOver()) {
        this.#deps.log.error('leg-media-refused', { legId: this.legId, error });
        // Too much to do is our fault: the attempt is free, and made again later.
        if (error instanceof RingbackError && error.code === 'MEDIA_OVERLOADED') {
          this.#lose('media overloaded');
          return null;
        }
        this.#fail({ status: 503, reason: 'No media', q850Cause: null, cancelledByUs: false });
      }
      return null;
    }
  }

  // A method, so that the compiler does not narrow the state over an await.
  #isOver(): boolean {
    return this.#state === 'over';
  }

  #mediaEvents(): LegEvents {
    return {
      verdict: (verdict) => {
        if (!this.#isOver()) this.listener.verdict(verdict);
      },
      playEnded: (playId) => {
        if (!this.#isOver()) this.listener.playEnded(playId);
      },
      dtmf: (digit, durationMs) => {
        if (this.#isOver()) return;
        // Which digit is not for the log: it may be of a card or a code.
        this.#deps.log.debug('leg-digit', { legId: this.legId, callId: this.callId, durationMs });
        this.listener.digit(digit, durationMs);
      },
      ended: (stats) => {
        this.#deps.log.info('leg-ended', { legId: this.legId, callId: this.callId, ...stats });
        this.listener.measured?.(stats);
      },
      lost: (reason) => this.#lose(reason),
    };
  }

  #outboundEvents(media: MediaLeg): OutboundCallEvents {
    return {
      trunkChosen: (trunk) => {
        this.#trunk = trunk;
      },
      provisional: (_status, sdp) => {
        if (this.#state !== 'dialling') return;
        if (sdp !== null) this.#earlyMedia(media, sdp);
        if (!this.#isOver()) this.listener.ringing();
      },
      answered: (sdp) => {
        if (this.#state !== 'dialling') return;
        this.#state = 'answered';
        this.#acceptAnswer(media, sdp);
        if (this.#isOver()) return;
        if (this.#detects) media.detect('after-answer');
        this.listener.answered();
      },
      failed: (failure) => this.#fail(failure),
      ended: (by, reason) => this.#ended(by, reason),
      offered: (sdp) => this.#offered(media, sdp),
      freshOffer: () => media.offer(),
      lateAnswer: (answer) => this.#acceptAnswer(media, answer),
      info: (type, body) => this.#info(media, type, body),
      ...this.#referral(),
    };
  }

  #referral(): Pick<OutboundCallEvents, 'referred'> {
    if (this.listener.referred === undefined) return {};
    return {
      referred: (request) => {
        if (this.#isOver()) request.reject(481, 'Call/Transaction Does Not Exist');
        else this.listener.referred?.(request);
      },
    };
  }

  #earlyMedia(media: MediaLeg, sdp: string): void {
    this.#acceptAnswer(media, sdp);
    if (this.#isOver() || !this.#detects || this.#hearsEarlyMedia) return;
    this.#hearsEarlyMedia = true;
    media.detect('before-answer');
  }

  #acceptAnswer(media: MediaLeg, sdp: string): void {
    try {
      media.acceptAnswer(sdp);
    } catch (error) {
      this.#deps.log.warn('leg-answer-refused', { legId: this.legId, error });
      this.#lose('unacceptable SDP answer');
    }
  }

  /** A digit by INFO counts as one that was heard; any other INFO means nothing to us. */
  #info(media: MediaLeg, contentType: string, body: string): void {
    const found = this.#isOver() ? null : digitOfInfo(contentType, body);
    if (found !== null) media.takeDigit(found.digit, found.durationMs);
  }

  #offered(media: MediaLeg, sdp: string): string | null {
    if (this.#isOver()) return null;
    try {
      return media.answerTo(sdp);
    } catch {
      return null;
    }
  }

  #ended(by: 'peer' | 'us' | 'engine', reason: string): void {
    if (this.#isOver()) return;
    this.#close();
    if (by === 'engine') this.listener.lost(reason);
    else this.listener.hungUp();
  }

  #fail(failure: CallFailure): void {
    if (this.#isOver()) return;
    this.#close();
    this.listener.failed(failure);
  }

  #lose(reason: string): void {
    if (this.#isOver()) return;
    this.end(reason);
    this.listener.lost(reason);
  }

  #close(): void {
    this.#state = 'over';
    this.#media?.close();
    this.#media = null;
  }
}
