// What the guard is told and what it says. Types only; RFC 3261 s.26.1 for the threats.

/** How strangers are held. Addresses in `allow` are never limited, refused or banned. */
export interface GuardOptions {
  /** Addresses and networks (CIDR): trunks, and what the operator trusts. */
  readonly allow: readonly string[];
  /** Requests each source may send: a steady rate, and so many at once. */
  readonly perSource: RateLimit;
  /** Requests of all sources together that never proved anything. */
  readonly strangers: RateLimit;
  /** Parts of User-Agent values, in lower case, whose senders get no answer. */
  readonly refusedUserAgents: readonly string[];
  readonly bans: BanRules;
  /** Where bans are kept over a restart; left out: nowhere. */
  readonly bansFile?: string;
}

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

export interface BanRules {
  /** So many wrong passwords in the window are a ban. */
  readonly failures: number;
  readonly windowSeconds: number;
  /** The first ban; each further one is twice as long, up to the longest. */
  readonly firstSeconds: number;
  readonly longestSeconds: number;
}

/** A source that gets no answer for a time. */
export interface Ban {
  /** IPv4 address, or the /64 network of an IPv6 one. */
  readonly source: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** How many bans it had so far, this one included. */
  readonly count: number;
  /** Requests dropped during this ban. */
  readonly dropped: number;
}

/** What the guard of a running engine offers to who stands outside of its thread. */
export interface GuardHandle {
  /** A request from this address proved who sent it, or failed to. */
  authenticated(address: string, proven: boolean): void;
  bans(): Promise<readonly Ban[]>;
  /** Ends a ban and forgets its history; false when there is none. */
  liftBan(source: string): Promise<boolean>;
}
