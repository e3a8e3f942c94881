// What every request passes on its way in and out: identity, headers, limits, log.
import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { addressOf } from './access/address.ts';
import type { Identity } from './access/identity.ts';
import { isToken } from './access/tokens.ts';
import { RateLimiter, type RateAnswer } from './rate-limit.ts';
import { ApiError } from './problem.ts';
import type { ApiDeps, ApiEnv } from './deps.ts';

type Handler = MiddlewareHandler<ApiEnv>;

/** Forbids browsers to guess, frame, cache or load anything. A route may set its own. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

export function securityHeaders(): Handler {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
    }
  };
}

/** One line for each request: never a path with ids of people, never a body, never a query. */
export function accessLog(
  deps: Pick<ApiDeps, 'clock' | 'log'>,
  count: (method: string, route: string, status: number, seconds: number) => void,
): Handler {
  return async (c, next) => {
    const startedAtMs = deps.clock.monotonicMs();
    await next();
    const route = routeOf(c);
    const { status } = c.res;
    const durationMs = deps.clock.monotonicMs() - startedAtMs;
    count(c.req.method, route, status, durationMs / 1_000);
    deps.log.info('http-request', {
      requestId: c.get('requestId'),
      method: c.req.method,
      route,
      status,
      durationMs: Math.round(durationMs),
      keyName: c.get('keyName') ?? null,
    });
  };
}

/** The pattern of the route that answered, `/api/v1/callbacks/:id`; `*` when none did. */
function routeOf(c: Context<ApiEnv>): string {
  return c.res.status === 404 || c.res.status === 405 ? '*' : routePath(c, -1);
}

/** Wrong keys of one address share a bucket: guessing is slow, and known keys do not notice. */
const GUESSES_PER_SECOND = 5;
const GUESS_BURST = 20;

/**
 * Lets in who holds an API key, at the configured rate.
 * @throws ApiError API_KEY_MISSING, API_KEY_INVALID, RATE_LIMITED
 */
export function authenticated(
  { apiKeys, access, clock, config }: ApiDeps,
  { challenge, keyIn }: KeyScheme = BEARER,
): Handler {
  const { requestsPerSecond, requestBurst, requestsPerSecondPerAddress } = config.http;
  const { tokens } = access;
  const ofAddress = requestsPerSecondPerAddress ?? 0;
  const addresses = new RateLimiter(clock, { perSecond: ofAddress, burst: 2 * ofAddress });
  const limiter = new RateLimiter(clock, { perSecond: requestsPerSecond, burst: requestBurst });
  const guesses = new RateLimiter(clock, { perSecond: GUESSES_PER_SECOND, burst: GUESS_BURST });
  const identityOf = async (presented: string): Promise<Identity | null> => {
    if (tokens !== null && isToken(presented)) return tokens.identityOf(presented);
    return apiKeys.identityOf(presented) ?? access.keys.identityOf(presented);
  };
  return async (c, next) => {
    const presented = keyIn(c.req.header('Authorization') ?? '');
    const guessed = (error: unknown): never => {
      const answer = guesses.take(addressOf(c) ?? '');
      if (!answer.allowed) throw rateLimited(answer);
      throw error;
    };
    const shared = ofAddress === 0 ? null : addresses.take(addressOf(c) ?? '');
    if (shared?.allowed === false) throw rateLimited(shared);
    const identity = presented === null ? null : await identityOf(presented).catch(guessed);
    if (identity === null) return guessed(unauthorized(presented === null, challenge));
    c.set('keyName', identity.name);
    c.set('identity', identity);
    const answer = limiter.take(identity.name);
    if (!answer.allowed) throw rateLimited(answer);
    await next();
    for (const [name, value] of Object.entries(rateHeaders(answer))) c.res.headers.set(name, value);
  };
}

/** How a key is presented. */
export interface KeyScheme {
  /** Said to those who came without (RFC 9110 s.11.6.1). */
  readonly challenge: string;
  /** The key in an `Authorization` header; null: there is none. */
  readonly keyIn: (authorization: string) => string | null;
}

