// SIP over WebSocket: who may connect, frames, calls back over the registered connection, limits.
// RFC 7118.
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { SrfRequest } from 'drachtio-srf';
import { WebSocket } from 'ws';
import { DEFAULT_WEB_SOCKET } from '../../../sip/transport/defaults.ts';
import type { EngineOptions } from '../../../sip/types.ts';
import { until } from '../../support/until.ts';
import { tlsOptions, tlsPem } from '../../support/tls/options.ts';
import { ANSWER, OFFER, startRig, type Rig } from '../support/rig.ts';
import { answerAll } from '../support/answers.ts';
import { WebPhone } from '../support/web-phone.ts';
import { header } from '../support/wire-phone.ts';

async function webRig(
  t: TestContext,
  change: Partial<EngineOptions> = {},
): Promise<{ rig: Rig; url: string; seen: readonly SrfRequest[] }> {
  const listen = [
    { protocol: 'ws', host: '127.0.0.1', port: 0 },
    { protocol: 'udp', host: '127.0.0.1', port: 0 },
  ] as const;
  const rig = await startRig(t, { listen, ...change });
  const seen = answerAll(rig.srf);
  const [web] = rig.engine.listening;
  return { rig, url: `${web!.protocol}://127.0.0.1:${web!.port}`, seen };
}

test('s.5: no Content-Length needed, text or binary, reported as ws', async (t) => {
  const { url, seen } = await webRig(t);
  const phone = await WebPhone.open(t, url);
  phone.socket.send(phone.request('OPTIONS', { Subject: 'grüße' }));
  const answer = await phone.take(/^SIP\/2.0 200/);
  assert.match(header(answer, 'Via'), /^SIP\/2.0\/WS df7jal23ls0d.invalid;.*received=127.0.0.1/);
  assert.equal(seen[0]?.protocol, 'ws');
  assert.equal(seen[0].get('Subject'), 'grüße');
  phone.socket.send(Buffer.from(phone.request('OPTIONS')), { binary: true });
  await phone.take(/^SIP\/2.0 200/);
});

test('a user registered over WebSocket is called on that very connection', async (t) => {
  const { rig, url } = await webRig(t);
  const phone = await WebPhone.open(t, url);
  phone.socket.send(phone.request('REGISTER'));
  await phone.take(/^SIP\/2.0 200/);
  const calling = rig.srf.createUAC('sip:x7f@df7jal23ls0d.invalid;transport=ws', {
    localSdp: OFFER,
  });
  const invite = await phone.take(/^INVITE sip:x7f@df7jal23ls0d.invalid;transport=ws/);
  assert.match(header(invite, 'Via'), /^SIP\/2.0\/WS 127.0.0.1:\d+;/);
  assert.match(header(invite, 'Contact'), /<sip:127.0.0.1:\d+;transport=ws>/);
  phone.respond(invite, '200 OK', ANSWER);
  const dialog = await calling;
  await phone.take(/^ACK/);
  void dialog.destroy();
  phone.respond(await phone.take(/^BYE/), '200 OK');
  phone.socket.terminate();
  await until('closed', async () => (await rig.engine.stats())['tcpConnections'] === 0);
  const again = rig.srf.createUAC('sip:x7f@df7jal23ls0d.invalid', { localSdp: OFFER });
  await assert.rejects(again, { status: 410 });
});

test('s.4.1: an upgrade without the subprotocol sip, or no upgrade, is refused', async (t) => {
  const { url } = await webRig(t);
  const bare = new WebSocket(url);
  const [error] = (await once(bare, 'error')) as [Error];
  assert.match(error.message, /400/);
  const plain = await fetch(url.replace('ws', 'http'));
  assert.equal(plain.status, 426);
});

test('Origin: browsers from elsewhere get 403, programs without one may connect', async (t) => {
  const webSocket = { ...DEFAULT_WEB_SOCKET, allowedOrigins: ['https://desk.example'] };
  const { url } = await webRig(t, { webSocket });
  await WebPhone.open(t, url, { origin: 'https://desk.example' });
  await WebPhone.open(t, url);
  await assert.rejects(WebPhone.open(t, url, { origin: 'https://evil.example' }), /403/);
});

test('a frame beyond the limit ends its connection with 1009', async (t) => {
  const webSocket = { ...DEFAULT_WEB_SOCKET, maxMessageBytes: 2_000 };
  const { url } = await webRig(t, { webSocket });
  const phone = await WebPhone.open(t, url);
  phone.socket.send('x'.repeat(2_001));
  const [code] = (await once(phone.socket, 'close')) as [number];
  assert.equal(code, 1009);
});

test('RFC 5626: a double CRLF in a frame gets a CRLF; garbage is survived', async (t) => {
  const { url } = await webRig(t);
  const phone = await WebPhone.open(t, url);
  phone.socket.send('nonsense');
  phone.socket.send('\r\n\r\n');
  await until('pong', () => phone.inbox[0] === '\r\n');
});

test('a peer that answers no ping is dropped', async (t) => {
  // Long enough for the one that does answer, whatever else this machine does.
  const { rig, url } = await webRig(t, { webSocket: { ...DEFAULT_WEB_SOCKET, pingMs: 700 } });
  const alive = await WebPhone.open(t, url);
  await WebPhone.open(t, url, { autoPong: false });
  await until('one left', async () => (await rig.engine.stats())['tcpConnections'] === 1);
  assert.equal(alive.socket.readyState, WebSocket.OPEN);
});

test('connections of one source are limited, upgraded or not', async (t) => {
  const connections = { maxPerSource: 2, idleMs: 60_000, partialMessageMs: 10_000 };
  const { rig, url } = await webRig(t, { connections });
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => idle.destroy());
  await WebPhone.open(t, url);
  await until('two', async () => (await rig.engine.stats())['tcpConnections'] === 2);
  await assert.rejects(WebPhone.open(t, url));
  idle.destroy();
  await until('one', async () => (await rig.engine.stats())['tcpConnections'] === 1);
  await WebPhone.open(t, url);
});

test('WSS: the same over TLS, reported as wss', async (t) => {
  const listen = [{ protocol: 'wss', host: '127.0.0.1', port: 0 }] as const;
  const { rig, url, seen } = await webRig(t, { listen, tls: tlsOptions() });
  const phone = await WebPhone.open(t, url, { ca: tlsPem('ca.pem') });
  phone.socket.send(phone.request('REGISTER'));
  await phone.take(/^SIP\/2.0 200/);
  assert.equal(seen[0]?.protocol, 'wss');
  const { source_address: address, source_port: port } = seen[0];
  const calling = rig.srf.createUAC('sip:anna@nowhere.invalid', {
    ...{ proxy: `sip:${address}:${port};transport=wss`, localSdp: OFFER },
  });
  const invite = await phone.take(/^INVITE/);
  assert.match(header(invite, 'Via'), /^SIP\/2.0\/WSS /);
  phone.respond(invite, '486 Busy Here');
  await assert.rejects(calling, { status: 486 });
});
