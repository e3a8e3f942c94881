// A person is erased from everything a site keeps: no byte of any file tells the number afterwards.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { person } from '../support/phone/behaviours.ts';
import { openSite, SITE_KEY, type Site } from '../support/site.ts';
import { speech } from '../support/speech.ts';
import { until } from '../support/until.ts';

const NUMBER = '+12025550123';
const NATIONAL = '2025550123';
/** As the person wrote it, where people write. */
const WRITTEN = '(202) 555-0123';

/** Takes every connection and never answers: what is sent there waits for ever. */
async function deafServer(t: TestContext): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Files under the data folder with a text in them. */
function filesWith(site: Site, ...texts: readonly string[]): string[] {
  return readdirSync(site.dataDir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name)).toString('latin1');
      return texts.some((text) => bytes.includes(text) || name.includes(text));
    })
    .map(({ name }) => name.replace(/-wal$/, ''))
    .sort();
}

function configWith(url: string): Record<string, unknown> {
  return {
    events: { webhooks: { allow: ['127.0.0.0/8'], allowHttp: true } },
    push: {
      custom: { url },
      messages: [{ event: 'customer-answered', title: 'Call', body: 'We call you.' }],
    },
    genesys: { enabled: true },
  };
}

/** A callback with everything about it, and what else one leaves behind. Answers their ids. */
async function leaveTraces(site: Site, url: string): Promise<{ done: string; chat: string }> {
  const filter = { types: ['callback', 'chat', 'call'] };
  await site.expectOk('POST', '/api/v1/webhooks', { url, filter });
  const done = await site.callBack({ userData: { note: `reach me on ${WRITTEN}` } });
  const device = { channel: 'custom', target: `device-of-${NUMBER}` };
  await site.expectOk('POST', `/api/v1/callbacks/${done}/push`, device);
  const values = new URLSearchParams({ customer: NATIONAL });
  await fetch(`${site.server.http.url}/genesys/1/storage/600`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${SITE_KEY}` },
    body: values,
  });
  // One more that is not over when the person is erased.
  const desiredTime = new Date(Date.now() + 3_600_000).toISOString();
  await site.callBack({ desiredTime, userData: { note: NATIONAL } });
  await site.ready('anna');
  await site.callbackIn(done, 'completed');
  const chat = await site.expectOk('POST', '/api/v1/chats', {
    ...{ queueId: 'support', person: { number: NUMBER }, text: `my number is ${NATIONAL}` },
  });
  const id = String(chat.body['id']);
  const message = { from: 'customer', text: `or ${WRITTEN}` };
  const headers = { 'Idempotency-Key': 'a-message' };
  const kept = await site.api('POST', `/api/v1/chats/${id}/messages`, message, headers);
  assert.ok(kept.status < 300, JSON.stringify(kept.body));
  return { done, chat: id };
}

test('what a site kept of a person is in none of its files after the erasure', async (t) => {
  const url = await deafServer(t);
  const site = await openSite({
    config: configWith(url),
    callback: { limits: { waitingPerNumber: 2, perNumber: { count: 5, windowSeconds: 3_600 } } },
  });
  t.after(() => site.close());
  site.customer.onCall(person({ hello: speech('person-hello').subarray(0, 4_000) }));
  const agent = await site.agentPhone('anna');
  agent.onCall(person({ hello: new Int16Array(80), stayMs: 500 }));
  const { done, chat } = await leaveTraces(site, url);
  const recorded = () => filesWith(site, done).some((name) => name.endsWith('.wav'));
  await until('the recording', recorded);
  const known = ['callbacks.sqlite', 'events.sqlite', 'genesys.sqlite', 'idempotency.sqlite'];
  const found = new Set(filesWith(site, NATIONAL, WRITTEN));
  assert.deepEqual([...found], known, 'the person was there');
  const traced = await site.expectOk('GET', `/api/v1/traces?number=${NATIONAL}`);
  assert.notDeepEqual(traced.body['items'], []);

  const path = `/api/v1/people/${encodeURIComponent(NUMBER)}`;
  const { body } = await site.expectOk('DELETE', `${path}?unfinished=cancel`);
  assert.equal(body['callbacksErased'], 2, JSON.stringify(body));
  assert.equal(body['chatsErased'], 1);
  assert.ok(Number(body['recordingsErased']) >= 1);
  assert.deepEqual(filesWith(site, NATIONAL, WRITTEN), [], 'while it runs');
  assert.equal(recorded(), false);
  const after = await site.api('GET', `/api/v1/traces?number=${NATIONAL}`);
  assert.deepEqual(after.body['items'], []);
  const hooks = await site.expectOk('GET', '/api/v1/webhooks');
  const [hook] = hooks.body['items'] as { id: string }[];
  const dead = await site.expectOk(
    'GET',
    `/api/v1/webhooks/${hook?.id ?? ''}/deliveries?status=dead`,
  );
  const [first] = dead.body['items'] as { lastError: string }[];
  assert.equal(first?.lastError, 'erased with the person');
  assert.equal((await site.api('GET', `/api/v1/chats/${chat}`)).status, 404);

  await site.server.stop();
  assert.deepEqual(filesWith(site, NATIONAL, WRITTEN), [], 'when it is stopped');
});
