// A SIP message as parsed: fields in order, values untouched, parts read when asked for. PURE.
// RFC 3261 s.7.
//
// Text is a byte string: one character per octet (latin1). UTF-8 passes through unharmed, a length
// in characters is a length in bytes, and nothing is transcoded on the way.
import { parseVia, splitList, tagOf, type Via } from './address.ts';
import { headerSpelling } from './names.ts';

/** What the parser found; see parse.ts. Fields are flat: key, spelled name, value, ... */
export interface MessageParts {
  readonly method: string;
  readonly uri: string;
  /** 0 for a request. */
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly fields: string[];
  readonly body: string;
  /** The text as received, when it may be passed on as it is; else null. */
  readonly raw: string | null;
  /** Where the first Via value stands in `raw`. */
  readonly viaStart: number;
  readonly viaEnd: number;
}

/** A request or a response. Only the top Via may change, when the transport stamps it. */
export class SipMessage {
  /** For a response: the method of its CSeq. */
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly body: string;
  readonly #parts: MessageParts;
  #stampedVia: string | null = null;
  #topVia: Via | null | undefined;

  constructor(parts: MessageParts) {
    this.#parts = parts;
    this.method = parts.method;
    this.uri = parts.uri;
    this.status = parts.status;
    this.reason = parts.reason;
    this.version = parts.version;
    this.body = parts.body;
  }

  get isRequest(): boolean {
    return this.status === 0;
  }

  /** The first field of that name (lower-case long form), or null. */
  first(key: string): string | null {
    const fields = this.#parts.fields;
    for (let i = 0; i < fields.length; i += 3) {
      if (fields[i] === key) return fields[i + 2] as string;
    }
    return null;
  }

  /** Every field of that name, one entry per line. */
  all(key: string): string[] {
    const fields = this.#parts.fields;
    const found: string[] = [];
    for (let i = 0; i < fields.length; i += 3) {
      if (fields[i] === key) found.push(fields[i + 2] as string);
    }
    return found;
  }

  /** Every value of a list header, over lines and commas. */
  list(key: string): string[] {
    const lines = this.all(key);
    if (lines.length === 1 && !lines[0]!.includes(',')) return lines;
    return lines.flatMap(splitList);
  }

  /** True when a list header (Require, Supported) names the option, without case. */
  lists(key: string, option: string): boolean {
    return this.list(key).some((item) => item.toLowerCase() === option);
  }

  /** Calls back with key, name as spelled and value of every field, in order. */
  each(visit: (key: string, name: string, value: string) => void): void {
    const fields = this.#parts.fields;
    for (let i = 0; i < fields.length; i += 3) {
      visit(fields[i] as string, fields[i + 1] as string, fields[i + 2] as string);
    }
  }

  get callId(): string {
    return this.first('call-id') ?? '';
  }

  get from(): string {
    return this.first('from') ?? '';
  }

  get to(): string {
    return this.first('to') ?? '';
  }

  get fromTag(): string | null {
    return tagOf(this.from);
  }

  get toTag(): string | null {
    return tagOf(this.to);
  }

  /** Sequence number of the CSeq, or -1. */
  get cseqNumber(): number {
    const match = /^\d+/.exec(this.first('cseq') ?? '');
    return match === null ? -1 : Number(match[0]);
  }

  /** The topmost Via as received, or null when there is none or it is malformed. */
  get topVia(): Via | null {
    if (this.#topVia === undefined) {
      const first = splitList(this.first('via') ?? '')[0];
      this.#topVia = first === undefined ? null : parseVia(first);
    }
    return this.#topVia;
  }

  /** Replaces the text of the top Via (received, rport): s.18.2.1, RFC 3581 s.4. */
  stampVia(stamp: (top: string) => string): void {
    const fields = this.#parts.fields;
    for (let i = 0; i < fields.length; i += 3) {
      if (fields[i] !== 'via') continue;
      const value = fields[i + 2] as string;
      const top = splitList(value)[0] ?? '';
      this.#stampedVia = stamp(top) + value.slice(value.indexOf(top) + top.length);
      fields[i + 2] = this.#stampedVia;
      return;
    }
  }

  /** The whole message in clean form: CRLF lines, long names, a right Content-Length. */
  text(): string {
    const { raw, viaStart, viaEnd, fields } = this.#parts;
    if (raw !== null) {
      if (this.#stampedVia === null) return raw;
      return raw.slice(0, viaStart) + this.#stampedVia + raw.slice(viaEnd);
    }
    let text = this.startLine() + '\r\n';
    for (let i = 0; i < fields.length; i += 3) {
      if (fields[i] === 'content-length') continue;
      const spelled = fields[i + 1] as string;
      const name = spelled.length === 1 ? headerSpelling(fields[i] as string) : spelled;
      text += `${name}: ${fields[i + 2] as string}\r\n`;
    }
    return `${text}Content-Length: ${this.body.length}\r\n\r\n${this.body}`;
  }

  /** `INVITE sip:a@b SIP/2.0` or `SIP/2.0 200 OK`. */
  startLine(): string {
    if (this.isRequest) return `${this.method} ${this.uri} ${this.version}`;
    return `${this.version} ${this.status} ${this.reason}`;
  }
}
