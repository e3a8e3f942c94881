// Building blocks of the configuration schema: kinds of values that several sections use. Each one
// carries its own `allowed` text, which the documentation and the error messages both show. PURE.
import { isPossiblePhoneNumber, isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const IPV6 = /^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/;
const HOST_NAME = /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9-]+)*\.?$/;

/** Whether the text is an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return IPV4.test(text) || (text.length <= 45 && IPV6.test(text));
}

/** Whether the text is an IP address, or one followed by a prefix length. */
export function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  if (rest.length > 0 || !isIpAddress(address)) return false;
  if (prefix === undefined) return true;
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (IPV4.test(address) ? 32 : 128);
}

/** A whole number of [min, max]. */
export function whole(min: number, max: number): z.ZodNumber {
  return z.number().int().min(min).max(max);
}

/** A text, for people: any characters but control characters. */
export function text(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1)
    .max(maxLength)
    .regex(/^[^\p{Cc}]*$/u)
    .meta({ allowed: `text of 1 to ${maxLength} characters` });
}

/** A TCP or UDP port; 0 asks the system for a free one. */
export const port = (): z.ZodNumber => whole(0, 65_535);

/** A short name used in URLs, logs and other parts of the file. */
export const name = (): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .meta({ allowed: '1 to 64 letters, digits, ".", "_", "-", the first a letter or digit' });

/** An address this machine owns. */
export const ipAddress = (): z.ZodString =>
  z
    .string()
    .refine(isIpAddress, 'not an IP address')
    .meta({ allowed: 'an IP address such as 192.0.2.10' });

/** A machine somewhere. */
export const hostOrIp = (): z.ZodString =>
  z
    .string()
    .refine((value) => isIpAddress(value) || HOST_NAME.test(value), 'not a host name')
    .meta({ allowed: 'a host name or an IP address' });

/** One address, or all of a network. */
export const addressRange = (): z.ZodString =>
  z
    .string()
    .refine(isAddressRange, 'not an address or network')
    .meta({ allowed: 'an IP address, or a network such as 192.0.2.0/24' });

/** A number as ITU-T E.164 writes it. */
export const e164 = (): z.ZodString =>
  z
    .string()
    .regex(/^\+[1-9]\d{2,14}$/)
    .refine((value) => isPossiblePhoneNumber(value), 'not a possible number')
    .meta({ allowed: 'an E.164 number in quotes, such as "+12025550123"' });

/** User part of a SIP address, limited to what every telephone can be made to enter. */
export const sipUser = (): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z0-9_.+*-]{1,64}$/)
    .meta({ allowed: '1 to 64 letters, digits, or any of _ . + * -' });

/** The name of an environment variable: where a secret is, never the secret. */
export const environmentName = (): z.ZodString =>
  z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/)
    .meta({ allowed: 'the name of an environment variable, such as RINGBACK_TRUNK_PASSWORD' });

/** ISO 3166-1 alpha-2, of a country whose numbering plan is known. */
export const country = (): z.ZodString =>
  z
    .string()
    .refine((value) => isSupportedCountry(value), 'not a known country code')
    .meta({ allowed: 'two capital letters of ISO 3166-1, such as US' });

/** Skill name to level. */
export const skillLevel = (): z.ZodNumber => whole(1, 10);
