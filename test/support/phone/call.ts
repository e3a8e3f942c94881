// One call of the test phone, in either direction: its signalling, its sound and its record of what
// happened when. It does what the script says, also what a well-behaved phone would not.
import { setTimeout as delay } from 'node:timers/promises';
import type { Credentials } from './digest.ts';
import { answerChallenge } from './digest.ts';
import type { Dialog } from './dialog.ts';
import type { ClientRequest, Endpoint } from './endpoint.ts';
import type { HeaderLines, SipText } from './message.ts';
import { header, uriOf, userOf } from './message.ts';
import type { RtpEnd } from './rtp.ts';
import type { ServerRequest } from './server.ts';
import type { Direction, RemoteAudio } from './sdp.ts';
import { mirrored, readSdp, writeSdp } from './sdp.ts';
import type { G711 } from './sound.ts';
import { readSpeech } from './sound.ts';

/** How a call ended. `status` is the final SIP status, 200 for an answered call. */
export interface CallEnd {
  readonly by: 'us' | 'peer' | 'cancelled' | 'expired' | 'failed';
  readonly status: number;
  /** Reason header (RFC 3326) of what ended it, or the reason phrase of a failure. */
  readonly reason: string;
}

/** A call, or a registration, that was refused. */
export class PhoneError extends Error {
  readonly status: number;
  readonly response: SipText;

  constructor(what: string, response: SipText) {
    super(`${what}: ${response.status} ${response.reason}`);
    this.name = 'PhoneError';
    this.status = response.status;
    this.response = response;
  }
}

export interface CallParts {
  readonly endpoint: Endpoint;
  readonly dialog: Dialog;
  readonly rtp: RtpEnd;
  /** The codecs this phone knows, the preferred one first. */
  readonly codecs: readonly G711[];
  readonly localUser: string;
  readonly remoteUser: string;
}

const SDP_TYPE = ['Content-Type', 'application/sdp'] as const;
const ALLOW = ['Allow', 'INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE'] as const;

/** What both directions share: an answered call, its sound and its end. */
export class PhoneCall {
  readonly direction: 'incoming' | 'outgoing';
  readonly callId: string;
  readonly localUser: string;
  readonly remoteUser: string;
  /** The INVITE as received; null for a call we place. */
  readonly invite: SipText | null;
  /** Wall times, null until it happens. */
  readonly startedAtMs = Date.now();
  ringingAtMs: number | null = null;
  answeredAtMs: number | null = null;
  endedAtMs: number | null = null;
  end: CallEnd | null = null;
  /** Resolves once, however the call ends; never rejects. */
  readonly ended: Promise<CallEnd>;
  /** Outgoing: resolves on the answer. Rejects with PhoneError. */
  readonly answered: Promise<void>;
  /** NOTIFY requests received, as `state | first line of the body`. */
  readonly notified: string[] = [];
  /** Bodies of INFO requests received. */
  readonly infos: string[] = [];
  /** re-INVITE and UPDATE requests received with an offer. */
  offersReceived = 0;
  /** A re-INVITE is refused with this instead of being answered. */
  refuseOffersWith: number | null = null;
  readonly #parts: CallParts;
  readonly #server: ServerRequest | null;
  #client: ClientRequest | null = null;
  #cancelled = false;
  #remote: RemoteAudio | null = null;
  #localDirection: Direction = 'sendrecv';
  #described: Direction | null = null;
  #sdpVersion = 0;
  #expiry: NodeJS.Timeout | null = null;
  #settleEnded: (end: CallEnd) => void = () => undefined;
  #settleAnswered: (failure: PhoneError | null) => void = () => undefined;

