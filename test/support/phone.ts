// A scriptable telephone for tests and the demo: SIP over UDP and RTP, written apart from the
// engine so that it is an independent peer. `phone/behaviours.ts` has people, machines and faxes.
import type { Credentials, ChallengeOptions, DigestAlgorithm } from './phone/digest.ts';
import { answerChallenge, Challenger } from './phone/digest.ts';
import { partiesOf, PhoneCall, PhoneError } from './phone/call.ts';
import { Dialog } from './phone/dialog.ts';
import type { PhoneTrace } from './phone/endpoint.ts';
import { Endpoint } from './phone/endpoint.ts';
import type { HeaderLines, HostPort, SipText } from './phone/message.ts';
import { header, parameter, userOf } from './phone/message.ts';
import { RtpEnd } from './phone/rtp.ts';
import type { ServerRequest } from './phone/server.ts';
import type { G711 } from './phone/sound.ts';

export { PhoneCall, PhoneError } from './phone/call.ts';
export type { CallEnd } from './phone/call.ts';
export type { ChallengeOptions, Credentials, DigestAlgorithm } from './phone/digest.ts';
export type { PhoneTrace } from './phone/endpoint.ts';
export type { SipText } from './phone/message.ts';

export interface PhoneOptions {
  /** User part of its own addresses. */
  readonly name: string;
  readonly host?: string;
  /** 0, the default: any free port. */
  readonly port?: number;
  /** Preferred codec; with `onlyCodec` the phone knows no other. */
  readonly codec?: G711;
  readonly onlyCodec?: boolean;
  /** Sends RTP from another port than it announces. */
  readonly rtpFromOtherPort?: boolean;
  /** Callers must authenticate. */
  readonly challenge?: ChallengeOptions;
  /** Whether the nth message (from 1) is lost. */
  readonly dropReceived?: (n: number, message: SipText) => boolean;
  readonly dropSent?: (n: number, message: SipText) => boolean;
  /** Every message is read this much later. */
  readonly delayMs?: number;
  readonly trace?: (message: PhoneTrace) => void;
}

export interface RegisterOptions extends Credentials {
  readonly registrar: HostPort;
  readonly expiresSeconds?: number;
  /** Which challenge to answer when several are offered; the first known one by default. */
  readonly algorithm?: DigestAlgorithm;
}

export interface DialOptions {
  /** Request-URI, `sip:+15550100@127.0.0.1:5060`. */
  readonly to: string;
  /** Caller's URI; the phone's own by default. */
  readonly from?: string;
  readonly auth?: Credentials;
  /** Where the INVITE goes instead of the URI's host. */
  readonly via?: HostPort;
  readonly headers?: HeaderLines;
}

/** One telephone on one UDP port. */
export class Phone {
  readonly name: string;
  readonly address: HostPort;
  /** Every call so far in either direction, oldest first. */
  readonly calls: PhoneCall[] = [];
  /** INVITEs whose calls are being made ready, by Call-ID. */
  readonly #arriving = new Map<string, Promise<PhoneCall>>();
  readonly #options: PhoneOptions;
  readonly #endpoint: Endpoint;
  readonly #challenger: Challenger | null;
  #handler: (call: PhoneCall) => unknown = (call) => call.reject(480, 'Temporarily Unavailable');
  #registration: { dialog: Dialog; options: RegisterOptions } | null = null;

  /** Binds a port. Close the phone after use. */
  static async open(options: PhoneOptions): Promise<Phone> {
    let receive: (request: ServerRequest) => void = () => undefined;
    const endpoint = await Endpoint.open(
      {
        host: options.host ?? '127.0.0.1',
        port: options.port ?? 0,
        trace: options.trace ?? (() => undefined),
        dropReceived: options.dropReceived ?? (() => false),
        dropSent: options.dropSent ?? (() => false),
        delayMs: options.delayMs ?? 0,
      },
      (request) => receive(request),
    );
    const phone = new Phone(options, endpoint);
    receive = (request) => phone.#receive(request);
    return phone;
  }

  private constructor(options: PhoneOptions, endpoint: Endpoint) {
    this.#options = options;
    this.#endpoint = endpoint;
    this.name = options.name;
    this.address = endpoint.address;
    this.#challenger = options.challenge ? new Challenger(options.challenge) : null;
  }

  /** `sip:name@host:port`. */
  get uri(): string {
    return `sip:${this.name}@${this.address.host}:${this.address.port}`;
  }

  /** Most calls that were live at the same moment. */
  get maxConcurrentCalls(): number {
    return mostAtOnce(this.calls);
  }

  /** Most calls to this number at the same moment: 2 means somebody was dialled twice at once. */
  maxConcurrentCallsTo(user: string): number {
    return mostAtOnce(this.calls.filter((call) => call.localUser === user));
  }

  /** What to do with every call that comes in; without it calls are refused with 480. */
  onCall(handler: (call: PhoneCall) => unknown): void {
    this.#handler = handler;
  }

  /** Registers this phone's contact. @throws PhoneError when refused */
  async register(options: RegisterOptions): Promise<void> {
    const { registrar, username } = options;
    const record = `sip:${username}@${registrar.host}`;
    const contact = `sip:${username}@${this.address.host}:${this.address.port}`;
    const dialog = this.#registration?.dialog ?? Dialog.calling(record, record, contact, registrar);
    this.#registration = { dialog, options };
    await this.#sendRegister(dialog, options, options.expiresSeconds ?? 300);
  }

