// Erasing what tells of a person from an SQLite file, whatever its tables: whether a text does is
// asked of a function, and no page or log of the file holds the old text afterwards.
import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { DatabaseSync } from 'node:sqlite';
import type { PersonTrail } from '../callback/index.ts';

/** What people write between the digits of a number; %-forms are of URLs. */
const BETWEEN = '(?:[ ()./-]|%20|\\u00a0){0,3}';

/**
 * Whether a text names the person: by one of the ids, or by the number in any usual form, with or
 * without country code and punctuation. A longer number that ends or begins alike is another's.
 */
export function aboutPerson({
  customerNumber,
  callbackIds,
  chatIds,
}: PersonTrail): (text: string) => boolean {
  const parsed = parsePhoneNumberFromString(customerNumber);
  const spaced = (digits: string): string => [...digits].join(BETWEEN);
  const national = spaced(String(parsed?.nationalNumber ?? customerNumber.replace(/\D/g, '')));
  const country = parsed === undefined ? '' : spaced(parsed.countryCallingCode);
  const zeros = country === '' ? '' : `(?:(?:00)?${country}${BETWEEN}|0)?`;
  const number = new RegExp(`(?<!\\d)(?:%2B)?${zeros}${national}(?!\\d)`, 'i');
  const ids = [...callbackIds, ...chatIds];
  return (text) => number.test(text) || ids.some((id) => text.includes(id));
}

/**
 * Runs the statements in one transaction; in them `is_about(text)` says whether a text names the
 * person. The file must have `secure_delete` on.
 */
export function eraseRows(
  db: DatabaseSync,
  isAbout: (text: string) => boolean,
  statements: readonly string[],
): void {
  db.function('is_about', (text) => (typeof text === 'string' && isAbout(text) ? 1 : 0));
  db.exec('BEGIN IMMEDIATE');
  try {
    for (const statement of statements) db.exec(statement);
    db.exec('COMMIT');
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}
