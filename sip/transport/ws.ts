// WebSocket as a SIP transport: one message in one frame, and never a connection of our making.
// RFC 7118; RFC 6455 s.4.2.2 (Origin), s.5.5.2 (ping); RFC 5626 s.3.5.1 (keep-alive).
import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { WheelTimer } from '../transaction/wheel.ts';
import type { ListenAddress } from '../types.ts';
import { Accepted, listening } from './accepted.ts';
import type { StreamContext } from './connection.ts';
import { Listener, type Flow, type FlowConnection, type Transport } from './flow.ts';
import type { WebSocketOptions } from './options.ts';
import { HANDSHAKE_MS, type Certificates } from './tls.ts';

/** A peer that does not read is cut off when this much waits for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Most requests of ours on one connection whose loss is told when it closes: the latest. */
const MAX_UNSURE = 32;

const SUBPROTOCOL = 'sip';

/** One WebSocket that a user agent has opened. */
class WebSocketConnection implements FlowConnection {
  readonly flow: Flow;
  readonly #socket: WebSocket;
  readonly #context: StreamContext;
  readonly #pingMs: number;
  #pingTimer: WheelTimer | null = null;
  /** Whom to tell when it closes; a transaction that is over does not mind. */
  #unsure: (() => void)[] = [];
  #alive = true;

  constructor(
    socket: WebSocket,
    peer: { readonly address: string; readonly port: number },
    local: Listener,
    context: StreamContext,
    pingMs: number,
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#pingMs = pingMs;
    this.flow = { protocol: local.protocol, local, ...peer, connection: this };
    socket.on('message', (data) => this.#received(data));
    socket.on('pong', () => (this.#alive = true));
    socket.on('error', ({ message }) => {
      const remote = `${peer.address}:${peer.port}`;
      context.log.info('connection-error', {
        ...{ protocol: local.protocol, remote, reason: message },
      });
    });
    socket.on('close', () => {
      this.#pingTimer?.cancel();
      // A peer that was gone already took the writes in silence.
      for (const onFailed of this.#unsure.splice(0)) setImmediate(onFailed);
    });
    this.#watch();
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  send(text: string, onFailed: (() => void) | null): void {
    if (onFailed !== null && !text.startsWith('SIP/2.0 ')) {
      this.#unsure.push(onFailed);
      if (this.#unsure.length > MAX_UNSURE) this.#unsure.shift();
    }
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      this.#socket.terminate();
      return;
    }
    const bytes = Buffer.from(text, 'latin1');
    // A text frame must hold UTF-8; a body that is something else goes in a binary one.
    this.#socket.send(bytes, { binary: !isUtf8(bytes) });
  }

  /** s.5: text and binary frames alike; a frame of CRLFs is a keep-alive. */
  #received(data: RawData): void {
    this.#alive = true;
    const text = (data as Buffer).toString('latin1');
    if (text === '\r\n\r\n') this.send('\r\n', null);
    else if (!/^[\r\n]*$/.test(text)) this.#context.events.received(text, this.flow);
  }

  #watch(): void {
    this.#pingTimer = this.#context.wheel.after(this.#pingMs, () => {
      if (!this.#alive) {
        this.#socket.terminate();
        return;
      }
      this.#alive = false;
      this.#socket.ping();
      this.#watch();
    });
  }
}

/** A listening WebSocket server and every connection that user agents have opened to it. */
export class WebSocketTransport implements Transport {
  readonly listener: Listener;
  readonly #accepted: Accepted;
  readonly #context: StreamContext;
  readonly #options: WebSocketOptions;
  readonly #upgrades: WebSocketServer;
  readonly #connections = new Map<string, WebSocketConnection>();

  private constructor(
    server: Server,
    listener: Listener,
    context: StreamContext,
    options: WebSocketOptions,
  ) {
    this.listener = listener;
    this.#context = context;
    this.#options = options;
    this.#accepted = new Accepted(server, listener, context);
    this.#upgrades = new WebSocketServer({
      ...{ noServer: true, clientTracking: false, perMessageDeflate: false },
      maxPayload: options.maxMessageBytes,
      handleProtocols: () => SUBPROTOCOL,
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** Binds; with certificates it is WSS. @throws RingbackError SIP_LISTEN_FAILED */
  static async bind(
    address: ListenAddress,
    externalHost: string | null,
    context: StreamContext,
    options: WebSocketOptions,
    certificates: Certificates | null,
  ): Promise<WebSocketTransport> {
    const server = httpServer(certificates);
    const bound = await listening(server, address);
    const listener = new Listener(bound, externalHost);
    return new WebSocketTransport(server, listener, context, options);
  }

  flowTo(address: string, port: number): Flow {
    const { protocol } = this.listener;
    const connection = this.#connections.get(`${address}|${port}`) ?? null;
    return { protocol, local: this.listener, address, port, connection };
  }

  /** Only on the connection that the user agent has opened: nobody listens at the other end. */
  readonly send = (flow: Flow, text: string, onFailed: (() => void) | null): void => {
    const { connection } = flow;
    if (connection instanceof WebSocketConnection && connection.open)
      connection.send(text, onFailed);
    else if (onFailed !== null) setImmediate(onFailed);
  };

  stop(): Promise<void> {
    return this.#accepted.stop();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { remoteAddress: address, remotePort: port } = request.socket;
    const refusal = this.#refusal(request);
    if (refusal !== null || address === undefined || port === undefined) {
      this.#context.log.info('websocket-refused', { remote: address, reason: refusal });
      socket.on('error', () => undefined);
      socket.end(`HTTP/1.1 ${refusal ?? '400 Bad Request'}\r\nConnection: close\r\n\r\n`);
      return;
    }
    this.#upgrades.handleUpgrade(request, socket, head, (webSocket) => {
      const { listener } = this;
      const { pingMs } = this.#options;
      const peer = { address, port };
      const made = new WebSocketConnection(webSocket, peer, listener, this.#context, pingMs);
      const name = `${address}|${port}`;
      this.#connections.set(name, made);
      webSocket.on('close', () => {
        if (this.#connections.get(name) === made) this.#connections.delete(name);
      });
    });
  }

  /** s.4.1: the client must offer `sip`. Programs other than browsers send no Origin. */
  #refusal({ headers }: IncomingMessage): string | null {
    const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
    if (!offered.includes(SUBPROTOCOL)) return '400 Subprotocol sip required';
    const { allowedOrigins } = this.#options;
    const { origin } = headers;
    if (allowedOrigins.length === 0 || origin === undefined) return null;
    return allowedOrigins.includes(origin) ? null : '403 Origin not allowed';
  }
}

/** What is no upgrade gets 426; who is slow to ask is cut off. */
function httpServer(certificates: Certificates | null): Server {
  const limits = { headersTimeout: HANDSHAKE_MS, requestTimeout: HANDSHAKE_MS };
  if (certificates === null) return createServer(limits, refuse);
  const secured = createSecureServer(
    { ...certificates.server, ...limits, handshakeTimeout: HANDSHAKE_MS },
    refuse,
  );
  certificates.follow(secured);
  secured.on('tlsClientError', (_error, socket) => socket.destroy());
  return secured;
}

const refuse: Parameters<typeof createServer>[1] = (_request, response) => {
  response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
};
