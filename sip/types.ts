// The public face of sip/: what the rest of the house may say to a telephone network.
// Nothing here knows RTP, queues or callbacks; an SDP body is an opaque string.
import type { Clock, Ids, Log, Rng } from '../core/ports.ts';
import type { Ban, GuardHandle, GuardOptions } from './guard/types.ts';
import type { Dns } from './transport/dns.ts';
import type { DialogName, ReferRequest } from './transfer-types.ts';
import type { TrunkGroupOptions, TrunkPolicy, TrunkView } from './trunk-types.ts';

export type { Ban, BanRules, GuardHandle, GuardOptions, RateLimit } from './guard/types.ts';
export type * from './trunk-types.ts';
export type * from './transfer-types.ts';

import type { ConnectionOptions, TlsOptions, WebSocketOptions } from './transport/options.ts';
export type * from './transport/options.ts';

/** `tls` is SIP over TLS on TCP; `ws` and `wss` are RFC 7118. */
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** One bound socket. Port 0 in a request means "any free port"; answers carry the real one. */
export interface ListenAddress {
  readonly protocol: TransportProtocol;
  readonly host: string;
  readonly port: number;
}

/** RFC 3261 table 4. */
export interface SipTimers {
  /** Round-trip estimate T1; 500 ms by default. */
  readonly t1Ms: number;
  /** Longest retransmission interval T2; 4,000 ms by default. */
  readonly t2Ms: number;
  /** Longest life of a message in the network T4; 5,000 ms by default. */
  readonly t4Ms: number;
  /** An INVITE without any response, 100 included, fails after this; 64 T1 at most (timer B). */
  readonly inviteSilenceMs?: number;
}

/** Where copies of all SIP messages go: a collector that speaks HEP version 3 (Homer). */
export interface HepOptions {
  readonly host: string;
  readonly port: number;
  /** Tells this capture agent from others, 32 bits. */
  readonly captureId: number;
  /** The collector's key, sent in clear with every packet; null: none. */
  readonly password: string | null;
}

/** An application that waits to be connected to (`srf.listen`): drachtio's outbound mode. */
export interface RequestHandler {
  /** Whose new requests it gets, in upper case; `*`: those of every method. */
  readonly method: string;
  readonly host: string;
  readonly port: number;
}

/** What the SIP engine (the thread behind the drachtio control protocol) is made from. */
export interface EngineOptions {
  readonly listen: readonly ListenAddress[];
  /** Host put into Via, Contact and Record-Route instead of the bound one; null keeps the bound. */
  readonly externalHost: string | null;
  /** Where drachtio-srf connects; host is a loopback address, port 0 picks a free one. */
  readonly control: { readonly host: string; readonly port: number; readonly secret: string };
  /** Connected to for each new request; the first that fits. They go before who connected to us. */
  readonly handlers?: readonly RequestHandler[];
  readonly timers: SipTimers;
  /** Needed by `tls` and `wss` sockets, and only by them. */
  readonly tls?: TlsOptions | null;
  readonly webSocket?: WebSocketOptions;
  /** Name servers, `192.0.2.53` or `192.0.2.53:53`; empty or left out: the system's. */
  readonly dnsServers?: readonly string[];
  readonly connections?: ConnectionOptions;
  /** Whether every message is copied to `onTrace` listeners. */
  readonly trace: boolean;
  readonly hep?: HepOptions;
  /** Limits for strangers; left out, everybody is served. */
  readonly guard?: GuardOptions;
  /** Most of each at once; beyond, 503 with Retry-After, then silence. Defaults where left out. */
  readonly limits?: {
    readonly transactions?: number;
    readonly dialogs?: number;
    readonly tcpConnections?: number;
  };
}

/** One message as it stood on the wire. */
export interface TracedMessage {
  readonly atMs: number;
  readonly direction: 'sent' | 'received';
  readonly protocol: TransportProtocol;
  /** `host:port` of our socket and of the peer. */
  readonly local: string;
  readonly remote: string;
  readonly callId: string;
  /** `INVITE sip:... SIP/2.0` or `SIP/2.0 200 OK`. */
  readonly startLine: string;
  /** CSeq value, `1 INVITE`. */
  readonly cseq: string;
  readonly text: string;
}

