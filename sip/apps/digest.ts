// Digest authentication, the arithmetic of both sides: reading, writing, computing. PURE; the hash
// comes in from outside. RFC 7616, RFC 8760 (SIP), RFC 3261 s.22.4.

export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** Lower-case hex of the hash of a UTF-8 text. */
export type Hash = (algorithm: DigestAlgorithm, text: string) => string;

/** One `Digest ...` value taken apart: lower-case names, unquoted values. */
export type DigestParams = ReadonlyMap<string, string>;

/** What a client proves with; every field present and well formed. */
export interface Credentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly cnonce: string;
  /** Eight hex digits as sent; they are part of the hashed text. */
  readonly nc: string;
}

const MAX_HEADER_CHARS = 8_192;
const RESPONSE_CHARS = { MD5: 32, 'SHA-256': 64 } as const;

/** The `Digest` values of a header; several headers may have been joined by commas. */
export function parseDigests(header: string): readonly DigestParams[] {
  if (header.length > MAX_HEADER_CHARS) return [];
  const item = /[\s,]*(?:([A-Za-z]+)\s+)?([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]*)/gy;
  const digests: Map<string, string>[] = [];
  let current: Map<string, string> | null = null;
  for (let match = item.exec(header); match !== null; match = item.exec(header)) {
    const scheme = match[1];
    if (scheme !== undefined) {
      current = scheme.toLowerCase() === 'digest' ? new Map() : null;
      if (current !== null) digests.push(current);
    }
    const name = (match[2] ?? '').toLowerCase();
    // A parameter given twice can be read in two ways: such a value proves nothing.
    if (current?.has(name) === true) current.set('malformed', name);
    current?.set(name, unquote(match[3] ?? ''));
  }
  return digests.filter((digest) => !digest.has('malformed'));
}

/** A WWW-Authenticate value. */
export function formatChallenge(challenge: {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  readonly stale: boolean;
}): string {
  const stale = challenge.stale ? ', stale=true' : '';
  return (
    `Digest realm="${challenge.realm}", nonce="${challenge.nonce}"${stale}, ` +
    `algorithm=${challenge.algorithm}, qop="auth"`
  );
}

/** The credentials for our realm in an Authorization header, null when there are none complete. */
export function readCredentials(header: string, realm: string): Credentials | null {
  for (const params of parseDigests(header)) {
    if (params.get('realm') !== realm || params.get('qop')?.toLowerCase() !== 'auth') continue;
    const algorithm = algorithmOf(params.get('algorithm'));
    const username = params.get('username') ?? '';
    const nonce = params.get('nonce') ?? '';
    const uri = params.get('uri') ?? '';
    const cnonce = params.get('cnonce') ?? '';
    const nc = params.get('nc') ?? '';
    const response = (params.get('response') ?? '').toLowerCase();
    if (algorithm === null || username === '' || nonce === '' || uri === '' || cnonce === '') {
      continue;
    }
    if (!/^[0-9a-f]{8}$/i.test(nc) || nc === '00000000') continue;
    if (response.length !== RESPONSE_CHARS[algorithm] || !/^[0-9a-f]+$/.test(response)) continue;
    return { username, realm, nonce, uri, response, algorithm, cnonce, nc };
  }
  return null;
}

/** H(username:realm:password), the only form in which a password is kept (s.3.4.2). */
export function ha1Of(
  hash: Hash,
  algorithm: DigestAlgorithm,
  username: string,
  realm: string,
  password: string,
): string {
  return hash(algorithm, `${username}:${realm}:${password}`);
}

/** The `response` these credentials ought to have for this secret and method (s.3.4.1). */
export function expectedResponse(
  hash: Hash,
  ha1: string,
  method: string,
  credentials: Omit<Credentials, 'response' | 'username' | 'realm'>,
): string {
  const { algorithm, nonce, nc, cnonce, uri } = credentials;
  const ha2 = hash(algorithm, `${method}:${uri}`);
  return hash(algorithm, `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}`);
}

/**
 * Answers a server's challenge: the Authorization value, or null when none of the challenges is
 * one we can meet. The topmost known algorithm wins (RFC 8760 s.2.4).
 */
export function answerChallenge(
  hash: Hash,
  header: string,
  request: { readonly method: string; readonly uri: string; readonly cnonce: string },
  secret: { readonly username: string; readonly password: string },
): string | null {
  for (const params of parseDigests(header)) {
    const algorithm = algorithmOf(params.get('algorithm'));
    const realm = params.get('realm');
    const nonce = params.get('nonce');
    if (algorithm === null || realm === undefined || nonce === undefined) continue;
    const qops = params.get('qop')?.toLowerCase().split(',') ?? [];
    const hasQop = qops.some((qop) => qop.trim() === 'auth');
    if (qops.length > 0 && !hasQop) continue;
    const ha1 = ha1Of(hash, algorithm, secret.username, realm, secret.password);
    const nc = '00000001';
    const response = hasQop
      ? expectedResponse(hash, ha1, request.method, { ...request, algorithm, nonce, nc })
      : hash(algorithm, `${ha1}:${nonce}:${hash(algorithm, `${request.method}:${request.uri}`)}`);
    const opaque = params.get('opaque');
    return [
      `Digest username=${quote(secret.username)}`,
      `realm=${quote(realm)}`,
      `nonce=${quote(nonce)}`,
      `uri=${quote(request.uri)}`,
      `response="${response}"`,
      `algorithm=${algorithm}`,
      ...(hasQop ? ['qop=auth', `nc=${nc}`, `cnonce="${request.cnonce}"`] : []),
      ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
    ].join(', ');
  }
  return null;
}

function algorithmOf(text: string | undefined): DigestAlgorithm | null {
  const name = text?.toUpperCase() ?? 'MD5';
  return name === 'MD5' || name === 'SHA-256' ? name : null;
}

function unquote(text: string): string {
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}
