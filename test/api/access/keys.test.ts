// API keys that are made over the API, and the audit log of what is done with them.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { silentLog } from '../../../core/live.ts';
import { openAccess } from '../../../api/access/open.ts';
import { ApiKeys } from '../../../api/api-keys.ts';
import { AuditLog, type AuditEntry } from '../../../api/access/audit.ts';
import { parseConfig } from '../../../api/config.ts';
import { VirtualClock } from '../../support/clock.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';

async function made(world: World, body: object): Promise<string> {
  const answer = await world.ask('POST', '/api/v1/keys', body);
  assert.equal(answer.status, 201);
  return String((await bodyOf(answer))['key']);
}

const withKey = (world: World, key: string, path = '/api/v1/queues'): Promise<Response> =>
  world.ask('GET', path, undefined, { Authorization: `Bearer ${key}` });

test('a key has its roles, is shown once, says when it was used, and ends at once', async () => {
  const world = createWorld();
  const key = await made(world, { name: 'crm', roles: ['monitor'] });
  assert.equal((await withKey(world, key)).status, 200);
  assert.equal((await withKey(world, key, '/api/v1/keys')).status, 403);
  const list = await (await world.ask('GET', '/api/v1/keys')).text();
  assert.ok(!list.includes(key.slice(4)), 'the key is not in the list');
  const [item] = (JSON.parse(list) as { items: Record<string, unknown>[] }).items;
  assert.equal(item?.['createdBy'], 'tests');
  assert.equal(typeof item?.['lastUsedAt'], 'string');
  const revoked = await bodyOf(await world.ask('DELETE', '/api/v1/keys/crm'));
  assert.equal(typeof revoked['revokedAt'], 'string');
  assert.equal((await withKey(world, key)).status, 401);
  const again = await world.ask('POST', '/api/v1/keys', { name: 'crm', roles: ['monitor'] });
  assert.deepEqual([again.status, (await bodyOf(again))['code']], [409, 'KEY_EXISTS']);
  assert.equal((await world.ask('DELETE', '/api/v1/keys/none')).status, 404);
});

test('a key ends when its time is over', async () => {
  const world = createWorld();
  const expiresAt = new Date(world.clock.nowMs() + 60_000).toISOString();
  const key = await made(world, { name: 'soon', roles: ['monitor'], expiresAt });
  assert.equal((await withKey(world, key)).status, 200);
  world.clock.advance(60_000);
  assert.equal((await withKey(world, key)).status, 401);
  const past = await world.ask('POST', '/api/v1/keys', { name: 'p', roles: ['agent'], expiresAt });
  assert.equal(past.status, 400);
});

test('a key limited to lines is made for lines that exist only, and feels them', async () => {
  const world = createWorld('queues: [{ id: support, lineOfBusiness: care }]');
  const roles = ['monitor'];
  const lost = { name: 'x', roles, linesOfBusiness: ['none'] };
  assert.equal((await world.ask('POST', '/api/v1/keys', lost)).status, 400);
  world.router.queueNames = ['support', 'sales'];
  const key = await made(world, { name: 'care', roles, linesOfBusiness: ['care'] });
  const queues = (await bodyOf(await withKey(world, key)))['items'] as { queueId: string }[];
  assert.deepEqual(
    queues.map(({ queueId }) => queueId),
    ['support'],
  );
});

test('names of configured keys are taken, and a repeat does not show the key', async () => {
  const config = 'http: { keys: [{ name: crm, keyEnv: AGENT_PASSWORD, roles: [monitor] }] }';
  const world = createWorld(
    config.replace('AGENT_PASSWORD', 'LONG_KEY'),
    {},
    {},
    {
      LONG_KEY: 'a-configured-key-of-the-tests',
    },
  );
  for (const name of ['crm', 'generated']) {
    const { status } = await world.ask('POST', '/api/v1/keys', { name, roles: ['agent'] });
    assert.equal(status, 409, name);
  }
  const once = { 'Idempotency-Key': 'k-1' };
  const body = { name: 'new', roles: ['agent'] };
  assert.equal((await world.ask('POST', '/api/v1/keys', body, once)).status, 201);
  const again = await world.ask('POST', '/api/v1/keys', body, once);
  assert.equal(again.status, 409);
  assert.equal((await bodyOf(again))['code'], 'IDEMPOTENCY_ANSWER_NOT_KEPT');
});

test('only the hash of a key is on disk, in a file of its owner', (t) => {
  const { access, dataDir } = opened(t);
  const grants = { roles: ['monitor'], lines: null, agentId: null } as const;
  const { key } = access.keys.create({ name: 'a', expiresAtMs: null, ...grants }, 'me');
  assert.equal(access.keys.identityOf(key)?.name, 'a');
  assert.equal(access.keys.identityOf(`${key}x`), null);
  access.close();
  const bytes = readFileSync(join(dataDir, 'access.sqlite'));
  assert.ok(!bytes.includes(key) && !bytes.includes(key.slice(4, 20)));
});

function opened(t: TestContext) {
  const dataDir = mkdtempSync(join(tmpdir(), 'ringback-access-'));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const config = parseConfig(`dataDir: ${dataDir}`, {});
  const clock = new VirtualClock();
  return { dataDir, clock, access: openAccess(config, { clock, log: silentLog }) };
}

async function entries(world: World, query = ''): Promise<Record<string, unknown>[]> {
  const answer = await bodyOf(await world.ask('GET', `/api/v1/audit${query}`));
  return answer['items'] as Record<string, unknown>[];
}

