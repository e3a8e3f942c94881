// Lines of business: recordings and SIP users of others are not there, neither in lists nor by id.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ApiKeys } from '../../../api/api-keys.ts';
import { writeWav } from '../../../media/codec/wav.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';

const LIMITED = 'key-of-the-tests-limited-to-support';
const FULL = 'key-of-the-tests-without-a-limit';
const QUEUES = `
queues:
  - { id: support, lineOfBusiness: care, numbers: [support] }
  - { id: sales, lineOfBusiness: shop, numbers: [sales] }`;

function site(dataDir = ''): World {
  const grants = { roles: ['administrator'], agentId: null } as const;
  const yaml = dataDir === '' ? QUEUES : `${QUEUES}\ndataDir: ${dataDir}`;
  const world = createWorld(yaml, {
    apiKeys: new ApiKeys([
      ['limited', LIMITED, { ...grants, lines: ['care'] }],
      ['full', FULL, { ...grants, lines: null }],
    ]),
  });
  world.callbacks.queues = ['support', 'sales'];
  world.router.queueNames = ['support', 'sales'];
  return world;
}

const asker =
  (world: World) =>
  (key: string, method: string, path: string, body?: unknown): Promise<Response> =>
    world.ask(method, path, body, { Authorization: `Bearer ${key}` });

const idsIn = async (answer: Response, name: string): Promise<unknown[]> =>
  ((await bodyOf(answer))['items'] as Record<string, unknown>[]).map((item) => item[name]);

test('recordings of another line, and of nobody known, are not there', async (t) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-scope-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  mkdirSync(join(dataDir, 'recordings'));
  const world = site(dataDir);
  const ask = asker(world);
  const made = async (queueId: string, customerNumber: string): Promise<string> => {
    const answer = await ask(FULL, 'POST', '/api/v1/callbacks', { queueId, customerNumber });
    return `${String((await bodyOf(answer))['id'])}_1_0`;
  };
  const own = await made('support', '+12025550123');
  const foreign = await made('sales', '+12025550199');
  for (const id of [own, foreign, 'live-7']) {
    const wav = writeWav(new Int16Array(160), 2, 8_000);
    writeFileSync(join(dataDir, 'recordings', `${id}.wav`), wav);
  }
  const root = '/api/v1/recordings';
  assert.deepEqual(await idsIn(await ask(LIMITED, 'GET', root), 'recordingId'), [own]);
  assert.equal((await idsIn(await ask(FULL, 'GET', root), 'recordingId')).length, 3);
  for (const id of [foreign, 'live-7']) {
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/audio'],
      ['GET', '/waveform'],
      ['DELETE', ''],
    ] as const) {
      const answer = await ask(LIMITED, method, `${root}/${id}${path}`);
      assert.equal(answer.status, 404, `${method} ${id}${path}`);
    }
    assert.equal((await ask(FULL, 'GET', `${root}/${id}/audio`)).status, 200);
  }
  assert.equal((await ask(LIMITED, 'GET', `${root}/${own}/audio`)).status, 200);
});

test('users who serve no queue of theirs are not there', async () => {
  const world = site();
  const ask = asker(world);
  world.router.requiredSkills = {
    support: [{ skill: 'care', minLevel: 1 }],
    sales: [{ skill: 'shop', minLevel: 1 }],
  };
  for (const [agentId, skills] of [
    ['anna', { care: 1 }],
    ['ben', { shop: 1 }],
    ['cleo', { care: 2, shop: 2 }],
  ] as const) {
    world.router.putAgent({ agentId, displayName: agentId, username: agentId, skills });
  }
  const list = async (key: string): Promise<unknown[]> =>
    (await idsIn(await ask(key, 'GET', '/api/v1/users'), 'username')).toSorted();
  assert.deepEqual(await list(LIMITED), ['anna', 'cleo']);
  assert.deepEqual(await list(FULL), ['anna', 'ben', 'cleo']);
  const status = async (key: string, name: string): Promise<number> =>
    (await ask(key, 'GET', `/api/v1/users/${name}`)).status;
  assert.deepEqual([await status(LIMITED, 'ben'), await status(FULL, 'ben')], [404, 200]);
  assert.equal(await status(LIMITED, 'anna'), 200);
  const password = { password: 'another password' };
  assert.equal((await ask(LIMITED, 'POST', '/api/v1/users/ben/password', password)).status, 403);
  assert.equal(world.passwords.get('ben'), undefined);
});
