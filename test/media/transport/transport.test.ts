// What legs are promised of their sockets, by each adapter: real datagrams over loopback.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import type { RemoteInfo, Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { FdLedger } from '../../../media/transport/ledger.ts';
import { openTransport } from '../../../media/transport/open.ts';
import type { SocketPair, Source, Transport } from '../../../media/transport/types.ts';
import { until } from '../../support/until.ts';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((address) => address?.address === '::1');

interface Heard {
  readonly text: string;
  readonly address: string;
  readonly port: number;
}

interface Scene {
  readonly transport: Transport;
  readonly ledger: FdLedger;
  /** A pair on whatever ports are free, with its RTP port. */
  readonly pair: (host?: string) => Promise<{ readonly pair: SocketPair; readonly port: number }>;
  readonly peer: (host?: string) => Promise<{ readonly socket: Socket; readonly heard: Heard[] }>;
}

async function scene(t: TestContext, kind: Transport['kind']): Promise<Scene> {
  const memory = FdLedger.memory();
  const { transport } = await openTransport(kind, memory);
  assert.equal(transport.kind, kind);
  const polls = setInterval(() => transport.poll(), 1);
  t.after(() => {
    clearInterval(polls);
    transport.close();
  });
  const pair: Scene['pair'] = async (host = '127.0.0.1') => {
    for (;;) {
      const port = 20_000 + 2 * Math.floor(Math.random() * 20_000);
      const opened = await transport.openPair(host, port).catch(() => null);
      if (opened === null) continue;
      t.after(() => opened.close());
      return { pair: opened, port };
    }
  };
  const peer: Scene['peer'] = async (host = '127.0.0.1') => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    const listening = once(socket, 'listening');
    socket.bind(0, host);
    await listening;
    t.after(() => socket.close());
    const heard: Heard[] = [];
    socket.on('message', (datagram, source) => heard.push(told(datagram, source)));
    return { socket, heard };
  };
  return { transport, ledger: new FdLedger(memory), pair, peer };
}

function told(datagram: Buffer, { address, port }: Source | RemoteInfo): Heard {
  return { text: datagram.toString('latin1'), address, port };
}

