// A leg's two UDP sockets on neighbouring ports. Sends never resolve names: addresses are literals,
// checked when the SDP was read.
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';

/** What arrives: the datagram (ours to keep for the length of the call) and its source. */
export type Receive = (datagram: Buffer, source: RemoteInfo) => void;

export interface SocketPair {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  /** Resolves when both are closed and their ports can be bound again. */
  close(): Promise<void>;
}

/** node:dgram asks this for every send; answering at once keeps the send on this stack. */
function literal(
  host: string,
  _options: unknown,
  answer: (fault: Error | null, address: string, family: number) => void,
): void {
  answer(null, host, host.includes(':') ? 6 : 4);
}

async function openSocket(host: string, port: number): Promise<Socket> {
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
  return socket;
}

/**
 * Binds `rtpPort` and the next one. Rejects with the system's error (`EADDRINUSE` ...), with
 * nothing left open.
 */
export async function openSocketPair(host: string, rtpPort: number): Promise<SocketPair> {
  const rtp = await openSocket(host, rtpPort);
  try {
    const rtcp = await openSocket(host, rtpPort + 1);
    return {
      rtp,
      rtcp,
      close: async () => {
        await Promise.all([rtp[Symbol.asyncDispose](), rtcp[Symbol.asyncDispose]()]);
      },
    };
  } catch (fault) {
    rtp.close();
    throw fault;
  }
}
