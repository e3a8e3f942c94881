// The one piece of memory that the kernel reads and writes for us: message headers, addresses,
// events and datagrams, each at a fixed place. The kernel touches it only while a call lasts, and
// the buffer is never resized or given away, so no address in it ever goes stale.
//
//   struct msghdr { name, namelen, iov, iovlen, control, controllen, flags }  7 words of 8 bytes
//   struct iovec { base, len }
//   struct epoll_event { u32 events; u64 data }  packed on x64 only
import type { Libc } from './libc.ts';

/** Longest UDP payload there is. */
export const MAX_UDP_BYTES = 65_535;
export const MAX_EVENTS = 512;
export const MAX_SOCKETS = 8_192;
/** A socket address: 16 bytes, or 28 with IPv6. */
export const ADDRESS_BYTES = 32;

const HEADER_BYTES = 64;
const EVENT_BYTES = process.arch === 'x64' ? 12 : 16;
/** Of the user data in an event, in words of 32 bits. */
export const EVENT_WORDS = EVENT_BYTES / 4;
export const EVENT_DATA_WORD = EVENT_WORDS - 2;
const DATAGRAM_ROOM = 65_536;
/** Received datagrams up to this length have a view that is made once. */
const COMMON_BYTES = 1_500;

// Places, in bytes; all of them multiples of eight.
const RECEIVE_HEADER = 0;
const RECEIVE_VECTOR = RECEIVE_HEADER + HEADER_BYTES;
export const RECEIVE_ADDRESS = RECEIVE_VECTOR + 16;
const SEND_HEADER = RECEIVE_ADDRESS + ADDRESS_BYTES;
const SEND_VECTOR = SEND_HEADER + HEADER_BYTES;
/** For whatever is asked and answered at once. */
export const SCRATCH = SEND_VECTOR + 16;
const SCRATCH_BYTES = 128;
export const EVENTS = SCRATCH + SCRATCH_BYTES;
const RECEIVED = EVENTS + MAX_EVENTS * 16;
const TO_SEND = RECEIVED + DATAGRAM_ROOM;
const ADDRESSES = TO_SEND + DATAGRAM_ROOM;
const ARENA_BYTES = ADDRESSES + MAX_SOCKETS * ADDRESS_BYTES;

export class Arena {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  /** The same words with their sign: small integers for V8. */
  readonly ints: Int32Array;
  readonly receiveHeader: bigint;
  readonly sendHeader: bigint;
  readonly #memory = new ArrayBuffer(ARENA_BYTES);
  readonly #base: bigint;
  readonly #baseLow: number;
  readonly #baseHigh: number;
  readonly #datagrams: (Buffer | undefined)[] = Array.from({ length: COMMON_BYTES + 1 });

  constructor(libc: Libc) {
    this.bytes = new Uint8Array(this.#memory);
    this.words = new Uint32Array(this.#memory);
    this.ints = new Int32Array(this.#memory);
    this.#base = libc.addressOf(this.#memory);
    this.#baseLow = Number(this.#base & 0xffff_ffffn);
    this.#baseHigh = Number(this.#base >> 32n);
    this.receiveHeader = this.pointer(RECEIVE_HEADER);
    this.sendHeader = this.pointer(SEND_HEADER);
    this.#layOut(RECEIVE_HEADER, RECEIVE_VECTOR);
    this.#layOut(SEND_HEADER, SEND_VECTOR);
    this.#writePointer(RECEIVE_HEADER, RECEIVE_ADDRESS);
    this.#writePointer(RECEIVE_VECTOR, RECEIVED);
    this.words[RECEIVE_VECTOR / 4 + 2] = DATAGRAM_ROOM;
  }

  /** A header with one vector. */
  #layOut(header: number, vector: number): void {
    this.#writePointer(header + 16, vector);
    this.words[header / 4 + 6] = 1;
  }

  /** The address of a place. */
  pointer(at: number): bigint {
    return this.#base + BigInt(at);
  }

  #writePointer(at: number, target: number): void {
    const low = this.#baseLow + target;
    this.words[at / 4] = low;
    this.words[at / 4 + 1] = this.#baseHigh + (low > 0xffff_ffff ? 1 : 0);
  }

  /** Where the address of a socket's peer is kept. @param slot below MAX_SOCKETS */
  addressAt(slot: number): number {
    return ADDRESSES + slot * ADDRESS_BYTES;
  }

  /** Before each receive: how much room the source's address has. */
  readyToReceive(): void {
    this.words[RECEIVE_HEADER / 4 + 2] = ADDRESS_BYTES;
  }

  /** What was received: a view, made once for each length. */
  received(bytes: number): Buffer {
    const known = this.#datagrams[bytes];
    if (known !== undefined) return known;
    const view = Buffer.from(this.#memory, RECEIVED, bytes);
    if (bytes <= COMMON_BYTES) this.#datagrams[bytes] = view;
    return view;
  }

  /** Before each send: to the address at that place. What was just received is not copied. */
  readyToSend(datagram: Buffer, address: number, addressBytes: number): void {
    const { words } = this;
    const ours = datagram.buffer === this.#memory;
    if (!ours) this.bytes.set(datagram, TO_SEND);
    this.#writePointer(SEND_VECTOR, ours ? datagram.byteOffset : TO_SEND);
    words[SEND_VECTOR / 4 + 2] = datagram.length;
    this.#writePointer(SEND_HEADER, address);
    words[SEND_HEADER / 4 + 2] = addressBytes;
  }
}
