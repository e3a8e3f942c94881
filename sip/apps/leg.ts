// One established dialog over srf: offers both ways, INFO, BYE. Knows nothing of whose call it is.
// RFC 3261 s.12, s.14, s.15; RFC 3311 (UPDATE); RFC 6086 (INFO).
import { conflict } from '../../core/errors.ts';
import type { RingbackError } from '../../core/errors.ts';
import type { Clock, Ids, Log, Rng } from '../../core/ports.ts';
import type { DialogName } from '../transfer-types.ts';
import type { OutboundCallEvents, TrunkOptions } from '../types.ts';
import { hashHex } from './authenticator.ts';
import { answerChallenge } from './digest.ts';
import { ALLOW, ALLOW_REFER, badEvent, reasonTextOf, reasonValue, wordsOf } from './headers.ts';
import { takeRefer } from './referral.ts';
import type { HeaderRecord, SrfDialog, SrfRequest, SrfResponse } from './srf.ts';

/** A request without a final response after this is unanswered; the engine's own limit is 64 T1. */
const REQUEST_LIMIT_MS = 40_000;
const MAX_GLARE_RETRIES = 3;
/** Q.850: normal call clearing. */
const NORMAL_CLEARING = 16;
const REFUSED_METHODS = ['message', 'publish'] as const;

export interface LegDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly ids: Ids;
  readonly log: Log;
  /** Whether a host and port lead to us; left out: nothing is known to. */
  readonly isOurs?: (host: string, port: number | null) => boolean;
}

export interface LegParts {
  readonly callId: string;
  readonly localSdp: string;
  /** Answers 401/407 inside the dialog. */
  readonly credentials: TrunkOptions['credentials'];
  /** Whether we chose the Call-ID: decides who waits longer after a glare (s.14.1). */
  readonly ownsCallId: boolean;
  /** Whether the INVITE came without an offer: then its ACK brings the answer. */
  readonly awaitsAnswer: boolean;
  readonly events: Pick<
    OutboundCallEvents,
    'offered' | 'freshOffer' | 'info' | 'lateAnswer' | 'referred'
  >;
  /** The dialog is over, not by our BYE. */
  readonly ended: (by: 'peer' | 'engine', reason: string) => void;
}

type FinalResponse = Pick<SrfResponse, 'status' | 'reason' | 'body'>;

/** The signalling of one answered call. */
export class DialogLeg {
  readonly #dialog: SrfDialog;
  readonly #parts: LegParts;
  readonly #deps: LegDeps;
  readonly #gone = Promise.withResolvers<never>();
  #localSdp: string;
  #awaitsAnswer: boolean;
  #isOffering = false;
  #isOver = false;
  #refers = 0;
  #reoffers: Promise<unknown> = Promise.resolve();

  constructor(dialog: SrfDialog, parts: LegParts, deps: LegDeps) {
    this.#dialog = dialog;
    this.#parts = parts;
    this.#deps = deps;
    this.#localSdp = parts.localSdp;
    this.#awaitsAnswer = parts.awaitsAnswer;
    this.#gone.promise.catch(() => undefined);
    this.#listen();
  }

  /** What a Replaces calls this dialog. */
  get name(): DialogName {
    const { callId, localTag, remoteTag } = this.#dialog.sip;
    return { callId, toTag: localTag, fromTag: remoteTag };
  }

