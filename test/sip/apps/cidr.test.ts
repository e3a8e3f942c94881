// Source networks, against node:net's own reading of addresses.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import fc from 'fast-check';
import { contains, parseAddress, parseNetwork } from '../../../sip/apps/cidr.ts';

function lies(address: string, network: string): boolean {
  const parsed = parseNetwork(network);
  assert.ok(parsed !== null, `${network} is a network`);
  return contains(parsed, address);
}

test('an exact address is a network of one', () => {
  assert.equal(lies('192.0.2.1', '192.0.2.1'), true);
  assert.equal(lies('192.0.2.2', '192.0.2.1'), false);
  assert.equal(lies('2001:db8::1', '2001:0DB8:0:0::1'), true);
  assert.equal(lies('2001:db8::2', '2001:db8::1'), false);
});

test('an IPv4-mapped IPv6 address counts as its IPv4 one', () => {
  assert.equal(lies('::ffff:192.0.2.9', '192.0.2.0/24'), true);
  assert.equal(lies('::ffff:c000:209', '192.0.2.0/24'), true);
  assert.equal(lies('192.0.2.9', '::/0'), true, 'the whole IPv6 space holds mapped IPv4');
});

test('what is no address is refused', () => {
  const wrong = ['', '1.2.3', '1.2.3.256', '01.2.3.4', '1.2.3.4/33', '::/129', 'a::b::c', ':::'];
  for (const text of [...wrong, '1:2:3:4:5:6:7', '1.2.3.4/', '1.2.3.4/8/8', 'host', '12345::']) {
    assert.equal(parseNetwork(text), null, text);
  }
  assert.equal(lies('nonsense', '0.0.0.0/0'), false);
});

test('property: IPv4 and IPv6 networks hold what node:net says they hold', () => {
  const pairs = fc.oneof(
    fc.tuple(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), fc.constant('ipv4' as const)),
    fc.tuple(fc.ipV6(), fc.ipV6(), fc.integer({ min: 0, max: 128 }), fc.constant('ipv6' as const)),
  );
  fc.assert(
    fc.property(pairs, fc.boolean(), ([base, other, bits, family], same) => {
      const list = new BlockList();
      list.addSubnet(base, bits, family);
      const address = same ? base : other;
      assert.equal(lies(address, `${base}/${bits}`), list.check(address, family));
    }),
  );
});

test('property: reading an address never throws', () => {
  fc.assert(fc.property(fc.string(), (text) => void parseAddress(text)));
});
