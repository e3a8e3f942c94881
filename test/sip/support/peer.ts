// A SIP peer at the other end of a stream: it collects text and answers requests with one status.
import type { AddressInfo, Server, Socket } from 'node:net';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { headerLines } from './wire-phone.ts';

/** OPTIONS as a stream peer sends it. */
export function optionsText(id: string, transport = 'TCP'): string {
  return (
    `OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\n` +
    `Via: SIP/2.0/${transport} 127.0.0.1;branch=z9hG4bK${id}\r\nMax-Forwards: 70\r\n` +
    `From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:b@127.0.0.1>\r\nCall-ID: ${id}\r\n` +
    `CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n`
  );
}

/** A response without a body to a request as received. */
export function responseText(request: string, status: string): string {
  const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
    headerLines(request, name).map((value) => `${name}: ${value}\r\n`),
  );
  return `SIP/2.0 ${status}\r\n${copied.join('')}Content-Length: 0\r\n\r\n`;
}

/** Everything a socket receives from now on. */
export function collected(socket: Socket): () => string {
  let text = '';
  socket.on('data', (data) => (text += data.toString('utf8')));
  socket.on('error', () => undefined);
  return () => text;
}

export interface AnsweringPeer {
  readonly port: number;
  readonly requests: string[];
  readonly sockets: Socket[];
}

/** A server that answers every request with `status`; it ends with the test. */
export async function answeringPeer(
  t: TestContext,
  server: Server,
  event: 'connection' | 'secureConnection',
  status: string,
  host = '127.0.0.1',
): Promise<AnsweringPeer> {
  const requests: string[] = [];
  const sockets: Socket[] = [];
  server.on(event, (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      const text = data.toString('utf8');
      requests.push(text);
      if (!text.startsWith('ACK')) socket.write(responseText(text, status));
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests, sockets };
}
