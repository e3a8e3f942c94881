// Idempotency keys over real HTTP and a real file: nothing is done twice, whatever happens between.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Role } from '../../../api/access/permissions.ts';
import { ApiKeys } from '../../../api/api-keys.ts';
import { AnswerStore } from '../../../api/idempotency/store.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';
import { served } from '../http.ts';

const ROOT = '/api/v1/webhooks';
const AGENTS = '/api/v1/agents';
const ANNA = { agentId: 'anna', password: 'a password of anna' };
const HOOK = { url: 'https://hooks.example/ringback', active: false };

const post = (world: World, path: string, key: string, body?: unknown): Promise<Response> =>
  world.ask('POST', path, body, { 'Idempotency-Key': key });

async function count(world: World, path: string): Promise<number> {
  return ((await bodyOf(await world.ask('GET', path)))['items'] as unknown[]).length;
}

test('the same request under the same key gets the same answer, and is done once', async (t) => {
  const { world, server } = await served(t);
  const send = (): Promise<Response> =>
    fetch(server.url + AGENTS, {
      method: 'POST',
      headers: {
        Authorization: 'Bearer a-key-of-the-tests-only',
        'Content-Type': 'application/json',
        'Idempotency-Key': 'anna-1',
      },
      body: JSON.stringify(ANNA),
    });
  const first = await send();
  const again = await send();
  assert.deepEqual([first.status, again.status], [201, 201]);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal(again.headers.get('location'), first.headers.get('location'));
  assert.deepEqual(await bodyOf(again), await bodyOf(first));
  assert.equal(await count(world, AGENTS), 1);
});

test('another body or path under the key is a conflict with a stable code', async () => {
  const world = createWorld();
  await post(world, ROOT, 'k', HOOK);
  for (const response of [
    await post(world, ROOT, 'k', { ...HOOK, description: 'another' }),
    await post(world, '/api/v1/agents', 'k', HOOK),
  ]) {
    assert.equal(response.status, 409);
    assert.equal((await bodyOf(response))['code'], 'IDEMPOTENCY_KEY_REUSED');
  }
  assert.equal(await count(world, ROOT), 1);
});

test('a refused request leaves its key free, so that it can be sent again, corrected', async () => {
  const world = createWorld();
  assert.equal((await post(world, ROOT, 'k', { url: '' })).status, 400);
  assert.equal((await post(world, ROOT, 'k', HOOK)).status, 201);
});

test('an act without an answer to read is repeated too: 204 stays 204', async () => {
  const hungUp: string[] = [];
  const operators = { control: () => null, hangUp: (id: string) => hungUp.push(id) > 0 };
  const world = createWorld('', { operators });
  const statuses = [
    (await post(world, '/api/v1/calls/c-1/hangup', 'k')).status,
    (await post(world, '/api/v1/calls/c-1/hangup', 'k')).status,
  ];
  assert.deepEqual([statuses, hungUp], [[204, 204], ['c-1']]);
});

test('two at once: one is done, the other is told to wait', async () => {
  const done = Promise.withResolvers<readonly never[]>();
  const prompts = Object.assign({}, createWorldPrompts(), { put: () => done.promise });
  const world = createWorld('', { prompts: prompts as never });
  const upload = () =>
    world.ask('POST', '/api/v1/prompts?name=a&language=en', 'wav', {
      'Content-Type': 'audio/wav',
      'Idempotency-Key': 'k',
    });
  const first = upload();
  const second = await upload();
  assert.deepEqual([second.status, second.headers.get('retry-after')], [409, '1']);
  assert.equal((await bodyOf(second))['code'], 'IDEMPOTENCY_KEY_BUSY');
  done.resolve([]);
  await first;
});

function createWorldPrompts(): object {
  return { languages: () => ['en'], knows: () => true };
}

test('keys that are none are refused by name', async () => {
  const response = await post(createWorld(), ROOT, 'two words', HOOK);
  const { errors } = (await response.json()) as { errors: { field: string }[] };
  assert.deepEqual([response.status, errors[0]?.field], [400, 'Idempotency-Key']);
});

