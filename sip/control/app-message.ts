// SIP text as an application hands it over: what it may decide, and what the engine makes itself.
// PURE. Nothing an application wrote becomes a header of the engine unless it is well formed.
import { parseAddress, splitList, tagOf } from '../message/address.ts';
import { headerKey, headerSpelling, isToken } from '../message/names.ts';

/** A request or response of an application, headers sorted by who owns them. */
export interface AppMessage {
  readonly startLine: string;
  /** Method of a request; for a response the method of its CSeq. */
  readonly method: string;
  readonly uri: string;
  /** 0 for a request. */
  readonly status: number;
  readonly reason: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Headers that pass as they are: key, spelled name, value. */
  readonly passing: readonly (readonly [key: string, name: string, value: string])[];
  readonly body: string;
  /** A header that may stand once and stands twice: a sign of injected lines. */
  readonly duplicate: string | null;
}

/** Built by the engine from these, or from its own state. */
const OWNED = new Set([
  ...['from', 'to', 'call-id', 'cseq', 'contact', 'content-type', 'max-forwards', 'route'],
]);

/** Never taken from an application. */
const REFUSED = new Set(['via', 'record-route', 'rseq', 'content-length']);

const CONTROL = /[\r\n\0]/;

/** Reads an application's SIP text. Null when its start line is neither request nor response. */
export function parseAppMessage(text: string): AppMessage | null {
  const blank = text.indexOf('\r\n\r\n');
  const head = blank < 0 ? text : text.slice(0, blank);
  const [startLine = '', ...lines] = unfolded(head).split('\r\n');
  const start = parseStart(startLine);
  if (start === null) return null;
  const headers = new Map<string, string>();
  const passing: (readonly [string, string, string])[] = [];
  let duplicate: string | null = null;
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? '' : line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    if (!isToken(name) || CONTROL.test(value)) continue;
    const key = headerKey(name);
    if (REFUSED.has(key)) continue;
    if (OWNED.has(key) && headers.has(key)) duplicate = key;
    headers.set(key, headers.has(key) ? `${headers.get(key)}, ${value}` : value);
    if (!OWNED.has(key)) passing.push([key, headerSpelling(name.length === 1 ? key : name), value]);
  }
  const method = start.status === 0 ? start.method : methodOf(headers.get('cseq'));
  const body = blank < 0 ? '' : text.slice(blank + 4);
  return { ...start, startLine, method, headers, passing, body, duplicate };
}

function unfolded(head: string): string {
  return head.includes('\r\n ') || head.includes('\r\n\t')
    ? head.replace(/\r\n[ \t]+/g, ' ')
    : head;
}

type Start = Pick<AppMessage, 'method' | 'uri' | 'status' | 'reason'>;

function parseStart(line: string): Start | null {
  const response = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n\0]*))?$/.exec(line);
  if (response !== null) {
    return { method: '', uri: '', status: Number(response[1]), reason: response[2] ?? '' };
  }
  const request = /^([A-Za-z0-9\-.!%*_+`'~]+) ([!-~\x80-\xff]+) SIP\/2\.0$/.exec(line);
  if (request === null) return null;
  return { method: request[1]!, uri: request[2]!, status: 0, reason: '' };
}

function methodOf(cseq: string | undefined): string {
  return /^\d+\s+(\S+)$/.exec(cseq ?? '')?.[1] ?? '';
}

/** The CSeq number an application asked for, or null. */
export function wantedCseq(message: AppMessage): number | null {
  const match = /^(\d{1,10})(?:\s|$)/.exec(message.headers.get('cseq') ?? '');
  const number = match === null ? -1 : Number(match[1]);
  return number >= 0 && number <= 0x7fff_ffff ? number : null;
}

/** The To tag an application chose, or null when it chose none or not a token. */
export function wantedToTag(message: AppMessage): string | null {
  const tag = tagOf(message.headers.get('to') ?? '');
  return tag !== null && isToken(tag) ? tag : null;
}

/** True when a list header of an application names the option. */
export function appLists(message: AppMessage, key: string, option: string): boolean {
  const value = message.headers.get(key);
  return value !== undefined && splitList(value).some((item) => item.toLowerCase() === option);
}

/**
 * From, To or a single Contact of an application: host `localhost` becomes `hostPort`, and the URI
 * gets its brackets so that URI parameters stay with it. Null when it is not an address.
 */
export function localisedAddress(value: string, hostPort: string): string | null {
  const address = parseAddress(value);
  if (address === null) return null;
  const uri = localisedText(address.uri, hostPort);
  return `${address.display === '' ? '' : `${address.display} `}<${uri}>${address.params}`;
}

/** Replaces host `localhost` (and its port) in every URI of the text. */
export function localisedText(value: string, hostPort: string): string {
  if (!value.includes('@localhost')) return value;
  return value.replace(/@localhost(?::\d+)?(?=[;>?\s,]|$)/g, `@${hostPort}`);
}

/** The headers that pass, as lines; identities get the real host. */
export function passingLines(message: AppMessage, hostPort: string): string {
  let lines = '';
  for (const [key, name, value] of message.passing) {
    const shown = key === 'p-asserted-identity' ? localisedText(value, hostPort) : value;
    lines += `${name}: ${shown}\r\n`;
  }
  return lines;
}

/**
 * The Content-Type line: the application's, or SDP by its look, or none for an empty body.
 * Null when there is a body of unknown type.
 */
export function contentTypeLine(message: AppMessage): string | null {
  const given = message.headers.get('content-type');
  if (given !== undefined) return `Content-Type: ${given}\r\n`;
  if (message.body === '') return '';
  return message.body.startsWith('v=0') ? 'Content-Type: application/sdp\r\n' : null;
}
