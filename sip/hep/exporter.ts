// Copies of SIP messages to a Homer collector, over UDP. Never waits and never keeps the engine
// waiting: what cannot leave at once, within a bound, is dropped and counted.
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP, isIPv6 } from 'node:net';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { HepOptions } from '../types.ts';
import { encodeHep, type HepPacket } from './encode.ts';

/** Datagrams that the system has not taken yet; more are dropped. */
const MAX_WAITING = 1_000;

/** A name is looked up again this often: collectors move. */
const LOOKUP_MS = 60_000;

export type Captured = Omit<HepPacket, 'captureId' | 'password'>;

export class HepExporter {
  readonly #options: HepOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sockets: Readonly<Record<4 | 6, Socket>>;
  #address: string | null = null;
  #lookup: Timer | null = null;
  #isOpen = true;
  #waiting = 0;
  #sent = 0;
  #dropped = 0;

  constructor(options: HepOptions, clock: Clock, log: Log) {
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
    this.#sockets = { 4: createSocket('udp4'), 6: createSocket('udp6') };
    for (const socket of Object.values(this.#sockets)) {
      socket.unref();
      socket.on('error', (error) => log.debug('hep-socket-error', { reason: error.message }));
    }
    this.#resolve();
  }

  /** Packets handed to the network, and those that were not, since the start. */
  stats(): { readonly hepSent: number; readonly hepDropped: number } {
    return { hepSent: this.#sent, hepDropped: this.#dropped };
  }

  /** Sends a copy, or drops it. */
  export(captured: Captured): void {
    const { captureId, password, port } = this.#options;
    const address = this.#address;
    const ready = this.#isOpen && address !== null && this.#waiting < MAX_WAITING;
    const bytes = ready ? encodeHep({ ...captured, captureId, password }) : null;
    if (bytes === null || address === null) {
      this.#dropped++;
      return;
    }
    this.#waiting++;
    this.#sockets[isIPv6(address) ? 6 : 4].send(bytes, port, address, (error) => {
      this.#waiting--;
      if (error === null) this.#sent++;
      else this.#dropped++;
    });
  }

  stop(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#lookup?.cancel();
    for (const socket of Object.values(this.#sockets)) socket.close();
  }

  #resolve(): void {
    const { host } = this.#options;
    if (isIP(host) !== 0) {
      this.#address = host;
      return;
    }
    lookup(host, (error, address) => {
      if (!this.#isOpen) return;
      // A collector once found is used further when its name cannot be looked up for a while.
      if (error === null) this.#address = address;
      else this.#log.warn('hep-host-unknown', { host, reason: error.message });
      this.#lookup = this.#clock.after(LOOKUP_MS, () => this.#resolve());
    });
  }
}
