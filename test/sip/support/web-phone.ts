// A user agent over WebSocket that speaks SIP by hand, as a browser would carry it (RFC 7118).
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { WebSocket, type ClientOptions } from 'ws';
import { until } from '../../support/until.ts';
import { header, headerLines } from './wire-phone.ts';

export class WebPhone {
  readonly socket: WebSocket;
  readonly inbox: string[] = [];
  #taken = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.inbox.push((data as Buffer).toString('utf8')));
    socket.on('error', () => undefined);
  }

  /** Connects; the socket ends with the test. Rejects when the upgrade is refused. */
  static async open(t: TestContext, url: string, options: ClientOptions = {}): Promise<WebPhone> {
    const socket = new WebSocket(url, 'sip', options);
    t.after(() => socket.terminate());
    const phone = new WebPhone(socket);
    await once(socket, 'open');
    return phone;
  }

  request(method: string, change: Readonly<Record<string, string>> = {}): string {
    const headers = {
      Via: `SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK-${method}-${Math.random()}`,
      'Max-Forwards': '70',
      From: '<sip:anna@ringback>;tag=web',
      To: '<sip:anna@ringback>',
      'Call-ID': 'web-call',
      CSeq: `1 ${method}`,
      Contact: '<sip:x7f@df7jal23ls0d.invalid;transport=ws>;expires=60',
      ...change,
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return `${method} sip:ringback SIP/2.0\r\n${lines.join('')}\r\n`;
  }

  /** A response; `body` is SDP. */
  respond(request: string, status: string, body = ''): void {
    const copied = ['Via', 'From', 'Call-ID', 'CSeq', 'Record-Route'].flatMap((name) =>
      headerLines(request, name).map((value) => `${name}: ${value}\r\n`),
    );
    const plain = header(request, 'To');
    const to = plain.includes('tag=') ? plain : `${plain};tag=web`;
    this.socket.send(
      `SIP/2.0 ${status}\r\n${copied.join('')}To: ${to}\r\n` +
        'Contact: <sip:x7f@df7jal23ls0d.invalid;transport=ws>\r\n' +
        `${body === '' ? '' : 'Content-Type: application/sdp\r\n'}\r\n${body}`,
    );
  }

  /** Waits for the next message whose start line matches. */
  async take(startLine: RegExp): Promise<string> {
    return until(`${startLine} at the web phone, got ${this.inbox.join('\n')}`, () => {
      for (let i = this.#taken; i < this.inbox.length; i++) {
        const text = this.inbox[i]!;
        if (!startLine.test(text.split('\r\n', 1)[0]!)) continue;
        this.#taken = i + 1;
        return text;
      }
      return null;
    });
  }
}
