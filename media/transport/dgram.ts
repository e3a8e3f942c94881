// Sockets of node:dgram, on every platform. Sends never resolve names: addresses are literals,
// checked when the SDP was read.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import type { DatagramSocket, Receive, SocketPair, Transport } from './types.ts';

/** node:dgram asks this for every send; answering at once keeps the send on this stack. */
function literal(
  host: string,
  _options: unknown,
  answer: (fault: Error | null, address: string, family: number) => void,
): void {
  answer(null, host, host.includes(':') ? 6 : 4);
}

class NodeSocket implements DatagramSocket {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  static async open(host: string, port: number): Promise<NodeSocket> {
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, lookup: literal });
    try {
      // With `literal` the socket may be bound, or have failed, before `bind` returns.
      const listening = once(socket, 'listening');
      socket.bind(port, host);
      await listening;
    } catch (fault) {
      socket.close();
      throw fault;
    }
    // ICMP errors of a peer that is gone say nothing the silence watch does not say.
    socket.on('error', () => undefined);
    return new NodeSocket(socket);
  }

  onDatagram(receive: Receive): void {
    this.#socket.on('message', receive);
  }

  send(datagram: Buffer, port: number, host: string): void {
    this.#socket.send(datagram, port, host);
  }

  close(): Promise<void> {
    return this.#socket[Symbol.asyncDispose]();
  }
}

/** @see Transport.openPair */
export async function openDgramPair(host: string, rtpPort: number): Promise<SocketPair> {
  const rtp = await NodeSocket.open(host, rtpPort);
  try {
    const rtcp = await NodeSocket.open(host, rtpPort + 1);
    const close = async (): Promise<void> => {
      await Promise.all([rtp.close(), rtcp.close()]);
    };
    return { rtp, rtcp, close };
  } catch (fault) {
    await rtp.close();
    throw fault;
  }
}

export const dgramTransport: Transport = {
  kind: 'dgram',
  polled: false,
  openPair: openDgramPair,
  poll: () => undefined,
  close: () => undefined,
};
