// All sockets together: who listens where, and which socket a message leaves by.
// RFC 3261 s.18. Names are resolved elsewhere (resolve.ts): here an address is an IP address.
import { isIPv6 } from 'node:net';
import type { Log } from '../../core/ports.ts';
import type { TimerWheel } from '../transaction/wheel.ts';
import type { EngineOptions, ListenAddress, TransportProtocol } from '../types.ts';
import { ConnectionBudget } from './budget.ts';
import type { StreamContext } from './connection.ts';
import { DEFAULT_CONNECTIONS, DEFAULT_WEB_SOCKET } from './defaults.ts';
import { listenFailed } from './errors.ts';
import type { Flow, Listener, Transport, TransportEvents } from './flow.ts';
import { plainSockets, StreamTransport } from './stream.ts';
import { Certificates, tlsSockets } from './tls.ts';
import { UdpTransport } from './udp.ts';
import { WebSocketTransport } from './ws.ts';

export interface TransportDeps {
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly options: EngineOptions;
  readonly maxConnections: number;
}

/** Every bound socket of the engine. */
export class TransportLayer {
  readonly #events: TransportEvents;
  readonly #deps: TransportDeps;
  readonly #stream: StreamContext;
  readonly #byListener = new Map<Listener, Transport>();
  #certificates: Certificates | null = null;

  constructor(events: TransportEvents, deps: TransportDeps) {
    this.#events = events;
    this.#deps = deps;
    const { log, wheel, options, maxConnections } = deps;
    const connections = options.connections ?? DEFAULT_CONNECTIONS;
    const budget = new ConnectionBudget(maxConnections, connections.maxPerSource);
    this.#stream = { events, log, wheel, budget, connections };
  }

  /** Binds all addresses, or none. @throws RingbackError SIP_LISTEN_FAILED */
  async start(addresses: readonly ListenAddress[]): Promise<void> {
    try {
      for (const address of addresses) {
        const transport = await this.#bind(address);
        this.#byListener.set(transport.listener, transport);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #bind(address: ListenAddress): Promise<Transport> {
    const { options, log } = this.#deps;
    const { externalHost } = options;
    const webSocket = options.webSocket ?? DEFAULT_WEB_SOCKET;
    switch (address.protocol) {
      case 'udp':
        return UdpTransport.bind(address, externalHost, this.#events, log);
      case 'tcp':
        return StreamTransport.bind(address, externalHost, plainSockets, this.#stream);
      case 'tls': {
        const sockets = tlsSockets(
          await this.#secured(address),
          options.tls?.verifyServers ?? true,
        );
        return StreamTransport.bind(address, externalHost, sockets, this.#stream);
      }
      case 'ws':
        return WebSocketTransport.bind(address, externalHost, this.#stream, webSocket, null);
      case 'wss': {
        const secured = await this.#secured(address);
        return WebSocketTransport.bind(address, externalHost, this.#stream, webSocket, secured);
      }
    }
  }

  /** The certificates, read once for all sockets. @throws RingbackError SIP_LISTEN_FAILED */
  async #secured(address: ListenAddress): Promise<Certificates> {
    const { options, log, wheel } = this.#deps;
    if (options.tls === undefined || options.tls === null) {
      throw listenFailed(address, new Error('no certificate is configured'));
    }
    try {
      this.#certificates ??= await Certificates.load(options.tls, log, wheel);
      return this.#certificates;
    } catch (error) {
      throw listenFailed(address, error instanceof Error ? error : new Error(String(error)));
    }
  }

  get listeners(): readonly Listener[] {
    return [...this.#byListener.keys()];
  }

  /** Open connections over TCP, in whatever they are wrapped, both directions. */
  get tcpConnections(): number {
    return this.#stream.budget.total;
  }

  /** The listener that a message of that protocol and address family leaves by, or null. */
  listenerFor(protocol: TransportProtocol, address: string | null): Listener | null {
    let best: Listener | null = null;
    let bestScore = -1;
    for (const listener of this.#byListener.keys()) {
      if (listener.protocol !== protocol) continue;
      const sameFamily = address === null || isIPv6(address) === isIPv6(listener.host);
      if (!sameFamily) continue;
      const score = address === null ? 0 : commonPrefix(address, listener.host);
      if (score > bestScore) {
        best = listener;
        bestScore = score;
      }
    }
    return best;
  }

  /** A flow from that listener to a peer, over an open connection when there is one. */
  flowTo(listener: Listener, address: string, port: number, serverName: string | null): Flow {
    return this.#byListener.get(listener)!.flowTo(address, port, serverName);
  }

  /** True when host and port name one of our own sockets. */
  isOwn(host: string, port: number): boolean {
    for (const listener of this.#byListener.keys()) {
      if (listener.port !== port) continue;
      if (listener.host === host || this.#deps.options.externalHost === host) return true;
    }
    return false;
  }

  /** Sends a byte string. `onFailed` is called once, later, when it certainly did not leave. */
  send(flow: Flow, text: string, onFailed: (() => void) | null): void {
    this.#byListener.get(flow.local)?.send(flow, text, onFailed);
    this.#events.sent(text, flow);
  }

  async stop(): Promise<void> {
    this.#certificates?.stop();
    const transports = [...this.#byListener.values()];
    this.#byListener.clear();
    await Promise.all(transports.map((transport) => transport.stop()));
  }
}

/** How many leading characters two addresses share: the nearer network wins. */
function commonPrefix(a: string, b: string): number {
  let i = 0;
  while (i < a.length && i < b.length && a[i] === b[i]) i++;
  return i;
}