test('answers outlive the process, for as long as configured', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'idempotency.sqlite');
  const before = new AnswerStore(path);
  const yaml = 'retention: { idempotencyDays: 1 }';
  const first = await bodyOf(await post(createWorld(yaml, { answers: before }), AGENTS, 'k', ANNA));
  const nowMs = createWorld().clock.nowMs();
  // As if the process had died while it was worked on.
  before.begin('tests\nlost', 'hash', nowMs, 1);
  before.close();
  const after = new AnswerStore(path);
  t.after(() => after.close());
  const world = createWorld(yaml, { answers: after });
  const again = await post(world, AGENTS, 'k', ANNA);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(await bodyOf(again), first);
  assert.deepEqual(after.begin('tests\nlost', 'hash', nowMs, 1), {
    ...{ requestHash: 'hash', answer: null, isRunning: false },
  });
  world.clock.advance(86_400_001);
  const later = await post(world, AGENTS, 'k', ANNA);
  assert.equal(later.headers.get('idempotency-replayed'), null);
});

test('who is erased is in no kept answer; the repeat says that it cannot tell', async () => {
  const world = createWorld();
  const made = await world.ask('POST', '/api/v1/callbacks', {
    ...{ queueId: 'support', customerNumber: '+12025550123' },
  });
  const path = `${made.headers.get('location')}/cancel`;
  assert.equal((await post(world, path, 'k')).status, 200);
  assert.equal((await world.ask('DELETE', '/api/v1/people/%2B12025550123')).status, 200);
  const again = await post(world, path, 'k');
  assert.equal((await bodyOf(again))['code'], 'IDEMPOTENCY_OUTCOME_UNKNOWN');
});

test('what shows a secret is done once, and the secret is on no disk', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const answers = new AnswerStore(join(folder, 'idempotency.sqlite'));
  t.after(() => answers.close());
  const world = createWorld('', { answers });
  const hook = await bodyOf(await post(world, ROOT, 'hook', HOOK));
  const rotate = `${ROOT}/${String(hook['id'])}/rotate-secret`;
  const key = { name: 'crm', roles: ['developer'] };
  const secrets = [
    hook['secret'],
    (await bodyOf(await post(world, rotate, 'rotate')))['secret'],
    (await bodyOf(await post(world, '/api/v1/keys', 'key', key)))['key'],
  ].map(String);
  assert.equal((await post(world, AGENTS, 'anna', ANNA)).status, 201);
  for (const again of [
    await post(world, ROOT, 'hook', HOOK),
    await post(world, rotate, 'rotate'),
    await post(world, '/api/v1/keys', 'key', key),
  ]) {
    assert.equal(again.status, 409);
    assert.equal((await bodyOf(again))['code'], 'IDEMPOTENCY_ANSWER_NOT_KEPT');
  }
  assert.equal(await count(world, ROOT), 1);
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  assert.ok(
    files.some((bytes) => bytes.includes('anna')),
    'other answers are there',
  );
  for (const secret of [...secrets, ANNA.password]) {
    assert.ok(secret.length >= 16, 'there is a secret');
    assert.ok(!files.some((bytes) => bytes.includes(secret)));
  }
});

test('who has lost a role or a line gets no answer that was kept', async () => {
  const answers = new AnswerStore(':memory:');
  const key = 'a-key-that-is-given-other-roles';
  const ask = (role: Role, lines: readonly string[] | null) => {
    const grants = { roles: [role], lines, agentId: null };
    const operators = { control: () => null, hangUp: () => true };
    const apiKeys = new ApiKeys([['crm', key, grants]]);
    const world = createWorld('', { answers, apiKeys, operators });
    const headers = { Authorization: `Bearer ${key}`, 'Idempotency-Key': 'k' };
    return world.ask('POST', '/api/v1/calls/c-1/hangup', undefined, headers);
  };
  assert.equal((await ask('supervisor', null)).status, 204);
  const replayed = await ask('supervisor', null);
  assert.deepEqual([replayed.status, replayed.headers.get('idempotency-replayed')], [204, 'true']);
  for (const [role, lines, status, code] of [
    ['monitor', null, 403, 'ACCESS_DENIED'],
    ['supervisor', ['care'], 409, 'IDEMPOTENCY_KEY_REUSED'],
  ] as const) {
    const answer = await ask(role, lines);
    assert.deepEqual([answer.status, (await bodyOf(answer))['code']], [status, code]);
  }
});