/** A running engine, in this thread or another. */
export interface EngineHandle {
  readonly control: { readonly host: string; readonly port: number; readonly secret: string };
  readonly listening: readonly ListenAddress[];
  onTrace(listener: (message: TracedMessage) => void): void;
  /** Called once when the engine dies by itself (never after `stop`). */
  onDeath(listener: (cause: Error) => void): void;
  /** Gauges and counters: live transactions, dialogs, connections, messages in and out. */
  stats(): Promise<Readonly<Record<string, number>>>;
  /** Absent when the engine has no guard of ours. */
  readonly guard?: GuardHandle;
  stop(): Promise<void>;
}

/** How a number is written in the Request-URI and From towards a trunk. */
export type NumberFormat = 'e164' | 'e164-without-plus' | 'national';

/** What `TrunkPolicy` leaves out is as plain as can be. */
export interface TrunkOptions extends Partial<TrunkPolicy> {
  readonly name: string;
  readonly host: string;
  /** Null: by SRV records of the name, else the usual one (RFC 3263 s.4.2). */
  readonly port: number | null;
  /** `any`: by NAPTR records of the name, else the first that we have of UDP, TCP, TLS. */
  readonly protocol: TransportProtocol | 'any';
  /** Credentials for the trunk's 401/407; null when the trunk knows us by address. */
  readonly credentials: { readonly username: string; readonly password: string } | null;
  /** Source addresses (exact IP, or CIDR) from which this trunk's calls are accepted. */
  readonly inboundFrom: readonly string[];
  /** E.164 shown to the customer. */
  readonly callerId: string;
  readonly numberFormat: NumberFormat;
  /** ISO 3166 country whose national form is meant by `national`, for example `US`. */
  readonly country: string;
}

export interface RegistrarOptions {
  /** Realm of the challenge and domain of the addresses of record. */
  readonly realm: string;
  readonly minExpiresSeconds: number;
  readonly maxExpiresSeconds: number;
  readonly defaultExpiresSeconds: number;
  readonly maxContactsPerUser: number;
  readonly nonceTtlSeconds: number;
}

/** One who may register: the hashes only, never the password. */
export interface Subscriber {
  readonly username: string;
  /** H(username:realm:password), lower-case hex (RFC 7616 s.3.4.2). */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

/** One contact of an address of record (RFC 3261 s.10.3). */
export interface Binding {
  readonly username: string;
  /** The Contact URI as registered. */
  readonly contact: string;
  readonly callId: string;
  readonly cseq: number;
  readonly expiresAtMs: number;
  /** Where the REGISTER came from, `udp/127.0.0.1:5070`: calls go there, NAT or not. */
  readonly receivedFrom: string;
  readonly userAgent: string | null;
  /** Route for requests towards the contact (RFC 3327 s.5.3); null or left out: none. */
  readonly path?: string | null;
}

/** Who may register and who has: durable, so that a restart forgets nobody. */
export interface RegistrarStore {
  putSubscriber(subscriber: Subscriber): void;
  removeSubscriber(username: string): void;
  subscriber(username: string): Subscriber | null;
  putBinding(binding: Binding): void;
  removeBinding(username: string, contact: string): void;
  /** Live bindings of a user, newest first; expired ones are not returned. */
  bindings(username: string, nowMs: number): readonly Binding[];
  allBindings(nowMs: number): readonly Binding[];
  removeExpired(nowMs: number): number;
  close(): void;
}

export interface SipOptions {
  readonly engine: EngineOptions;
  /** True: the engine runs in a worker thread (live). False: in this one (tests). */
  readonly engineInWorker: boolean;
  readonly trunks: readonly TrunkOptions[];
  readonly trunkGroups?: readonly TrunkGroupOptions[];
  readonly registrar: RegistrarOptions;
  /** Most calls at once, both directions; more get 503 with Retry-After. */
  readonly maxCalls: number;
}

export interface SipDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly ids: Ids;
  readonly log: Log;
  readonly registrarStore: RegistrarStore;
  /** Where it is kept which trunks are switched off; left out: until the next start only. */
  readonly trunkSwitchesFile?: string;
  /** How trunks are found; the servers of the engine's options, or the system's, if left out. */
  readonly dns?: Dns;
}

