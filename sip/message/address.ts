// Values of From, To, Contact, Route and Via. PURE.
// RFC 3261 s.20.10 (name-addr and addr-spec), s.20.42 (Via), s.7.3.1 (lists).
import { closingQuote, parseHostPort, paramOf } from './uri.ts';

/** `"Alice" <sip:a@b;lr>;tag=1`, taken apart. */
export interface Address {
  /** Display name as written, quotes included; empty when there is none. */
  readonly display: string;
  readonly uri: string;
  /** Header parameters, `;tag=1`, or empty. */
  readonly params: string;
}

/** One Via value. */
export interface Via {
  /** `UDP`, `TCP`, upper case. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | null;
  readonly params: string;
  readonly branch: string | null;
}

/**
 * Reads one name-addr or addr-spec. In an addr-spec without brackets every `;` starts a header
 * parameter (s.20.10). Null when malformed.
 */
export function parseAddress(value: string): Address | null {
  const text = value.trim();
  let open: number;
  if (text.startsWith('"')) {
    const close = closingQuote(text, 0);
    if (close < 0) return null;
    open = text.indexOf('<', close);
    if (open < 0) return null;
  } else {
    open = text.indexOf('<');
  }
  if (open < 0) {
    const semicolon = text.indexOf(';');
    const uri = semicolon < 0 ? text : text.slice(0, semicolon).trim();
    if (!isUri(uri) || /[?,]/.test(uri)) return null;
    return { display: '', uri, params: semicolon < 0 ? '' : text.slice(semicolon) };
  }
  const close = text.indexOf('>', open);
  if (close < 0) return null;
  const uri = text.slice(open + 1, close).trim();
  const params = text.slice(close + 1).trimStart();
  if (!isUri(uri) || (params !== '' && !params.startsWith(';'))) return null;
  return { display: text.slice(0, open).trim(), uri, params };
}

function isUri(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(text);
}

/** The tag of a From or To value, or null. Never throws, whatever the value. */
export function tagOf(value: string): string | null {
  const from = value.startsWith('"') ? Math.max(0, closingQuote(value, 0)) : 0;
  const close = value.indexOf('>', from);
  const params = value.slice(close < 0 ? value.indexOf(';', from) : close + 1);
  if (close < 0 && !value.includes(';')) return null;
  const tag = paramOf(params, 'tag');
  return tag === '' ? null : tag;
}

/** Reads one Via value; null when malformed. */
export function parseVia(value: string): Via | null {
  const semicolon = value.indexOf(';');
  const head = semicolon < 0 ? value : value.slice(0, semicolon);
  const params = semicolon < 0 ? '' : value.slice(semicolon);
  const match = /^\s*SIP\s*\/\s*2\.0\s*\/\s*([A-Za-z0-9-]+)\s+(\S+?)\s*(?::\s*(\d+)\s*)?$/i.exec(
    head,
  );
  // A separator separates something from something (RFC 4475 s.3.1.2.1).
  if (match === null || /;\s*(?:;|$)/.test(params)) return null;
  const sentBy = parseHostPort(match[3] === undefined ? match[2]! : `${match[2]}:${match[3]}`);
  if (sentBy === null) return null;
  return {
    transport: match[1]!.toUpperCase(),
    host: sentBy.host,
    port: sentBy.port,
    params,
    branch: paramOf(params, 'branch'),
  };
}

/** Splits a comma-separated header value, minding quotes and angle brackets. */
export function splitList(value: string): string[] {
  if (!value.includes(',')) return value === '' ? [] : [value.trim()];
  const items: string[] = [];
  let start = 0;
  for (let i = 0; i <= value.length; i++) {
    const code = i < value.length ? value.charCodeAt(i) : 0x2c;
    if (code === 0x22) {
      const close = closingQuote(value, i);
      i = close < 0 ? value.length - 1 : close;
    } else if (code === 0x3c) {
      const close = value.indexOf('>', i);
      i = close < 0 ? value.length - 1 : close;
    } else if (code === 0x2c) {
      const item = value.slice(start, i).trim();
      if (item !== '') items.push(item);
      start = i + 1;
    }
  }
  return items;
}
