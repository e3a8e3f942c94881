// TCP and TLS: a listening socket, and connections that are reused in both directions.
// RFC 3261 s.18.1.1, s.18.2.2; RFC 5923 (reuse). What differs is in SocketMaker.
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { ListenAddress } from '../types.ts';
import { StreamConnection, type Peer, type StreamContext } from './connection.ts';
import { Accepted, listening } from './accepted.ts';
import { Listener, type Flow, type Transport } from './flow.ts';

/** How sockets are made: plain, or with TLS around them. */
export interface SocketMaker {
  /** A server that is not listening yet, and the event that gives ready connections. */
  serve(): { readonly server: Server; readonly event: 'connection' | 'secureConnection' };
  /** Starts to connect; `serverName` is what a certificate would have to carry. */
  connect(address: string, port: number, serverName: string): Socket;
  readonly readyEvent: 'connect' | 'secureConnect';
  /** Whether a connection is good for one name only. */
  readonly byName: boolean;
}

/** Sockets without protection. */
export const plainSockets: SocketMaker = {
  serve: () => ({ server: createServer(), event: 'connection' }),
  connect: (address, port) => connect({ host: address, port }),
  readyEvent: 'connect',
  byName: false,
};

/** A listening socket of TCP or TLS and every connection that belongs to it. */
export class StreamTransport implements Transport {
  readonly listener: Listener;
  readonly #maker: SocketMaker;
  readonly #context: StreamContext;
  readonly #connections = new Map<string, StreamConnection>();
  /** Every socket accepted, also those that still shake hands. */
  readonly #accepted: Accepted;

  private constructor(
    server: Server,
    listener: Listener,
    maker: SocketMaker,
    context: StreamContext,
  ) {
    this.listener = listener;
    this.#maker = maker;
    this.#context = context;
    this.#accepted = new Accepted(server, listener, context);
  }

  /** Binds. @throws RingbackError SIP_LISTEN_FAILED */
  static async bind(
    address: ListenAddress,
    externalHost: string | null,
    maker: SocketMaker,
    context: StreamContext,
  ): Promise<StreamTransport> {
    const { server, event } = maker.serve();
    const bound = await listening(server, address);
    const listener = new Listener(bound, externalHost);
    const transport = new StreamTransport(server, listener, maker, context);
    server.on(event, (socket: Socket) => transport.#accept(socket));
    return transport;
  }

  flowTo(address: string, port: number, serverName: string | null): Flow {
    const { protocol } = this.listener;
    const name = serverName ?? address;
    const connection = this.#find(address, port, name);
    return { protocol, local: this.listener, address, port, connection, serverName: name };
  }

  /** Sends on the flow's connection, or an open one to the same peer, or a new one. */
  readonly send = (flow: Flow, text: string, onFailed: (() => void) | null): void => {
    const own = flow.connection;
    if (own instanceof StreamConnection && own.open) {
      own.send(text, onFailed);
      return;
    }
    const { address, port } = flow;
    const name = flow.serverName ?? address;
    const connection = this.#find(address, port, name) ?? this.#open(address, port, name);
    if (connection !== null) connection.send(text, onFailed);
    else if (onFailed !== null) setImmediate(onFailed);
  };

  async stop(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    await this.#accepted.stop();
  }

  /** By address alone the peer that connected to us is found too: a response, a registration. */
  #find(address: string, port: number, name: string): StreamConnection | null {
    return (
      this.#connections.get(this.#key(address, port, name)) ??
      (name === address ? this.#connections.get(key(address, port)) : null) ??
      null
    );
  }

  #open(address: string, port: number, name: string): StreamConnection | null {
    if (port === 0 || !this.#context.budget.take(address)) return null;
    const socket = this.#maker.connect(address, port, name);
    socket.once('close', () => this.#context.budget.release(address));
    const peer = { address, port, readyEvent: this.#maker.readyEvent };
    return this.#add(socket, peer, this.#key(address, port, name));
  }

  /** A socket that is ready for SIP; its place in the budget is taken already. */
  #accept(socket: Socket): void {
    const { remoteAddress: address, remotePort: port } = socket;
    if (address === undefined || port === undefined) socket.destroy();
    else this.#add(socket, { address, port, readyEvent: null }, key(address, port));
  }

  #add(socket: Socket, peer: Peer, name: string): StreamConnection {
    const connection = new StreamConnection(socket, peer, this.listener, this.#context, () => {
      if (this.#connections.get(name) === connection) this.#connections.delete(name);
    });
    this.#connections.set(name, connection);
    return connection;
  }

  #key(address: string, port: number, name: string): string {
    return this.#maker.byName ? `${key(address, port)}|${name}` : key(address, port);
  }
}

function key(address: string, port: number): string {
  return `${address}|${port}`;
}
