// The test phone's own reading and writing of SIP text (RFC 3261 s.7). It shares no code with the
// engine on purpose: an error made on both sides would otherwise cancel itself out.

/** A SIP message split into its parts; header names are long and lower-case. */
export interface SipText {
  readonly startLine: string;
  /** Method of a request, null for a response. */
  readonly method: string | null;
  /** Request-URI of a request, empty for a response. */
  readonly uri: string;
  /** Status of a response, 0 for a request. */
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export type HeaderLines = readonly (readonly [name: string, value: string])[];

const COMPACT_NAMES: Readonly<Record<string, string>> = {
  c: 'content-type',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  s: 'subject',
  t: 'to',
  v: 'via',
};

/** Splits a datagram into a message; null when it is not SIP (keep-alives, rubbish). */
export function parseMessage(text: string): SipText | null {
  const split = text.indexOf('\r\n\r\n');
  if (split < 0) return null;
  const lines = text
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const startLine = lines[0] ?? '';
  const headers = lines.slice(1).flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) return [];
    const name = line.slice(0, colon).trim().toLowerCase();
    return [[COMPACT_NAMES[name] ?? name, line.slice(colon + 1).trim()] as const];
  });
  const shared = { startLine, headers, body: text.slice(split + 4) };
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(startLine);
  if (response) {
    return {
      ...shared,
      method: null,
      uri: '',
      status: Number(response[1]),
      reason: response[2] ?? '',
    };
  }
  const request = /^([A-Z]+) (\S+) SIP\/2\.0$/.exec(startLine);
  if (!request) return null;
  return { ...shared, method: request[1] ?? '', uri: request[2] ?? '', status: 0, reason: '' };
}

/** Writes a message; Content-Length is added here, Content-Type by the caller. */
export function writeMessage(startLine: string, headers: HeaderLines, body = ''): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  lines.push(`Content-Length: ${Buffer.byteLength(body)}`);
  return `${startLine}\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** First value of a header, empty when there is none. */
export function header(message: SipText, name: string): string {
  return message.headers.find(([known]) => known === name)?.[1] ?? '';
}

/** All lines of a header, in order. */
export function headerLines(message: SipText, name: string): string[] {
  return message.headers.filter(([known]) => known === name).map(([, value]) => value);
}

/** CSeq as number and method. */
export function cseqOf(message: SipText): { readonly number: number; readonly method: string } {
  const [number = '0', method = ''] = header(message, 'cseq').split(/\s+/);
  return { number: Number(number), method };
}

/** The URI of a name-addr or addr-spec (RFC 3261 s.20.10), without brackets. */
export function uriOf(address: string): string {
  const bracketed = /<([^>]*)>/.exec(address);
  return bracketed?.[1] ?? address.split(';')[0]?.trim() ?? '';
}

/** A header parameter such as `tag` or `branch`; empty when absent. */
export function parameter(value: string, name: string): string {
  const outside = value.replace(/<[^>]*>/, '');
  return new RegExp(`;\\s*${name}\\s*=\\s*"?([^;,"\\s]+)`, 'i').exec(outside)?.[1] ?? '';
}

/** User part of a SIP or TEL URI, percent-decoded. */
export function userOf(uri: string): string {
  const user = /^(?:sips?:([^@;]*)@|tel:([^;]*))/i.exec(uri);
  return decodeURIComponent(user?.[1]?.split(':')[0] ?? user?.[2] ?? '');
}

/** Host and port of a SIP URI; 5060 unless written. */
export function hostPortOf(uri: string): HostPort {
  const place = /^sips?:(?:[^@]*@)?([^:;?>]+)(?::(\d+))?/i.exec(uri);
  if (!place?.[1]) throw new Error(`not a SIP URI with a host: ${uri}`);
  return { host: place[1], port: Number(place[2] ?? 5060) };
}
