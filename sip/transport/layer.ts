// All sockets together: who listens where, and which socket a message leaves by.
// RFC 3261 s.18. Names are resolved elsewhere (resolve.ts): here an address is an IP address.
import { isIPv6 } from 'node:net';
import type { Log } from '../../core/ports.ts';
import type { TimerWheel } from '../transaction/wheel.ts';
import type { ListenAddress, TransportProtocol } from '../types.ts';
import type { Flow, Listener, TransportEvents } from './flow.ts';
import { TcpTransport } from './tcp.ts';
import { UdpTransport } from './udp.ts';

export interface TransportDeps {
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly externalHost: string | null;
  readonly maxConnections: number;
}

/** Every bound socket of the engine. */
export class TransportLayer {
  readonly #events: TransportEvents;
  readonly #deps: TransportDeps;
  readonly #byListener = new Map<Listener, UdpTransport | TcpTransport>();

  constructor(events: TransportEvents, deps: TransportDeps) {
    this.#events = events;
    this.#deps = deps;
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

  #bind(address: ListenAddress): Promise<UdpTransport | TcpTransport> {
    const { externalHost, log, wheel, maxConnections } = this.#deps;
    switch (address.protocol) {
      case 'udp':
        return UdpTransport.bind(address, externalHost, this.#events, log);
      case 'tcp': {
        const context = { events: this.#events, log, wheel, maxConnections };
        return TcpTransport.bind(address, externalHost, context);
      }
    }
  }

  get listeners(): readonly Listener[] {
    return [...this.#byListener.keys()];
  }

  get tcpConnections(): number {
    let count = 0;
    for (const transport of this.#byListener.values()) {
      if (transport instanceof TcpTransport) count += transport.connections;
    }
    return count;
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
  flowTo(listener: Listener, address: string, port: number): Flow {
    return this.#byListener.get(listener)!.flowTo(address, port);
  }

  /** True when host and port name one of our own sockets. */
  isOwn(host: string, port: number): boolean {
    for (const listener of this.#byListener.keys()) {
      if (listener.port !== port) continue;
      if (listener.host === host || this.#deps.externalHost === host) return true;
    }
    return false;
  }

  /** Sends a byte string. `onFailed` is called once, later, when it certainly did not leave. */
  send(flow: Flow, text: string, onFailed: (() => void) | null): void {
    this.#byListener.get(flow.local)?.send(flow, text, onFailed);
    this.#events.sent(text, flow);
  }

  async stop(): Promise<void> {
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
