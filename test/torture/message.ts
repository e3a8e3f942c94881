// How torture messages are written down: lines as they go on the wire, and what must come of them.

/** What the parser makes of one message. */
export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly method: string;
      /** Parts that are easy to get wrong, by the name of what is asked of the message. */
      readonly parts?: Readonly<Record<string, string | number | null>>;
    }
  /** Answered with this status when it is a request. */
  | { readonly kind: 'refused'; readonly status: 400 | 505; readonly because: RegExp }
  /** Not even a start line, or nowhere to answer to: silence. */
  | { readonly kind: 'dropped' };

export interface Torture {
  /** The name the document gives it. */
  readonly name: string;
  readonly section: string;
  readonly text: string;
  readonly outcome: Outcome;
  /** What the running engine says over UDP: a status, or null for silence. */
  readonly answer?: number | null;
}

/** Lines ended by CRLF, a blank one, and a body. `Content-Length: *` is the length of the body. */
export function text(lines: readonly string[], body = ''): string {
  const length = String(Buffer.from(body, 'latin1').length);
  const head = lines.map((line) => line.replace(/^(Content-Length|l): \*$/i, `$1: ${length}`));
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export const SDP = [
  ...['v=0', 'o=torture 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'],
  ...['m=audio 49217 RTP/AVP 0 12', 'm=video 3227 RTP/AVP 31', 'a=rtpmap:31 LPC', ''],
].join('\r\n');

/** UTF-8 as the byte string that the wire carries. */
export function utf8(words: string): string {
  return Buffer.from(words, 'utf8').toString('latin1');
}

/** The usual headers of a request, each replaceable; null leaves one out. */
export function request(
  startLine: string,
  change: Readonly<Record<string, string | null>> = {},
  body = '',
): string {
  const method = startLine.split(' ', 1)[0] ?? '';
  const headers: Record<string, string | null> = {
    Via: 'SIP/2.0/UDP host5.example.net;branch=z9hG4bKtorture',
    'Max-Forwards': '70',
    From: '<sip:caller@example.net>;tag=torture',
    To: 'sip:user@example.com',
    'Call-ID': 'torture.call@example.net',
    CSeq: `8 ${method}`,
    Contact: '<sip:caller@host5.example.net>',
    'Content-Length': '*',
    ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
    ...change,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null);
  return text([startLine, ...lines.map(([name, value]) => `${name}: ${value}`)], body);
}

export const accepted = (method: string, parts: Readonly<Record<string, string | number | null>>) =>
  ({ kind: 'accepted', method, parts }) as const;

export const refused = (because: RegExp, status: 400 | 505 = 400) =>
  ({ kind: 'refused', status, because }) as const;
