// A UDP socket that sends byte strings as they are and reads the status of what comes back.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { until } from '../support/until.ts';
import { request } from './message.ts';

export class BytePhone {
  readonly #socket: Socket;
  readonly #server: number;
  readonly #statuses: number[] = [];
  #read = 0;

  private constructor(socket: Socket, server: number) {
    this.#socket = socket;
    this.#server = server;
    socket.on('message', (data) => {
      this.latest = data.toString('latin1');
      this.#statuses.push(Number(/^SIP\/2\.0 (\d{3})/.exec(this.latest)?.[1]));
    });
  }

  /** The last message that came. */
  latest = '';

  /** Opens a phone that talks to this port of 127.0.0.1; it closes with the test. */
  static async open(t: TestContext, server: number): Promise<BytePhone> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.after(() => socket.close());
    return new BytePhone(socket, server);
  }

  send(text: string): void {
    this.#socket.send(Buffer.from(text, 'latin1'), this.#server, '127.0.0.1');
  }

  /** Status of the next answer that is not 100 Trying. */
  async status(): Promise<number> {
    return until('an answer', () => {
      while (this.#statuses[this.#read] === 100) this.#read++;
      return this.#statuses[this.#read] === undefined ? null : this.#statuses[this.#read++];
    });
  }

  /** How many came so far, 100 Trying aside. */
  get received(): number {
    return this.#statuses.filter((status) => status !== 100).length;
  }

  /** A plain request that is answered as long as anything is. */
  readonly ping = request('OPTIONS sip:user@127.0.0.1 SIP/2.0', {
    Via: 'SIP/2.0/UDP 127.0.0.1;branch=z9hG4bKping',
    'Call-ID': 'ping',
  });
}
