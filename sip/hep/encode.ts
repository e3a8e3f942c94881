// A SIP message as a packet of the Homer Encapsulation Protocol, version 3. PURE: values to bytes.
// HEP3 network protocol specification, rev. 12: header, then chunks of vendor 0, all big-endian.
//
//   0       4        6            8            10           12
//   | HEP3  | length | vendor (0) | chunk type | length + 6 | data ... | next chunk ...

/** What is captured of one message. Addresses are IP addresses without brackets. */
export interface HepPacket {
  readonly protocol: 'udp' | 'tcp';
  readonly source: HepAddress;
  readonly destination: HepAddress;
  /** Unix time in milliseconds. */
  readonly atMs: number;
  /** Tells this capture agent from others, 32 bits. */
  readonly captureId: number;
  /** Shared with the collector, in clear; null: none is sent. */
  readonly password: string | null;
  /** Ties the legs of one call together in Homer; the Call-ID here. */
  readonly correlationId: string;
  /** The message as it stood on the wire. */
  readonly payload: Uint8Array;
}

export interface HepAddress {
  readonly host: string;
  readonly port: number;
}

const HEADER_BYTES = 6;
const CHUNK_HEADER_BYTES = 6;

/** The whole packet must fit one datagram: 65,535 less the headers of IPv4 and UDP. */
export const MAX_HEP_BYTES = 65_507;

const AF_INET = 2;
const AF_INET6 = 10;
const IP_PROTOCOL = { udp: 17, tcp: 6 } as const;
const PROTOCOL_TYPE_SIP = 1;

const CHUNK = {
  ipFamily: 0x0001,
  ipProtocol: 0x0002,
  sourceIpv4: 0x0003,
  destinationIpv4: 0x0004,
  sourceIpv6: 0x0005,
  destinationIpv6: 0x0006,
  sourcePort: 0x0007,
  destinationPort: 0x0008,
  seconds: 0x0009,
  microseconds: 0x000a,
  protocolType: 0x000b,
  captureId: 0x000c,
  password: 0x000e,
  payload: 0x000f,
  correlationId: 0x0011,
} as const;

type Chunk = readonly [type: number, data: Uint8Array];

/** The bytes of one packet; null when it would be longer than a datagram can be. */
export function encodeHep(packet: HepPacket): Uint8Array | null {
  const chunks = chunksOf(packet);
  const length = chunks.reduce(
    (sum, [, data]) => sum + CHUNK_HEADER_BYTES + data.length,
    HEADER_BYTES,
  );
  if (length > MAX_HEP_BYTES) return null;
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  bytes.set(utf8('HEP3'));
  view.setUint16(4, length);
  let at = HEADER_BYTES;
  for (const [type, data] of chunks) {
    view.setUint16(at + 2, type);
    view.setUint16(at + 4, CHUNK_HEADER_BYTES + data.length);
    bytes.set(data, at + CHUNK_HEADER_BYTES);
    at += CHUNK_HEADER_BYTES + data.length;
  }
  return bytes;
}

function chunksOf(packet: HepPacket): readonly Chunk[] {
  const { source, destination, atMs, password } = packet;
  const isIpv6 = source.host.includes(':') && destination.host.includes(':');
  const wholeSeconds = Math.floor(atMs / 1_000);
  return [
    [CHUNK.ipFamily, Uint8Array.of(isIpv6 ? AF_INET6 : AF_INET)],
    [CHUNK.ipProtocol, Uint8Array.of(IP_PROTOCOL[packet.protocol])],
    [isIpv6 ? CHUNK.sourceIpv6 : CHUNK.sourceIpv4, addressBytes(source.host, isIpv6)],
    [
      isIpv6 ? CHUNK.destinationIpv6 : CHUNK.destinationIpv4,
      addressBytes(destination.host, isIpv6),
    ],
    [CHUNK.sourcePort, uint16(source.port)],
    [CHUNK.destinationPort, uint16(destination.port)],
    [CHUNK.seconds, uint32(wholeSeconds)],
    [CHUNK.microseconds, uint32(Math.floor((atMs - wholeSeconds * 1_000) * 1_000))],
    [CHUNK.protocolType, Uint8Array.of(PROTOCOL_TYPE_SIP)],
    [CHUNK.captureId, uint32(packet.captureId)],
    ...(password === null ? [] : [[CHUNK.password, utf8(password)] as const]),
    [CHUNK.correlationId, utf8(packet.correlationId)],
    [CHUNK.payload, packet.payload],
  ];
}

function uint16(value: number): Uint8Array {
  return Uint8Array.of((value >>> 8) & 0xff, value & 0xff);
}

function uint32(value: number): Uint8Array {
  return Uint8Array.of(...[24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff));
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** 4 or 16 bytes; zeros for what is not an address of that family. */
function addressBytes(host: string, isIpv6: boolean): Uint8Array {
  return isIpv6 ? ipv6Bytes(host) : ipv4Bytes(host);
}

function ipv4Bytes(host: string): Uint8Array {
  const parts = host.replace(/^::ffff:/i, '').split('.');
  return parts.length === 4 ? Uint8Array.from(parts, Number) : new Uint8Array(4);
}

/** RFC 4291 s.2.2: eight groups, `::` for a run of zeros, the last two as IPv4 perhaps. */
function ipv6Bytes(host: string): Uint8Array {
  const plain = (host.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (...parts) => {
    const [a, b, c, d] = parts.slice(1, 5).map(Number) as [number, number, number, number];
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  });
  const [head = '', tail] = plain.split('::');
  const groupsOf = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')];
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  const groups = tail === undefined ? before : [...before, ...zeros, ...after];
  const bytes = new Uint8Array(16);
  groups.slice(0, 8).forEach((group, index) => {
    bytes.set(uint16(Number.parseInt(group, 16)), index * 2);
  });
  return bytes;
}
