// SIP over TCP: split and coalesced frames, keep-alive, reuse, limits. RFC 3261 s.18.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { SrfRequest, SrfResponse } from 'drachtio-srf';
import { until } from '../../support/until.ts';
import { OFFER, startRig, type Rig } from '../support/rig.ts';

async function dial(t: TestContext, rig: Rig): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect(rig.tcp.port, '127.0.0.1');
  await once(socket, 'connect');
  t.after(() => socket.destroy());
  let text = '';
  socket.on('data', (data) => (text += data.toString('utf8')));
  socket.on('error', () => undefined);
  return { socket, text: () => text };
}

function options(id: string): string {
  return (
    `OPTIONS sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK${id}\r\n` +
    `From: <sip:a@127.0.0.1>;tag=1\r\nTo: <sip:b@127.0.0.1>\r\nCall-ID: ${id}\r\n` +
    `CSeq: 1 OPTIONS\r\nContent-Length: 2\r\n\r\nok`
  );
}

function answerOptions(rig: Rig): string[] {
  const seen: string[] = [];
  const routes = rig.srf as unknown as {
    options(fn: (req: SrfRequest, res: SrfResponse) => void): void;
  };
  routes.options((req, res) => {
    seen.push(req.get('Call-ID'));
    res.send(200);
  });
  return seen;
}

test('s.18.3: two requests in one segment, one request in many', async (t) => {
  const rig = await startRig(t);
  const seen = answerOptions(rig);
  const { socket, text } = await dial(t, rig);
  socket.setNoDelay(true);
  socket.write(options('one') + options('two') + options('three').slice(0, 60));
  await until('two answers', () => text().match(/SIP\/2.0 200/g)?.length === 2);
  for (const piece of options('three')
    .slice(60)
    .match(/.{1,25}/gs) ?? []) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  await until('the third answer', () => text().match(/SIP\/2.0 200/g)?.length === 3);
  assert.deepEqual(seen, ['one', 'two', 'three']);
  assert.equal((await rig.engine.stats())['tcpConnections'], 1);
});

test('RFC 5626 s.3.5.1: a double CRLF gets a CRLF', async (t) => {
  const rig = await startRig(t);
  const { socket, text } = await dial(t, rig);
  socket.write('\r\n\r\n');
  await until('pong', () => text() === '\r\n');
});

test('without Content-Length: 400, and the connection closes', async (t) => {
  const rig = await startRig(t);
  const { socket, text } = await dial(t, rig);
  socket.write(options('x').replace(/Content-Length: 2\r\n\r\nok/, '\r\n'));
  await once(socket, 'end');
  assert.match(text(), /^SIP\/2.0 400 /);
  await until('closed', async () => (await rig.engine.stats())['tcpConnections'] === 0);
});

test('garbage closes its own connection only, and too many connections are refused', async (t) => {
  const rig = await startRig(t, {}, { limits: { tcpConnections: 2 } });
  answerOptions(rig);
  const [first, second] = [await dial(t, rig), await dial(t, rig)];
  await until('two connections', async () => (await rig.engine.stats())['tcpConnections'] === 2);
  const third = await dial(t, rig);
  await until('the third to be closed', () => third.socket.closed);
  first.socket.write('x'.repeat(70_000));
  await once(first.socket, 'end');
  second.socket.write(options('alive'));
  await until('an answer', () => second.text().includes('SIP/2.0 200'));
});

test('a user registered over TCP is called on that very connection', async (t) => {
  const rig = await startRig(t);
  const routes = rig.srf as unknown as {
    register(fn: (req: SrfRequest, res: SrfResponse) => void): void;
  };
  routes.register((req, res) => res.send(200, { headers: { Contact: req.get('Contact') } }));
  const { socket, text } = await dial(t, rig);
  socket.write(
    options('r')
      .replaceAll('OPTIONS', 'REGISTER')
      .replace(
        'Content-Length: 2\r\n\r\nok',
        'Contact: <sip:joe@random.invalid;transport=tcp>;expires=60\r\nContent-Length: 0\r\n\r\n',
      ),
  );
  await until('registered', () => text().includes('SIP/2.0 200'));
  rig.srf
    .createUAC('sip:joe@random.invalid;transport=tcp', { localSdp: OFFER })
    .catch(() => undefined);
  await until('the INVITE', () => text().includes('INVITE sip:joe@random.invalid'));
});
