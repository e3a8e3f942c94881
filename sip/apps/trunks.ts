// Trunks: which one carries a call, whose call this is, and how numbers are written there. PURE.
// ITU-T E.164, E.123; the numbering plans are libphonenumber's.
import {
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js';
import type { CountryCode } from 'libphonenumber-js';
import { badRequest } from '../../core/errors.ts';
import type { NumberFormat, TrunkOptions, TrunkPolicy } from '../types.ts';
import { contains, parseNetwork } from './cidr.ts';
import type { Network } from './cidr.ts';
import { checkHeaders } from './headers.ts';
import { hostPort } from '../message/uri.ts';
import { escapeUser } from './uri.ts';

/** A configured trunk with everything filled in and its networks read. */
export interface Trunk extends Omit<TrunkOptions, keyof TrunkPolicy>, TrunkPolicy {
  readonly networks: readonly Network[];
  /** Those of `redirects.allowedHosts` that are addresses or networks. */
  readonly redirectNetworks: readonly Network[];
}

/** 64 T1, beyond which a transaction is over anyway. */
const MAX_SILENCE_MS = 64_000;

/** Plain, but not careless: calls that only fraud makes are refused, strangers lead nowhere. */
const PLAIN: TrunkPolicy = {
  allowedCallerIds: null,
  dialing: { stripDigits: 0, prefix: '' },
  destinations: {
    allowedPrefixes: [],
    forbiddenPrefixes: [],
    forbiddenKinds: ['premium-rate', 'satellite'],
  },
  headers: {},
  privacy: { withholdCallerId: false, trusted: false },
  redirects: { max: 3, allowedHosts: [] },
  limits: { callsPerSecond: null, maxCalls: null, maxWaitMs: 0 },
  inviteTimeoutMs: null,
  ping: null,
  registration: null,
};

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
    const whole = { ...PLAIN, ...trunk };
    checkPolicy(whole, refuse);
    const redirectNetworks = whole.redirects.allowedHosts.flatMap((text) => {
      const network = parseNetwork(text);
      return network === null ? [] : [network];
    });
    return { ...whole, networks, redirectNetworks };
  });
}

function checkPolicy(trunk: TrunkOptions & TrunkPolicy, refuse: (why: string) => never): void {
  checkHeaders(trunk.headers);
  const shown = trunk.allowedCallerIds ?? [];
  if (shown.some((number) => toE164(number) !== number))
    refuse('an allowed caller ID is not E.164');
  const { allowedPrefixes, forbiddenPrefixes } = trunk.destinations;
  if (![...allowedPrefixes, ...forbiddenPrefixes].every((prefix) => /^\+\d{1,15}$/.test(prefix))) {
    refuse('a prefix is not + and digits');
  }
  if (!/^[0-9*#+]{0,16}$/.test(trunk.dialing.prefix)) refuse('the prefix cannot be dialled');
  const { callsPerSecond, maxCalls } = trunk.limits;
  if (callsPerSecond !== null && !(callsPerSecond > 0)) refuse('no calls per second');
  if (maxCalls !== null && !(maxCalls > 0)) refuse('no calls at once');
  const { registration, credentials, inviteTimeoutMs } = trunk;
  if (inviteTimeoutMs !== null && !(inviteTimeoutMs > 0 && inviteTimeoutMs <= MAX_SILENCE_MS)) {
    refuse('the time for an INVITE is none');
  }
  // Its Contact is written before the server is known.
  if (registration !== null && trunk.protocol === 'any') refuse('registration needs a protocol');
  if (registration !== null && credentials === null) refuse('registration needs credentials');
  const domain = registration?.domain ?? null;
  if (domain !== null && !/^[A-Za-z0-9.:[\]_-]+$/.test(domain)) refuse('the domain is none');
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

/** Where calls of a user part go on this trunk; without a user, the trunk itself. */
export function trunkUri(trunk: TrunkOptions, user: string | null): string {
  const { protocol } = trunk;
  const transport = protocol === 'udp' || protocol === 'any' ? '' : `;transport=${protocol}`;
  const at = user === null ? '' : `${escapeUser(user)}@`;
  return `sip:${at}${hostPort(trunk.host, trunk.port)}${transport}`;
}

function asCountry(country: string): CountryCode {
  return isSupportedCountry(country) ? country : 'US';
}
