// What a REFER asks for and what its NOTIFYs say. PURE.
// RFC 3515 (REFER, message/sipfrag), RFC 3891 (Replaces), RFC 6665 s.4 (Subscription-State).
import { parseAddress, splitList } from '../message/address.ts';
import { paramOf, parseUri } from '../message/uri.ts';
import type { DialogName, ReferTarget } from '../transfer-types.ts';
import { phrase } from './headers.ts';
import type { HeaderRecord } from './srf.ts';
import { userOf } from './uri.ts';

/** Longer than any ringing of ours; a notifier that falls silent is forgotten after it. */
export const SUBSCRIPTION_SECONDS = 600;
const MAX_VALUE_CHARS = 2_048;
/** What cannot be a Call-ID or a tag of ours. */
const UNNAMEABLE = /[\s|"<>\u0000-\u001f\u007f]/;

export type ReferReading =
  | { readonly kind: 'understood'; readonly target: ReferTarget }
  | { readonly kind: 'refused'; readonly status: 400 | 403 | 416; readonly reason: string };

/** A Replaces value, with its one flag. */
export interface ReplacesValue {
  readonly name: DialogName;
  readonly earlyOnly: boolean;
}

/**
 * Reads Refer-To. `isOurs`: whether a host and port lead to us; a transfer to elsewhere is refused,
 * for it would be a call past the number plan.
 */
export function readReferTo(
  referTo: string | undefined,
  isOurs: (host: string, port: number | null) => boolean,
): ReferReading {
  const values = splitList(referTo ?? '');
  const address = parseAddress(values[0] ?? '');
  if (values.length !== 1 || address === null || (referTo ?? '').length > MAX_VALUE_CHARS) {
    return refuse(400, 'Bad Refer-To');
  }
  if (/^tel:/i.test(address.uri)) return toUser(userOf(address.uri));
  const uri = parseUri(address.uri);
  if (uri === null) return refuse(416, 'Unsupported URI Scheme');
  const method = paramOf(uri.params, 'method');
  if (method !== null && method.toUpperCase() !== 'INVITE') return refuse(403, 'Only INVITE');
  const headers = headersOf(address.uri);
  if (headers === null) return refuse(400, 'Bad Refer-To');
  const replaces = headers.get('replaces');
  if (replaces !== undefined) {
    const value = readReplaces(replaces);
    if (value === null) return refuse(400, 'Bad Replaces');
    return { kind: 'understood', target: { kind: 'dialog', name: value.name } };
  }
  if (!isOurs(uri.host, uri.port)) return refuse(403, 'Not A Place Of Ours');
  return toUser(userOf(address.uri));
}

function toUser(user: string | null): ReferReading {
  if (user === null || user === '') return refuse(400, 'Refer-To Names Nobody');
  return { kind: 'understood', target: { kind: 'user', user } };
}

function refuse(status: 400 | 403 | 416, reason: string): ReferReading {
  return { kind: 'refused', status, reason };
}

/** `?Replaces=...&Require=replaces` of a URI by lower-case name; null when malformed or double. */
function headersOf(uri: string): ReadonlyMap<string, string> | null {
  const found = new Map<string, string>();
  const at = uri.indexOf('?');
  if (at < 0) return found;
  for (const pair of uri.slice(at + 1).split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) return null;
    const name = unescaped(pair.slice(0, equals))?.toLowerCase() ?? null;
    const value = unescaped(pair.slice(equals + 1));
    if (name === null || value === null || found.has(name)) return null;
    found.set(name, value);
  }
  return found;
}

function unescaped(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Reads a Replaces value (RFC 3891 s.6.1); null when malformed or more than one. */
export function readReplaces(value: string): ReplacesValue | null {
  if (value.length > MAX_VALUE_CHARS || splitList(value).length !== 1) return null;
  const semicolon = value.indexOf(';');
  if (semicolon < 0) return null;
  const callId = value.slice(0, semicolon).trim();
  const params = value.slice(semicolon);
  const toTag = onlyParam(params, 'to-tag');
  const fromTag = onlyParam(params, 'from-tag');
  if (toTag === null || fromTag === null) return null;
  if ([callId, toTag, fromTag].some((part) => part === '' || UNNAMEABLE.test(part))) return null;
  return { name: { callId, toTag, fromTag }, earlyOnly: paramOf(params, 'early-only') !== null };
}

/** A parameter that must be there once (RFC 3891 s.6.1). */
function onlyParam(params: string, name: string): string | null {
  const times = params.toLowerCase().split(new RegExp(`;\\s*${name}\\s*=`)).length - 1;
  return times === 1 ? paramOf(params, name) : null;
}

/** Whether both name the same dialog; Call-IDs and tags compare byte for byte. */
export function sameDialog(a: DialogName, b: DialogName): boolean {
  return a.callId === b.callId && a.toTag === b.toTag && a.fromTag === b.fromTag;
}

/** A NOTIFY of the implicit subscription. `id`: null for the first REFER of a dialog (s.2.4.6). */
export function referNotify(
  id: number | null,
  status: number,
  reason: string,
): { readonly headers: HeaderRecord; readonly body: string } {
  const state =
    status < 200 ? `active;expires=${SUBSCRIPTION_SECONDS}` : 'terminated;reason=noresource';
  const headers = {
    Event: id === null ? 'refer' : `refer;id=${id}`,
    'Subscription-State': state,
    'Content-Type': 'message/sipfrag;version=2.0',
  };
  return { headers, body: `SIP/2.0 ${status} ${phrase(reason)}\r\n` };
}
