// Push notifications against stand-ins of the services: FCM and Web Push over HTTPS, APNs over
// HTTP/2, a URL of the site's own.
import assert from 'node:assert/strict';
import { createECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type ServerHttp2Stream } from 'node:http2';
import { createServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import webPush from 'web-push';
import { parseConfig } from '../../../api/config.ts';
import { until } from '../../support/until.ts';
import { fakeNotify } from '../fake-notify.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';

const TLS = join(import.meta.dirname, '../../support/tls');
const tls = {
  key: readFileSync(join(TLS, 'server.key')),
  cert: readFileSync(join(TLS, 'server.pem')),
};
const GOOD = { queueId: 'support', customerNumber: '+12025550123' };
const MESSAGES = `
    - { event: agent-reserved, title: Soon, body: We call you. }
    - { event: agent-reserved, language: de, title: Gleich, body: Wir rufen an. }`;

interface Request {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

interface Service {
  readonly url: string;
  readonly port: number;
  readonly requests: Request[];
}

async function opened(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** @param answer status and body for a path */
async function service(
  t: TestContext,
  answer: (path: string) => readonly [number, string],
): Promise<Service> {
  const requests: Request[] = [];
  const server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      requests.push({ path, headers: request.headers, body: Buffer.concat(chunks) });
      const [status, body] = answer(path);
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
    });
  });
  const port = await opened(t, server);
  return { url: `https://127.0.0.1:${port}`, port, requests };
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'ringback-push-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** @param push lines of the section `push` */
async function worldOf(
  t: TestContext,
  push: string,
  secrets: Record<string, string> = {},
): Promise<World> {
  const yaml = `
events: { webhooks: { caFile: '${TLS}/ca.pem', allow: ['127.0.0.0/8'] } }
push:
  ${push}
  messages: ${MESSAGES}`;
  const config = parseConfig(yaml, secrets);
  const world = createWorld('', { config, notify: fakeNotify() });
  t.after(() => world.close());
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  return world;
}

const PATH = '/api/v1/callbacks/cb-1/push';

async function results(world: World, act: () => void): Promise<Record<string, unknown>> {
  const response = await world.ask('GET', '/api/v1/events?type=push');
  const reader = response.body?.getReader();
  act();
  let text = '';
  while (!text.includes('event: push')) {
    text += new TextDecoder().decode((await reader?.read())?.value as Uint8Array);
  }
  await reader?.cancel();
  return JSON.parse(/data: (.*)/.exec(text)?.[1] ?? '') as Record<string, unknown>;
}

const dialled = (world: World) => (): void => {
  world.callbacks.happen('cb-1', 'agent-reserved', { state: 'dialing' });
};