/** Whom to call. `trunk` names a trunk or a group; null means the first configured trunk. */
export type CallTarget =
  | { readonly kind: 'number'; readonly number: string; readonly trunk: string | null }
  | { readonly kind: 'user'; readonly username: string };

export interface OriginateRequest {
  readonly target: CallTarget;
  /** E.164 or user shown to the callee; null: the trunk's caller ID, or "ringback" for users. */
  readonly callerId: string | null;
  readonly displayName: string | null;
  /** The callee is not told who calls (RFC 3323); on calls to numbers only. */
  readonly withholdCallerId?: boolean;
  readonly offerSdp: string;
  /** For those contacts of a user that are reached over WebSocket: browsers want another one. */
  readonly webSocketOfferSdp?: string;
  /** Unanswered after this the call is cancelled; Expires (RFC 3261 s.13.2.1) is 2 s longer. */
  readonly ringTimeoutMs: number;
  /** Extra headers; names must be tokens, values without CR or LF (refused otherwise). */
  readonly headers: Readonly<Record<string, string>>;
}

/** Why a call never was answered. */
export interface CallFailure {
  /** Final SIP status, synthetic ones included (408 no answer from the network, 503 no route). */
  readonly status: number;
  readonly reason: string;
  /** Q.850 cause of the Reason header (RFC 3326), if there was one. */
  readonly q850Cause: number | null;
  /** True when we cancelled: ring time-out or `hangUp` before the answer. */
  readonly cancelledByUs: boolean;
  /** Present when the call was refused here: a number that may not be called, or be shown. */
  readonly refused?: 'destination' | 'caller-id';
  /** Present and true when nothing was heard from the network: the status is our own. */
  readonly unheard?: true;
  /** Present and true when our own engine is gone: the peer is not to blame, and may still ring. */
  readonly engineLost?: true;
  /** Retry-After of the response (RFC 3261 s.20.33). */
  readonly retryAfterSeconds?: number;
  /** Contact of a 3xx that was not followed. */
  readonly redirectTo?: string;
}

/** What happens to a call that we placed; at most one of `failed` or `ended`, always one. */
export interface OutboundCallEvents {
  /** An INVITE goes out through this trunk; again for every further one that is tried. */
  trunkChosen?(trunk: string): void;
  /** 180, 181, 182, 183; `sdp` is the body of early media, if any. */
  provisional(status: number, sdp: string | null): void;
  answered(sdp: string): void;
  failed(failure: CallFailure): void;
  /** An answered call is over. `by` peer: BYE from there; engine: transport or timer. */
  ended(by: 'peer' | 'us' | 'engine', reason: string): void;
  /** re-INVITE or UPDATE with an offer: the answer's SDP, or null to refuse with 488. */
  offered(sdp: string): string | null;
  /** An INVITE in the dialog without an offer: ours goes into the 200 (RFC 3264 s.4). */
  freshOffer?(): string;
  /** SIP INFO, for example DTMF relay. */
  info(contentType: string, body: string): void;
  /** The answer in the peer's ACK, when our offer stood in a 200 (an INVITE without SDP). */
  lateAnswer?(sdp: string): void;
  /** The peer asks for a transfer (RFC 3515). Left out: it is told that it may not (405). */
  referred?(request: ReferRequest): void;
}

/** A live call in either direction, once placed or accepted. */
export interface CallLeg {
  /** SIP Call-ID. For a forked or challenged call it stays the same. */
  readonly callId: string;
  /** What a Replaces calls it, from its answer on. */
  readonly dialog?: DialogName | null;
  /** CANCEL before the answer, BYE after; idempotent. `reason` goes into a Reason header. */
  hangUp(reason: string): void;
  /** Sends a re-INVITE with this offer and answers the peer's SDP. @throws RingbackError */
  reoffer(sdp: string): Promise<string>;
}

