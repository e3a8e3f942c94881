// Who is let in, how fast, and what stands around every answer.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { toSubscribers } from '../../api/agent-passwords.ts';
import { ApiKeys, prepareApiKeys } from '../../api/api-keys.ts';
import { parseConfig } from '../../api/config.ts';
import { RateLimiter } from '../../api/rate-limit.ts';
import { VirtualClock } from '../support/clock.ts';
import { bodyOf, createWorld, KEY } from './fakes.ts';

test('without a key nothing but health and documentation is shown', async () => {
  const { app } = createWorld();
  for (const path of ['/api/v1/callbacks', '/api/v1/nonsense', '/metrics', '/api/v1/events']) {
    const response = await app.request(path);
    assert.equal(response.status, 401, path);
    assert.equal(response.headers.get('www-authenticate'), 'Bearer realm="ringback"');
    assert.equal((await bodyOf(response))['code'], 'API_KEY_MISSING');
  }
  for (const path of ['/healthz', '/readyz', '/docs', '/docs/errors', '/openapi.json']) {
    assert.equal((await app.request(path)).status, 200, path);
  }
});

test('a wrong key is 401, in whatever form it comes', async () => {
  const world = createWorld();
  for (const [header, code] of [
    ['Bearer wrong', 'API_KEY_INVALID'],
    [`Basic ${KEY}`, 'API_KEY_MISSING'],
    [KEY, 'API_KEY_MISSING'],
    [`Bearer ${KEY}x`, 'API_KEY_INVALID'],
    [`Bearer ${KEY} x`, 'API_KEY_MISSING'],
  ] as const) {
    const response = await world.ask('GET', '/api/v1/queues', undefined, { Authorization: header });
    assert.deepEqual([response.status, (await bodyOf(response))['code']], [401, code], header);
  }
  const right = { Authorization: `bearer  ${KEY}` };
  assert.equal((await world.ask('GET', '/api/v1/queues', undefined, right)).status, 200);
});

test('guessing keys is slowed down, and those who have one do not notice', async () => {
  const world = createWorld();
  const guess = (): Promise<Response> =>
    world.ask('GET', '/api/v1/queues', undefined, { Authorization: 'Bearer guess' });
  const statuses = await Promise.all(
    Array.from({ length: 25 }, async () => (await guess()).status),
  );
  assert.equal(statuses.filter((status) => status === 429).length, 5);
  assert.equal((await world.ask('GET', '/api/v1/queues')).status, 200);
  world.clock.advance(1_000);
  assert.equal((await guess()).status, 401);
});

test('a key keeps up its rate and gets 429 with Retry-After beyond it', async () => {
  const world = createWorld('http: { requestsPerSecond: 1, requestBurst: 2 }');
  const ask = (): Promise<Response> => world.ask('GET', '/api/v1/queues');
  const first = await ask();
  assert.equal(first.headers.get('ratelimit-limit'), '2');
  assert.equal(first.headers.get('ratelimit-remaining'), '1');
  assert.equal(first.headers.get('ratelimit-policy'), '"key";q=2;w=2');
  assert.equal(first.headers.get('ratelimit'), '"key";r=1;t=1');
  await ask();
  const third = await ask();
  assert.deepEqual([third.status, (await bodyOf(third))['code']], [429, 'RATE_LIMITED']);
  assert.equal(third.headers.get('retry-after'), '1');
  world.clock.advance(1_000);
  assert.equal((await ask()).status, 200);
});

test('a bucket never holds more than its burst, and each name has its own', () => {
  const clock = new VirtualClock();
  const limiter = new RateLimiter(clock, { perSecond: 10, burst: 3 });
  limiter.take('a');
  clock.advance(60_000);
  const taken = [1, 2, 3, 4].map(() => limiter.take('a').allowed);
  assert.deepEqual(taken, [true, true, true, false]);
  assert.ok(limiter.take('b').allowed);
  clock.advance(100);
  assert.ok(limiter.take('a').allowed);
});

test('names of keys are found, and only by the whole key', () => {
  const keys = new ApiKeys([
    ['one', 'first-key-0123456789'],
    ['two', 'second-key-0123456789'],
  ]);
  assert.equal(keys.identityOf('second-key-0123456789')?.name, 'two');
  assert.equal(keys.identityOf('second-key-012345678'), null);
  assert.equal(keys.identityOf(''), null);
});

test('answers carry security headers and the request id', async () => {
  const world = createWorld();
  const response = await world.ask('GET', '/api/v1/queues', undefined, {
    'X-Request-Id': 'mine-1',
  });
  assert.equal(response.headers.get('x-request-id'), 'mine-1');
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  const forged = await world.ask('GET', '/api/v1/nowhere', undefined, { 'X-Request-Id': 'a b' });
  assert.match(forged.headers.get('x-request-id') ?? '', /^request-\d+$/);
  assert.equal(forged.headers.get('x-content-type-options'), 'nosniff');
});

