// HEP version 3 byte by byte, against packets written by hand from the specification.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeHep, MAX_HEP_BYTES, type HepPacket } from '../../../sip/hep/encode.ts';
import { readHep } from '../support/hep.ts';

const packet: HepPacket = {
  protocol: 'udp',
  source: { host: '192.0.2.1', port: 5060 },
  destination: { host: '198.51.100.7', port: 5080 },
  atMs: 1_700_000_000_123,
  captureId: 2_001,
  password: null,
  correlationId: 'c@1',
  payload: Buffer.from('OPTIONS'),
};

function hex(change: Partial<HepPacket>): string {
  return Buffer.from(encodeHep({ ...packet, ...change }) ?? []).toString('hex');
}

const UDP_OVER_IPV4 = [
  '48455033' + '0073', // HEP3, 115 bytes
  '0000' + '0001' + '0007' + '02', // AF_INET
  '0000' + '0002' + '0007' + '11', // UDP
  '0000' + '0003' + '000a' + 'c0000201',
  '0000' + '0004' + '000a' + 'c6336407',
  '0000' + '0007' + '0008' + '13c4', // 5060
  '0000' + '0008' + '0008' + '13d8', // 5080
  '0000' + '0009' + '000a' + '6553f100', // 1,700,000,000 s
  '0000' + '000a' + '000a' + '0001e078', // 123,000 us
  '0000' + '000b' + '0007' + '01', // SIP
  '0000' + '000c' + '000a' + '000007d1', // 2001
  '0000' + '0011' + '0009' + '634031', // c@1
  '0000' + '000f' + '000d' + '4f5054494f4e53', // OPTIONS
].join('');

test('UDP over IPv4, no key', () => {
  assert.equal(hex({}), UDP_OVER_IPV4);
});

test('TCP and a key', () => {
  const expected = UDP_OVER_IPV4.replace('48455033' + '0073', '48455033' + '007e')
    .replace('0002' + '0007' + '11', '0002' + '0007' + '06')
    .replace('0000' + '0011', '0000' + '000e' + '000b' + '6d794b6579' + '0000' + '0011');
  assert.equal(hex({ protocol: 'tcp', password: 'myKey' }), expected);
});

test('IPv6 addresses in their short forms', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8::7', '20010db8000000000000000000000007'],
    ['fe80::1%eth0', 'fe800000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
  ];
  for (const [host, expected] of cases) {
    const source = { host, port: 5060 };
    const bytes = encodeHep({ ...packet, source, destination: { host: '::2', port: 1 } });
    const chunks = readHep(Buffer.from(bytes ?? []));
    assert.equal(chunks.get(1)?.toString('hex'), '0a');
    assert.equal(chunks.get(5)?.toString('hex'), expected, host);
    assert.equal(chunks.get(6)?.toString('hex'), '00000000000000000000000000000002');
    assert.ok(!chunks.has(3) && !chunks.has(4));
  }
});

test('what fits no datagram is not a packet', () => {
  const room = MAX_HEP_BYTES - (encodeHep({ ...packet, payload: new Uint8Array() })?.length ?? 0);
  assert.equal(encodeHep({ ...packet, payload: new Uint8Array(room) })?.length, MAX_HEP_BYTES);
  assert.equal(encodeHep({ ...packet, payload: new Uint8Array(room + 1) }), null);
});

test('whatever is captured can be read back', () => {
  const shape = {
    payload: fc.uint8Array({ maxLength: 2_000 }),
    captureId: fc.nat(0xffff_ffff),
    atMs: fc.nat(4_000_000_000_000),
    correlationId: fc.string(),
  };
  fc.assert(
    fc.property(fc.record(shape), (change) => {
      const chunks = readHep(Buffer.from(encodeHep({ ...packet, ...change }) ?? []));
      assert.deepEqual(new Uint8Array(chunks.get(15) ?? []), change.payload);
      assert.equal(chunks.get(12)?.readUInt32BE(), change.captureId);
      assert.equal(chunks.get(17)?.toString(), Buffer.from(change.correlationId).toString());
      const [seconds, micros] = [chunks.get(9)!.readUInt32BE(), chunks.get(10)!.readUInt32BE()];
      assert.equal(seconds * 1_000 + micros / 1_000, change.atMs);
    }),
  );
});
