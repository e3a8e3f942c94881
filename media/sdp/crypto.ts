// The a=crypto lines of RFC 4568: which one we can use, and our answers to it. PURE.
import type { MediaDescription } from 'sdp-transform';
import { SRTP_SUITES } from './model.ts';
import type { SrtpSuite } from './model.ts';

const MAX_LINES = 16;
/** 30 bytes, master key and salt, in base64. */
const INLINE_KEY = /^inline:([A-Za-z0-9+/]{40})(\|[0-9^]{1,12})?$/;

/** One usable line. */
export interface CryptoLine {
  readonly tag: number;
  readonly suite: SrtpSuite;
  /** Base64 of master key and salt. */
  readonly key: string;
}

function isSuite(name: string): name is SrtpSuite {
  return SRTP_SUITES.some((suite) => suite === name);
}

/**
 * The lines we can use, in the peer's order of preference. Left out: unknown suites, keys with a
 * master key index (a second `|`) and session parameters that change the packets (RFC 4568 s.6.3);
 * a window size hint changes nothing.
 */
export function readCrypto(media: MediaDescription): readonly CryptoLine[] {
  const usable: CryptoLine[] = [];
  for (const line of (media.crypto ?? []).slice(0, MAX_LINES)) {
    const suite = String(line.suite);
    const key = INLINE_KEY.exec(String(line.config))?.[1];
    const harmless = line.sessionConfig === undefined || /^WSH=\d+$/.test(line.sessionConfig);
    const tag = Number(line.id);
    if (!isSuite(suite) || key === undefined || !harmless) continue;
    if (Number.isInteger(tag) && tag >= 0 && tag < 1e9) usable.push({ tag, suite, key });
  }
  return usable;
}

/** What we offer: every suite with its own key. */
export function offeredCrypto(keys: Readonly<Record<SrtpSuite, string>>): readonly CryptoLine[] {
  return SRTP_SUITES.map((suite, index) => ({ tag: index + 1, suite, key: keys[suite] }));
}

/** For the SDP writer. */
export function writeCrypto(lines: readonly CryptoLine[]): NonNullable<MediaDescription['crypto']> {
  return lines.map(({ tag, suite, key }) => ({ id: tag, suite, config: `inline:${key}` }));
}
