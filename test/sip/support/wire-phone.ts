// A telephone that speaks SIP by hand over one UDP socket: no rules, only text out and text in.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { until } from '../../support/until.ts';

export class WirePhone {
  readonly port: number;
  /** Everything received, oldest first. */
  readonly inbox: string[] = [];
  readonly #socket: Socket;
  readonly #server: number;
  #taken = 0;
  #count = 0;

  private constructor(socket: Socket, port: number, server: number) {
    this.#socket = socket;
    this.port = port;
    this.#server = server;
    socket.on('message', (data) => this.inbox.push(data.toString('utf8')));
  }

  /** Opens a phone that talks to the given port of 127.0.0.1; it closes with the test. */
  static async open(t: TestContext, server: number): Promise<WirePhone> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.after(() => socket.close());
    return new WirePhone(socket, socket.address().port, server);
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'utf8'), this.#server, '127.0.0.1');
  }

  /** A request with a fresh branch; `change` replaces header lines, null takes them out. */
  request(
    method: string,
    change: Readonly<Record<string, string | null>> = {},
    body = '',
    uri = `sip:bob@127.0.0.1:${this.#server}`,
  ): string {
    const headers: Record<string, string | null> = {
      Via: `SIP/2.0/UDP 127.0.0.1:${this.port};branch=z9hG4bK-${this.port}-${++this.#count}`,
      'Max-Forwards': '70',
      From: `<sip:alice@127.0.0.1:${this.port}>;tag=alice`,
      To: '<sip:bob@127.0.0.1>',
      'Call-ID': `call-${this.port}`,
      CSeq: `${this.#count} ${method}`,
      Contact: `<sip:alice@127.0.0.1:${this.port}>`,
      ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
      'Content-Length': String(Buffer.byteLength(body)),
      ...change,
    };
    const lines = Object.entries(headers).filter(([, value]) => value !== null);
    const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return `${method} ${uri} SIP/2.0\r\n${text}\r\n${body}`;
  }

  /** A response to a request as received. */
  response(
    request: string,
    status: string,
    change: Readonly<Record<string, string>> = {},
    body = '',
  ): string {
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq']
      .flatMap((name) => {
        const values = headerLines(request, name);
        const tag = name === 'To' && !/;tag=/.test(values[0] ?? '') ? ';tag=phone' : '';
        return values.map((value) => `${name}: ${value}${tag}\r\n`);
      })
      .join('');
    const headers = {
      Contact: `<sip:phone@127.0.0.1:${this.port}>`,
      ...(body === '' ? {} : { 'Content-Type': 'application/sdp' }),
      'Content-Length': String(Buffer.byteLength(body)),
      ...change,
    };
    const own = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `SIP/2.0 ${status}\r\n${copied}${own.join('')}\r\n${body}`;
  }

  /** Waits for the next message, after those taken before, whose start line matches. */
  async take(startLine: RegExp): Promise<string> {
    return until(`${startLine} at the phone, got ${this.inbox.length}`, () => {
      for (let i = this.#taken; i < this.inbox.length; i++) {
        const text = this.inbox[i]!;
        if (!startLine.test(text.split('\r\n', 1)[0]!)) continue;
        this.#taken = i + 1;
        return text;
      }
      return null;
    });
  }

  count(startLine: RegExp): number {
    return this.inbox.filter((text) => startLine.test(text.split('\r\n', 1)[0]!)).length;
  }
}

/** Every value of a header, by its full name. */
export function headerLines(text: string, name: string): string[] {
  const found = text.matchAll(new RegExp(`^${name}[ \\t]*:[ \\t]*(.*?)\\r$`, 'gim'));
  return [...found].map((match) => match[1]!);
}

/** The one value of a header, or empty. */
export function header(text: string, name: string): string {
  return headerLines(text, name)[0] ?? '';
}
