// A listening stream socket: binding, and the budget of whoever connects, handshake or not.
import type { AddressInfo, Server, Socket } from 'node:net';
import type { ListenAddress } from '../types.ts';
import type { StreamContext } from './connection.ts';
import { listenFailed } from './errors.ts';

/** Binds a server. @throws RingbackError SIP_LISTEN_FAILED */
export async function listening(server: Server, address: ListenAddress): Promise<ListenAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailed(address, error)));
    // Both families on one socket would show IPv4 peers by mapped addresses: one family each.
    server.listen({ host: address.host, port: address.port, ipv6Only: true }, resolve);
  });
  server.removeAllListeners('error');
  const { port } = server.address() as AddressInfo;
  return { protocol: address.protocol, host: address.host, port };
}

/** Every socket a server has accepted; those beyond the budget are closed at once. */
export class Accepted {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server, { protocol }: ListenAddress, { budget, log }: StreamContext) {
    this.#server = server;
    server.on('error', ({ message }) => log.warn('accept-error', { protocol, reason: message }));
    server.on('connection', (socket: Socket) => {
      const { remoteAddress: address } = socket;
      if (address === undefined || !budget.take(address)) {
        log.warn('connection-refused', { protocol, remote: address ?? null });
        socket.destroy();
        return;
      }
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        budget.release(address);
      });
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