for (const kind of ['dgram', 'ffi'] as const) {
  test(`${kind}: datagrams both ways, with their source`, async (t) => {
    const { pair, peer } = await scene(t, kind);
    const { pair: ours, port } = await pair();
    const { socket, heard } = await peer();
    const rtp: Heard[] = [];
    const rtcp: Heard[] = [];
    ours.rtp.onDatagram((datagram, source) => rtp.push(told(datagram, source)));
    ours.rtcp.onDatagram((datagram, source) => rtcp.push(told(datagram, source)));
    const source = { address: '127.0.0.1', port: socket.address().port };
    for (const text of ['one', '', 'x'.repeat(1_500), 'y'.repeat(40_000)]) {
      socket.send(text, port, '127.0.0.1');
      await until('it arrives', () => rtp.at(-1)?.text === text);
      assert.deepEqual(rtp.at(-1), { text, ...source });
    }
    socket.send('report', port + 1, '127.0.0.1');
    await until('the report', () => rtcp.length === 1);
    assert.deepEqual(rtcp, [{ text: 'report', ...source }]);
    for (const text of ['a', 'b'.repeat(300), 'c'.repeat(40_000)]) {
      ours.rtp.send(Buffer.from(text), source.port, source.address);
      await until('it arrives', () => heard.at(-1)?.text === text);
      assert.deepEqual(heard.at(-1), { text, address: '127.0.0.1', port });
    }
    ours.rtcp.send(Buffer.from('d'), source.port, source.address);
    await until('it arrives', () => heard.at(-1)?.port === port + 1);
  });

  test(`${kind}: a received datagram goes on changed, to whoever is its turn`, async (t) => {
    const { pair, peer } = await scene(t, kind);
    const { pair: ours, port } = await pair();
    const sides = [await peer(), await peer()] as const;
    const [a, b] = sides.map(({ socket }) => socket.address().port) as [number, number];
    ours.rtp.onDatagram((datagram, source) => {
      datagram[0] = 0x61;
      ours.rtp.send(datagram, source.port === a ? b : a, source.address);
    });
    for (let i = 0; i < 20; i++) {
      sides[i % 2]!.socket.send(`#${i}`, port, '127.0.0.1');
      const other = sides[(i + 1) % 2]!;
      await until('it is passed on', () => other.heard.at(-1)?.text === `a${i}`);
    }
  });

  test(`${kind}: many at once arrive in order, on each of many sockets`, async (t) => {
    const { pair, peer } = await scene(t, kind);
    const { socket } = await peer();
    const all = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const { pair: ours, port } = await pair();
        const heard: string[] = [];
        ours.rtp.onDatagram((datagram) => heard.push(datagram.toString()));
        return { port, heard };
      }),
    );
    for (let i = 0; i < 30; i++) {
      for (const { port } of all) socket.send(`${port} ${i}`, port, '127.0.0.1');
    }
    for (const { port, heard } of all) {
      await until('all arrive', () => heard.length === 30);
      assert.deepEqual(
        heard,
        Array.from({ length: 30 }, (_, i) => `${port} ${i}`),
      );
    }
  });

  test(`${kind}: a port that is taken is refused with its reason, and nothing left`, async (t) => {
    const { transport, ledger, pair } = await scene(t, kind);
    const { port } = await pair();
    const noted = (): number[] => {
      const fds = ledger.takeLeft();
      for (const fd of fds) ledger.enter(fd);
      return fds;
    };
    const before = noted();
    await assert.rejects(transport.openPair('127.0.0.1', port), { code: 'EADDRINUSE' });
    await assert.rejects(transport.openPair('127.0.0.1', port - 1), { code: 'EADDRINUSE' });
    await assert.rejects(transport.openPair('192.0.2.1', port), { code: 'EADDRNOTAVAIL' });
    assert.deepEqual(noted(), before);
  });

  test(`${kind}: closed, both ports can be bound, and their place is another's`, async (t) => {
    const { transport, pair, peer } = await scene(t, kind);
    const { socket, heard } = await peer();
    const { pair: first, port } = await pair();
    first.rtp.onDatagram(() => assert.fail('closed'));
    // Something is on its way when it is closed.
    socket.send('late', port, '127.0.0.1');
    await first.close();
    const again = await until('the ports are free', () =>
      transport.openPair('127.0.0.1', port).catch(() => null),
    );
    t.after(() => again.close());
    const got: string[] = [];
    again.rtp.onDatagram((datagram) => got.push(datagram.toString()));
    socket.send('new', port, '127.0.0.1');
    await until('the new one hears', () => got.includes('new'));
    again.rtp.send(Buffer.from('here'), socket.address().port, '127.0.0.1');
    await until('and speaks', () => heard.at(-1)?.text === 'here');
  });

  test(`${kind}: nobody at the other end is no fault`, async (t) => {
    const { pair, peer } = await scene(t, kind);
    const { pair: ours, port } = await pair();
    const { pair: gone, port: gonePort } = await pair();
    await gone.close();
    const got: string[] = [];
    ours.rtp.onDatagram((datagram) => got.push(datagram.toString()));
    for (let i = 0; i < 5; i++) ours.rtp.send(Buffer.from('hello?'), gonePort, '127.0.0.1');
    ours.rtp.send(Buffer.from('hello?'), 9, '240.0.0.1');
    ours.rtp.send(Buffer.from('hello?'), 9, '::1');
    const { socket } = await peer();
    socket.send('still here', port, '127.0.0.1');
    await until('it goes on', () => got.includes('still here'));
  });

  test(`${kind}: IPv6`, { skip: !hasIpv6 }, async (t) => {
    const { pair, peer } = await scene(t, kind);
    const { pair: ours, port } = await pair('::1');
    const { socket, heard } = await peer('::1');
    const got: Heard[] = [];
    ours.rtp.onDatagram((datagram, source) => {
      got.push(told(datagram, source));
      ours.rtp.send(datagram, source.port, source.address);
    });
    for (const text of ['one', 'two']) {
      socket.send(text, port, '::1');
      await until('an answer', () => heard.at(-1)?.text === text);
      assert.deepEqual(got.at(-1), { text, address: '::1', port: socket.address().port });
      assert.deepEqual(heard.at(-1), { text, address: '::1', port });
    }
  });
}
