// The sockets of SIP as the configuration describes them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseConfig, toSipOptions } from '../../../api/config.ts';
import { DEFAULT_CONNECTIONS, DEFAULT_WEB_SOCKET } from '../../../sip/transport/defaults.ts';

const engineOf = (yaml: string) => toSipOptions(parseConfig(yaml, {}, 'r.yaml'), 'secret').engine;

test('secure sockets: files, trust and limits reach the engine in its units', () => {
  const engine = engineOf(`
sip:
  dnsServers: ["192.0.2.53"]
  listen: [{ protocol: tls, host: "::1", port: 5061 }, { protocol: wss, port: 8443 }]
  tls: { certificateFile: /c.pem, keyFile: /k.pem, verifyClients: true, reloadCheckSeconds: 5 }
  webSocket: { allowedOrigins: ["https://desk.example"], pingSeconds: 10 }
  connections: { idleSeconds: 60, partialMessageSeconds: 3 }
`);
  assert.deepEqual(engine.listen, [
    { protocol: 'tls', host: '::1', port: 5_061 },
    { protocol: 'wss', host: '127.0.0.1', port: 8_443 },
  ]);
  const files = { certificateFile: '/c.pem', keyFile: '/k.pem', caFile: null };
  const trust = { verifyClients: true, verifyServers: true };
  assert.deepEqual(engine.tls, { ...files, ...trust, reloadCheckMs: 5_000 });
  assert.deepEqual(engine.webSocket, {
    ...{ allowedOrigins: ['https://desk.example'], maxMessageBytes: 65_536, pingMs: 10_000 },
  });
  assert.deepEqual(engine.dnsServers, ['192.0.2.53']);
  const connections = { maxPerSource: 500, idleMs: 60_000, partialMessageMs: 3_000 };
  assert.deepEqual(engine.connections, connections);
});

test('without settings the engine has no certificate and its own defaults', () => {
  const engine = engineOf('');
  assert.equal(engine.tls, null);
  assert.deepEqual(engine.webSocket, DEFAULT_WEB_SOCKET);
  assert.deepEqual(engine.connections, DEFAULT_CONNECTIONS);
});

test('a secure socket without a certificate, or half of one, is refused', () => {
  assert.throws(() => engineOf('sip: { listen: [{ protocol: wss }] }'), /sip.tls.certificateFile/);
  assert.throws(() => engineOf('sip: { tls: { certificateFile: /c.pem } }'), /sip.tls.keyFile/);
  const origin = 'sip: { webSocket: { allowedOrigins: ["desk.example"] } }';
  assert.throws(() => engineOf(origin), /an origin such as https:\/\/desk.example/);
});
