// Which addresses may be called for a client who names a URL: public ones, and those the operator
// allows. Against requests forged by way of us (SSRF). IANA special-purpose registries (RFC 6890).
import { BlockList, isIP, isIPv6 } from 'node:net';

const SPECIAL_V4: readonly (readonly [string, number])[] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
  ] as const),
  ...([
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
  ] as const),
  ...([
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as const),
  ...([
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
];

/** 64:ff9b::, 2001::/23 (Teredo among them) and 2002:: carry IPv4 addresses inside them. */
const SPECIAL_V6: readonly (readonly [string, number])[] = [
  ...([
    ['::', 96],
    ['64:ff9b::', 32],
    ['100::', 32],
    ['2001::', 23],
  ] as const),
  ...([
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
    ['5f00::', 16],
  ] as const),
  ...([
    ['fc00::', 7],
    ['fe80::', 9],
    ['ff00::', 8],
  ] as const),
];

/** Decides by address, never by name: names can be made to point anywhere at any time. */
export class AddressGuard {
  readonly #refused = new BlockList();
  readonly #allowed = new BlockList();

  /** @param allow addresses and networks, `192.0.2.0/24`, that are let through all the same */
  constructor(allow: readonly string[]) {
    for (const [net, prefix] of SPECIAL_V4) this.#refused.addSubnet(net, prefix, 'ipv4');
    for (const [net, prefix] of SPECIAL_V6) this.#refused.addSubnet(net, prefix, 'ipv6');
    for (const range of allow) {
      const [net = '', prefix] = range.split('/');
      const family = isIPv6(net) ? 'ipv6' : 'ipv4';
      const whole = family === 'ipv6' ? 128 : 32;
      this.#allowed.addSubnet(net, prefix === undefined ? whole : Number(prefix), family);
    }
  }

  /** @param address an IPv4 or IPv6 address; IPv4 inside IPv6 (`::ffff:`) counts as IPv4 */
  mayReach(address: string): boolean {
    const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
    const plain = mapped ?? address;
    const version = isIP(plain);
    if (version === 0) return false;
    const family = version === 6 ? 'ipv6' : 'ipv4';
    return this.#allowed.check(plain, family) || !this.#refused.check(plain, family);
  }
}
