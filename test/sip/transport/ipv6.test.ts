// SIP over IPv6, alone and beside IPv4. RFC 5118 (brackets), RFC 3261 s.18.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { until } from '../../support/until.ts';
import { answerAll } from '../support/answers.ts';
import { answeringPeer, collected, optionsText } from '../support/peer.ts';
import { startRig, type Rig } from '../support/rig.ts';
import { header } from '../support/wire-phone.ts';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');
const options = { skip: hasIpv6 ? false : 'this machine has no ::1' };

const listen = [
  { protocol: 'udp', host: '127.0.0.1', port: 0 },
  { protocol: 'tcp', host: '127.0.0.1', port: 0 },
  { protocol: 'udp', host: '::1', port: 0 },
  { protocol: 'tcp', host: '::1', port: 0 },
] as const;

async function dual(t: TestContext, externalHost: string | null = null) {
  const rig = await startRig(t, { listen, externalHost });
  const seen = answerAll(rig.srf);
  const [, , udp, tcp] = rig.engine.listening;
  return { rig, seen, udp: udp!, tcp: tcp! };
}

async function udpPhone(t: TestContext) {
  const socket = createSocket('udp6');
  t.after(() => socket.close());
  const inbox: string[] = [];
  socket.on('message', (data) => inbox.push(data.toString('utf8')));
  socket.bind(0, '::1');
  await once(socket, 'listening');
  return { socket, inbox, port: socket.address().port };
}

test(
  'a request over UDP: received without brackets, the source as the applications see it',
  options,
  async (t) => {
    const { seen, udp } = await dual(t);
    const { socket, inbox } = await udpPhone(t);
    const text = optionsText('six', 'UDP').replaceAll('127.0.0.1', '[::1]');
    socket.send(text, udp.port, '::1');
    await until('an answer', () => inbox.length > 0);
    assert.match(header(inbox[0]!, 'Via'), /^SIP\/2.0\/UDP \[::1\];branch=z9hG4bKsix;rport=\d+$/);
    assert.equal(seen[0]?.source_address, '::1');
  },
);

async function calls(rig: Rig, uri: string): Promise<void> {
  const calling = rig.srf.createUAC(uri, { localSdp: 'v=0\r\n' });
  await assert.rejects(calling, { status: 486 });
}

test(
  'a call to [::1] leaves by the IPv6 socket, with brackets in Via, Contact and From',
  options,
  async (t) => {
    const { rig, tcp } = await dual(t);
    const six = await answeringPeer(t, createServer(), 'connection', '486 Busy Here', '::1');
    await calls(rig, `sip:bob@[::1]:${six.port};transport=tcp`);
    const [invite = ''] = six.requests;
    assert.match(header(invite, 'Via'), new RegExp(`^SIP/2.0/TCP \\[::1\\]:${tcp.port};`));
    assert.equal(header(invite, 'Contact'), `<sip:[::1]:${tcp.port};transport=tcp>`);
    assert.match(header(invite, 'From'), new RegExp(`^<sip:\\[::1\\]:${tcp.port};`));
    const four = await answeringPeer(t, createServer(), 'connection', '486 Busy Here');
    await calls(rig, `sip:bob@127.0.0.1:${four.port};transport=tcp`);
    assert.match(header(four.requests[0] ?? '', 'Via'), /^SIP\/2.0\/TCP 127.0.0.1:/);
  },
);

test('an external IPv4 address is not told to IPv6 peers', options, async (t) => {
  const { rig } = await dual(t, '192.0.2.1');
  const six = await answeringPeer(t, createServer(), 'connection', '486 Busy Here', '::1');
  await calls(rig, `sip:bob@[::1]:${six.port};transport=tcp`);
  assert.match(header(six.requests[0] ?? '', 'Via'), /^SIP\/2.0\/TCP \[::1\]:/);
});

test(
  'both families on all addresses and one port; each peer is seen in its own form',
  options,
  async (t) => {
    const four = { protocol: 'tcp', host: '0.0.0.0', port: 0 } as const;
    const first = await startRig(t, { listen: [four] });
    const { port } = first.engine.listening[0]!;
    const rig = await startRig(t, { listen: [{ protocol: 'tcp', host: '::', port }] });
    const seen = [answerAll(first.srf), answerAll(rig.srf)];
    for (const [index, host] of ['127.0.0.1', '::1'].entries()) {
      const socket = connect(port, host);
      t.after(() => socket.destroy());
      const text = collected(socket);
      socket.write(optionsText('any'));
      await until('an answer', () => text().includes('SIP/2.0 200'));
      assert.equal(seen[index]?.[0]?.source_address, host);
    }
  },
);
