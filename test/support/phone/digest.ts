// The test phone's own digest authentication (RFC 7616, RFC 3261 s.22): it answers challenges as a
// client and makes and checks them as a trunk would.
import { createHash, randomBytes } from 'node:crypto';
import type { SipText } from './message.ts';
import { header, headerLines } from './message.ts';

export type DigestAlgorithm = 'MD5' | 'SHA-256';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** How the phone challenges those who call it. */
export interface ChallengeOptions extends Credentials {
  readonly realm: string;
  readonly status: 401 | 407;
  readonly algorithm: DigestAlgorithm;
}

const HASH_NAMES: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

function hash(algorithm: DigestAlgorithm, text: string): string {
  return createHash(HASH_NAMES[algorithm]).update(text).digest('hex');
}

/** The `name=value` pairs of a challenge or of credentials. */
function fieldsOf(value: string): Map<string, string> {
  const pairs = value.matchAll(/([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))/g);
  return new Map(
    [...pairs].map((pair) => [(pair[1] ?? '').toLowerCase(), pair[2] ?? pair[3] ?? '']),
  );
}

interface ResponseInput extends Credentials {
  readonly algorithm: DigestAlgorithm;
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
  /** Null for the old form without quality of protection (RFC 2069). */
  readonly qop: { readonly count: string; readonly cnonce: string } | null;
}

function digestResponse(input: ResponseInput): string {
  const secret = hash(input.algorithm, `${input.username}:${input.realm}:${input.password}`);
  const request = hash(input.algorithm, `${input.method}:${input.uri}`);
  const middle = input.qop ? `${input.qop.count}:${input.qop.cnonce}:auth:` : '';
  return hash(input.algorithm, `${secret}:${input.nonce}:${middle}${request}`);
}

/**
 * The header that answers a 401 or 407.
 * @param wanted the algorithm to pick when several are offered; null takes the first known one
 */
export function answerChallenge(
  response: SipText,
  request: { readonly method: string; readonly uri: string },
  credentials: Credentials,
  wanted: DigestAlgorithm | null,
): readonly [string, string] {
  const proxy = response.status === 407;
  const offers = headerLines(response, proxy ? 'proxy-authenticate' : 'www-authenticate')
    .filter((line) => /^digest\s/i.test(line))
    .map(fieldsOf);
  const named = offers.map((fields) => ({
    fields,
    algorithm: (fields.get('algorithm') ?? 'MD5').toUpperCase(),
  }));
  const known = named.find(({ algorithm }) =>
    wanted === null ? algorithm in HASH_NAMES : algorithm === wanted,
  );
  if (!known) throw new Error(`no usable challenge in ${response.startLine}`);
  const algorithm = known.algorithm as DigestAlgorithm;
  const { fields } = known;
  const realm = fields.get('realm') ?? '';
  const nonce = fields.get('nonce') ?? '';
  const qop = (fields.get('qop') ?? '').split(/\s*,\s*/).includes('auth')
    ? { count: '00000001', cnonce: randomBytes(8).toString('hex') }
    : null;
  const digest = digestResponse({ ...credentials, ...request, algorithm, realm, nonce, qop });
  const parts = [
    `username="${credentials.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${request.uri}"`,
    `response="${digest}"`,
    `algorithm=${algorithm}`,
  ];
  const opaque = fields.get('opaque');
  if (opaque !== undefined) parts.push(`opaque="${opaque}"`);
  if (qop) parts.push('qop=auth', `nc=${qop.count}`, `cnonce="${qop.cnonce}"`);
  return [proxy ? 'Proxy-Authorization' : 'Authorization', `Digest ${parts.join(', ')}`];
}

/** Makes challenges and checks the credentials that come back; remembers its own nonces. */
export class Challenger {
  readonly #options: ChallengeOptions;
  readonly #nonces = new Set<string>();

  constructor(options: ChallengeOptions) {
    this.#options = options;
  }

  /** What to do with a request: let it pass, ask for credentials, or refuse wrong ones. */
  judge(request: SipText): 'pass' | 'challenge' | 'refuse' {
    const { status, username, password, realm, algorithm } = this.#options;
    const line = header(request, status === 407 ? 'proxy-authorization' : 'authorization');
    if (line === '') return 'challenge';
    const fields = fieldsOf(line);
    const nonce = fields.get('nonce') ?? '';
    if (!this.#nonces.has(nonce)) return 'challenge';
    const count = fields.get('nc') ?? '';
    const cnonce = fields.get('cnonce') ?? '';
    const expected = digestResponse({
      username,
      password,
      realm,
      algorithm,
      nonce,
      method: request.method ?? '',
      uri: fields.get('uri') ?? '',
      qop: fields.has('qop') ? { count, cnonce } : null,
    });
    const right = fields.get('username') === username && fields.get('response') === expected;
    return right ? 'pass' : 'refuse';
  }

  /** Status and header of a fresh challenge. */
  challenge(): { readonly status: 401 | 407; readonly headers: [[string, string]] } {
    const { status, realm, algorithm } = this.#options;
    const nonce = randomBytes(12).toString('hex');
    this.#nonces.add(nonce);
    const value = `Digest realm="${realm}", nonce="${nonce}", algorithm=${algorithm}, qop="auth"`;
    return {
      status,
      headers: [[status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate', value]],
    };
  }
}
