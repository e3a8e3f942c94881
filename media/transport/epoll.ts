// Sockets of the C library's own, for Linux: one `epoll_wait` finds all that have something, one
// `recvmsg` and one `sendmsg` for each packet, and not one object. Whoever owns the transport calls
// `poll` every millisecond or two; all that came meanwhile is taken in one go.
import { Addresses, AF_INET, AF_INET6 } from './address.ts';
import {
  ADDRESS_BYTES,
  Arena,
  EVENT_DATA_WORD,
  EVENT_WORDS,
  EVENTS,
  MAX_EVENTS,
  MAX_SOCKETS,
  MAX_UDP_BYTES,
  RECEIVE_ADDRESS,
  SCRATCH,
} from './arena.ts';
import { openDgramPair } from './dgram.ts';
import type { FdLedger } from './ledger.ts';
import type { Libc } from './libc.ts';
import type { DatagramSocket, Receive, SocketPair, Source, Transport } from './types.ts';

// Of Linux's headers; the same on x64 and arm64.
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4_000;
const CLOEXEC = 0o2_000_000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** Fewer than this at one look: what came meanwhile waits for the next. */
const WORTH_ANOTHER_LOOK = 64;
/** A flood must not hold up the tick. */
const MAX_LOOKS = 32;

/** The words from the third on that tell two IPv6 hosts apart: the address and its scope. */
const INET6_HOST_WORDS = 5;

export class EpollTransport implements Transport {
  readonly kind = 'ffi';
  readonly polled = true;
  readonly libc: Libc;
  readonly arena: Arena;
  readonly addresses: Addresses;
  readonly #ledger: FdLedger;
  readonly #epollFd: number;
  readonly #events: bigint;
  readonly #sockets: (EpollSocket | null)[] = [];
  readonly #freeSlots: number[] = [];
  #generation = 0;

  /** @throws Error when the system refuses */
  constructor(libc: Libc, ledger: FdLedger) {
    this.libc = libc;
    this.arena = new Arena(libc);
    this.addresses = new Addresses(libc, this.arena);
    this.#ledger = ledger;
    this.#events = this.arena.pointer(EVENTS);
    this.#epollFd = this.#entered(libc.epollCreate(CLOEXEC));
    if (this.#epollFd < 0) throw new Error('the system gives no epoll instance');
  }

  /** What cannot be opened here node:dgram is asked for: it knows what to do, or why not. */
  async openPair(host: string, rtpPort: number): Promise<SocketPair> {
    const rtp = this.open(host, rtpPort);
    if (rtp === null) return openDgramPair(host, rtpPort);
    const rtcp = this.open(host, rtpPort + 1);
    if (rtcp === null) {
      rtp.close();
      return openDgramPair(host, rtpPort);
    }
    const close = (): Promise<void> => {
      rtp.close();
      rtcp.close();
      return Promise.resolve();
    };
    return { rtp, rtcp, close };
  }

  /** One bound socket; null when the system refuses, or there is no place for it. */
  open(host: string, port: number): EpollSocket | null {
    const slot = this.#freeSlots.pop() ?? this.#sockets.length;
    if (slot >= MAX_SOCKETS) return null;
    const socket = this.#bound(slot, host, port);
    this.#sockets[slot] = socket;
    if (socket === null) this.#freeSlots.push(slot);
    return socket;
  }

  #bound(slot: number, host: string, port: number): EpollSocket | null {
    const bytes = this.addresses.write(SCRATCH, host, port);
    const family = host.includes(':') ? AF_INET6 : AF_INET;
    const type = SOCK_DGRAM | SOCK_NONBLOCK | CLOEXEC;
    const fd = bytes === 0 ? -1 : this.#entered(this.libc.socket(family, type, 0));
    if (fd < 0) return null;
    if (this.libc.bind(fd, this.arena.pointer(SCRATCH), bytes) === 0) {
      const generation = ++this.#generation >>> 0;
      const { words } = this.arena;
      const event = SCRATCH / 4;
      words[event] = EPOLLIN;
      words[event + EVENT_DATA_WORD] = slot;
      words[event + EVENT_DATA_WORD + 1] = generation;
      if (this.#control(EPOLL_CTL_ADD, fd)) return new EpollSocket(this, fd, slot, generation);
    }
    this.#closeFd(fd);
    return null;
  }

  #control(operation: number, fd: number): boolean {
    return this.libc.epollCtl(this.#epollFd, operation, fd, this.arena.pointer(SCRATCH)) === 0;
  }

  /** Noted, or closed again: -1. */
  #entered(fd: number): number {
    if (fd < 0 || this.#ledger.enter(fd)) return fd;
    this.libc.close(fd);
    return -1;
  }

  #closeFd(fd: number): void {
    this.#ledger.strike(fd);
    this.libc.close(fd);
  }

