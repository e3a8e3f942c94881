// RFC 3261 s.18.1.1: requests over 1,300 bytes go by TCP where the peer has it, else as datagrams.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once, type EventEmitter } from 'node:events';
import { createServer } from 'node:net';
import type { TestContext } from 'node:test';
import { LargeRequests } from '../../../sip/transport/large.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { responseText } from '../support/peer.ts';
import { freePort } from '../../support/tools.ts';
import { until } from '../../support/until.ts';

interface Peer {
  readonly port: number;
  /** `udp` or `tcp` and the Via of each request; what was sent twice for lack of time is one. */
  readonly received: string[];
}

/** A peer on one UDP port, and on the same TCP port if wanted, that says 200 to everything. */
async function peer(t: TestContext, withTcp: boolean): Promise<Peer> {
  // Free for both protocols.
  const port = await freePort('127.0.0.1');
  const udp = createSocket('udp4').bind(port, '127.0.0.1');
  await once(udp, 'listening');
  t.after(() => udp.close());
  const received: string[] = [];
  const seen = new Set<string>();
  const take = (protocol: string, text: string): string => {
    const [via = '', sentBy = ''] = /^Via: (\S+).*$/m.exec(text) ?? [];
    if (!seen.has(via)) received.push(`${protocol} ${sentBy}`);
    seen.add(via);
    return responseText(text, '200 OK');
  };
  udp.on('message', (data, from) => udp.send(take('udp', String(data)), from.port));
  if (withTcp) {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data) => void socket.write(take('tcp', String(data))));
      t.after(() => socket.destroy());
    }).listen(port, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
  }
  return { port, received };
}

async function message(rig: Rig, uri: string, size: number): Promise<number> {
  const headers = { 'Content-Type': 'text/plain' };
  const request = rig.srf.request.bind(rig.srf) as unknown as (
    uri: string,
    options: object,
  ) => Promise<EventEmitter>;
  const req = await request(uri, { method: 'MESSAGE', headers, body: 'x'.repeat(size) });
  const [res] = (await once(req, 'response')) as [{ status: number }];
  return res.status;
}

test('by TCP, with its Via, and small ones as ever', async (t) => {
  const rig = await startRig(t);
  const { port, received } = await peer(t, true);
  assert.equal(await message(rig, `sip:bob@127.0.0.1:${port}`, 100), 200);
  assert.equal(await message(rig, `sip:bob@127.0.0.1:${port}`, 1_300), 200);
  assert.equal(await message(rig, `sip:bob@127.0.0.1:${port};transport=udp`, 1_300), 200);
  assert.deepEqual(received, ['udp SIP/2.0/UDP', 'tcp SIP/2.0/TCP', 'udp SIP/2.0/UDP']);
});

test('a peer without TCP gets the datagram, and is not asked for TCP again', async (t) => {
  const rig = await startRig(t);
  const { port, received } = await peer(t, false);
  assert.equal(await message(rig, `sip:bob@127.0.0.1:${port}`, 1_300), 200);
  assert.equal(await message(rig, `sip:bob@127.0.0.1:${port}`, 1_300), 200);
  await until('both', () => received.length === 2);
  assert.deepEqual(received, ['udp SIP/2.0/UDP', 'udp SIP/2.0/UDP']);
});

test('the memory of peers without TCP ends after an hour', () => {
  const large = new LargeRequests();
  const place = { protocol: 'udp', address: '192.0.2.1', port: 5060 } as const;
  const protocols = (nowMs: number) =>
    large.places([place], 1_301, nowMs).map(({ protocol }) => protocol);
  assert.deepEqual(large.places([place], 1_300, 0), [place]);
  assert.deepEqual(protocols(0), ['tcp', 'udp']);
  large.unanswered(place, 0);
  assert.deepEqual(protocols(3_599_999), ['udp']);
  assert.deepEqual(protocols(3_600_000), ['tcp', 'udp']);
});
