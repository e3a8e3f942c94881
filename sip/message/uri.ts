// SIP and SIPS URIs, and the parameters that hang on URIs and header values. PURE.
// RFC 3261 s.19.1, s.25.1.

/** A SIP or SIPS URI. `params` and `headers` are raw text, looked into only when asked. */
export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  readonly user: string | null;
  /** Without brackets for IPv6. */
  readonly host: string;
  readonly port: number | null;
  /** `;transport=tcp;lr`, or empty. */
  readonly params: string;
}

const HOST = /^[A-Za-z0-9._-]+$/;
const IPV6 = /^[0-9A-Fa-f:.]+$/;

/** Host and port; IPv6 hosts stand in brackets. Null when it is neither. */
export function parseHostPort(text: string): { host: string; port: number | null } | null {
  let host: string;
  let rest: string;
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    if (close < 0) return null;
    host = text.slice(1, close);
    rest = text.slice(close + 1);
    if (!IPV6.test(host)) return null;
  } else {
    const colon = text.indexOf(':');
    host = colon < 0 ? text : text.slice(0, colon);
    rest = colon < 0 ? '' : text.slice(colon);
    if (!HOST.test(host)) return null;
  }
  if (rest === '') return { host, port: null };
  const digits = rest.slice(1);
  if (!rest.startsWith(':') || !/^[0-9]{1,5}$/.test(digits)) return null;
  const port = Number(digits);
  return port > 65_535 ? null : { host, port };
}

/** Reads a SIP or SIPS URI; null for every other scheme and for malformed ones. */
export function parseUri(text: string): SipUri | null {
  const colon = text.indexOf(':');
  const scheme = colon < 0 ? '' : text.slice(0, colon).toLowerCase();
  if (scheme !== 'sip' && scheme !== 'sips') return null;
  const at = text.lastIndexOf('@');
  const user = at < 0 ? null : text.slice(colon + 1, at);
  const start = at < 0 ? colon + 1 : at + 1;
  let end = text.indexOf('?', start);
  if (end < 0) end = text.length;
  let semicolon = text.indexOf(';', start);
  if (semicolon < 0 || semicolon > end) semicolon = end;
  const place = parseHostPort(text.slice(start, semicolon));
  if (place === null) return null;
  return { scheme, user, host: place.host, port: place.port, params: text.slice(semicolon, end) };
}

/** Writes a host for a URI or Via: IPv6 gets its brackets. */
export function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** `host:port` with IPv6 in brackets; without a port when it is null. */
export function hostPort(host: string, port: number | null): string {
  return port === null ? bracketed(host) : `${bracketed(host)}:${port}`;
}

/**
 * The value of one parameter of `;a=b;c` text: null when absent, empty when without a value.
 * Quoted values lose their quotes. Names compare without case.
 */
export function paramOf(params: string, name: string): string | null {
  let at = params.indexOf(';');
  while (at >= 0 && at < params.length) {
    const end = paramEnd(params, at + 1);
    const piece = params.slice(at + 1, end);
    const equals = piece.indexOf('=');
    const key = (equals < 0 ? piece : piece.slice(0, equals)).trim();
    if (key.length === name.length && key.toLowerCase() === name) {
      return equals < 0 ? '' : unquote(piece.slice(equals + 1).trim());
    }
    at = end;
  }
  return null;
}

/** The text without the named parameter. */
export function withoutParam(params: string, name: string): string {
  let kept = '';
  let at = params.indexOf(';');
  while (at >= 0 && at < params.length) {
    const end = paramEnd(params, at + 1);
    const piece = params.slice(at, end);
    const key = piece.slice(1).split('=', 1)[0] ?? '';
    if (key.trim().toLowerCase() !== name) kept += piece;
    at = end;
  }
  return kept;
}

/** Where the parameter that starts at `from` ends: the next `;` outside quotes, or the end. */
function paramEnd(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3b) return i;
    if (code !== 0x22) continue;
    const close = closingQuote(text, i);
    if (close < 0) return text.length;
    i = close;
  }
  return text.length;
}

/** Index of the quote that closes the one at `open`, or -1. Backslash escapes (s.25.1). */
export function closingQuote(text: string, open: number): number {
  for (let i = open + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i;
  }
  return -1;
}

function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"') || text.length < 2) return text;
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}
