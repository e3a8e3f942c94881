// Tokens of an OpenID Connect issuer: checked by its published keys, and what their claims mean
// here. RFC 7519, RFC 8725, RFC 9068; OpenID Connect Discovery 1.0.
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { RingbackError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';
import type { Config } from '../config.ts';
import { ApiError } from '../problem.ts';
import type { Identity } from './identity.ts';
import { ROLES, type Role } from './permissions.ts';

export type OidcSettings = NonNullable<Config['http']['oidc']>;

/** Signatures by keys that only the issuer has: no shared secrets, and never none. */
const ALGORITHMS = ['RS256', 'ES256', 'EdDSA'];
const MAX_TOKEN = 8_192;
const MAX_NAMES = 100;

/** Three parts of base64url: a token, good or bad. */
export function isToken(presented: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(presented);
}

export class Tokens {
  readonly #settings: OidcSettings;
  readonly #clock: Clock;
  #keys: Promise<JWTVerifyGetKey> | null = null;

  constructor(settings: OidcSettings, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** @throws ApiError TOKEN_INVALID, TOKEN_EXPIRED, OIDC_UNREACHABLE */
  async identityOf(token: string): Promise<Identity> {
    const { issuer, audience, clockToleranceSeconds } = this.#settings;
    if (token.length > MAX_TOKEN) throw refused('it is too long');
    try {
      const { payload } = await jwtVerify(token, await this.#keySet(), {
        ...{ issuer, audience, algorithms: ALGORITHMS, clockTolerance: clockToleranceSeconds },
        requiredClaims: ['sub', 'exp'],
        currentDate: new Date(this.#clock.nowMs()),
      });
      return this.#identity(payload);
    } catch (error) {
      throw asApiError(error);
    }
  }

  /** Found once; a failure is tried again with the next token. */
  #keySet(): Promise<JWTVerifyGetKey> {
    this.#keys ??= this.#found().catch((error: unknown) => {
      this.#keys = null;
      throw error;
    });
    return this.#keys;
  }

  async #found(): Promise<JWTVerifyGetKey> {
    const { timeoutSeconds, keysCacheSeconds, cooldownSeconds } = this.#settings;
    const uri = this.#settings.jwksUri ?? (await this.#discovered());
    return createRemoteJWKSet(new URL(uri), {
      timeoutDuration: timeoutSeconds * 1_000,
      cacheMaxAge: keysCacheSeconds * 1_000,
      cooldownDuration: cooldownSeconds * 1_000,
    });
  }

  async #discovered(): Promise<string> {
    const { issuer, timeoutSeconds } = this.#settings;
    const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const signal = AbortSignal.timeout(timeoutSeconds * 1_000);
    const answer = await fetch(url, { signal, redirect: 'error' }).catch(unreachable);
    if (!answer.ok) return unreachable(new Error(`status ${answer.status}`));
    const found = (await answer.json().catch(unreachable)) as Record<string, unknown>;
    const { issuer: said, jwks_uri: uri } = found;
    if (said !== issuer) return unreachable(new Error('it says that it is another issuer'));
    if (typeof uri === 'string' && URL.canParse(uri)) return uri;
    return unreachable(new Error('it does not say where its keys are'));
  }

  #identity(payload: JWTPayload): Identity {
    const { rolesClaim, linesOfBusinessClaim, agentIdClaim } = this.#settings;
    const agentId = claimAt(payload, agentIdClaim);
    const { sub = '' } = payload;
    return {
      kind: 'token',
      name: `token:${sub.slice(0, 128)}`,
      roles: this.#roles(wordsOf(claimAt(payload, rolesClaim))),
      lines: linesOfBusinessClaim === null ? null : wordsOf(claimAt(payload, linesOfBusinessClaim)),
      agentId: typeof agentId === 'string' ? agentId : null,
    };
  }

  #roles(words: readonly string[]): readonly Role[] {
    const { roles } = this.#settings;
    const isMapped = Object.keys(roles).length > 0;
    const meant = words.flatMap((word) => {
      if (!isMapped) return ROLES.filter((role) => role === word);
      return Object.hasOwn(roles, word) ? (roles[word] ?? []) : [];
    });
    return [...new Set(meant)];
  }
}

/** `realm_access.roles` leads into an object; a claim of the whole name goes first. */
function claimAt(payload: JWTPayload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  let value: unknown = payload;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return null;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function wordsOf(value: unknown): readonly string[] {
  const words: readonly unknown[] =
    typeof value === 'string' ? value.split(/[\s,]+/) : [value].flat();
  return words
    .filter((word): word is string => typeof word === 'string' && word !== '')
    .slice(0, MAX_NAMES);
}

function asApiError(error: unknown): Error {
  if (error instanceof RingbackError) return error;
  if (error instanceof errors.JWTExpired) return expired();
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(`its ${error.claim} is wrong`);
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('its algorithm is not allowed');
  if (error instanceof errors.JWKSNoMatchingKey) return refused('its key is not of the issuer');
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refused('its signature is wrong');
  const isAboutToken =
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSMultipleMatchingKeys;
  return isAboutToken ? refused('it is not a token of this kind') : unreachableError(error);
}

function refused(why: string): ApiError {
  return new ApiError('TOKEN_INVALID', `the token is refused: ${why}`, challenge(why));
}

function expired(): ApiError {
  return new ApiError('TOKEN_EXPIRED', 'the token has expired', challenge('it has expired'));
}

/** RFC 6750 s.3. */
function challenge(why: string) {
  const text = `Bearer realm="ringback", error="invalid_token", error_description="${why}"`;
  return { headers: { 'WWW-Authenticate': text } };
}

function unreachable(cause: unknown): never {
  throw unreachableError(cause);
}

function unreachableError(cause: unknown): ApiError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ApiError('OIDC_UNREACHABLE', 'the keys of the token issuer cannot be had now', {
    fields: { reason: reason.slice(0, 200), retryAfterSeconds: 5 },
    cause,
  });
}
