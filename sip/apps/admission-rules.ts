// What every new request must be before anybody looks at who sent it: of a scheme, with extensions
// and with a body that we know. PURE. RFC 3261 s.8.2.2.1, s.8.2.2.3, s.8.2.3, s.21.4.13 to 21.4.15.
import { splitList } from '../message/address.ts';
import type { HeaderRecord } from './srf.ts';

/** Option tags that a request may require: RFC 3262, 4028, 3891, 4488, 3327. */
const SUPPORTED: ReadonlySet<string> = new Set([
  '100rel',
  'timer',
  'replaces',
  'norefersub',
  'path',
]);
const SDP = 'application/sdp';

/** The parts that count; header values as received, undefined when absent. */
export interface Admittable {
  readonly method: string;
  readonly uri: string;
  readonly require: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly contentDisposition: string | undefined;
  readonly accept: string | undefined;
  readonly hasBody: boolean;
}

export interface Refusal {
  readonly status: 406 | 415 | 416 | 420;
  readonly reason: string;
  readonly headers: HeaderRecord;
}

/** Why the request cannot be served, in the order of s.8.2; null when it can. */
export function refusalOf(request: Admittable): Refusal | null {
  if (!/^(sips?|tel):/i.test(request.uri)) {
    return { status: 416, reason: 'Unsupported URI Scheme', headers: {} };
  }
  const unsupported = splitList(request.require ?? '').filter(
    (tag) => !SUPPORTED.has(tag.toLowerCase()),
  );
  if (unsupported.length > 0) {
    const headers = { Unsupported: unsupported.join(', ') };
    return { status: 420, reason: 'Bad Extension', headers };
  }
  return request.method === 'INVITE' ? bodyRefusal(request) : null;
}

function bodyRefusal(request: Admittable): Refusal | null {
  const { contentType, contentEncoding, contentDisposition, accept, hasBody } = request;
  const optional = /;\s*handling\s*=\s*optional\b/i.test(contentDisposition ?? '');
  if (hasBody && !optional) {
    if (!/^\s*identity\s*$/i.test(contentEncoding ?? 'identity')) {
      const headers = { 'Accept-Encoding': 'identity' };
      return { status: 415, reason: 'Unsupported Media Type', headers };
    }
    if (!new RegExp(`^\\s*${SDP}\\s*(;|$)`, 'i').test(contentType ?? '')) {
      return { status: 415, reason: 'Unsupported Media Type', headers: { Accept: SDP } };
    }
  }
  if (accept === undefined || splitList(accept).some(takesSdp)) return null;
  return { status: 406, reason: 'Not Acceptable', headers: {} };
}

function takesSdp(range: string): boolean {
  const [type = '', ...params] = range.toLowerCase().split(';');
  const refused = params.some((param) => /^\s*q\s*=\s*0(\.0*)?\s*$/.test(param));
  return !refused && ['*/*', 'application/*', SDP].includes(type.trim());
}
