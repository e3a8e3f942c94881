// What the choices of callers need of the world: codes that nobody can guess, numbers as they are
// entered by keys, and where offers are counted.
import { randomInt } from 'node:crypto';
import { codeDigits } from '../callback/index.ts';
import type { LiveCallDeps, SqliteStore } from '../callback/index.ts';
import type { Config } from './config.ts';
import { toE164 } from './phone-number.ts';

/** A code for the message on a machine, such as `048213`. */
export function newReturnCode(): string {
  return String(randomInt(10 ** codeDigits)).padStart(codeDigits, '0');
}

/** So many digits, each drawn by itself. */
export function randomDigits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** Numbers are read as those of the API are: refused where they cost or cannot exist. */
export function callerChoices(
  { defaultCountry }: Pick<Config, 'defaultCountry'>,
  { keeping }: Pick<SqliteStore, 'keeping'>,
): Required<Pick<LiveCallDeps, 'readNumber' | 'countOffer'>> {
  return {
    readNumber(digits) {
      try {
        return toE164(digits, defaultCountry, 'number');
      } catch {
        return null;
      }
    },
    countOffer: (queueId, answer, atMs) => keeping.countOffer(queueId, answer, atMs),
  };
}