  /** @param server the INVITE to answer; null for a call to be placed with `place` */
  constructor(parts: CallParts, server: ServerRequest | null) {
    this.#parts = parts;
    this.#server = server;
    this.direction = server ? 'incoming' : 'outgoing';
    this.callId = parts.dialog.callId;
    this.localUser = parts.localUser;
    this.remoteUser = parts.remoteUser;
    this.invite = server?.message ?? null;
    this.ended = new Promise((resolve) => (this.#settleEnded = resolve));
    this.answered = new Promise((resolve, reject) => {
      this.#settleAnswered = (failure) => (failure ? reject(failure) : resolve());
    });
    this.answered.catch(() => undefined);
    if (server) this.#begin(server);
  }

  get live(): boolean {
    return this.end === null;
  }

  /** Digits received as telephone events. */
  get digits(): string {
    return this.#parts.rtp.digits;
  }

  /** RTP packets so far. */
  get packets(): { readonly sent: number; readonly received: number } {
    const { packetsSent, packetsReceived } = this.#parts.rtp;
    return { sent: packetsSent, received: packetsReceived };
  }

  /** Where the peer wants its sound; null before it said so. */
  get remoteAudio(): RemoteAudio | null {
    return this.#remote;
  }

  /** Waits as a person would; false when the call ended meanwhile. */
  async wait(durationMs: number): Promise<boolean> {
    const stop = new AbortController();
    await Promise.race([delay(durationMs, null, { signal: stop.signal }), this.ended]).catch(
      () => undefined,
    );
    stop.abort();
    return this.live;
  }

  /** 180 Ringing. */
  ring(): void {
    this.ringingAtMs ??= Date.now();
    this.#respond(180, 'Ringing');
  }

  /** 183 with a description, and sound before the answer. Resolves when it was played. */
  async earlyMedia(sound: Int16Array | string, options: { loop?: boolean } = {}): Promise<void> {
    this.ringingAtMs ??= Date.now();
    this.#respond(183, 'Session Progress', [SDP_TYPE], this.#describe());
    this.#connect();
    await this.play(sound, options);
  }

  /** 200 OK, sound from now on. False when the call was over already or no ACK came. */
  async answer(): Promise<boolean> {
    const server = this.#server;
    if (!server || !this.live || this.answeredAtMs !== null) return false;
    this.answeredAtMs = Date.now();
    this.#settleAnswered(null);
    this.#respond(200, 'OK', [SDP_TYPE, ALLOW], this.#describe());
    this.#connect();
    const ack = await server.acknowledged;
    if (ack && this.#remote === null) this.#takeRemote(ack);
    if (!ack && this.live) await this.hangUp('SIP;cause=408;text="no ACK"');
    return this.live;
  }

  /** Refuses the call; `reasonHeader` such as `Q.850;cause=17`. */
  reject(status: number, reason: string, options: { reasonHeader?: string } = {}): void {
    if (!this.live || this.answeredAtMs !== null) return;
    const more: HeaderLines = options.reasonHeader ? [['Reason', options.reasonHeader]] : [];
    this.#respond(status, reason, more);
    this.#finish({ by: 'us', status, reason });
  }

  /** Speaks (a WAV file's path or samples); resolves at the end, or when something else plays. */
  async play(sound: Int16Array | string, options: { loop?: boolean } = {}): Promise<void> {
    const samples = typeof sound === 'string' ? readSpeech(sound) : sound;
    await this.#parts.rtp.play(samples, options.loop ?? false);
  }

  stopPlaying(): void {
    this.#parts.rtp.stopPlaying();
  }

  /** Everything heard so far, 8 kHz, from the first packet on; gaps are silence. */
  heard(): Int16Array {
    return this.#parts.rtp.heard();
  }

  async sendDtmf(digits: string): Promise<void> {
    for (const digit of digits) await this.#parts.rtp.sendDtmf(digit);
  }

  /** Ends the call in the way its state asks for: CANCEL, a refusal, or BYE. */
  async hangUp(reasonHeader?: string): Promise<void> {
    if (!this.live) return;
    if (this.answeredAtMs === null) {
      if (this.direction === 'incoming') this.reject(480, 'Temporarily Unavailable');
      else this.cancel(reasonHeader);
      return;
    }
    this.#finish({ by: 'us', status: 200, reason: reasonHeader ?? '' });
    const more: HeaderLines = reasonHeader ? [['Reason', reasonHeader]] : [];
    await this.#parts.endpoint.request(this.#parts.dialog.request('BYE', more)).final;
  }

  /** Gives up a call that we placed before it is answered. */
  cancel(reasonHeader?: string): void {
    this.#cancelled = true;
    this.#client?.cancel(reasonHeader);
  }

  /** Offers again; on hold we send but do not listen. @throws PhoneError when refused */
  async reinvite(hold = false): Promise<void> {
    this.#localDirection = hold ? 'sendonly' : 'sendrecv';
    const { dialog, endpoint } = this.#parts;
    const request = dialog.request('INVITE', [SDP_TYPE, ALLOW], this.#describe());
    const response = await endpoint.request(request).final;
    if (response.status >= 300) throw new PhoneError('re-INVITE refused', response);
    dialog.refreshed(response);
    endpoint.acknowledge(dialog.ack(response));
    this.#takeRemote(response);
  }

  /** A Replaces value that names this call to its peer. */
  get replaces(): string {
    return this.#parts.dialog.replaces;
  }

  /** Asks the peer to call somebody in our place (REFER); answers the status. */
  async refer(to: string, more: HeaderLines = []): Promise<number> {
    const { dialog, endpoint } = this.#parts;
    const request = dialog.request('REFER', [['Refer-To', to], ...more]);
    return (await endpoint.request(request).final).status;
  }

  /** Sends the INVITE of an outgoing call and sees it through. Used by Phone. */
  async place(credentials: Credentials | null, more: HeaderLines): Promise<void> {
    const { dialog, endpoint } = this.#parts;
    const invite = (extra: HeaderLines) => {
      const request = dialog.request(
        'INVITE',
        [SDP_TYPE, ALLOW, ...more, ...extra],
        this.#describe(),
      );
      this.#client = endpoint.request(request, (response) => this.#progressed(response));
      if (this.#cancelled) this.#client.cancel();
      return { request, final: this.#client.final };
    };
    const first = invite([]);
    let response = await first.final;
    if ((response.status === 401 || response.status === 407) && credentials && !this.#cancelled) {
      response = await invite([answerChallenge(response, first.request, credentials, null)]).final;
    }
    if (response.status >= 300) {
      const by = this.#cancelled ? 'cancelled' : 'failed';
      this.#settleAnswered(new PhoneError('call failed', response));
      this.#finish({ by, status: response.status, reason: reasonOf(response) || response.reason });
      return;
    }
    dialog.established(response);
    endpoint.acknowledge(dialog.ack(response));
    this.answeredAtMs = Date.now();
    this.#takeRemote(response);
    this.#settleAnswered(null);
    if (this.#cancelled) await this.hangUp();
  }

  /** A request inside this call. Used by Phone. */
  receive(request: ServerRequest): void {
    const { message } = request;
    switch (message.method) {
      case 'CANCEL':
        request.respond(200, 'OK');
        if (this.answeredAtMs !== null || !this.live) return;
        this.#respond(487, 'Request Terminated');
        this.#finish({ by: 'cancelled', status: 487, reason: reasonOf(message) });
        return;
      case 'BYE':
        request.respond(200, 'OK');
        this.#finish({ by: 'peer', status: 200, reason: reasonOf(message) });
        return;
      case 'INVITE':
      case 'UPDATE':
        this.#offered(request);
        return;
      case 'INFO':
        this.infos.push(message.body);
        request.respond(200, 'OK');
        return;
      case 'NOTIFY':
        this.notified.push(`${header(message, 'subscription-state')} | ${message.body.trim()}`);
        request.respond(200, 'OK');
        return;
      case 'OPTIONS':
        request.respond(200, 'OK', [ALLOW]);
        return;
      default:
        request.respond(501, 'Not Implemented');
    }
  }

  #begin(server: ServerRequest): void {
    server.respond(100, 'Trying');
    this.#takeRemote(server.message);
    const seconds = Number(header(server.message, 'expires'));
    if (!(seconds > 0)) return;
    this.#expiry = setTimeout(() => {
      if (!this.live || this.answeredAtMs !== null) return;
      this.#respond(487, 'Request Terminated');
      this.#finish({ by: 'expired', status: 487, reason: 'Expires' });
    }, seconds * 1000);
  }

  #respond(status: number, reason: string, more: HeaderLines = [], body = ''): void {
    if (!this.live) return;
    const { dialog } = this.#parts;
    this.#server?.respond(
      status,
      reason,
      [['To', dialog.toWithTag], dialog.contactHeader, ...more],
      body,
    );
  }

  #progressed(response: SipText): void {
    if (response.status > 100) this.ringingAtMs ??= Date.now();
    if (response.body !== '') this.#takeRemote(response);
  }

  #offered(request: ServerRequest): void {
    this.offersReceived++;
    if (this.refuseOffersWith !== null) {
      request.respond(this.refuseOffersWith, 'Not Acceptable Here');
      return;
    }
    this.#parts.dialog.refreshed(request.message);
    const offer = readSdp(request.message.body);
    if (offer) this.#localDirection = mirrored(offer.direction);
    this.#takeRemote(request.message);
    request.respond(200, 'OK', [this.#parts.dialog.contactHeader, SDP_TYPE], this.#describe());
    if (!offer) void request.acknowledged.then((ack) => ack && this.#takeRemote(ack));
  }

  #takeRemote(message: SipText): void {
    this.#remote = readSdp(message.body) ?? this.#remote;
    if (this.answeredAtMs !== null) this.#connect();
  }

  #describe(): string {
    const { rtp, codecs } = this.#parts;
    const chosen = this.#remote?.codec;
    if (this.#described !== this.#localDirection) this.#sdpVersion++;
    this.#described = this.#localDirection;
    return writeSdp({
      host: rtp.host,
      port: rtp.port,
      codecs: this.direction === 'incoming' && chosen ? [this.#codec()] : codecs,
      direction: this.#localDirection,
      sessionId: this.startedAtMs,
      version: this.#sdpVersion,
    });
  }

  /** The phone's preferred codec when the peer has it, else the peer's. */
  #codec(): G711 {
    const [preferred = 'PCMU'] = this.#parts.codecs;
    return this.#parts.codecs.length === 1 ? preferred : (this.#remote?.codec ?? preferred);
  }

  #connect(): void {
    if (!this.#remote || !this.live) return;
    const may = this.#localDirection === 'sendrecv' || this.#localDirection === 'sendonly';
    this.#parts.rtp.connect(this.#remote, this.#codec(), may);
  }

  #finish(end: CallEnd): void {
    if (this.end) return;
    this.end = end;
    this.endedAtMs = Date.now();
    if (this.#expiry) clearTimeout(this.#expiry);
    this.#parts.rtp.close();
    this.#settleEnded(end);
  }
}

function reasonOf(message: SipText): string {
  return header(message, 'reason');
}

/** Users of both sides of an INVITE: whom it calls and who calls. */
export function partiesOf(invite: SipText): { readonly called: string; readonly calling: string } {
  return { called: userOf(invite.uri), calling: userOf(uriOf(header(invite, 'from'))) };
}
