// Telephones that misread what the standards allow, by name, so that no rule elsewhere bends. PURE.
import type { DigestAlgorithm } from './digest.ts';

/**
 * Agents that give up when the first challenge (or any) is not MD5, instead of passing over what
 * they do not know (RFC 3261 s.22.3, RFC 8760 s.2.4). They are offered MD5 alone.
 */
const MD5_ONLY: readonly { readonly agent: RegExp; readonly why: string }[] = [
  { agent: /^baresip v[01]\./i, why: 'any other algorithm in any challenge ends its try' },
  { agent: /^SIP\.js\b/i, why: 'reads the first challenge only, and knows MD5 only' },
  { agent: /^JsSIP\b/i, why: 'reads the first challenge only, and knows MD5 only' },
];

/** Digest algorithms to offer to an agent, the preferred one first (RFC 8760 s.2.3). */
export function algorithmsFor(userAgent: string | undefined): readonly DigestAlgorithm[] {
  const isQuirky = MD5_ONLY.some(({ agent }) => agent.test(userAgent ?? ''));
  return isQuirky ? ['MD5'] : ['SHA-256', 'MD5'];
}
