// TCP: a listening socket, and connections that are reused in both directions.
// RFC 3261 s.18.1.1, s.18.2.2, s.18.3; RFC 5923 (reuse); RFC 5626 s.3.5.1 (keep-alive).
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Log } from '../../core/ports.ts';
import { StreamFramer } from '../message/framing.ts';
import type { TimerWheel } from '../transaction/wheel.ts';
import type { ListenAddress } from '../types.ts';
import { listenFailed } from './errors.ts';
import { Listener, type Flow, type FlowConnection, type TransportEvents } from './flow.ts';

/** A connection without traffic is closed after this. */
const IDLE_MS = 10 * 60_000;

/** A peer that does not read is cut off when this much waits for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** What every connection needs of the layer it belongs to. */
export interface TcpContext {
  readonly events: TransportEvents;
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly maxConnections: number;
}

interface Waiting {
  readonly text: string;
  readonly onFailed: (() => void) | null;
}

/** One connection, whoever opened it. */
class TcpConnection implements FlowConnection {
  readonly flow: Flow;
  readonly #socket: Socket;
  readonly #context: TcpContext;
  readonly #framer = new StreamFramer();
  readonly #onClose: () => void;
  #waiting: Waiting[] | null;
  #active = true;
  #open = true;

  constructor(
    socket: Socket,
    peer: { readonly address: string; readonly port: number; readonly connected: boolean },
    local: Listener,
    context: TcpContext,
    onClose: () => void,
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#onClose = onClose;
    this.#waiting = peer.connected ? null : [];
    const { address, port } = peer;
    this.flow = { protocol: 'tcp', local, address, port, connection: this };
    socket.setNoDelay(true);
    socket.on('connect', () => this.#connected());
    socket.on('data', (data) => this.#received(data));
    socket.on('error', (error) => {
      context.log.debug('tcp-error', { remote: `${address}:${port}`, reason: error.message });
    });
    socket.on('close', () => this.#closed());
    this.#watchIdle();
  }

  get open(): boolean {
    return this.#open;
  }

  send(text: string, onFailed: (() => void) | null): void {
    this.#active = true;
    if (this.#waiting !== null) this.#waiting.push({ text, onFailed });
    else if (this.#socket.writableLength > MAX_WAITING_BYTES) {
      this.#socket.destroy();
      if (onFailed !== null) setImmediate(onFailed);
    } else this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  #connected(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const { text } of waiting) this.#socket.write(text, 'latin1');
  }

  #received(data: Buffer | string): void {
    this.#active = true;
    for (const item of this.#framer.push(data.toString('latin1'))) {
      switch (item.kind) {
        case 'message':
          this.#context.events.received(item.text, this.flow);
          break;
        case 'keep-alive':
          this.send('\r\n', null);
          break;
        case 'broken':
          this.#context.log.info('tcp-stream-broken', {
            remote: `${this.flow.address}:${this.flow.port}`,
            reason: item.reason,
          });
          this.#socket.end();
          this.#context.wheel.after(1_000, () => this.#socket.destroy());
          break;
      }
    }
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#onClose();
    for (const { onFailed } of this.#waiting ?? []) onFailed?.();
    this.#waiting = null;
  }

  #watchIdle(): void {
    this.#active = false;
    this.#context.wheel.after(IDLE_MS, () => {
      if (!this.#open) return;
      if (this.#active) this.#watchIdle();
      else this.#socket.end();
    });
  }
}

/** A listening TCP socket and every connection that belongs to it. */
export class TcpTransport {
  readonly listener: Listener;
  readonly #server: Server;
  readonly #context: TcpContext;
  readonly #connections = new Map<string, TcpConnection>();

  private constructor(server: Server, listener: Listener, context: TcpContext) {
    this.#server = server;
    this.listener = listener;
    this.#context = context;
    server.on('connection', (socket) => this.#accept(socket));
  }

  /** Binds. @throws RingbackError SIP_LISTEN_FAILED */
  static async bind(
    address: ListenAddress,
    externalHost: string | null,
    context: TcpContext,
  ): Promise<TcpTransport> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error) => reject(listenFailed(address, error)));
      server.listen({ host: address.host, port: address.port }, resolve);
    });
    server.removeAllListeners('error');
    server.on('error', (error) => context.log.warn('tcp-accept-error', { reason: error.message }));
    const { port } = server.address() as AddressInfo;
    return new TcpTransport(server, new Listener({ ...address, port }, externalHost), context);
  }

  /** Open connections, both directions. */
  get connections(): number {
    return this.#connections.size;
  }

  flowTo(address: string, port: number): Flow {
    const connection = this.#connections.get(key(address, port)) ?? null;
    return { protocol: 'tcp', local: this.listener, address, port, connection };
  }

  /** Sends on the flow's connection, or an open one to the same peer, or a new one. */
  send(flow: Flow, text: string, onFailed: (() => void) | null): void {
    const own = flow.connection;
    if (own instanceof TcpConnection && own.open) {
      own.send(text, onFailed);
      return;
    }
    const connection =
      this.#connections.get(key(flow.address, flow.port)) ?? this.#open(flow.address, flow.port);
    if (connection === null) {
      if (onFailed !== null) setImmediate(onFailed);
      return;
    }
    connection.send(text, onFailed);
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections.values()) connection.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #open(address: string, port: number): TcpConnection | null {
    if (this.#connections.size >= this.#context.maxConnections || port === 0) return null;
    const socket = connect({ host: address, port });
    return this.#add(socket, address, port, false);
  }

  #accept(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    const full = this.#connections.size >= this.#context.maxConnections;
    if (full || remoteAddress === undefined || remotePort === undefined) {
      if (full) this.#context.log.warn('tcp-connections-exhausted', {});
      socket.destroy();
      return;
    }
    this.#add(socket, remoteAddress, remotePort, true);
  }

  #add(socket: Socket, address: string, port: number, connected: boolean): TcpConnection {
    const name = key(address, port);
    const peer = { address, port, connected };
    const connection = new TcpConnection(socket, peer, this.listener, this.#context, () => {
      if (this.#connections.get(name) === connection) this.#connections.delete(name);
    });
    this.#connections.set(name, connection);
    return connection;
  }
}

function key(address: string, port: number): string {
  return `${address}|${port}`;
}
