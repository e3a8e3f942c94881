// What one REGISTER does to a user's bindings. PURE. RFC 3261 s.10.3, steps 6 to 8; RFC 3327 s.5.3.
//
// Deviation: a user over the contact limit loses the binding that would expire first instead of
// being refused: a phone that restarted under a new contact must get in.
import { parseAddress, splitList } from '../message/address.ts';
import { paramOf, parseUri } from '../message/uri.ts';
import type { Binding, RegistrarOptions } from '../types.ts';
import { contactKey } from './uri.ts';

/** The fields of a REGISTER that count; header values as received. */
export interface RegisterRequest {
  readonly username: string;
  /** All Contact values joined by commas; null when there is none (a query). */
  readonly contact: string | null;
  readonly expires: string | null;
  readonly callId: string;
  readonly cseq: number;
  /** `udp/127.0.0.1:5070`. */
  readonly receivedFrom: string;
  readonly userAgent: string | null;
  /** All Path values joined by commas; null or left out when there is none. */
  readonly path?: string | null;
}

/** Hops and characters of the longest Path that is kept. */
const MAX_PATH_HOPS = 8;
const MAX_PATH_CHARS = 1_024;

/** What to do; `put` and `remove` are both to be done or neither. */
export type RegisterOutcome =
  | {
      readonly kind: 'accepted';
      readonly put: readonly Binding[];
      /** Contact URIs as stored. */
      readonly remove: readonly string[];
    }
  | {
      readonly kind: 'refused';
      readonly status: 400 | 403 | 423 | 500;
      readonly reason: string;
      readonly headers: Readonly<Record<string, string>>;
    };

interface Wish {
  readonly uri: string;
  readonly key: string;
  readonly expiresSeconds: number;
}

/** Decides about one REGISTER. `current`: the user's live bindings. */
export function decideRegister(
  request: RegisterRequest,
  current: readonly Binding[],
  options: RegistrarOptions,
  nowMs: number,
): RegisterOutcome {
  if (request.contact === null) return { kind: 'accepted', put: [], remove: [] };
  if (request.contact.trim() === '*') return removeAll(request, current);
  const wishes = readWishes(request.contact, request.expires, options);
  if (wishes === null) return refuse(400, 'Malformed Contact');
  if (!isPath(request.path ?? '')) return refuse(400, 'Malformed Path');
  if (wishes.length > options.maxContactsPerUser) return refuse(403, 'Too Many Contacts');
  const isTooBrief = wishes.some(
    ({ expiresSeconds }) => expiresSeconds > 0 && expiresSeconds < options.minExpiresSeconds,
  );
  if (isTooBrief) {
    return refuse(423, 'Interval Too Brief', { 'Min-Expires': `${options.minExpiresSeconds}` });
  }
  return bind(request, wishes, current, options, nowMs);
}

/** The Contact value of a 200: every live binding with the seconds it has left. */
export function contactsOf(bindings: readonly Binding[], nowMs: number): string | null {
  if (bindings.length === 0) return null;
  return bindings
    .map(({ contact, expiresAtMs }) => {
      const seconds = Math.max(1, Math.ceil((expiresAtMs - nowMs) / 1_000));
      return `<${contact}>;expires=${seconds}`;
    })
    .join(', ');
}

/** `Contact: *` is only good with `Expires: 0` and alone (step 6). */
function removeAll(request: RegisterRequest, current: readonly Binding[]): RegisterOutcome {
  if (request.expires?.trim() !== '0') return refuse(400, 'Contact * needs Expires 0');
  if (current.some((binding) => isOutOfOrder(request, binding))) return outOfOrder();
  return { kind: 'accepted', put: [], remove: current.map(({ contact }) => contact) };
}

function bind(
  request: RegisterRequest,
  wishes: readonly Wish[],
  current: readonly Binding[],
  options: RegistrarOptions,
  nowMs: number,
): RegisterOutcome {
  const put: Binding[] = [];
  const remove: string[] = [];
  for (const wish of wishes) {
    const known = current.find(({ contact }) => contactKey(contact) === wish.key);
    if (known !== undefined && isOutOfOrder(request, known)) return outOfOrder();
    if (known !== undefined && (wish.expiresSeconds === 0 || known.contact !== wish.uri)) {
      remove.push(known.contact);
    }
    if (wish.expiresSeconds > 0) {
      put.push({
        username: request.username,
        contact: wish.uri,
        callId: request.callId,
        cseq: request.cseq,
        expiresAtMs: nowMs + wish.expiresSeconds * 1_000,
        receivedFrom: request.receivedFrom,
        userAgent: request.userAgent,
        path: request.path ?? null,
      });
    }
  }
  const untouched = current.filter(
    ({ contact }) => !remove.includes(contact) && !put.some((one) => one.contact === contact),
  );
  const excess = untouched.length + put.length - options.maxContactsPerUser;
  const soonest = [...untouched].sort((a, b) => a.expiresAtMs - b.expiresAtMs);
  remove.push(...soonest.slice(0, Math.max(0, excess)).map(({ contact }) => contact));
  return { kind: 'accepted', put, remove };
}

/** Empty, or hops that a Route may name. */
function isPath(path: string): boolean {
  const hops = splitList(path);
  if (hops.length > MAX_PATH_HOPS || path.length > MAX_PATH_CHARS) return false;
  return hops.every(
    (hop) => hop.startsWith('<') && parseUri(parseAddress(hop)?.uri ?? '') !== null,
  );
}

/** Same Call-ID but not a newer CSeq: this REGISTER was overtaken by another (step 7). */
function isOutOfOrder(request: RegisterRequest, binding: Binding): boolean {
  return request.callId === binding.callId && request.cseq <= binding.cseq;
}

function outOfOrder(): RegisterOutcome {
  return refuse(500, 'Overtaken By A Later REGISTER');
}

function refuse(
  status: 400 | 403 | 423 | 500,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): RegisterOutcome {
  return { kind: 'refused', status, reason, headers };
}

/** Null when any contact cannot be read, cannot be called, or stands there twice. */
function readWishes(
  contact: string,
  expires: string | null,
  options: RegistrarOptions,
): readonly Wish[] | null {
  const wishes: Wish[] = [];
  for (const value of splitList(contact)) {
    const address = parseAddress(value);
    const key = address === null ? null : contactKey(address.uri);
    if (address === null || key === null || wishes.some((wish) => wish.key === key)) return null;
    const asked = secondsOf(paramOf(address.params, 'expires')) ?? secondsOf(expires);
    const seconds = asked ?? options.defaultExpiresSeconds;
    wishes.push({
      uri: address.uri,
      key,
      expiresSeconds: Math.min(seconds, options.maxExpiresSeconds),
    });
  }
  return wishes.length === 0 ? null : wishes;
}

/** Malformed seconds count as absent (s.10.2.1.1). */
function secondsOf(text: string | null): number | null {
  return text !== null && /^\s*\d{1,10}\s*$/.test(text) ? Number(text) : null;
}