/** A call that came in and waits for our answer. */
export interface InboundCall {
  readonly callId: string;
  /** From a trunk (by source address) or from a registered user (authenticated). */
  readonly source:
    | { readonly kind: 'trunk'; readonly trunk: string }
    | { readonly kind: 'user'; readonly username: string };
  /** Caller's number in E.164 if it can be read as one (trunk's country), else null. */
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  /** User part of the Request-URI as received, and in E.164 when it is a number. */
  readonly calledUser: string;
  readonly calledNumber: string | null;
  /** Empty when the INVITE came without an offer. */
  readonly offerSdp: string;
  /** An answered call of ours that this one shall take the place of (RFC 3891), or null. */
  readonly replaces?: DialogName | null;
  /** Sends 180, or 183 with early media. */
  ring(sdp: string | null): void;
  /** Sends 200 and resolves when the dialog stands. Rejects if the caller hung up meanwhile. */
  answer(sdp: string, events: InboundCallEvents): Promise<CallLeg>;
  reject(status: number, reason: string): void;
  /** The caller cancelled before the answer. */
  onCancelled(listener: () => void): void;
}

/** As for calls that we placed; `lateAnswer` is the ACK's SDP when the INVITE had no offer. */
export interface InboundCallEvents extends Pick<
  OutboundCallEvents,
  'ended' | 'offered' | 'freshOffer' | 'info' | 'referred'
> {
  lateAnswer(sdp: string): void;
}

/** The face of sip/. */
export interface Sip {
  /** Binds sockets. @throws RingbackError SIP_LISTEN_FAILED {protocol, host, port, reason} */
  start(): Promise<{ readonly listening: readonly ListenAddress[] }>;
  stop(): Promise<void>;
  /** Places a call. Bad requests (unknown trunk, no registration) end in `failed`, not a throw. */
  originate(request: OriginateRequest, events: OutboundCallEvents): CallLeg;
  onInbound(listener: (call: InboundCall) => void): void;
  onTrace(listener: (message: TracedMessage) => void): void;
  onRegistrationChanged(listener: (username: string, registered: boolean) => void): void;
  /** Makes or changes one who may register. The password is hashed here and not kept. */
  putSubscriber(username: string, password: string): void;
  removeSubscriber(username: string): void;
  /** Whether this is the user's password; unknown users and wrong passwords look alike. */
  readonly verifyPassword: (username: string, password: string) => boolean;
  bindings(username: string): readonly Binding[];
  /** Every trunk as it is now, in the order of the configuration. */
  trunks(): readonly TrunkView[];
  /**
   * Takes a trunk out of use, or back, also for later starts; calls that live go on.
   * @throws RingbackError SIP_TRUNK_UNKNOWN {trunk}
   */
  setTrunkEnabled(name: string, enabled: boolean): TrunkView;
  /**
   * Takes these trunks and groups from now on; those that did not change keep their state, and
   * calls that live go on. The guard goes on with the addresses it was started with.
   * @throws RingbackError SIP_TRUNK_INVALID, SIP_TRUNK_GROUP_INVALID, SIP_HEADER_REFUSED; nothing
   *   has changed then
   */
  setTrunks(trunks: readonly TrunkOptions[], groups: readonly TrunkGroupOptions[]): void;
  /** A trunk's state or registration is another one now. */
  onTrunkChanged(listener: (trunk: TrunkView) => void): void;
  /** Sources that get no answer for a time, after too many wrong passwords; latest first. */
  bans(): Promise<readonly Ban[]>;
  /** Ends a ban and forgets its history; false when there is none. */
  liftBan(source: string): Promise<boolean>;
  /** Live calls, trunks and engine gauges, for health and metrics. */
  stats(): Promise<Readonly<Record<string, number>>>;
}
