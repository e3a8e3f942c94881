// Callbacks of visitors without a key: only what a verifier, a stand-in here, says yes to.
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { bodyOf, createWorld, type World } from '../fakes.ts';

interface StandIn {
  readonly world: World;
  readonly asked: URLSearchParams[];
  answer: (response: ServerResponse) => void;
}

async function site(t: TestContext, more = ''): Promise<StandIn> {
  const asked: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      asked.push(new URLSearchParams(body));
      standIn.answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const world = createWorld(
    `http: { publicCallbacks: { verifyUrl: "http://127.0.0.1:${port}/siteverify", ` +
      `secretEnv: CAPTCHA, queues: [support], timeoutSeconds: 1, requestsPerMinute: 20, ` +
      `minScore: 0.5, hostnames: [www.example.com] ${more} } }`,
    {},
    {},
    { CAPTCHA: 'the secret' },
  );
  t.after(() => world.close());
  const standIn: StandIn = { world, asked, answer: says(HUMAN) };
  return standIn;
}

const HUMAN = { success: true, hostname: 'www.example.com', score: 0.9 };
const says = (answer: unknown) => (response: ServerResponse) =>
  void response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));

function ask({ world }: StandIn, change: object = {}, remoteAddress = '192.0.2.7') {
  const wish = { queueId: 'support', customerNumber: '+12025550123', captcha: 'solved' };
  const headers = { 'Content-Type': 'application/json' };
  const incoming = { socket: { remoteAddress, remotePort: 9, remoteFamily: 'IPv4' } };
  const body = JSON.stringify({ ...wish, ...change });
  return world.app.request('/public/callbacks', { method: 'POST', headers, body }, { incoming });
}

const made = ({ world }: StandIn): number => world.callbacks.list({ limit: 100 }).records.length;

test('a visitor who passed gets a callback, and the verifier is told who asked', async (t) => {
  const standIn = await site(t);
  const answer = await ask(standIn);
  assert.deepEqual([answer.status, await bodyOf(answer)], [201, { desiredTime: null }]);
  assert.equal(made(standIn), 1);
  const told = { secret: 'the secret', response: 'solved', remoteip: '192.0.2.7' };
  assert.deepEqual(Object.fromEntries(standIn.asked[0] ?? []), told);
});

test('everything but a clear yes is refused, and nothing is made', async (t) => {
  const standIn = await site(t);
  const refusals: readonly (readonly [(response: ServerResponse) => void, number, string])[] = [
    [says({ ...HUMAN, success: false }), 403, 'CAPTCHA_REFUSED'],
    [says({ ...HUMAN, score: 0.4 }), 403, 'CAPTCHA_REFUSED'],
    [says({ success: true, hostname: 'www.example.com' }), 403, 'CAPTCHA_REFUSED'],
    [says({ ...HUMAN, hostname: 'evil.example.com' }), 403, 'CAPTCHA_REFUSED'],
    [says({ success: true, score: 0.9 }), 403, 'CAPTCHA_REFUSED'],
    [says({ ...HUMAN, success: 'true' }), 503, 'CAPTCHA_UNAVAILABLE'],
    [says('<html>'), 503, 'CAPTCHA_UNAVAILABLE'],
    [says({ ...HUMAN, pad: 'x'.repeat(70_000) }), 503, 'CAPTCHA_UNAVAILABLE'],
    [(response) => void response.writeHead(500).end(), 503, 'CAPTCHA_UNAVAILABLE'],
    [() => undefined, 503, 'CAPTCHA_UNAVAILABLE'],
  ];
  for (const [answer, status, code] of refusals) {
    standIn.answer = answer;
    const refused = await ask(standIn);
    assert.deepEqual([refused.status, (await bodyOf(refused))['code']], [status, code]);
  }
  assert.equal(made(standIn), 0);
});

test('other queues and wrong numbers do not get as far, and an address has a rate', async (t) => {
  const standIn = await site(t);
  assert.equal((await ask(standIn, { queueId: 'sales' })).status, 404);
  assert.equal((await ask(standIn, { customerNumber: '12' })).status, 400);
  assert.equal((await ask(standIn, { captcha: undefined })).status, 400);
  assert.equal(standIn.asked.length, 0);
  for (let times = 0; times < 18; times += 1) await ask(standIn, { customerNumber: '12' });
  const limited = await ask(standIn);
  assert.deepEqual([limited.status, limited.headers.get('Retry-After')], [429, '3']);
  assert.equal((await ask(standIn, {}, '192.0.2.8')).status, 201);
});

test('without a verifier there is no such route', async () => {
  const { app } = createWorld();
  assert.equal((await app.request('/public/callbacks', { method: 'POST' })).status, 404);
});
