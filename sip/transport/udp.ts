// One UDP socket: answers leave from the socket that was asked.
// RFC 3261 s.18.1.1, s.18.2; RFC 3581; RFC 5626 s.3.5.2 (keep-alive).
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Log } from '../../core/ports.ts';
import type { ListenAddress } from '../types.ts';
import { Listener, type Flow, type Transport, type TransportEvents } from './flow.ts';
import { listenFailed } from './errors.ts';
import { bindingResponse, isStun } from './stun.ts';

/** Largest UDP payload over IPv4. */
const MAX_DATAGRAM_BYTES = 65_507;

/** Smaller datagrams cannot hold a SIP or STUN message: CRLF keep-alives and noise. */
const MIN_DATAGRAM_BYTES = 20;

const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/** A bound datagram socket. */
export class UdpTransport implements Transport {
  readonly listener: Listener;
  readonly #socket: Socket;

  private constructor(socket: Socket, listener: Listener) {
    this.#socket = socket;
    this.listener = listener;
  }

  /** Binds. @throws RingbackError SIP_LISTEN_FAILED */
  static async bind(
    address: ListenAddress,
    externalHost: string | null,
    events: TransportEvents,
    log: Log,
  ): Promise<UdpTransport> {
    const socket = createSocket({
      type: isIPv6(address.host) ? 'udp6' : 'udp4',
      ipv6Only: isIPv6(address.host),
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      // Every destination is an IP address already: no lookup, not even an asynchronous no-op.
      lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4),
    });
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => reject(listenFailed(address, error)));
      socket.bind({ address: address.host, port: address.port }, resolve);
    });
    socket.removeAllListeners('error');
    const bound = { ...address, port: socket.address().port };
    const transport = new UdpTransport(socket, new Listener(bound, externalHost));
    socket.on('error', (error) => log.warn('udp-error', { reason: error.message }));
    socket.on('message', (data, from) => {
      if (data.length < MIN_DATAGRAM_BYTES) return;
      if (isStun(data)) {
        const answer = bindingResponse(data, from.address, from.port);
        if (answer !== null) socket.send(answer, from.port, from.address);
        return;
      }
      events.received(data.toString('latin1'), transport.flowTo(from.address, from.port));
    });
    return transport;
  }

  flowTo(address: string, port: number): Flow {
    return { protocol: 'udp', local: this.listener, address, port, connection: null };
  }

  readonly send = (flow: Flow, text: string, onFailed: (() => void) | null): void => {
    if (text.length > MAX_DATAGRAM_BYTES || flow.port === 0) {
      if (onFailed !== null) setImmediate(onFailed);
      return;
    }
    this.#socket.send(Buffer.from(text, 'latin1'), flow.port, flow.address);
  };

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(resolve));
  }
}
