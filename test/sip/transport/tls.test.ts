// SIP over TLS: names and certificates in both directions, and new files under live connections.
// RFC 3261 s.26; RFC 5922.
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { TlsOptions } from '../../../sip/types.ts';
import { hostsDns } from '../../support/dns.ts';
import { until } from '../../support/until.ts';
import { tlsFile, tlsOptions, tlsPem } from '../../support/tls/options.ts';
import { answerAll } from '../support/answers.ts';
import { answeringPeer, collected, optionsText } from '../support/peer.ts';
import { startRig, type Rig } from '../support/rig.ts';

const listen = [{ protocol: 'tls', host: '127.0.0.1', port: 0 }] as const;

async function secured(t: TestContext, change: Partial<TlsOptions> = {}): Promise<Rig> {
  const rig = await startRig(t, { listen, tls: tlsOptions(change) });
  answerAll(rig.srf);
  return rig;
}

function dial(t: TestContext, rig: Rig, change: ConnectionOptions = {}): TLSSocket {
  const { port } = rig.engine.listening[0]!;
  const socket = connect({ port, host: '127.0.0.1', ca: tlsPem('ca.pem'), ...change });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

async function answered(socket: TLSSocket, id: string): Promise<void> {
  const text = collected(socket);
  socket.write(optionsText(id, 'TLS'));
  await until('an answer', () => text().includes('SIP/2.0 200'));
}

test('a request over TLS 1.2 and 1.3, not below', async (t) => {
  const rig = await secured(t);
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = dial(t, rig, { minVersion: version, maxVersion: version });
    await answered(socket, version);
    assert.equal(socket.getProtocol(), version);
  }
  const old = dial(t, rig, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
  await once(old, 'error');
});

test('with verifyClients only who shows a trusted certificate gets an answer', async (t) => {
  const rig = await secured(t, { verifyClients: true });
  const stranger = dial(t, rig);
  const text = collected(stranger);
  stranger.write(optionsText('stranger', 'TLS'));
  await until('closed', () => stranger.closed);
  assert.equal(text(), '');
  const known = dial(t, rig, { cert: tlsPem('client.pem'), key: tlsPem('client.key') });
  await answered(known, 'known');
});

async function peerOf(t: TestContext) {
  const server = createServer({ cert: tlsPem('server.pem'), key: tlsPem('server.key') });
  server.on('tlsClientError', () => undefined);
  return answeringPeer(t, server, 'secureConnection', '486 Busy Here');
}

function call(rig: Rig, uri: string): Promise<unknown> {
  return rig.srf.createUAC(uri, { localSdp: 'v=0\r\n' });
}

test('outgoing: the certificate must be trusted, and be for the name in the URI', async (t) => {
  const { port, requests } = await peerOf(t);
  const resolve = { dns: hostsDns(() => '127.0.0.1') };
  const rig = await startRig(t, { listen, tls: tlsOptions() }, resolve);
  await assert.rejects(call(rig, `sips:bob@sip.example:${port}`), { status: 486 });
  await assert.rejects(call(rig, `sip:bob@127.0.0.1:${port};transport=tls`), { status: 486 });
  assert.match(requests[0]!, /^INVITE sips:bob@sip.example.*\r\nVia: SIP\/2.0\/TLS 127.0.0.1:/);
  assert.match(requests[0]!, /\r\nContact: <sips:127\.0\.0\.1:\d+>\r\n/, 's.8.1.1.8');
  const plain = requests.find((text) => text.startsWith('INVITE sip:')) ?? '';
  assert.match(plain, /\r\nContact: <sip:127\.0\.0\.1:\d+;transport=tls>\r\n/);
  await assert.rejects(call(rig, `sips:bob@other.example:${port}`), { status: 503 });
  const stranger = await startRig(t, { listen, tls: tlsOptions({ caFile: null }) }, resolve);
  await assert.rejects(call(stranger, `sips:bob@sip.example:${port}`), { status: 503 });
  const trusting = tlsOptions({ caFile: null, verifyServers: false });
  const lax = await startRig(t, { listen, tls: trusting }, resolve);
  await assert.rejects(call(lax, `sips:bob@other.example:${port}`), { status: 486 });
});

test('sips without a secure socket of ours is refused at once', async (t) => {
  const rig = await startRig(t);
  const calling = rig.srf.createUAC('sips:bob@127.0.0.1', { localSdp: 'v=0\r\n' });
  await assert.rejects(calling, /requested protocol\/transport not available/);
});

test('new files: seen by new connections, broken ones by nobody, and calls stay up', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-tls-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [certificateFile, keyFile] = [join(folder, 'one.pem'), join(folder, 'one.key')];
  copyFileSync(tlsFile('server.pem'), certificateFile);
  copyFileSync(tlsFile('server.key'), keyFile);
  const rig = await secured(t, { certificateFile, keyFile });
  const before = dial(t, rig);
  await answered(before, 'before');
  assert.equal(before.getPeerCertificate().subject.CN, 'server');
  writeFileSync(certificateFile, 'half a file');
  const during = dial(t, rig);
  await answered(during, 'during');
  copyFileSync(tlsFile('client.key'), keyFile);
  copyFileSync(tlsFile('client.pem'), certificateFile);
  await until('the new certificate', async () => {
    const socket = dial(t, rig);
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().subject.CN === 'client';
  });
  await answered(before, 'still');
});

test('without a certificate, or with one that cannot be read, there is no start', async (t) => {
  await assert.rejects(startRig(t, { listen }), { code: 'SIP_LISTEN_FAILED' });
  const missing = tlsOptions({ keyFile: '/nowhere.key' });
  await assert.rejects(startRig(t, { listen, tls: missing }), (error: Error) =>
    error.message.includes('ENOENT'),
  );
});
