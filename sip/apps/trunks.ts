// Trunks: which one carries a call, whose call this is, and how numbers are written there. PURE.
// ITU-T E.164, E.123; the numbering plans are libphonenumber's.
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import { badRequest } from '../../core/errors.ts';
import type { NumberFormat, TrunkOptions } from '../types.ts';
import { contains, parseNetwork } from './cidr.ts';
import type { Network } from './cidr.ts';
import { escapeUser, hostPort } from './uri.ts';

/** A configured trunk with its source networks read. */
export interface Trunk extends TrunkOptions {
  readonly networks: readonly Network[];
}

/**
 * Reads the configuration.
 * @throws RingbackError SIP_TRUNK_INVALID {trunk, why}
 */
export function readTrunks(options: readonly TrunkOptions[]): readonly Trunk[] {
  const names = new Set<string>();
  return options.map((trunk) => {
    const refuse = (why: string): never => {
      throw badRequest('SIP_TRUNK_INVALID', `trunk ${trunk.name}: ${why}`, {
        trunk: trunk.name,
        why,
      });
    };
    if (names.has(trunk.name)) refuse('the name is used twice');
    names.add(trunk.name);
    if (!/^[A-Za-z0-9.:[\]_-]+$/.test(trunk.host)) refuse('the host is none');
    if (!isSupportedCountry(trunk.country)) refuse('the country is unknown');
    if (toE164(trunk.callerId) === null) refuse('the caller ID is not E.164');
    const networks = trunk.inboundFrom.map(
      (text) => parseNetwork(text) ?? refuse(`not an address or network: ${text}`),
    );
    return { ...trunk, networks };
  });
}

/** The trunk of that name, the first one for null; null when there is none. */
export function chooseTrunk(trunks: readonly Trunk[], name: string | null): Trunk | null {
  if (name === null) return trunks[0] ?? null;
  return trunks.find((trunk) => trunk.name === name) ?? null;
}

/** The trunk whose calls come from this address. */
export function trunkOfSource(trunks: readonly Trunk[], address: string): Trunk | null {
  return (
    trunks.find((trunk) => trunk.networks.some((network) => contains(network, address))) ?? null
  );
}

/** `+` and 3 to 15 digits that may be a number somewhere; null otherwise. */
export function toE164(text: string): string | null {
  const number = parsePhoneNumberFromString(text);
  return number !== undefined && number.isPossible() ? number.number : null;
}

/** An E.164 number as this trunk wants it; null when it is no number. */
export function formatNumber(number: string, format: NumberFormat, country: string): string | null {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined || !parsed.isPossible()) return null;
  switch (format) {
    case 'e164':
      return parsed.number;
    case 'e164-without-plus':
      return parsed.number.slice(1);
    case 'national': {
      const home = asCountry(country);
      const isDomestic = parsed.countryCallingCode === getCountryCallingCode(home);
      const written = isDomestic
        ? parsed.formatNational()
        : parsed.format('IDD', { fromCountry: home });
      return written.replace(/\D/g, '');
    }
  }
}

/** A number as received, read in E.164; null when it is none. */
export function readNumber(text: string, format: NumberFormat, country: string): string | null {
  const bare = text.replace(/[\s().-]/g, '');
  if (!/^\+?\d{3,17}$/.test(bare)) return null;
  if (bare.startsWith('+')) return toE164(bare);
  if (format === 'e164-without-plus') return toE164(`+${bare}`);
  const number = parsePhoneNumberFromString(bare, asCountry(country));
  return number !== undefined && number.isPossible() ? number.number : null;
}

/** Where calls of a user part go on this trunk. */
export function trunkUri(trunk: TrunkOptions, user: string): string {
  const transport = trunk.protocol === 'udp' ? '' : `;transport=${trunk.protocol}`;
  return `sip:${escapeUser(user)}@${hostPort(trunk.host, trunk.port)}${transport}`;
}

function asCountry(country: string): CountryCode {
  return isSupportedCountry(country) ? country : 'US';
}
