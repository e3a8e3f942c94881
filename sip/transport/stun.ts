// The one STUN exchange that keeps a UDP flow alive: a Binding request gets its own address back.
// RFC 8489 s.5 (header), s.14.2 (XOR-MAPPED-ADDRESS); RFC 5626 s.3.5.2.
//
//   0 type (2) | 2 length (2) | 4 magic cookie (4) | 8 transaction id (12) | 20 attributes
import { isIPv6 } from 'node:net';

const HEADER_BYTES = 20;
const MAGIC_COOKIE = 0x2112_a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const XOR_MAPPED_ADDRESS = 0x0020;

/** s.5: two zero bits, the cookie, and a length that is right; no SIP message looks like it. */
export function isStun(data: Buffer): boolean {
  return (
    data.length >= HEADER_BYTES &&
    (data[0]! & 0xc0) === 0 &&
    data.readUInt32BE(4) === MAGIC_COOKIE &&
    data.readUInt16BE(2) === data.length - HEADER_BYTES
  );
}

/** The response to a Binding request from that address; null for every other STUN message. */
export function bindingResponse(request: Buffer, address: string, port: number): Buffer | null {
  if (request.readUInt16BE(0) !== BINDING_REQUEST) return null;
  const bytes = addressBytes(address);
  const response = Buffer.alloc(HEADER_BYTES + 8 + bytes.length);
  request.copy(response, 0, 0, HEADER_BYTES);
  response.writeUInt16BE(BINDING_SUCCESS, 0);
  response.writeUInt16BE(8 + bytes.length, 2);
  response.writeUInt16BE(XOR_MAPPED_ADDRESS, HEADER_BYTES);
  response.writeUInt16BE(4 + bytes.length, HEADER_BYTES + 2);
  response[HEADER_BYTES + 5] = bytes.length === 4 ? 1 : 2;
  response.writeUInt16BE(port ^ (MAGIC_COOKIE >>> 16), HEADER_BYTES + 6);
  // The key is the cookie followed by the transaction id: bytes 4 to 20 of the header.
  bytes.forEach((byte, i) => (response[HEADER_BYTES + 8 + i] = byte ^ request[4 + i]!));
  return response;
}

/** 4 or 16 bytes of an address in text. */
function addressBytes(address: string): readonly number[] {
  if (!isIPv6(address)) return address.split('.').map(Number);
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const front = groups(head);
  const back = groups(tail ?? '');
  const zeros = new Array<number>(16 - front.length - back.length).fill(0);
  return [...front, ...zeros, ...back];
}

function groups(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    if (group.includes('.')) return group.split('.').map(Number);
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