test('FCM: a token is fetched once, texts follow the language, dry runs are its own', async (t) => {
  const fcm = await service(t, (path) =>
    path === '/token' ? [200, '{"access_token":"abc","expires_in":3600}'] : [200, '{"name":"m"}'],
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const credentials = join(folder(t), 'account.json');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(
    credentials,
    JSON.stringify({ project_id: 'p1', client_email: 'a@example.com', private_key: key }),
  );
  const world = await worldOf(
    t,
    `fcm:
    credentialsFile: ${credentials}
    endpoint: ${fcm.url}
    tokenUrl: ${fcm.url}/token`,
  );
  const device = { channel: 'fcm', target: 'token-1', language: 'de' };
  const checked = await world.ask('POST', PATH, { ...device, validateOnly: true });
  assert.deepEqual(await bodyOf(checked), { valid: true, error: null });
  assert.equal((await world.ask('POST', PATH, device)).status, 201);
  const event = await results(world, dialled(world));
  assert.deepEqual([event['code'], event['callbackId']], ['PUSH_DELIVERY_CONFIRMED', 'cb-1']);
  assert.deepEqual(
    fcm.requests.map(({ path }) => path),
    ['/token', '/v1/projects/p1/messages:send', '/v1/projects/p1/messages:send'],
  );
  const [, dry, sent] = fcm.requests.map(({ body }) => body.toString());
  assert.equal((JSON.parse(dry ?? '') as { validate_only: boolean }).validate_only, true);
  assert.deepEqual(JSON.parse(sent ?? ''), {
    validate_only: false,
    message: {
      token: 'token-1',
      notification: { title: 'Gleich', body: 'Wir rufen an.' },
      data: { callbackId: 'cb-1', event: 'agent-reserved' },
    },
  });
  assert.equal(fcm.requests[2]?.headers['authorization'], 'Bearer abc');
});

test('Web Push: encrypted and signed; a browser that is gone is removed', async (t) => {
  const browsers = await service(t, (path) => [path === '/gone' ? 410 : 201, '']);
  const vapid = webPush.generateVAPIDKeys();
  const world = await worldOf(
    t,
    `webPush: { publicKey: '${vapid.publicKey}', privateKeyEnv: VAPID_KEY }`,
    { VAPID_KEY: vapid.privateKey },
  );
  const ecdh = createECDH('prime256v1');
  const keys = {
    p256dh: ecdh.generateKeys('base64url'),
    auth: randomBytes(16).toString('base64url'),
  };
  const target = (path: string): string =>
    JSON.stringify({ endpoint: `${browsers.url}${path}`, keys });
  await world.ask('POST', PATH, { channel: 'web-push', target: target('/here') });
  const event = await results(world, dialled(world));
  assert.equal(event['code'], 'PUSH_DELIVERY_CONFIRMED');
  const [request] = browsers.requests;
  assert.equal(request?.headers['content-encoding'], 'aes128gcm');
  assert.match(String(request.headers['authorization']), /^vapid t=[\w.-]+, ?k=[\w-]+$/);
  assert.doesNotMatch(request.body.toString('latin1'), /Soon/);
  const { items } = await bodyOf(await world.ask('GET', PATH));
  const [{ id } = {}] = items as Record<string, unknown>[];
  assert.equal((await world.ask('DELETE', `${PATH}/${String(id)}`)).status, 204);
  await world.ask('POST', PATH, { channel: 'web-push', target: target('/gone') });
  const failed = await results(world, dialled(world));
  assert.equal(failed['code'], 'PUSH_SEND_ERROR');
  assert.deepEqual((await bodyOf(await world.ask('GET', PATH)))['items'], []);
  const inside = JSON.stringify({ endpoint: 'https://10.0.0.1/', keys });
  const refused = { channel: 'web-push', target: inside, validateOnly: true };
  assert.equal((await bodyOf(await world.ask('POST', PATH, refused)))['valid'], false);
});

test('APNs: signed by the key, over HTTP/2, with the reasons of the service', async (t) => {
  const requests: { path: unknown; auth: unknown; topic: unknown; body: string }[] = [];
  const server = createSecureServer(tls);
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    let body = '';
    stream.setEncoding('utf8').on('data', (text: string) => (body += text));
    stream.on('end', () => {
      const { ':path': path, authorization: auth, 'apns-topic': topic } = headers;
      requests.push({ path, auth, topic, body });
      const good = String(path).endsWith('aaaaaaaa');
      stream.respond({ ':status': good ? 200 : 410 });
      stream.end(good ? '' : '{"reason":"Unregistered"}');
    });
  });
  const port = await opened(t, server);
  const keyFile = join(folder(t), 'key.p8');
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const world = await worldOf(
    t,
    `apns: { keyFile: ${keyFile}, keyId: K1, teamId: T1, topic: com.a,
      address: localhost, port: ${port} }`,
  );
  await world.ask('POST', PATH, { channel: 'apns', target: 'aaaaaaaa' });
  const event = await results(world, dialled(world));
  assert.equal(event['code'], 'PUSH_DELIVERY_CONFIRMED');
  const [request] = requests;
  assert.deepEqual([request?.path, request?.topic], ['/3/device/aaaaaaaa', 'com.a']);
  assert.match(String(request?.auth), /^bearer /);
  const { aps } = JSON.parse(request?.body ?? '') as { aps: { alert: unknown } };
  assert.deepEqual(aps.alert, { title: 'Soon', body: 'We call you.' });
  const { items } = await bodyOf(await world.ask('GET', PATH));
  const [{ id } = {}] = items as Record<string, unknown>[];
  await world.ask('DELETE', `${PATH}/${String(id)}`);
  await world.ask('POST', PATH, { channel: 'apns', target: 'bbbbbbbb' });
  const failed = await results(world, dialled(world));
  assert.deepEqual(failed['data'], { event: 'agent-reserved', error: 'Unregistered', gone: true });
});

test('a failure that may pass is tried again; what is over is forgotten', async (t) => {
  let status = 503;
  const own = await service(t, () => [status, '']);
  const world = await worldOf(t, `custom: { url: '${own.url}/push' }`);
  const push = { channel: 'custom', target: 'device-1' };
  const made = await world.ask('POST', '/api/v1/callbacks', { ...GOOD, push });
  assert.equal((await bodyOf(made))['id'], 'cb-2');
  world.callbacks.happen('cb-2', 'agent-reserved', { state: 'dialing' });
  await until('the first try', () => own.requests.length === 1);
  status = 200;
  const event = await results(world, () => {
    void until('the second try', () => {
      world.clock.advance(1_000);
      return own.requests.length === 2;
    });
  });
  assert.equal(event['code'], 'PUSH_DELIVERY_CONFIRMED');
  assert.deepEqual(JSON.parse(own.requests[1]?.body.toString() ?? ''), {
    deviceId: 'device-1',
    message: { title: 'Soon', body: 'We call you.', callbackId: 'cb-2', event: 'agent-reserved' },
  });
  world.callbacks.happen('cb-2', 'ended', { state: 'completed' });
  assert.deepEqual(
    (await bodyOf(await world.ask('GET', PATH.replace('cb-1', 'cb-2'))))['items'],
    [],
  );
});

test('services that are off, strange callbacks and too many devices are refused', async (t) => {
  const world = await worldOf(t, "custom: { url: 'https://localhost/' }");
  const ask = async (path: string, channel: string): Promise<unknown> =>
    (await bodyOf(await world.ask('POST', path, { channel, target: 'x' })))['code'];
  assert.equal(await ask(PATH, 'fcm'), 'PUSH_CHANNEL_OFF');
  const push = { channel: 'fcm', target: 'x' };
  const refused = await world.ask('POST', '/api/v1/callbacks', { ...GOOD, push });
  assert.equal(refused.status, 409);
  assert.equal(world.callbacks.records.size, 1);
  assert.equal(await ask('/api/v1/callbacks/nobody/push', 'custom'), 'CALLBACK_UNKNOWN');
  for (let n = 0; n < 5; n++) assert.equal(await ask(PATH, 'custom'), undefined);
  assert.equal(await ask(PATH, 'custom'), 'PUSH_DEVICES_LIMIT');
  assert.equal((await world.ask('DELETE', `${PATH}/none`)).status, 404);
});
