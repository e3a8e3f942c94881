// Bytes to message, in one pass over the text, and what is wrong with it. PURE, never throws.
// RFC 3261 s.7, s.8.1.1, s.18.3, s.25; RFC 4475 for what hostile messages look like.
import { parseAddress, tagOf } from './address.ts';
import { SipMessage } from './message.ts';
import { headerKey, isToken } from './names.ts';
import { parseUri } from './uri.ts';

/** Most lines in one header, folded ones included; more answers 400. */
export const MAX_HEADER_LINES = 256;

/** A message, with its first defect if it has one: a request is then answered with `status`. */
export interface Parsed {
  readonly message: SipMessage;
  readonly defect: Defect | null;
}

export interface Defect {
  readonly status: 400 | 505;
  readonly reason: string;
}

export interface ParseOptions {
  /** On a stream a Content-Length is a must (s.18.3); in a datagram the end is the end. */
  readonly stream: boolean;
}

interface Lines {
  readonly fields: string[];
  readonly bodyStart: number;
  readonly viaStart: number;
  readonly viaEnd: number;
  /** False when the text may not be passed on as it is (folding, compact names). */
  readonly clean: boolean;
  readonly defect: string | null;
}

const SINGLE = ['from', 'to', 'call-id', 'cseq', 'content-length', 'max-forwards', 'content-type'];

/** Reads a message. Null when there is not even a start line: nothing can be answered to that. */
export function parseMessage(text: string, options: ParseOptions): Parsed | null {
  const lineEnd = text.indexOf('\r\n');
  if (lineEnd < 0) return null;
  const firstLine = text.slice(0, lineEnd);
  const tidyLine = firstLine.startsWith('SIP/') ? firstLine : firstLine.trimEnd();
  const start = parseStartLine(tidyLine);
  if (start === null) return null;
  const lines = parseLines(text, lineEnd + 2);
  const length = contentLength(lines.fields);
  const rest = text.length - lines.bodyStart;
  const exact = length === rest;
  const body = length !== null && length < rest ? cut(text, lines.bodyStart, length) : undefined;
  const message = new SipMessage({
    ...start,
    method: start.status === 0 ? start.method : cseqMethod(lines.fields),
    fields: lines.fields,
    body: body ?? text.slice(lines.bodyStart),
    raw: lines.clean && exact && tidyLine === firstLine ? text : null,
    viaStart: lines.viaStart,
    viaEnd: lines.viaEnd,
  });
  return { message, defect: findDefect(message, lines, length, rest, options) };
}

function cut(text: string, start: number, length: number): string {
  return length < 0 ? '' : text.slice(start, start + length);
}

type StartLine = Pick<SipMessage, 'method' | 'uri' | 'status' | 'reason' | 'version'>;

function parseStartLine(line: string): StartLine | null {
  if (line.startsWith('SIP/')) {
    const match = /^(SIP\/\d+\.\d+) ([1-6]\d\d)(?: (.*))?$/s.exec(line);
    if (match === null) return null;
    const reason = match[3] ?? '';
    return { method: '', uri: '', status: Number(match[2]), reason, version: match[1]! };
  }
  const space = line.indexOf(' ');
  const lastSpace = line.lastIndexOf(' ');
  if (space <= 0 || lastSpace <= space) return null;
  const method = line.slice(0, space);
  const version = line.slice(lastSpace + 1);
  if (!isToken(method) || !/^SIP\/\d+\.\d+$/i.test(version)) return null;
  return { method, uri: line.slice(space + 1, lastSpace), status: 0, reason: '', version };
}

/** What is known of the header lines read so far. */
interface Reading {
  readonly fields: string[];
  viaStart: number;
  viaEnd: number;
  clean: boolean;
  defect: string | null;
}

/** Slices header lines up to the blank one. Linear in the text, whatever stands in it. */
function parseLines(text: string, from: number): Lines {
  const read: Reading = { fields: [], viaStart: 0, viaEnd: 0, clean: true, defect: null };
  let at = from;
  let carriage = text.indexOf('\r', at);
  for (let count = 0; at < text.length; count++) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (carriage >= 0 && carriage < at) carriage = text.indexOf('\r', at);
    if (newline < 0 || carriage !== end - 1) {
      read.defect ??= newline < 0 ? 'header without end' : 'bare CR or LF';
      read.clean = false;
    }
    const lineEnd = newline > at && text.charCodeAt(end - 1) === 0x0d ? end - 1 : end;
    if (lineEnd === at) return { ...read, bodyStart: end + 1 };
    if (count === MAX_HEADER_LINES) {
      return { ...read, bodyStart: text.length, clean: false, defect: 'too many headers' };
    }
    parseLine(read, text, at, lineEnd);
    at = end + 1;
  }
  const defect = read.defect ?? 'headers without end';
  return { ...read, bodyStart: text.length, clean: false, defect };
}

