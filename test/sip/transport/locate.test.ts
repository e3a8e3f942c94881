// Finding servers: the order of places, the cache, and calls that go on to the next place.
// RFC 3263; RFC 2782.
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cachedDns, type Dns } from '../../../sip/transport/dns.ts';
import { locate, srvOrder } from '../../../sip/transport/locate.ts';
import { openDnsServer, type Zone } from '../../support/dns-server.ts';
import { answeringPeer } from '../support/peer.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { header } from '../support/wire-phone.ts';

const middle = { next: () => 0.5 };

/** A DNS by tables: `SRV _sip._udp.example` and so on. */
function tableDns(table: Readonly<Record<string, readonly unknown[]>>, ttlMs = 0) {
  const asked: string[] = [];
  const ask = (kind: string) => (name: string) => {
    asked.push(`${kind} ${name}`);
    return Promise.resolve({ records: table[`${kind} ${name}`] ?? [], ttlMs });
  };
  const dns = { naptr: ask('NAPTR'), srv: ask('SRV'), addresses: ask('A') } as unknown as Dns;
  return { dns, asked };
}

const srv = (name: string, priority = 1, weight = 1, port = 5070) => {
  return { name, priority, weight, port };
};

async function placesOf(
  table: Readonly<Record<string, readonly unknown[]>>,
  target: { readonly port?: number; readonly protocols: readonly ('udp' | 'tcp' | 'tls')[] },
) {
  const { dns, asked } = tableDns(table);
  const full = { host: 'example', port: target.port ?? null, protocols: target.protocols };
  const found = await locate(dns, full, middle);
  return { asked, places: found.map((p) => `${p.protocol} ${p.address}:${p.port}`) };
}

test('s.4.1: NAPTR by order names protocol and SRV, those that we speak', async () => {
  const naptr = (order: number, service: string, replacement: string) => {
    return { order, preference: 1, flags: 's', service, replacement };
  };
  const { places } = await placesOf(
    {
      'NAPTR example': [
        naptr(20, 'SIP+D2U', 'u.example'),
        naptr(10, 'SIP+D2T', 't.example'),
        naptr(1, 'SIPS+D2T', 's.example'),
      ],
      'SRV u.example': [srv('one', 1, 1, 5071)],
      'SRV t.example': [srv('two', 1, 1, 5072)],
      'A one': ['192.0.2.1'],
      'A two': ['192.0.2.2', '2001:db8::2'],
    },
    { protocols: ['udp', 'tcp'] },
  );
  assert.deepEqual(places, ['tcp 192.0.2.2:5072', 'tcp 2001:db8::2:5072', 'udp 192.0.2.1:5071']);
});

test('s.4.2: a port in the URI forbids SRV, a transport forbids NAPTR', async () => {
  const table = { 'A example': ['192.0.2.9'], 'SRV _sip._tcp.example': [srv('one')] };
  const withPort = await placesOf(table, { port: 5080, protocols: ['udp', 'tcp'] });
  assert.deepEqual(withPort, { asked: ['A example'], places: ['udp 192.0.2.9:5080'] });
  const withTransport = await placesOf(
    { ...table, 'A one': ['192.0.2.1'] },
    { protocols: ['tcp'] },
  );
  assert.deepEqual(withTransport.places, ['tcp 192.0.2.1:5070']);
  assert.equal(withTransport.asked.includes('NAPTR example'), false);
});

test('without records the name itself, at the port of the protocol', async () => {
  const table = { 'A example': ['192.0.2.9'] };
  assert.deepEqual((await placesOf(table, { protocols: ['udp'] })).places, ['udp 192.0.2.9:5060']);
  assert.deepEqual((await placesOf(table, { protocols: ['tls'] })).places, ['tls 192.0.2.9:5061']);
  assert.deepEqual((await placesOf({}, { protocols: ['udp'] })).places, []);
});