  /** Removes the registration made before. @throws PhoneError when refused */
  async unregister(): Promise<void> {
    if (!this.#registration) throw new Error('not registered');
    const { dialog, options } = this.#registration;
    await this.#sendRegister(dialog, options, 0);
  }

  /** Places a call and answers at once; see the call's `answered`, `ended` and `cancel`. */
  async place(options: DialOptions): Promise<PhoneCall> {
    const dialog = Dialog.calling(
      options.from ?? this.uri,
      options.to,
      this.uri,
      options.via ?? null,
    );
    const call = await this.#makeCall(dialog, null, this.name, userOf(options.to));
    void call.place(options.auth ?? null, options.headers ?? []);
    return call;
  }

  /** Places a call; resolves when it is answered. @throws PhoneError with the final status */
  async dial(options: DialOptions): Promise<PhoneCall> {
    const call = await this.place(options);
    await call.answered;
    return call;
  }

  /** Hangs up what is live and frees the ports. */
  async close(): Promise<void> {
    const live = this.calls.filter((call) => call.live);
    const limit = new Promise((resolve) => setTimeout(resolve, 500).unref());
    await Promise.race([Promise.all(live.map((call) => call.hangUp())), limit]);
    this.#endpoint.close();
  }

  async #sendRegister(dialog: Dialog, options: RegisterOptions, seconds: number): Promise<void> {
    const expires: HeaderLines = [['Expires', String(seconds)]];
    const send = async (more: HeaderLines) => {
      const request = registerRequest(dialog, options, [...expires, ...more]);
      return { request, response: await this.#endpoint.request(request).final };
    };
    const first = await send([]);
    let { response } = first;
    if (response.status === 401 || response.status === 407) {
      const proof = answerChallenge(response, first.request, options, options.algorithm ?? null);
      ({ response } = await send([proof]));
    }
    if (response.status >= 300) throw new PhoneError('registration refused', response);
  }

  async #makeCall(
    dialog: Dialog,
    server: ServerRequest | null,
    localUser: string,
    remoteUser: string,
  ): Promise<PhoneCall> {
    const { codec = 'PCMU', onlyCodec = false, rtpFromOtherPort = false } = this.#options;
    const other: G711 = codec === 'PCMU' ? 'PCMA' : 'PCMU';
    const rtp = await RtpEnd.open({
      host: this.address.host,
      sendFromOtherPort: rtpFromOtherPort,
    });
    const codecs = onlyCodec ? [codec] : [codec, other];
    const parts = { endpoint: this.#endpoint, dialog, rtp, codecs, localUser, remoteUser };
    const call = new PhoneCall(parts, server);
    this.calls.push(call);
    return call;
  }

  #receive(request: ServerRequest): void {
    const { message } = request;
    const callId = header(message, 'call-id');
    const arriving = this.#arriving.get(callId);
    if (arriving && message.method === 'CANCEL') {
      void arriving.then((call) => call.receive(request));
      return;
    }
    const known = this.calls.find((call) => call.callId === callId);
    const inDialog = parameter(header(message, 'to'), 'tag') !== '';
    if (known && (inDialog || message.method === 'CANCEL')) {
      if (known.live || message.method === 'CANCEL') known.receive(request);
      else request.respond(481, 'Call/Transaction Does Not Exist');
    } else if (message.method === 'INVITE' && !inDialog) {
      if (this.#admits(request)) void this.#ringIn(request);
    } else if (message.method === 'OPTIONS') {
      request.respond(200, 'OK');
    } else if (message.method === 'CANCEL' || inDialog) {
      request.respond(481, 'Call/Transaction Does Not Exist');
    } else {
      request.respond(405, 'Method Not Allowed');
    }
  }

  #admits(request: ServerRequest): boolean {
    const verdict = this.#challenger?.judge(request.message) ?? 'pass';
    if (verdict === 'refuse') request.respond(403, 'Forbidden');
    const asked = verdict === 'challenge' ? this.#challenger?.challenge() : undefined;
    if (asked) request.respond(asked.status, 'Who are you', asked.headers);
    return verdict === 'pass';
  }

  async #ringIn(request: ServerRequest): Promise<void> {
    const dialog = Dialog.called(request.message, this.uri);
    const { called, calling } = partiesOf(request.message);
    const callId = header(request.message, 'call-id');
    const arriving = this.#makeCall(dialog, request, called, calling);
    this.#arriving.set(callId, arriving);
    const call = await arriving.finally(() => this.#arriving.delete(callId));
    if (call.live) await this.#handler(call);
  }
}

/** A REGISTER goes to the registrar's domain, not to the address of record (s.10.2). */
function registerRequest(dialog: Dialog, options: RegisterOptions, more: HeaderLines) {
  const { host, port } = options.registrar;
  return { ...dialog.request('REGISTER', more), uri: `sip:${host}:${port}` };
}

function mostAtOnce(calls: readonly PhoneCall[]): number {
  const liveAt = (atMs: number) =>
    calls.filter((call) => call.startedAtMs <= atMs && (call.endedAtMs ?? Infinity) > atMs).length;
  return Math.max(0, ...calls.map((call) => liveAt(call.startedAtMs)));
}
