// How many SIP messages of each kind went in and out. The kinds are bounded whatever the network
// sends: known methods and statuses by name, all others together.

/** RFC 3261 and the extensions that IANA lists. */
const METHODS: ReadonlySet<string> = new Set([
  ...['INVITE', 'ACK', 'BYE', 'CANCEL', 'REGISTER', 'OPTIONS', 'PRACK', 'UPDATE', 'INFO'],
  ...['REFER', 'SUBSCRIBE', 'NOTIFY', 'MESSAGE', 'PUBLISH'],
]);

/** Statuses counted by themselves; others as `1xx` to `6xx`. */
const STATUSES: ReadonlySet<number> = new Set([
  ...[100, 180, 181, 182, 183, 199, 200, 202, 204, 300, 301, 302, 305, 380],
  ...[400, 401, 402, 403, 404, 405, 406, 407, 408, 410, 412, 413, 414, 415, 416, 420, 421, 422],
  ...[423, 428, 429, 430, 433, 436, 437, 438, 439, 440, 469, 470, 480, 481, 482, 483, 484, 485],
  ...[486, 487, 488, 489, 491, 493, 494, 500, 501, 502, 503, 504, 505, 513, 555, 580],
  ...[600, 603, 604, 606, 607, 608],
]);

type Direction = 'received' | 'sent';

/** Counts by direction, method and status. */
export class MessageCounters {
  readonly #counts = new Map<string, number>();

  /** @param status 0 for a request */
  count(direction: Direction, method: string, status: number): void {
    const known = METHODS.has(method) ? method : 'OTHER';
    const name = `${direction}.${known}${status === 0 ? '' : `.${statusName(status)}`}`;
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** A message as it leaves. */
  countText(direction: Direction, text: string): void {
    const isResponse = text.startsWith('SIP/2.0 ');
    const status = isResponse ? Number(text.slice(8, 11)) : 0;
    const method = isResponse ? cseqMethod(text) : text.slice(0, text.indexOf(' '));
    this.count(direction, method, status);
  }

  /** `received.INVITE` requests, `sent.INVITE.200` responses. */
  stats(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}

function statusName(status: number): string {
  if (STATUSES.has(status)) return String(status);
  const kind = Math.floor(status / 100);
  return kind >= 1 && kind <= 6 ? `${kind}xx` : 'other';
}

function cseqMethod(text: string): string {
  const at = text.indexOf('\r\nCSeq: ');
  // What is passed on for others may be spelled as they did.
  if (at < 0) return /^cseq[ \t]*:[ \t]*\d+[ \t]+(\w+)/im.exec(text)?.[1] ?? '';
  const line = text.slice(at + 8, text.indexOf('\r\n', at + 8));
  return line.slice(line.indexOf(' ') + 1);
}
