// Socket addresses as the kernel has them, and as text.
//
//   struct sockaddr_in  { u16 family; u16 port; u32 address; }
//   struct sockaddr_in6 { u16 family; u16 port; u32 flow; u8 address[16]; u32 scope }
import { isIP } from 'node:net';
import { SCRATCH } from './arena.ts';
import type { Arena } from './arena.ts';
import type { Libc } from './libc.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;
const INET_BYTES = 16;
const INET6_BYTES = 28;
/** Longest text of an IPv6 address, with its end. */
const TEXT_BYTES = 46;

/** Turns addresses into text and back, in the places of an arena. */
export class Addresses {
  readonly #libc: Libc;
  readonly #arena: Arena;

  constructor(libc: Libc, arena: Arena) {
    this.#libc = libc;
    this.#arena = arena;
  }

  /**
   * Writes a literal and a port to a place.
   * @returns the address's length, 0 when the host is no literal
   */
  write(at: number, host: string, port: number): number {
    const { bytes } = this.#arena;
    const [address = '', zone = ''] = host.split('%');
    const version = isIP(host);
    if (version === 0) return 0;
    bytes.fill(0, at, at + INET6_BYTES);
    bytes[at] = version === 4 ? AF_INET : AF_INET6;
    bytes[at + 2] = port >>> 8;
    bytes[at + 3] = port & 0xff;
    const into = this.#arena.pointer(at + (version === 4 ? 4 : 8));
    if (this.#libc.inetPton(bytes[at], address, into) !== 1) return 0;
    if (version === 4) return INET_BYTES;
    if (zone !== '') this.#arena.words[(at + 24) / 4] = this.#libc.interfaceIndex(zone);
    return INET6_BYTES;
  }

  port(at: number): number {
    const { bytes } = this.#arena;
    return (bytes[at + 2]! << 8) | bytes[at + 3]!;
  }

  /** The address at a place as text, as Node writes it. */
  host(at: number): string {
    const { bytes } = this.#arena;
    if (bytes[at] === AF_INET) return bytes.subarray(at + 4, at + 8).join('.');
    const from = this.#arena.pointer(at + 8);
    this.#libc.inetNtop(AF_INET6, from, this.#arena.pointer(SCRATCH), TEXT_BYTES);
    const address = this.#text();
    const scope = this.#arena.words[(at + 24) / 4] ?? 0;
    const isLinkLocal = bytes[at + 8] === 0xfe && (bytes[at + 9]! & 0xc0) === 0x80;
    if (scope === 0 || !isLinkLocal) return address;
    this.#arena.bytes[SCRATCH] = 0;
    this.#libc.interfaceName(scope, this.#arena.pointer(SCRATCH));
    return `${address}%${this.#text()}`;
  }

  #text(): string {
    const { bytes } = this.#arena;
    return Buffer.from(bytes.subarray(SCRATCH, bytes.indexOf(0, SCRATCH))).toString('latin1');
  }
}
