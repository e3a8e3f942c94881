// A receiver of webhooks on a real socket: keeps what it was sent, answers what the test says.
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly topic: string };
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Status of the next answers; null: none is given. */
  status: number | null;
}

/** Configuration under which webhooks may reach it. */
export const REACHABLE = 'events: { webhooks: { allow: ["127.0.0.0/8"], allowHttp: true } }';

/** Listens on loopback; closed with the test. */
export async function receiver(t: TestContext): Promise<Receiver> {
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const event = JSON.parse(body) as Received['event'];
      self.received.push({ headers: request.headers, body, event });
      if (self.status !== null) response.writeHead(self.status).end('thank you');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const self: Receiver = { url: `http://127.0.0.1:${port}/hook`, received: [], status: 200 };
  return self;
}