test('every change is written down with who, what and what came of it; reads are not', async () => {
  const world = createWorld();
  const body = { queueId: 'support', customerNumber: '+12025550123' };
  const id = String((await bodyOf(await world.ask('POST', '/api/v1/callbacks', body)))['id']);
  await world.ask('GET', '/api/v1/callbacks');
  await world.ask('DELETE', `/api/v1/callbacks/${id}`, undefined, { 'X-Request-Id': 'r-1' });
  await world.ask('GET', '/api/v1/people/%2B12025550123');
  const found = await entries(world);
  assert.deepEqual(
    found.map(({ operation, status, actor }) => [operation, status, actor]),
    [
      ['exportPerson', 200, 'tests'],
      ['deleteCallback', 200, 'tests'],
      ['createCallback', 201, 'tests'],
    ],
  );
  assert.equal(found[1]?.['target'], `id=${id}`);
  assert.equal(found[1]?.['requestId'], 'r-1');
  assert.ok(!JSON.stringify(found).includes('2025550123'), 'numbers are masked');
  assert.deepEqual((await entries(world, '?operation=deleteCallback')).length, 1);
  assert.deepEqual((await entries(world, '?actor=nobody')).length, 0);
  const first = await bodyOf(await world.ask('GET', '/api/v1/audit?limit=2&actor=tests'));
  const cursor = encodeURIComponent(String(first['nextCursor']));
  assert.equal((first['items'] as unknown[]).length, 2);
  assert.ok((await entries(world, `?limit=2&actor=tests&cursor=${cursor}`)).length > 0);
  assert.equal((await bodyOf(await world.ask('GET', '/api/v1/audit/check')))['intact'], true);
});

test('refusals are written down, and a flood of them as one line', async () => {
  const monitor = 'key-of-the-tests-that-only-reads';
  const grants = { roles: ['monitor'], lines: null, agentId: null } as const;
  const admin = { ...grants, roles: ['administrator'] } as const;
  const world = createWorld('http: { requestBurst: 10000 }', {
    apiKeys: new ApiKeys([
      ['tests', 'a-key-of-the-tests-only', admin],
      ['monitor', monitor, grants],
    ]),
  });
  const knock = (): Promise<Response> =>
    world.ask('DELETE', '/api/v1/callbacks/x', undefined, { Authorization: `Bearer ${monitor}` });
  for (let times = 0; times < 120; times++) assert.equal((await knock()).status, 403);
  const early = await entries(world, '?refused=true');
  assert.ok(early.length <= 20, `${early.length} lines`);
  world.clock.advance(60_000);
  const all = await entries(world, '?refused=true');
  assert.equal(all.length, early.length + 1);
  assert.equal(
    all.reduce((sum, { times }) => sum + Number(times), 0),
    120,
  );
  assert.deepEqual([all[0]?.['actor'], all[0]?.['operation']], ['monitor', 'deleteCallback']);
});

const entry = (atMs: number): AuditEntry => ({
  ...{ atMs, actor: 'me', kind: 'key', roles: [], address: null, operation: 'op' },
  ...{ target: '', status: 200, requestId: `r${atMs}`, times: 1 },
});

const now = (): Promise<void> => Promise.resolve();

test('a line that was changed, taken out or cut off shows; what was pruned does not', async () => {
  const tamper: readonly (readonly [string, number | null])[] = [
    ['SELECT 1', null],
    [`UPDATE audit SET entry = replace(entry, '"me"', '"he"') WHERE sequence = 3`, 3],
    [`UPDATE audit SET actor = 'he' WHERE sequence = 3`, 3],
    ['DELETE FROM audit WHERE sequence = 3', 3],
    ['DELETE FROM audit WHERE sequence = 1', 1],
    ['DELETE FROM audit WHERE sequence = 5', 5],
    ['UPDATE audit_ends SET last = 4; DELETE FROM audit WHERE sequence = 5', 0],
  ];
  for (const [sql, brokenAt] of tamper) {
    const database = new DatabaseSync(':memory:');
    const log = new AuditLog(database, 'a secret');
    for (const atMs of [1, 2, 3, 4, 5]) log.add(entry(atMs));
    if (brokenAt !== null)
      assert.throws(() => database.exec(sql.replace(/^.*; /, '')), /audit log/);
    database.exec('DROP TRIGGER audit_stays; DROP TRIGGER audit_kept');
    database.exec(sql);
    const { intact, brokenAt: found } = await log.check(now);
    assert.deepEqual([intact, found], [brokenAt === null, brokenAt], sql);
    database.close();
  }
  const database = new DatabaseSync(':memory:');
  const log = new AuditLog(database, 'a secret');
  log.add(...[1, 2, 3, 4, 5].map((atMs) => entry(atMs)));
  assert.equal(log.prune(3), 2);
  assert.deepEqual(await log.check(now), { intact: true, entries: 3, brokenAt: null });
  log.add(entry(6));
  assert.deepEqual(
    log.list({ limit: 10 }).map(({ sequence }) => sequence),
    [6, 5, 4, 3],
  );
  assert.equal((await log.check(now)).intact, true);
  assert.equal((await new AuditLog(database, 'another').check(now)).intact, false);
  assert.equal((await log.check(now)).intact, true);
  assert.equal(log.prune(100), 4);
  log.add(entry(7));
  assert.equal((await log.check(now)).intact, true);
  database.close();
});

test('lines go when their time is over, and survive a restart until then', async (t) => {
  const { access, clock, dataDir } = opened(t);
  access.audit.add(entry(clock.nowMs()));
  access.close();
  const config = parseConfig(`{ dataDir: ${dataDir}, retention: { auditDays: 1 } }`, {});
  const again = openAccess(config, { clock, log: silentLog });
  t.after(() => again.close());
  assert.equal(again.audit.list({ limit: 10 }).length, 1);
  clock.advance(2 * 86_400_000);
  assert.equal(again.audit.list({ limit: 10 }).length, 0);
  assert.equal((await again.audit.check(now)).intact, true);
});