test('unknown routes are 404, known ones with another method 405 with Allow', async () => {
  const world = createWorld();
  const unknown = await world.ask('GET', '/api/v1/nowhere');
  assert.deepEqual([unknown.status, (await bodyOf(unknown))['code']], [404, 'ROUTE_UNKNOWN']);
  const wrong = await world.ask('PUT', '/api/v1/callbacks/cb-1');
  assert.deepEqual([wrong.status, (await bodyOf(wrong))['code']], [405, 'METHOD_NOT_ALLOWED']);
  const allowed = wrong.headers.get('allow')?.split(', ').toSorted();
  assert.deepEqual(allowed, ['DELETE', 'GET', 'HEAD', 'PATCH']);
});

test('bodies must be JSON, and short enough', async () => {
  const world = createWorld('http: { maxBodyBytes: 1024 }');
  const path = '/api/v1/callbacks';
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx']) {
    const response = await world.ask('POST', path, 'a=b', { 'Content-Type': type });
    const { code } = await bodyOf(response);
    assert.deepEqual([response.status, code], [415, 'MEDIA_TYPE_UNSUPPORTED'], type);
  }
  const long = await world.ask('POST', path, { queueId: 'x'.repeat(2_000) });
  assert.deepEqual([long.status, (await bodyOf(long))['code']], [413, 'BODY_TOO_LARGE']);
});

test('browsers of configured origins may call, others may not', async () => {
  const world = createWorld('http: { corsOrigins: ["https://desk.example"] }');
  const preflight = (origin: string): Promise<Response> =>
    Promise.resolve(
      world.app.request('/api/v1/callbacks', {
        method: 'OPTIONS',
        headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
      }),
    );
  const good = await preflight('https://desk.example');
  assert.equal(good.status, 204);
  assert.equal(good.headers.get('access-control-allow-origin'), 'https://desk.example');
  const bad = await preflight('https://evil.example');
  assert.equal(bad.headers.get('access-control-allow-origin'), null);
});

/** A fresh folder that goes with the test. */
function freshFolder(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-api-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('without configured keys one is made once, for its owner only', (t) => {
  const dataDir = join(freshFolder(t), 'data');
  const config = { ...parseConfig('', {}), dataDir };
  const first = prepareApiKeys(config);
  assert.ok(first.newKey !== null && first.keyFile !== null);
  assert.match(first.newKey, /^rbk_[\w-]{43}$/);
  assert.equal(statSync(first.keyFile).mode & 0o777, 0o600);
  assert.equal(statSync(dataDir).mode & 0o777, 0o700);
  assert.equal(readFileSync(first.keyFile, 'utf8').trim(), first.newKey);
  const second = prepareApiKeys(config);
  assert.equal(second.newKey, null);
  assert.equal(second.apiKeys.identityOf(first.newKey)?.name, 'generated');
});

test('configured keys replace the generated one', (t) => {
  const dataDir = freshFolder(t);
  const key = 'key-of-the-crm-0123456789';
  const config = { ...parseConfig('http: { apiKeys: { crm: K } }', { K: key }), dataDir };
  const prepared = prepareApiKeys(config);
  assert.deepEqual([prepared.keyFile, prepared.newKey], [null, null]);
  assert.equal(prepared.apiKeys.identityOf(key)?.name, 'crm');
});

test('an emptied key file and an unusable data folder stop the start', (t) => {
  const dataDir = freshFolder(t);
  writeFileSync(join(dataDir, 'api-key'), '\n');
  const config = parseConfig('', {});
  assert.throws(() => prepareApiKeys({ ...config, dataDir }), { code: 'DATA_FILE_BROKEN' });
  const under = join(dataDir, 'api-key', 'below');
  assert.throws(() => prepareApiKeys({ ...config, dataDir: under }), { code: 'DATA_DIR_UNUSABLE' });
});

test('agents without a configured password get one that stays', (t) => {
  const dataDir = freshFolder(t);
  const yaml = 'agents: [{ id: anna }, { id: ben, username: desk, passwordEnv: P }]';
  const config = { ...parseConfig(yaml, { P: 'password of ben' }), dataDir };
  const [anna, ben] = toSubscribers(config);
  assert.match(anna?.password ?? '', /^[\w-]{24}$/);
  assert.deepEqual(ben, { username: 'desk', password: 'password of ben' });
  assert.deepEqual(toSubscribers(config)[0], anna);
});