const BEARER: KeyScheme = { challenge: 'Bearer realm="ringback"', keyIn: bearerToken };

/** Basic authentication (RFC 7617) with the key as password, whoever the user is; or a bearer. */
export const BASIC: KeyScheme = {
  challenge: 'Basic realm="ringback", charset="UTF-8"',
  keyIn: (authorization) => basicPassword(authorization) ?? bearerToken(authorization),
};

function bearerToken(authorization: string): string | null {
  return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
}

function basicPassword(authorization: string): string | null {
  const encoded = /^Basic +([\w+/=-]+) *$/i.exec(authorization)?.[1];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  return pair.includes(':') ? pair.slice(pair.indexOf(':') + 1) : null;
}

/** What somebody without a key may do on a face that asks for none. */
const OPEN: Identity = {
  ...{ kind: 'open', name: 'open', roles: ['supervisor', 'developer'] },
  ...{ lines: null, agentId: null },
};

/** Lets in everybody, all of them together at the rate of one key. @throws ApiError RATE_LIMITED */
export function rateLimitedOnly({ clock, config }: ApiDeps): Handler {
  const { requestsPerSecond, requestBurst } = config.http;
  const limiter = new RateLimiter(clock, { perSecond: requestsPerSecond, burst: requestBurst });
  return async (c, next) => {
    c.set('identity', OPEN);
    const answer = limiter.take('');
    if (!answer.allowed) throw rateLimited(answer);
    await next();
  };
}

function unauthorized(missing: boolean, challenge: string): ApiError {
  return missing
    ? new ApiError('API_KEY_MISSING', 'this route needs an API key', {
        headers: { 'WWW-Authenticate': challenge },
      })
    : new ApiError('API_KEY_INVALID', 'this API key is not known', {
        headers: { 'WWW-Authenticate': invalid(challenge) },
      });
}

/** RFC 6750 s.3.1: only bearer tokens have error codes. */
function invalid(challenge: string): string {
  return challenge.startsWith('Bearer') ? `${challenge}, error="invalid_token"` : challenge;
}

function rateLimited(answer: RateAnswer): ApiError {
  return new ApiError('RATE_LIMITED', 'too many requests', {
    headers: { ...rateHeaders(answer), 'Retry-After': String(answer.retryAfterSeconds) },
  });
}

/** Structured (draft-ietf-httpapi-ratelimit-headers), and in the three fields used before it. */
function rateHeaders(answer: RateAnswer): Record<string, string> {
  const { limit, remaining, resetSeconds, windowSeconds } = answer;
  return {
    'RateLimit-Policy': `"key";q=${limit};w=${windowSeconds}`,
    RateLimit: `"key";r=${remaining};t=${resetSeconds}`,
    'RateLimit-Limit': String(answer.limit),
    'RateLimit-Remaining': String(answer.remaining),
    'RateLimit-Reset': String(answer.resetSeconds),
  };
}

/** Bodies of these paths may be longer than others. */
export interface LongerBodies {
  readonly paths: ReadonlySet<string>;
  readonly maxBytes: number;
}

/** @throws ApiError BODY_TOO_LARGE, also for bodies that do not say how long they are */
export function limitedBodies(
  maxBodyBytes: number,
  longer: LongerBodies = { paths: new Set(), maxBytes: maxBodyBytes },
): Handler {
  const usual = limitedBody(maxBodyBytes);
  const long = limitedBody(longer.maxBytes);
  return (c, next) => (longer.paths.has(c.req.path) ? long : usual)(c, next);
}

function limitedBody(maxBodyBytes: number): Handler {
  return bodyLimit({
    maxSize: maxBodyBytes,
    onError: () => {
      throw new ApiError('BODY_TOO_LARGE', `the body is longer than ${maxBodyBytes} bytes`, {
        fields: { maxBodyBytes },
        headers: { Connection: 'close' },
      });
    },
  });
}
