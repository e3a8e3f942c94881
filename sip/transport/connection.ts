// One connection of TCP or TLS: cutting messages, keep-alive, patience with slow and silent peers.
// RFC 3261 s.18.3; RFC 5626 s.3.5.1 (keep-alive).
import type { Socket } from 'node:net';
import type { Log } from '../../core/ports.ts';
import { StreamFramer } from '../message/framing.ts';
import type { TimerWheel, WheelTimer } from '../transaction/wheel.ts';
import type { ConnectionOptions } from './options.ts';
import type { ConnectionBudget } from './budget.ts';
import type { Flow, FlowConnection, Listener, TransportEvents } from './flow.ts';

/** A peer that does not read is cut off when this much waits for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;

/** Most messages kept while a connection is being made. */
const MAX_WAITING_MESSAGES = 1_000;

/** A connection that we end is cut off after this. */
const CLOSING_MS = 1_000;

/** What every connection needs of the layer it belongs to. */
export interface StreamContext {
  readonly events: TransportEvents;
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly budget: ConnectionBudget;
  readonly connections: ConnectionOptions;
}

/** Whom a connection joins us to. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** Null once the socket is ready for use, else the event that says so. */
  readonly readyEvent: 'connect' | 'secureConnect' | null;
}

interface Waiting {
  readonly text: string;
  readonly onFailed: (() => void) | null;
}

/** One connection, whoever opened it. */
export class StreamConnection implements FlowConnection {
  readonly flow: Flow;
  readonly #socket: Socket;
  readonly #context: StreamContext;
  readonly #framer = new StreamFramer();
  readonly #onClose: () => void;
  #waiting: Waiting[] | null;
  #partialTimer: WheelTimer | null = null;
  #idleTimer: WheelTimer | null = null;
  #active = true;
  #open = true;

  constructor(
    socket: Socket,
    peer: Peer,
    local: Listener,
    context: StreamContext,
    onClose: () => void,
  ) {
    this.#socket = socket;
    this.#context = context;
    this.#onClose = onClose;
    this.#waiting = peer.readyEvent === null ? null : [];
    const { address, port, readyEvent } = peer;
    this.flow = { protocol: local.protocol, local, address, port, connection: this };
    socket.setNoDelay(true);
    if (readyEvent !== null) socket.once(readyEvent, () => this.#ready());
    socket.on('data', (data) => this.#received(data));
    socket.on('error', (error) => {
      const remote = `${address}:${port}`;
      context.log.info('connection-error', {
        ...{ protocol: local.protocol, remote, reason: error.message },
      });
    });
    socket.on('close', () => this.#closed());
    this.#watchIdle();
  }

  get open(): boolean {
    return this.#open;
  }

  send(text: string, onFailed: (() => void) | null): void {
    this.#active = true;
    if (this.#waiting !== null && this.#waiting.length < MAX_WAITING_MESSAGES) {
      this.#waiting.push({ text, onFailed });
    } else if (this.#waiting !== null || this.#socket.writableLength > MAX_WAITING_BYTES) {
      this.#socket.destroy();
      if (onFailed !== null) setImmediate(onFailed);
    } else this.#socket.write(text, 'latin1');
  }

  close(): void {
    this.#socket.destroy();
  }

  #ready(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const { text } of waiting) this.#socket.write(text, 'latin1');
  }

  #received(data: Buffer | string): void {
    this.#active = true;
    const items = this.#framer.push(data.toString('latin1'));
    this.#watchPartial(items.length > 0);
    for (const item of items) {
      switch (item.kind) {
        case 'message':
          this.#context.events.received(item.text, this.flow);
          break;
        case 'keep-alive':
          this.send('\r\n', null);
          break;
        case 'broken':
          this.#end(item.reason);
          break;
      }
    }
  }

  /** A message must be whole within its time, however its bytes trickle in. */
  #watchPartial(advanced: boolean): void {
    if (advanced || !this.#framer.partial) {
      this.#partialTimer?.cancel();
      this.#partialTimer = null;
    }
    if (!this.#framer.partial || this.#partialTimer !== null) return;
    this.#partialTimer = this.#context.wheel.after(this.#context.connections.partialMessageMs, () =>
      this.#end('message too slow'),
    );
  }

  #end(reason: string): void {
    if (!this.#open) return;
    const { address, port, protocol } = this.flow;
    const remote = `${address}:${port}`;
    this.#context.log.info('connection-dropped', { protocol, remote, reason });
    this.#socket.end();
    this.#context.wheel.after(CLOSING_MS, () => this.#socket.destroy());
  }

  #closed(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#partialTimer?.cancel();
    this.#idleTimer?.cancel();
    this.#onClose();
    for (const { onFailed } of this.#waiting ?? []) onFailed?.();
    this.#waiting = null;
  }

  #watchIdle(): void {
    this.#active = false;
    this.#idleTimer = this.#context.wheel.after(this.#context.connections.idleMs, () => {
      if (this.#active) this.#watchIdle();
      else this.#end('idle');
    });
  }
}