/** Reads one line: a field, or more of the field before (s.7.3.1). */
function parseLine(read: Reading, text: string, at: number, lineEnd: number): void {
  const { fields } = read;
  if (isBlank(text.charCodeAt(at))) {
    read.clean = false;
    const more = text.slice(at, lineEnd).trim();
    if (fields.length === 0) read.defect ??= 'folded start line';
    else if (fields.at(-1) === '') fields[fields.length - 1] = more;
    else if (more !== '') fields[fields.length - 1] += ` ${more}`;
    return;
  }
  const valueAt = pushField(fields, text, at, lineEnd);
  if (valueAt < 0) {
    read.defect ??= 'bad header line';
    read.clean = false;
    return;
  }
  if (read.viaEnd === 0 && fields.at(-3) === 'via') {
    read.viaStart = valueAt;
    read.viaEnd = lineEnd;
  }
  if (fields.at(-2)!.length === 1) read.clean = false;
}

/** Adds key, name and value of one line; answers where the value starts, -1 when malformed. */
function pushField(fields: string[], text: string, at: number, lineEnd: number): number {
  const line = text.slice(at, lineEnd);
  const colon = line.indexOf(':');
  if (colon < 0) return -1;
  let nameEnd = colon;
  while (nameEnd > 0 && isBlank(line.charCodeAt(nameEnd - 1))) nameEnd--;
  const name = line.slice(0, nameEnd);
  const key = headerKey(name);
  if (key === name.toLowerCase() && !isToken(name)) return -1;
  let start = colon + 1;
  while (start < line.length && isBlank(line.charCodeAt(start))) start++;
  let end = line.length;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end--;
  fields.push(key, name, line.slice(start, end));
  return at + start;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Declared length of the body: null when not declared, -1 when it is not a number. */
function contentLength(fields: readonly string[]): number | null {
  for (let i = 0; i < fields.length; i += 3) {
    if (fields[i] !== 'content-length') continue;
    const value = fields[i + 2]!;
    return /^\d{1,9}$/.test(value) ? Number(value) : -1;
  }
  return null;
}

function cseqMethod(fields: readonly string[]): string {
  const at = fields.indexOf('cseq');
  if (at < 0) return '';
  return /^\d+\s+(\S+)$/.exec(fields[at + 2] ?? '')?.[1] ?? '';
}

function findDefect(
  message: SipMessage,
  lines: Lines,
  length: number | null,
  rest: number,
  options: ParseOptions,
): Defect | null {
  if (message.version.toUpperCase() !== 'SIP/2.0') {
    return { status: 505, reason: 'Version Not Supported' };
  }
  const reason =
    lines.defect ??
    lengthDefect(length, rest, options) ??
    duplicateDefect(lines.fields) ??
    mandatoryDefect(message);
  return reason === null ? null : { status: 400, reason: `Bad Request (${reason})` };
}

function lengthDefect(length: number | null, rest: number, options: ParseOptions): string | null {
  if (length === null) return options.stream ? 'missing Content-Length' : null;
  if (length < 0) return 'bad Content-Length';
  return length > rest ? 'body shorter than Content-Length' : null;
}

function duplicateDefect(fields: readonly string[]): string | null {
  let seen = 0;
  for (let i = 0; i < fields.length; i += 3) {
    const bit = SINGLE.indexOf(fields[i]!);
    if (bit < 0) continue;
    if ((seen & (1 << bit)) !== 0) return `more than one ${fields[i]}`;
    seen |= 1 << bit;
  }
  return null;
}

/** A URI of any scheme; of sip and sips also with a host that can be read. */
function isRequestUri(uri: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"]+$/.test(uri)) return false;
  return !/^sips?:/i.test(uri) || parseUri(uri) !== null;
}

/** What s.8.1.1 makes mandatory, and the characters that the control protocol cannot carry. */
function mandatoryDefect(message: SipMessage): string | null {
  const callId = message.callId;
  if (callId === '' || /[\s|]/.test(callId)) return 'bad Call-ID';
  const cseq = /^(\d{1,10})\s+(\S+)$/.exec(message.first('cseq') ?? '');
  if (cseq === null || Number(cseq[1]) > 0x7fff_ffff) return 'bad CSeq';
  if (message.isRequest && cseq[2] !== message.method) return 'CSeq method mismatch';
  if (parseAddress(message.from) === null) return 'bad From';
  if (parseAddress(message.to) === null) return 'bad To';
  if (/[\s|]/.test(tagOf(message.from) ?? '') || /[\s|]/.test(tagOf(message.to) ?? '')) {
    return 'bad tag';
  }
  if (message.isRequest && !isRequestUri(message.uri)) return 'bad Request-URI';
  const hops = message.first('max-forwards');
  if (hops !== null && !(/^\d{1,10}$/.test(hops) && Number(hops) < 256)) return 'bad Max-Forwards';
  if (/[\r\n]/.test(message.reason)) return 'bare CR or LF';
  return message.topVia === null ? 'bad Via' : null;
}
