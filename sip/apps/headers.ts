// Header values the apps read and write, and the gate every header from outside must pass. PURE.
// RFC 3261 s.7.3, s.25.1; RFC 3326 (Reason). drachtio-srf writes what it is given, CR LF included.
import { badRequest } from '../../core/errors.ts';
import { splitList } from '../message/address.ts';
import { paramOf } from '../message/uri.ts';

/** Methods we take, for Allow headers. */
export const ALLOW = 'INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, REGISTER';
/** The same in calls whose peer may transfer them (RFC 3515). */
export const ALLOW_REFER = `${ALLOW}, REFER`;

/** Goes with 489: we notify of transfers and of nothing else (RFC 6665 s.8.2.2). */
export function badEvent(): { headers: Record<string, string> } {
  return { headers: { 'Allow-Events': 'refer' } };
}

const MAX_HEADERS = 32;
const MAX_NAME_CHARS = 64;
const MAX_VALUE_CHARS = 2_048;
/** RFC 3261 token without `%`: srf unescapes header names, so `%0D%0A` would become a new line. */
const SAFE_NAME = /^[A-Za-z0-9\-.!*_+`'~]{2,}$/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
const CONTROLS = /[\u0000-\u001f\u007f]+/g;

/** What the apps and the engine write themselves. One-letter names are their compact forms. */
const RESERVED: ReadonlySet<string> = new Set([
  'accept-contact',
  'allow',
  'authorization',
  'call-id',
  'contact',
  'content-encoding',
  'content-length',
  'content-type',
  'cseq',
  'expires',
  'from',
  'max-forwards',
  'proxy-authorization',
  'record-route',
  'require',
  'route',
  'to',
  'via',
]);

/**
 * Lets extra headers through only when they cannot become anything else on the wire.
 * @throws RingbackError SIP_HEADER_REFUSED {header, why}
 */
export function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const entries = Object.entries(headers);
  if (entries.length > MAX_HEADERS) refuse('', `more than ${MAX_HEADERS} headers`);
  for (const [name, value] of entries) {
    if (name.length > MAX_NAME_CHARS || !SAFE_NAME.test(name)) refuse(name, 'not a header name');
    if (RESERVED.has(name.toLowerCase())) refuse(name, 'written by the stack');
    if (typeof value !== 'string') refuse(name, 'not a string');
    if (value.length > MAX_VALUE_CHARS) refuse(name, `longer than ${MAX_VALUE_CHARS}`);
    if (CONTROL.test(value)) refuse(name, 'control characters');
  }
}

function refuse(header: string, why: string): never {
  throw badRequest('SIP_HEADER_REFUSED', `header refused: ${why}`, {
    header: header.replace(CONTROLS, ' ').slice(0, MAX_NAME_CHARS),
    why,
  });
}

/** A quoted-string: control characters become a space, `"` and `\` are escaped. */
export function quoted(text: string, maxChars = 128): string {
  const tame = text.replace(CONTROLS, ' ').slice(0, maxChars);
  return `"${tame.replace(/["\\]/g, (char) => `\\${char}`)}"`;
}

/** A reason phrase: one line, of tame length. */
export function phrase(text: string, maxChars = 128): string {
  return text.replace(CONTROLS, ' ').trim().slice(0, maxChars);
}

/** What an error says, whatever was thrown or passed to a callback. */
export function wordsOf(error: unknown): string {
  if (error instanceof Error) return phrase(error.message);
  return typeof error === 'string' ? phrase(error) : 'unknown';
}

/** A Reason header's value (RFC 3326 s.2). */
export function reasonValue(protocol: 'SIP' | 'Q.850', cause: number, text: string): string {
  return `${protocol};cause=${cause};text=${quoted(text)}`;
}

/** The Q.850 cause among the values of a Reason header, null when there is none. */
export function q850CauseOf(reason: string | undefined): number | null {
  for (const value of splitList(reason ?? '')) {
    if (!/^q\.850\s*;/i.test(value)) continue;
    const cause = paramOf(value, 'cause');
    if (cause !== null && /^\d{1,3}$/.test(cause)) return Number(cause);
  }
  return null;
}

/** Whole seconds at the head of Retry-After, Expires or Min-Expires (s.20.33); null otherwise. */
export function secondsOf(value: string | undefined): number | null {
  const digits = /^\s*(\d{1,10})\s*(?:$|[;(,])/.exec(value ?? '')?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The text of the first value of a Reason header, or null. */
export function reasonTextOf(reason: string | undefined): string | null {
  const text = paramOf(splitList(reason ?? '')[0] ?? '', 'text');
  return text === null ? null : phrase(text);
}

/** A display name without its quotes and escapes; null when there is none. */
export function displayNameOf(display: string): string | null {
  const bare = display.startsWith('"') ? display.slice(1, -1).replace(/\\(.)/g, '$1') : display;
  const name = phrase(bare);
  return name === '' ? null : name;
}
