// What may stand in a log: telephone numbers but for their last digits, no secrets, no user data.
// PURE.
import type { LogFields } from '../core/ports.ts';

/** Last digits that stay: enough to recognise a number one knows, too few to call it. */
const DIGITS_KEPT = 3;

/** Deeper than this and longer than that nothing is shown: a log line is not a dump. */
const MAX_DEPTH = 6;
const MAX_ITEMS = 100;
const MAX_TEXT = 4_000;

/** Fields that are never shown, whatever they hold. */
const SECRET = /passw|secret|authorization|credential|api-?key|token|ha1|userdata|cookie/i;

/** Fields that hold a number even where a short one or a plain integer stands. */
const NUMBER_FIELD = /number|phone|caller|called|ani$|dnis/i;

/**
 * Seven or more digits, with the punctuation of telephone numbers between them, that are not part
 * of a longer word: UUIDs and hashes stay as they are.
 */
const NUMBER = /(?<![\w-])\+?\(?\d(?:[ .()/-]{0,2}\d){6,}(?![\w-])/g;

/** IPv4 addresses and dates look like numbers and are not. */
const NOT_A_NUMBER = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\d{4}-\d{2}-\d{2}(?: \d{2})?)$/;

/** A copy of the fields that may be written. */
export function maskedFields(fields: LogFields): Record<string, unknown> {
  return maskedObject(Object.entries(fields), 0);
}

/** The text with every telephone number in it masked. */
export function maskedText(text: string): string {
  const shown = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  return shown.replace(NUMBER, (found) => (NOT_A_NUMBER.test(found) ? found : maskedDigits(found)));
}

/** Replaces all digits but the last three. */
function maskedDigits(text: string): string {
  let left = text.replace(/\D/g, '').length - DIGITS_KEPT;
  return text.replace(/\d/g, (digit) => (left-- > 0 ? '*' : digit));
}

function maskedObject(
  entries: readonly (readonly [string, unknown])[],
  depth: number,
): Record<string, unknown> {
  const shown = entries.slice(0, MAX_ITEMS).map(([key, value]) => {
    return [maskedText(key), SECRET.test(key) ? '[redacted]' : maskedValue(key, value, depth)];
  });
  return Object.fromEntries(shown) as Record<string, unknown>;
}

function maskedValue(key: string, value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return NUMBER_FIELD.test(key) && /\d{4}/.test(value)
        ? maskedDigits(value.slice(0, MAX_TEXT))
        : maskedText(value);
    case 'number':
      return NUMBER_FIELD.test(key) && value >= 1_000_000 ? maskedDigits(String(value)) : value;
    case 'bigint':
      return maskedText(String(value));
    case 'object':
      return value === null ? null : maskedInner(key, value, depth + 1);
    case 'function':
    case 'symbol':
      return `[${typeof value}]`;
    case 'boolean':
    case 'undefined':
      return value;
  }
}

function maskedInner(key: string, value: object, depth: number): unknown {
  if (depth > MAX_DEPTH) return '[deep]';
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).map((item) => maskedValue(key, item, depth));
  }
  if (value instanceof Error) return maskedError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return maskedObject(Object.entries(value), depth);
}

/** Name, message, stack, code, fields and causes of an error. */
function maskedError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack = '', cause } = error;
  const own = Object.entries(error).filter(([key]) => key !== 'name');
  return {
    name,
    message: maskedText(message),
    ...maskedObject(own, depth),
    stack: maskedText(stack),
    ...(cause === undefined ? {} : { cause: maskedValue('cause', cause, depth) }),
  };
}