test('RFC 2782: by priority, nobody lost; the draw follows the weights', () => {
  const record = fc.record({
    ...{ name: fc.constantFrom('a', 'b', 'c'), port: fc.nat(65_535) },
    ...{ priority: fc.nat(3), weight: fc.nat(100) },
  });
  fc.assert(
    fc.property(fc.array(record), fc.noShrink(fc.double({ min: 0, max: 0.999 })), (all, draw) => {
      const ordered = srvOrder(all, { next: () => draw });
      assert.equal(new Set(ordered).size, new Set(all).size);
      const priorities = ordered.map(({ priority }) => priority);
      assert.deepEqual(
        priorities,
        priorities.toSorted((a, b) => a - b),
      );
    }),
  );
  const pair = [srv('light', 1, 1), srv('heavy', 1, 99)];
  let state = 7;
  const rng = { next: () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647 };
  const firsts = Array.from({ length: 2_000 }, () => srvOrder(pair, rng)[0]?.name);
  const heavy = firsts.filter((name) => name === 'heavy').length;
  assert.ok(heavy > 1_900 && heavy < 2_000, `heavy came first ${heavy} times of 2000`);
  assert.deepEqual(srvOrder([srv('.')], middle), []);
});

test('answers are kept for their time, and one question is asked once', async () => {
  let nowMs = 0;
  const { dns, asked } = tableDns({ 'A example': ['192.0.2.9'] }, 1_000);
  const cached = cachedDns(dns, { monotonicMs: () => nowMs });
  await Promise.all([cached.addresses('example'), cached.addresses('Example')]);
  nowMs = 999;
  await cached.addresses('example');
  assert.equal(asked.length, 1);
  nowMs = 1_000;
  assert.deepEqual((await cached.addresses('example')).records, ['192.0.2.9']);
  assert.equal(asked.length, 2);
});

/** Two servers behind SRV records of a real DNS, the first one as given. */
async function failover(t: TestContext, first: number): Promise<{ rig: Rig; via: () => string }> {
  const second = await answeringPeer(t, createServer(), 'connection', '486 Busy Here');
  const weight = 0;
  const zone: Zone = {
    'pbx.example': [
      { type: 'NAPTR', order: 1, service: 'SIP+D2T', target: '_sip._tcp.pbx.example' },
    ],
    '_sip._tcp.pbx.example': [
      { type: 'SRV', priority: 1, weight, port: first, target: 'one.example' },
      { type: 'SRV', priority: 2, weight, port: second.port, target: 'two.example' },
    ],
    'one.example': [{ type: 'A', ttl: 60, address: '127.0.0.1' }],
    'two.example': [{ type: 'A', ttl: 60, address: '127.0.0.1' }],
  };
  const { server } = await openDnsServer(t, zone);
  const rig = await startRig(t, { dnsServers: [server] });
  return { rig, via: () => header(second.requests[0] ?? '', 'Via') };
}

const call = (rig: Rig) => rig.srf.createUAC('sip:bob@pbx.example', { localSdp: 'v=0\r\n' });

test('s.4.3: 503 sends the call to the next place, over the protocol that DNS names', async (t) => {
  const first = await answeringPeer(t, createServer(), 'connection', '503 Service Unavailable');
  const { rig, via } = await failover(t, first.port);
  await assert.rejects(call(rig), { status: 486 });
  assert.match(via(), /^SIP\/2.0\/TCP /);
  assert.notEqual(via(), header(first.requests[0] ?? '', 'Via'));
});

test('s.4.3: so does a connection refused', async (t) => {
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const { port } = closed.address() as AddressInfo;
  closed.close();
  const { rig } = await failover(t, port);
  await assert.rejects(call(rig), { status: 486 });
});

test('s.4.3: so does silence, but another failure is the answer', async (t) => {
  const silent = createServer((socket) => socket.on('error', () => socket.destroy()).resume());
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  t.after(() => silent.close());
  const slow = await failover(t, (silent.address() as AddressInfo).port);
  await assert.rejects(call(slow.rig), { status: 486 });
  const refusing = await answeringPeer(t, createServer(), 'connection', '404 Not Found');
  const { rig, via } = await failover(t, refusing.port);
  await assert.rejects(call(rig), { status: 404 });
  assert.equal(via(), '');
});
