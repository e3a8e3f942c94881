// Telephone numbers as people write them, to E.164 or a refusal with a code. PURE.
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/max';
import { ApiError } from './problem.ts';
import { valueShown } from './validation.ts';

/** Kinds of numbers that cost the one who calls them, or that no person answers. */
const REFUSED_TYPES: ReadonlySet<string> = new Set(['PREMIUM_RATE', 'SHARED_COST', 'VOICEMAIL']);

/**
 * @param written E.164, or the national form of `defaultCountry`; spaces and punctuation allowed
 * @returns E.164
 * @throws ApiError PHONE_NUMBER_INVALID, PHONE_NUMBER_REFUSED; `field` is named in both
 */
export function toE164(written: string, defaultCountry: string, field: string): string {
  const parsed = parsePhoneNumberFromString(written, {
    defaultCountry: defaultCountry as CountryCode,
    extract: false,
  });
  if (parsed === undefined || !parsed.isPossible()) {
    throw refusal('PHONE_NUMBER_INVALID', field, written, 'is not a telephone number');
  }
  if (parsed.ext !== undefined) {
    const message = 'has an extension, which cannot be dialled';
    throw refusal('PHONE_NUMBER_INVALID', field, written, message);
  }
  const type = parsed.getType();
  if (type !== undefined && REFUSED_TYPES.has(type)) {
    throw refusal('PHONE_NUMBER_REFUSED', field, written, `is a ${type.toLowerCase()} number`);
  }
  if (!parsed.isValid()) {
    throw refusal('PHONE_NUMBER_INVALID', field, written, 'is not assigned in its numbering plan');
  }
  return parsed.number;
}

function refusal(code: string, field: string, written: string, message: string): ApiError {
  const value = valueShown(field, written);
  return new ApiError(code, `${field} ${message}`, {
    issues: [{ field, pointer: `#/${field}`, code: 'NOT_ALLOWED', message, ...value }],
  });
}
