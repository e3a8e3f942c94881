// The telephone page and its session: who gets in, what a token opens, what a browser may load.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostOf, webSocketUrl } from '../../api/phone/web-socket.ts';
import type { World } from './fakes.ts';
import { bodyOf, createWorld } from './fakes.ts';

const PASSWORD = 'good password';
const WSS = { protocol: 'wss', host: '127.0.0.1', port: 7_443 } as const;

async function makeWorld(): Promise<World> {
  const verifyPassword = (username: string, password: string): boolean =>
    username === 'desk-1' && password === PASSWORD;
  const world = createWorld('', { phone: { verifyPassword, listening: [WSS] } });
  const anna = { agentId: 'anna', username: 'desk-1', password: PASSWORD };
  assert.equal((await world.ask('POST', '/api/v1/agents', anna)).status, 201);
  return world;
}

function send(world: World, path: string, body: unknown, token = ''): Promise<Response> {
  return Promise.resolve(
    world.app.request(path, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token}`,
        Host: 'desk.example:8080',
      },
      body: JSON.stringify(body),
    }),
  );
}

async function logIn(world: World, password = PASSWORD): Promise<Response> {
  return send(world, '/phone/session', { agentId: 'anna', password });
}

async function tokenOf(world: World): Promise<string> {
  return String((await bodyOf(await logIn(world)))['token']);
}

test('the SIP password opens a session, which says where SIP is', async () => {
  const world = await makeWorld();
  const response = await logIn(world);
  assert.equal(response.status, 201);
  const body = await bodyOf(response);
  assert.deepEqual(body['sip'], {
    username: 'desk-1',
    realm: 'ringback',
    url: 'wss://desk.example:7443',
  });
  assert.equal((body['agent'] as Record<string, unknown>)['state'], 'not-ready');
  assert.ok(!JSON.stringify(body).includes(PASSWORD));
});

test('wrong passwords and unknown agents look alike, and guessing becomes slow', async () => {
  const world = await makeWorld();
  const unknown = await send(world, '/phone/session', { agentId: 'nobody', password: PASSWORD });
  const wrong = await logIn(world, 'guessed');
  for (const response of [unknown, wrong]) {
    assert.equal(response.status, 401);
    assert.equal((await bodyOf(response))['code'], 'PHONE_LOGIN_REFUSED');
  }
  const statuses: number[] = [];
  for (let i = 0; i < 20; i++) statuses.push((await logIn(world, `guess ${i}`)).status);
  assert.equal(statuses.at(-1), 429);
  assert.equal((await logIn(world)).status, 201, 'who knows the password is not kept out');
});

test('a token is good for its agent until the session ends, and for nothing else', async () => {
  const world = await makeWorld();
  const token = await tokenOf(world);
  const ready = await send(world, '/phone/session/ready', {}, token);
  assert.equal((await bodyOf(ready))['state'], 'ready');
  const away = await send(world, '/phone/session/not-ready', { reason: 'lunch' }, token);
  assert.equal((await bodyOf(away))['notReadyReason'], 'lunch');
  const api = await world.app.request('/api/v1/agents', {
    headers: { Authorization: `Bearer ${token}` },
  });
  assert.equal(api.status, 401);
  assert.equal((await send(world, '/phone/session/logout', {}, token)).status, 200);
  const after = await send(world, '/phone/session/ready', {}, token);
  assert.equal((await bodyOf(after))['code'], 'PHONE_SESSION_INVALID');
});

test('sessions end by themselves, and the oldest of one agent makes room', async () => {
  const world = await makeWorld();
  const tokens: string[] = [];
  for (let i = 0; i < 6; i++) tokens.push(await tokenOf(world));
  const [first = '', last = ''] = [tokens[0], tokens.at(-1)];
  assert.equal((await send(world, '/phone/session/ready', {}, first)).status, 401);
  assert.equal((await send(world, '/phone/session/ready', {}, last)).status, 200);
  world.clock.advance(13 * 3_600_000);
  assert.equal((await send(world, '/phone/session/ready', {}, last)).status, 401);
});

test('broken requests are refused by name', async () => {
  const world = await makeWorld();
  const wrong = await send(world, '/phone/session', { agentId: 'anna', password: 7, extra: true });
  assert.equal((await bodyOf(wrong))['code'], 'REQUEST_INVALID');
  const long = await send(world, '/phone/session', {
    agentId: 'anna',
    password: 'x'.repeat(9_000),
  });
  assert.equal(long.status, 413);
  const broken = await world.app.request('/phone/session', { method: 'POST', body: '{' });
  assert.equal((await bodyOf(broken))['code'], 'REQUEST_MALFORMED');
});

test('the page and its library are served, and a browser loads nothing else', async () => {
  const world = await makeWorld();
  const headers = { Host: 'desk.example:8080' };
  const page = await world.app.request('/phone/', { headers });
  assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.match(policy, /connect-src 'self' wss:\/\/desk\.example:7443;/);
  assert.doesNotMatch(policy, /unsafe|\*/);
  for (const file of ['main.js', 'phone.css', 'icon.svg', 'sip.js/index.js']) {
    assert.equal((await world.app.request(`/phone/${file}`, { headers })).status, 200, file);
  }
  for (const path of ['nothing.js', '../main.ts', '%2e%2e/main.ts', 'sip.js/../../package.json']) {
    const response = await world.app.request(`/phone/${path}`, { headers });
    assert.equal(response.status, 404, path);
  }
  assert.equal((await world.app.request('/phone', { headers })).status, 308);
  const without = createWorld().app.request('/phone/');
  assert.equal((await without).status, 404);
});

test('the WebSocket is where the page came from, unless the configuration says otherwise', () => {
  const plain = { protocol: 'ws', host: '0.0.0.0', port: 7_080 } as const;
  assert.equal(webSocketUrl(null, [plain], 'desk.example'), 'ws://desk.example:7080');
  assert.equal(webSocketUrl(null, [plain, WSS], 'desk.example'), 'wss://desk.example:7443');
  assert.equal(webSocketUrl('wss://sip.example', [plain], null), 'wss://sip.example');
  assert.equal(webSocketUrl(null, [], 'desk.example'), null);
  assert.equal(hostOf('desk.example:8080'), 'desk.example');
  assert.equal(hostOf('[2001:db8::1]:8080'), '[2001:db8::1]');
  for (const header of [undefined, '', 'a b', "x;script-src 'unsafe-inline'", 'a/b']) {
    assert.equal(hostOf(header), null);
  }
});
