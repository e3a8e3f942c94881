// What a trunk on the open Internet is told to do and what it says of itself. Types only.
// RFC 3261 s.10 (registration), s.11 (OPTIONS), s.8.1.3.4 (redirects), s.20.33 (Retry-After);
// RFC 3323 and RFC 3325 (privacy); ITU-T E.164 (numbers).

/** Kinds of numbers that may be forbidden as a whole; the numbering plans are libphonenumber's. */
export type NumberKind = 'premium-rate' | 'satellite' | 'shared-cost' | 'personal';

/** Which numbers may be called. The longest matching prefix decides; a tie is forbidden. */
export interface DestinationRules {
  /** E.164 prefixes such as `+44`; empty: everything that is not forbidden. */
  readonly allowedPrefixes: readonly string[];
  readonly forbiddenPrefixes: readonly string[];
  /** Forbidden whatever the prefixes say. */
  readonly forbiddenKinds: readonly NumberKind[];
}

/** How reachability is asked for (OPTIONS); half-open on both ways. */
export interface PingOptions {
  readonly intervalMs: number;
  /** So many pings in a row unanswered, and it is down. */
  readonly failuresToDown: number;
  /** So many answered in a row, and it is up again. */
  readonly successesToUp: number;
}

/** Our registration with the trunk, under the user name of its credentials. */
export interface TrunkRegistration {
  /** Domain of the address of record; null: the trunk's host. */
  readonly domain: string | null;
  /** What is asked for; the trunk may give less, or want more (423). */
  readonly expiresSeconds: number;
}

export interface TrunkLimits {
  /** New calls per second, in a burst of at most one second's worth; null: no limit. */
  readonly callsPerSecond: number | null;
  /** Live calls that we placed; null: no limit. */
  readonly maxCalls: number | null;
  /** How long a call waits for its turn before the next trunk is tried. */
  readonly maxWaitMs: number;
}

/** Everything beyond address and number format. What is left out is as plain as can be. */
export interface TrunkPolicy {
  /** E.164 numbers that may be shown besides `callerId`; null: any number. */
  readonly allowedCallerIds: readonly string[] | null;
  /** Applied to the written number, in this order. */
  readonly dialing: { readonly stripDigits: number; readonly prefix: string };
  readonly destinations: DestinationRules;
  /** On every INVITE; the same rules as for headers of a request. */
  readonly headers: Readonly<Record<string, string>>;
  readonly privacy: {
    readonly withholdCallerId: boolean;
    /** Whether it is in our trust domain and is told P-Asserted-Identity (RFC 3325). */
    readonly trusted: boolean;
  };
  readonly redirects: {
    /** 3xx followed for one call; 0: none. */
    readonly max: number;
    /** Host names, addresses and networks besides the trunk's own host. */
    readonly allowedHosts: readonly string[];
  };
  readonly limits: TrunkLimits;
  /** An INVITE of which nothing is heard, not even 100, fails after this; null: the engine's. */
  readonly inviteTimeoutMs: number | null;
  /** Null: never asked, always up. */
  readonly ping: PingOptions | null;
  /** Null: it knows us without. */
  readonly registration: TrunkRegistration | null;
}

/** Several trunks under one name. Lower priority first; within it, shares by weight. */
export interface TrunkGroupOptions {
  readonly name: string;
  readonly members: readonly TrunkGroupMember[];
}

export interface TrunkGroupMember {
  readonly trunk: string;
  readonly priority: number;
  /** 0: only when the others of its priority cannot. */
  readonly weight: number;
}

/** `down`: unanswered pings or not registered. `resting`: it sent Retry-After. */
export type TrunkState = 'up' | 'down' | 'resting' | 'disabled';

export type TrunkRegistrationState =
  'unregistered' | 'registering' | 'registered' | 'waiting' | 'unregistering';

/** One thing that went wrong on a trunk. */
export interface TrunkFailure {
  readonly atMs: number;
  readonly what: 'call' | 'ping' | 'registration';
  /** SIP status, our own ones included (408 unanswered, 503 not sent). */
  readonly status: number;
  readonly reason: string;
}

/** One server behind a trunk's name, as it is now. */
export interface TrunkTargetView {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** `resting`: it sent Retry-After. */
  readonly state: 'up' | 'down' | 'resting';
  /** Why it is down; null otherwise. */
  readonly reason: string | null;
}

/** A trunk as it is now. */
export interface TrunkView {
  readonly name: string;
  readonly host: string;
  /** Null: found by DNS, or the usual one of the protocol. */
  readonly port: number | null;
  readonly protocol: string;
  readonly groups: readonly string[];
  readonly state: TrunkState;
  /** Why it is not up; null when it is. */
  readonly reason: string | null;
  readonly sinceMs: number;
  /** Until when it rests; null when it does not. */
  readonly restsUntilMs: number | null;
  readonly liveCalls: number;
  readonly waitingCalls: number;
  /** New calls per second, mean of the last ten. */
  readonly callsPerSecond: number;
  /** Calls sent to it since the start. */
  readonly callsTotal: number;
  /** Calls, pings and registrations that failed since the start. */
  readonly failuresTotal: number;
  readonly registration: {
    readonly state: TrunkRegistrationState;
    readonly sinceMs: number;
    readonly expiresAtMs: number | null;
    readonly reason: string | null;
  } | null;
  /** The servers that its name led to last, in the order of DNS. */
  readonly targets: readonly TrunkTargetView[];
  /** The last ones, newest first. */
  readonly failures: readonly TrunkFailure[];
}