  /** Ends the leg with a BYE; resolves when it was answered or given up. Idempotent. */
  async bye(reason: string): Promise<void> {
    if (this.#isOver) return;
    this.close();
    try {
      await this.#request('BYE', { Reason: reasonValue('Q.850', NORMAL_CLEARING, reason) });
    } catch (error) {
      this.#deps.log.debug('sip-bye-failed', { ...this.#ids(), error: wordsOf(error) });
    } finally {
      // srf keeps a dialog whose BYE the engine refused.
      this.#dialog.srf.removeDialog(this.#dialog);
    }
  }

  /** Nothing more is sent or told; offers in flight are refused to their callers. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#gone.reject(conflict('SIP_CALL_OVER', 'the call is over', this.#ids()));
  }

  /**
   * Sends a re-INVITE with an offer and answers the peer's SDP; one at a time, in order.
   * @throws RingbackError SIP_CALL_OVER, SIP_REOFFER_REFUSED {status, reason}
   */
  reoffer(sdp: string): Promise<string> {
    const run = this.#reoffers.then(() => this.#reoffer(sdp));
    this.#reoffers = run.catch(() => undefined);
    return run;
  }

  async #reoffer(sdp: string): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      if (this.#isOver) throw conflict('SIP_CALL_OVER', 'the call is over', this.#ids());
      this.#isOffering = true;
      const headers = this.#sdpHeaders();
      const sent = this.#request('INVITE', headers, sdp).finally(() => {
        this.#isOffering = false;
      });
      const response = await Promise.race([sent, this.#gone.promise]);
      if (response.status === 491 && attempt <= MAX_GLARE_RETRIES) {
        await Promise.race([this.#pause(this.#glareDelayMs()), this.#gone.promise]);
        continue;
      }
      if (response.status === 408 || response.status === 481) this.#lostPeer(response);
      if (response.status >= 300 || !response.body) throw this.#refused(response);
      this.#localSdp = sdp;
      return response.body;
    }
  }

  /** The peer does not know the dialog or is silent: the dialog is over (s.12.2.1.2). */
  #lostPeer({ status, reason }: FinalResponse): void {
    void this.bye('Dialog lost');
    this.#parts.ended('engine', `${status} ${reason}`);
  }

  #refused({ status, reason }: FinalResponse): RingbackError {
    const why = status < 300 ? 'answered without SDP' : `refused with ${status}`;
    const fields = { ...this.#ids(), status, reason };
    return conflict('SIP_REOFFER_REFUSED', `the offer was ${why}`, fields);
  }

  /** s.14.1: units of 10 ms; who chose the Call-ID waits 2.1 to 4 s, the other up to 2 s. */
  #glareDelayMs(): number {
    const roll = this.#deps.rng.next();
    const delayMs = this.#parts.ownsCallId ? 2_100 + roll * 1_900 : roll * 2_000;
    return Math.floor(delayMs / 10) * 10;
  }

  #listen(): void {
    const dialog = this.#dialog;
    dialog.on('destroy', (req, srfReason) => {
      this.close();
      const by = req.source === 'application' ? 'engine' : 'peer';
      const text = reasonTextOf(req.get('Reason')) ?? srfReason ?? 'normal release';
      this.#parts.ended(by, text);
    });
    dialog.on('modify', (req, res) => this.#takeOffer(req, res));
    dialog.on('update', (req, res) => this.#takeOffer(req, res));
    dialog.on('ack', (req) => {
      if (!this.#awaitsAnswer || !req.body) return;
      this.#awaitsAnswer = false;
      this.#parts.events.lateAnswer?.(req.body);
    });
    dialog.on('info', (req, res) => {
      res.send(200);
      if (this.#isOver) return;
      this.#parts.events.info(req.get('Content-Type') ?? '', req.body ?? '');
    });
    const { referred } = this.#parts.events;
    const Allow = referred === undefined ? ALLOW : ALLOW_REFER;
    dialog.on('options', (_, res) => res.send(200, { headers: { Allow } }));
    // We subscribe to nothing, and nothing can be subscribed to (RFC 6665 s.4.1.3, s.4.2.1).
    dialog.on('notify', (_, res) => res.send(481));
    dialog.on('subscribe', (_, res) => res.send(489, 'Bad Event', badEvent()));
    for (const method of REFUSED_METHODS) {
      dialog.on(method, (_, res) => res.send(405, { headers: { Allow } }));
    }
    dialog.on('refer', (req, res) => {
      if (this.#isOver) return res.send(481);
      if (referred === undefined) return res.send(405, { headers: { Allow } });
      this.#refers += 1;
      takeRefer(req, res, {
        isOurs: (host, port) => this.#deps.isOurs?.(host, port) ?? false,
        isFurther: this.#refers > 1,
        notify: (headers, body) => this.#notify(headers, body),
        referred,
      });
    });
  }

  /** Whoever does not want to hear how the transfer goes is not forced to. */
  #notify(headers: HeaderRecord, body: string): void {
    if (this.#isOver) return;
    this.#request('NOTIFY', headers, body).catch((error: unknown) => {
      this.#deps.log.debug('sip-notify-failed', { ...this.#ids(), error: wordsOf(error) });
    });
  }

  #takeOffer(req: SrfRequest, res: SrfResponse): void {
    if (this.#isOver) return res.send(481);
    if (this.#isOffering) return res.send(491);
    const offer = req.body ?? '';
    if (offer === '') {
      if (req.method === 'UPDATE') return res.send(200, { headers: this.#contact() });
      this.#awaitsAnswer = true;
      this.#localSdp = this.#parts.events.freshOffer?.() ?? this.#localSdp;
      return res.send(200, { headers: this.#sdpHeaders(), body: this.#localSdp });
    }
    if (!/^application\/sdp\s*(;|$)/i.test(req.get('Content-Type') ?? '')) {
      return res.send(415, { headers: { Accept: 'application/sdp' } });
    }
    const answer = this.#answerTo(offer);
    if (answer === null) return res.send(488);
    this.#localSdp = answer;
    res.send(200, { headers: this.#sdpHeaders(), body: answer });
  }

  #answerTo(offer: string): string | null {
    try {
      return this.#parts.events.offered(offer);
    } catch (error) {
      this.#deps.log.warn('sip-offer-refused', { ...this.#ids(), error: wordsOf(error) });
      return null;
    }
  }

  /** Sends a request in the dialog, once more with credentials when challenged. */
  async #request(method: string, headers: HeaderRecord, body?: string): Promise<FinalResponse> {
    const first = await this.#sendOnce(method, headers, body);
    const isProxy = first.status === 407;
    if ((first.status !== 401 && !isProxy) || this.#parts.credentials === null) return first;
    const challenge = first.get(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate') ?? '';
    const request = { method, uri: first.req.uri, cnonce: this.#deps.ids.next() };
    const proof = answerChallenge(hashHex, challenge, request, this.#parts.credentials);
    if (proof === null) return first;
    const name = isProxy ? 'Proxy-Authorization' : 'Authorization';
    return this.#sendOnce(method, { ...headers, [name]: proof }, body);
  }

  #sendOnce(method: string, headers: HeaderRecord, body?: string): Promise<SrfResponse> {
    return new Promise((resolve, reject) => {
      const limit = this.#deps.clock.after(REQUEST_LIMIT_MS, () => reject(this.#unanswered()));
      const options = { method, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
      this.#dialog.request(options, (error, res) => {
        if (res !== undefined && res.status < 200) return;
        limit.cancel();
        if (res === undefined) reject(this.#unsent(error));
        else resolve(res);
      });
    });
  }

  #unanswered(): RingbackError {
    return conflict('SIP_REQUEST_UNANSWERED', 'the peer did not answer', this.#ids());
  }

  #unsent(error: unknown): RingbackError {
    const reason = wordsOf(error);
    return conflict('SIP_REQUEST_UNSENT', `not sent: ${reason}`, { ...this.#ids(), reason });
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.#deps.clock.after(delayMs, resolve));
  }

  #contact(): HeaderRecord {
    return { Contact: this.#dialog.local.contact };
  }

  #sdpHeaders(): HeaderRecord {
    return { ...this.#contact(), 'Content-Type': 'application/sdp' };
  }

  #ids() {
    return { callId: this.#parts.callId };
  }
}
