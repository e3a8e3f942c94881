// Source addresses: does this peer belong to that list of addresses and networks? PURE.
// RFC 4632 (CIDR), RFC 4291 s.2.2 (IPv6 text), s.2.5.5.2 (IPv4-mapped).

/** A network: 16 bytes (IPv4 as IPv4-mapped) and how many leading bits count. */
export interface Network {
  readonly bytes: readonly number[];
  readonly prefixBits: number;
}

const MAPPED_PREFIX: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::1` or `2001:db8::/32`; null when it is none. */
export function parseNetwork(text: string): Network | null {
  const [address, prefix, ...rest] = text.trim().split('/');
  if (address === undefined || rest.length > 0) return null;
  const bytes = parseAddress(address);
  if (bytes === null) return null;
  const isIpv4 = !address.includes(':');
  const offset = isIpv4 ? 96 : 0;
  if (prefix === undefined) return { bytes, prefixBits: 128 };
  if (!/^\d{1,3}$/.test(prefix)) return null;
  const prefixBits = Number(prefix) + offset;
  return prefixBits > 128 ? null : { bytes, prefixBits };
}

/** Whether `address` lies in `network`; an IPv4-mapped IPv6 address counts as its IPv4 one. */
export function contains(network: Network, address: string): boolean {
  const bytes = parseAddress(address);
  if (bytes === null) return false;
  for (let i = 0; i < 16; i++) {
    const bitsLeft = network.prefixBits - i * 8;
    if (bitsLeft <= 0) return true;
    const mask = bitsLeft >= 8 ? 0xff : (0xff << (8 - bitsLeft)) & 0xff;
    if (((network.bytes[i] ?? 0) & mask) !== ((bytes[i] ?? 0) & mask)) return false;
  }
  return true;
}

/** 16 bytes of an IPv4 or IPv6 address (brackets and zone removed), null when it is none. */
export function parseAddress(text: string): readonly number[] | null {
  const bare = text.trim().replace(/^\[(.*)\]$/, '$1');
  if (!bare.includes(':')) {
    const ipv4 = parseIpv4(bare);
    return ipv4 === null ? null : [...MAPPED_PREFIX, ...ipv4];
  }
  return parseIpv6(bare.replace(/%.*$/, ''));
}

function parseIpv4(text: string): readonly number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  const bytes = parts.map((part) => (/^(?:0|[1-9]\d{0,2})$/.test(part) ? Number(part) : 256));
  return bytes.every((byte) => byte <= 255) ? bytes : null;
}

function parseIpv6(text: string): readonly number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (head === null || tail === null) return null;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  return [...head, ...Array<number>(missing).fill(0), ...tail];
}

function parseGroups(text: string, mayEndInIpv4: boolean): readonly number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes('.')) {
      const ipv4 = parseIpv4(group);
      if (ipv4 === null) return null;
      bytes.push(...ipv4);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return null;
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes.length > 16 ? null : bytes;
}
