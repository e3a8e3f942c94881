// Numbers on a trunk: which may be called, how they are dialled, and whom they show. PURE; the
// numbering plans are libphonenumber's full ones. ITU-T E.164, E.164.1 (satellite networks).
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { DestinationRules, NumberKind } from '../../types.ts';
import { formatNumber, toE164 } from '../trunks.ts';
import type { Trunk } from '../trunks.ts';

/** Inmarsat, GMSS (Iridium, Globalstar), and the shared codes where Thuraya and others live. */
const SATELLITE_CODES: ReadonlySet<string> = new Set(['870', '881', '882', '883']);
/** International Premium Rate Service. */
const PREMIUM_CODE = '979';
const UNIVERSAL_PERSONAL_CODE = '878';

const KIND_OF_TYPE: Readonly<Record<string, NumberKind>> = {
  PREMIUM_RATE: 'premium-rate',
  SHARED_COST: 'shared-cost',
  PERSONAL_NUMBER: 'personal',
};

/** The kind of a number that a rule may name; null for ordinary ones. */
export function kindOf(number: string): NumberKind | null {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return null;
  const code: string = parsed.countryCallingCode;
  if (SATELLITE_CODES.has(code)) return 'satellite';
  if (code === PREMIUM_CODE) return 'premium-rate';
  if (code === UNIVERSAL_PERSONAL_CODE) return 'personal';
  return KIND_OF_TYPE[parsed.getType() ?? ''] ?? null;
}

/**
 * Why this number may not be called, in a few words; null when it may.
 * @param number E.164
 */
export function destinationRefusal(number: string, rules: DestinationRules): string | null {
  const kind = kindOf(number);
  if (kind !== null && rules.forbiddenKinds.includes(kind)) return kind;
  const allowed = longestMatch(number, rules.allowedPrefixes);
  const forbidden = longestMatch(number, rules.forbiddenPrefixes);
  if (forbidden !== null && forbidden.length >= (allowed?.length ?? 0))
    return `prefix ${forbidden}`;
  if (allowed === null && rules.allowedPrefixes.length > 0) return 'no allowed prefix';
  return null;
}

function longestMatch(number: string, prefixes: readonly string[]): string | null {
  return prefixes.reduce<string | null>((best, prefix) => {
    if (!number.startsWith(prefix)) return best;
    return best === null || prefix.length > best.length ? prefix : best;
  }, null);
}

/** The user part to dial: written in the trunk's format, digits stripped, prefix put before. */
export function dialled(number: string, trunk: Trunk): string | null {
  const written = formatNumber(number, trunk.numberFormat, trunk.country);
  if (written === null) return null;
  const { stripDigits, prefix } = trunk.dialing;
  if (stripDigits === 0) return prefix + written;
  const rest = written.replace('+', '').slice(stripDigits);
  return rest === '' ? null : prefix + rest;
}

/** Whether this number may be shown on the trunk. */
export function mayShow(callerId: string, trunk: Trunk): boolean {
  if (trunk.allowedCallerIds === null) return true;
  const number = toE164(callerId);
  return number === trunk.callerId || trunk.allowedCallerIds.some((allowed) => allowed === number);
}
