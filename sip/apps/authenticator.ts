// Who is this? Challenges requests and judges the proof, the same way for REGISTER and INVITE.
// RFC 3261 s.22, RFC 7616, RFC 8760. Unknown users and wrong passwords look alike from outside.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock, Log } from '../../core/ports.ts';
import type { RegistrarStore, Subscriber } from '../types.ts';
import { expectedResponse, formatChallenge, ha1Of, readCredentials } from './digest.ts';
import type { DigestAlgorithm, Hash } from './digest.ts';
import { NonceBook } from './nonces.ts';
import { algorithmsFor } from './quirks.ts';
import { headerLines } from './srf.ts';
import type { SrfRequest, SrfResponse } from './srf.ts';
import { sameResource } from './uri.ts';

/** The hash of node:crypto behind the pure digest arithmetic. */
export const hashHex: Hash = (algorithm, text) =>
  createHash(algorithm === 'MD5' ? 'md5' : 'sha256')
    .update(text, 'utf8')
    .digest('hex');

/** Both hashes of a password; the password itself is not kept. */
export function makeSubscriber(username: string, realm: string, password: string): Subscriber {
  return {
    username,
    ha1Md5: ha1Of(hashHex, 'MD5', username, realm, password),
    ha1Sha256: ha1Of(hashHex, 'SHA-256', username, realm, password),
  };
}

/** The outcome for one request. */
export type Verdict =
  | { readonly kind: 'authenticated'; readonly username: string }
  /** `stale`: the password was right, only the nonce will not do. */
  | { readonly kind: 'challenge'; readonly stale: boolean; readonly why: ChallengeReason };

export type ChallengeReason =
  'no-credentials' | 'other-uri' | 'wrong-password' | 'stale-nonce' | 'replayed-count';

/** The fields of a request that its proof covers. */
export interface ProvenRequest {
  readonly method: string;
  readonly uri: string;
  /** Authorization header(s), joined by commas; null when there is none. */
  readonly authorization: string | null;
  readonly sourceAddress: string;
}

export interface AuthenticatorDeps {
  readonly store: RegistrarStore;
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Who answered a challenge of ours, rightly or with a wrong password. Answers to nonces that we
   * never gave to this address are not told: their source address may be invented.
   */
  readonly judged?: (address: string, proven: boolean) => void;
}

export interface AuthenticatorOptions {
  readonly realm: string;
  readonly nonceTtlMs: number;
}

/** Server side of Digest for one realm. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #store: RegistrarStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #nonces: NonceBook;
  readonly #judged: AuthenticatorDeps['judged'];

  constructor(options: AuthenticatorOptions, deps: AuthenticatorDeps) {
    this.#options = options;
    this.#store = deps.store;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#judged = deps.judged;
    this.#nonces = new NonceBook(options.nonceTtlMs);
  }

  /**
   * The user who sent this request; or null, and then a 401 with fresh challenges was sent.
   */
  authenticate(req: SrfRequest, res: SrfResponse): string | null {
    const verdict = this.judge({
      method: req.method,
      uri: req.uri,
      authorization: req.get('Authorization') ?? null,
      sourceAddress: req.source_address,
    });
    if (verdict.kind === 'authenticated') return verdict.username;
    if (verdict.why !== 'no-credentials') {
      this.#log.warn('sip-authentication-refused', {
        why: verdict.why,
        method: req.method,
        source: req.source_address,
        callId: req.get('Call-ID'),
      });
    }
    const algorithms = algorithmsFor(req.get('User-Agent'));
    const challenges = this.challenges(req.source_address, verdict.stale, algorithms);
    res.send(401, { headers: { 'WWW-Authenticate': headerLines('WWW-Authenticate', challenges) } });
    return null;
  }

  /** Judges the proof; a right one uses up its nonce count. */
  judge(request: ProvenRequest): Verdict {
    const nowMs = this.#clock.nowMs();
    const credentials = readCredentials(request.authorization ?? '', this.#options.realm);
    if (credentials === null) return challenge('no-credentials');
    if (!sameResource(credentials.uri, request.uri)) return challenge('other-uri');
    const state = this.#nonces.judge(credentials.nonce, request.sourceAddress, nowMs);
    // Not even judged: right or wrong would look different, and cost a guesser nothing.
    if (state === 'foreign') return challenge('stale-nonce', true);
    const subscriber = this.#store.subscriber(credentials.username);
    const ha1 = credentials.algorithm === 'MD5' ? subscriber?.ha1Md5 : subscriber?.ha1Sha256;
    // An unknown user costs the same arithmetic as a known one.
    const expected = expectedResponse(hashHex, ha1 ?? '', request.method, credentials);
    const isRight = timingSafeEqual(Buffer.from(expected), Buffer.from(credentials.response));
    if (!isRight || ha1 === undefined) {
      this.#judged?.(request.sourceAddress, false);
      return challenge('wrong-password');
    }
    if (state !== 'good') return challenge('stale-nonce', true);
    const count = parseInt(credentials.nc, 16);
    if (!this.#nonces.take(credentials.nonce, count, nowMs)) {
      return challenge('replayed-count', true);
    }
    this.#judged?.(request.sourceAddress, true);
    return { kind: 'authenticated', username: credentials.username };
  }

  /** WWW-Authenticate values, one for each algorithm, with a fresh nonce. */
  challenges(
    sourceAddress: string,
    stale: boolean,
    algorithms: readonly DigestAlgorithm[],
  ): readonly string[] {
    const nonce = this.#nonces.mint(sourceAddress, this.#clock.nowMs());
    const { realm } = this.#options;
    return algorithms.map((algorithm) => formatChallenge({ realm, nonce, algorithm, stale }));
  }
}

function challenge(why: ChallengeReason, stale = false): Verdict {
  return { kind: 'challenge', stale, why };
}
