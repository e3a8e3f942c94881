// How receivers of webhooks know that a delivery is ours and fresh: HMAC-SHA256 (RFC 2104) over
// `timestamp.body`, with every secret that is good now.
import { createHmac, randomBytes } from 'node:crypto';

export const SIGNATURE_HEADER = 'Ringback-Signature';

/** A secret of 256 bits that people and scanners recognise. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64url')}`;
}

/**
 * `t=1767604500,v1=<hex>`, with one `v1` for each secret, the newest first.
 * @param timestampSeconds Unix time
 */
export function signatureOf(
  secrets: readonly string[],
  timestampSeconds: number,
  body: string,
): string {
  const hashes = secrets.map((secret) => {
    const hash = createHmac('sha256', secret).update(`${timestampSeconds}.${body}`).digest('hex');
    return `v1=${hash}`;
  });
  return [`t=${timestampSeconds}`, ...hashes].join(',');
}
