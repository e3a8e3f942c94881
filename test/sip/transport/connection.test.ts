// Limits of TCP connections: slow senders, silent peers, many from one source.
import { connect, createServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { liveClock } from '../../../core/live.ts';
import type { ConnectionOptions } from '../../../sip/types.ts';
import { until } from '../../support/until.ts';
import { answerAll } from '../support/answers.ts';
import { answeringPeer, collected, optionsText } from '../support/peer.ts';
import { startRig, type Rig } from '../support/rig.ts';

const GENEROUS = { maxPerSource: 100, idleMs: 60_000, partialMessageMs: 60_000 };

async function rigWith(t: TestContext, change: Partial<ConnectionOptions>): Promise<Rig> {
  const rig = await startRig(t, { connections: { ...GENEROUS, ...change } });
  answerAll(rig.srf);
  return rig;
}

function dial(t: TestContext, rig: Rig): { socket: Socket; text: () => string } {
  const socket = connect(rig.tcp.port, '127.0.0.1');
  t.after(() => socket.destroy());
  return { socket, text: collected(socket) };
}

/** Writes a byte now and then until the socket has closed. */
function trickle(socket: Socket, text: string): void {
  let at = 0;
  const next = (): void => {
    if (socket.writable && at < text.length) socket.write(text[at++]!);
    if (!socket.closed) liveClock.after(10, next);
  };
  next();
}

test('a message that trickles in too slowly is cut off, whatever came whole before', async (t) => {
  const rig = await rigWith(t, { partialMessageMs: 300 });
  const slow = dial(t, rig);
  slow.socket.write(optionsText('whole'));
  await until('an answer', () => slow.text().includes('SIP/2.0 200'));
  const quiet = dial(t, rig);
  trickle(slow.socket, optionsText('slow'));
  await until('the slow one to be closed', () => slow.socket.closed);
  assert.doesNotMatch(slow.text(), /Call-ID: slow/i);
  quiet.socket.write(optionsText('quiet'));
  await until('an answer', () => quiet.text().includes('SIP/2.0 200'));
});

test('a connection without traffic is closed; one with keep-alives stays', async (t) => {
  const rig = await rigWith(t, { idleMs: 1_000 });
  const [silent, pinging] = [dial(t, rig), dial(t, rig)];
  let pings = 0;
  const ping = (): void => {
    pinging.socket.write('\r\n\r\n');
    if (++pings < 12) liveClock.after(150, ping);
  };
  ping();
  await until('the silent one to be closed', () => silent.socket.closed);
  await until('twelve pongs', () => pinging.text().length >= 24);
  assert.equal(pinging.socket.closed, false);
});

test('one source may not take every connection, nor keep its place after leaving', async (t) => {
  const rig = await rigWith(t, { maxPerSource: 1 });
  const first = dial(t, rig);
  first.socket.write('\r\n\r\n');
  await until('pong', () => first.text() === '\r\n');
  const second = dial(t, rig);
  await until('the second to be closed', () => second.socket.closed);
  first.socket.destroy();
  await until('none', async () => (await rig.engine.stats())['tcpConnections'] === 0);
  const third = dial(t, rig);
  third.socket.write('\r\n\r\n');
  await until('pong', () => third.text() === '\r\n');
});

test('connections that we open count too and give their places back', async (t) => {
  const rig = await rigWith(t, {});
  const peer = await answeringPeer(t, createServer(), 'connection', '486 Busy Here');
  const calling = rig.srf.createUAC(`sip:bob@127.0.0.1:${peer.port};transport=tcp`, {
    localSdp: 'v=0\r\n',
  });
  await assert.rejects(calling, { status: 486 });
  assert.equal((await rig.engine.stats())['tcpConnections'], 1);
  peer.sockets[0]?.destroy();
  await until('none', async () => (await rig.engine.stats())['tcpConnections'] === 0);
});
