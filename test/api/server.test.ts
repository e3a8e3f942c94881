// The HTTP socket itself: bind failures, bodies that are too long, hostile bytes, the stop.
import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { silentLog } from '../../core/live.ts';
import { startServer } from '../../api/server.ts';
import { until } from '../support/until.ts';
import { createWorld, KEY } from './fakes.ts';
import { served } from './http.ts';

test('a port in use is said plainly', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { app, config } = createWorld();
  await assert.rejects(
    startServer(app, { ...config.http, host: '127.0.0.1', port }, silentLog),
    (error: Error & { code: string; fields: unknown }) => {
      assert.equal(error.code, 'HTTP_LISTEN_FAILED');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1 port ${port}: the port is in use`));
      return true;
    },
  );
});

test('an address that is not ours is said plainly', async () => {
  const { app, config } = createWorld();
  await assert.rejects(
    startServer(app, { ...config.http, host: '192.0.2.1', port: 0 }, silentLog),
    /this machine does not have the address/,
  );
});

/** Sends raw bytes and gives back all that comes until the peer closes. */
async function exchange(port: number, chunks: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.setEncoding('utf8');
  let received = '';
  socket.on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  for (const chunk of chunks) socket.write(chunk);
  await until('the end of the connection', () => socket.closed);
  return received;
}

test('a body that is longer than it may be is refused before it is read to its end', async (t) => {
  const { server } = await served(t);
  const head = `POST /api/v1/callbacks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${KEY}\r\n`;
  const announced = `${head}Content-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{`;
  assert.match(await exchange(server.port, [announced]), /^HTTP\/1\.1 413 .*BODY_TOO_LARGE/s);
  const chunked = `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
  const answer = await exchange(server.port, [chunked, ...Array<string>(8).fill(chunk)]);
  assert.match(answer, /^HTTP\/1\.1 413 .*BODY_TOO_LARGE/s);
});

test('bytes that are no HTTP do not hurt the next request', async (t) => {
  const { server } = await served(t);
  for (const bytes of [
    '\u0000\u0001\u0002\r\n\r\n',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    'GET //\\..\\x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
  ]) {
    const answer = await exchange(server.port, [bytes]);
    assert.match(answer, /^HTTP\/1\.1 4\d\d /, JSON.stringify(bytes.slice(0, 40)));
  }
  assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
});

test('a stopped server has let go of its port', async () => {
  const { app, config } = createWorld();
  const options = { ...config.http, host: '127.0.0.1', port: 0 };
  const first = await startServer(app, options, silentLog);
  assert.equal((await fetch(`${first.url}/healthz`)).status, 200);
  await first.stop();
  const second = await startServer(app, { ...options, port: first.port }, silentLog);
  assert.equal(second.port, first.port);
  await second.stop();
});