  /** The socket is closed; its place is another's. */
  release(fd: number, slot: number): void {
    this.#sockets[slot] = null;
    this.#freeSlots.push(slot);
    this.#control(EPOLL_CTL_DEL, fd);
    this.#closeFd(fd);
  }

  poll(): void {
    const { words } = this.arena;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      const count = this.libc.epollWait(this.#epollFd, this.#events, MAX_EVENTS, 0);
      for (let i = 0; i < count; i++) {
        const data = EVENTS / 4 + i * EVENT_WORDS + EVENT_DATA_WORD;
        const socket = this.#sockets[words[data]!];
        // A socket that was closed since the events were taken has no more.
        if (socket?.generation === words[data + 1]) socket?.take();
      }
      if (count < WORTH_ANOTHER_LOOK) return;
    }
  }

  close(): void {
    for (const socket of this.#sockets) socket?.close();
    this.#closeFd(this.#epollFd);
  }
}

export class EpollSocket implements DatagramSocket {
  readonly generation: number;
  readonly #transport: EpollTransport;
  readonly #slot: number;
  #fd: number;
  #receive: Receive = () => undefined;
  /** The latest source, as text and as it came. */
  #source: Source = { address: '', port: 0 };
  #familyAndPort = 0;
  #inetHost = 0;
  readonly #inet6Host: number[] = [];
  /** The latest destination, and how long its address is in our place; 0: none. */
  #toHost = '';
  #toPort = -1;
  #toBytes = 0;

  constructor(transport: EpollTransport, fd: number, slot: number, generation: number) {
    this.#transport = transport;
    this.#fd = fd;
    this.#slot = slot;
    this.generation = generation;
  }

  onDatagram(receive: Receive): void {
    this.#receive = receive;
  }

  /** Takes one datagram, if there is one. An error that ICMP left behind is taken the same way. */
  take(): void {
    const { arena, libc } = this.#transport;
    arena.readyToReceive();
    const bytes = libc.recvmsg(this.#fd, arena.receiveHeader, MSG_DONTWAIT);
    if (bytes < 0) return;
    if (!this.#isKnown()) this.#learn();
    this.#receive(arena.received(bytes), this.#source);
  }

  /** Whether it came from where the one before came from. */
  #isKnown(): boolean {
    const { ints } = this.#transport.arena;
    const at = RECEIVE_ADDRESS / 4;
    if (ints[at] !== this.#familyAndPort) return false;
    if ((this.#familyAndPort & 0xffff) === AF_INET) return ints[at + 1] === this.#inetHost;
    for (let i = 0; i < INET6_HOST_WORDS; i++) {
      if (ints[at + 2 + i] !== this.#inet6Host[i]) return false;
    }
    return true;
  }

  #learn(): void {
    const { arena, addresses } = this.#transport;
    const at = RECEIVE_ADDRESS / 4;
    this.#familyAndPort = arena.ints[at] ?? 0;
    this.#inetHost = arena.ints[at + 1] ?? 0;
    for (let i = 0; i < INET6_HOST_WORDS; i++) this.#inet6Host[i] = arena.ints[at + 2 + i] ?? 0;
    const address = addresses.host(RECEIVE_ADDRESS);
    this.#source = { address, port: addresses.port(RECEIVE_ADDRESS) };
  }

  send(datagram: Buffer, port: number, host: string): void {
    const { arena, libc } = this.#transport;
    if (port !== this.#toPort || host !== this.#toHost) this.#aim(port, host);
    if (this.#fd < 0 || this.#toBytes === 0 || datagram.length > MAX_UDP_BYTES) return;
    arena.readyToSend(datagram, arena.addressAt(this.#slot), this.#toBytes);
    libc.sendmsg(this.#fd, arena.sendHeader, MSG_DONTWAIT | MSG_NOSIGNAL);
  }

  #aim(port: number, host: string): void {
    const { arena, addresses } = this.#transport;
    this.#toPort = port;
    this.#toHost = host;
    this.#toBytes = addresses.write(arena.addressAt(this.#slot), host, port);
  }

  /** The port it is bound to; 0 when it is closed. */
  get port(): number {
    const { arena, addresses, libc } = this.#transport;
    arena.words[SCRATCH / 4] = ADDRESS_BYTES;
    const at = SCRATCH + 8;
    const named = libc.getsockname(this.#fd, arena.pointer(at), arena.pointer(SCRATCH)) === 0;
    return named ? addresses.port(at) : 0;
  }

  /** At once; a second time nothing happens. */
  close(): void {
    const fd = this.#fd;
    if (fd < 0) return;
    this.#fd = -1;
    this.#transport.release(fd, this.#slot);
  }
}
