// Who may do what: the table, and that every route of every face asks for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hono } from 'hono';
import { ApiKeys } from '../../../api/api-keys.ts';
import {
  PERMISSIONS,
  reachOf,
  ROLES,
  ruleOf,
  type Permission,
  type Role,
} from '../../../api/access/permissions.ts';
import { guardedRoutes, permit, unguarded } from '../../../api/access/permit.ts';
import type { ApiEnv } from '../../../api/deps.ts';
import { bodyOf, createWorld, type World } from '../fakes.ts';

const keyOf = (role: Role): string => `key-of-the-tests-for-${role}`;

const SITE = `
genesys: { enabled: true, services: [{ name: support, kind: callback, queue: support }] }
http: { requestBurst: 100000, requestsPerSecond: 100000 }
`;

function siteWithKeys(): World {
  const keys = ROLES.map((role) => {
    const agentId = role === 'agent' ? 'anna' : null;
    return [role, keyOf(role), { roles: [role], lines: null, agentId }] as const;
  });
  return createWorld(SITE, {
    apiKeys: new ApiKeys(keys),
    phone: { verifyPassword: () => false, listening: [] },
  });
}

/** A request for a registered route, with something in the place of each parameter. */
function asking(world: World, method: string, path: string, role: Role): Promise<Response> {
  const concrete = path.replace(/:\w+(\{[^}]*\})?/g, 'x').replace(/\*$/, 'handshake');
  const verb = method === 'ALL' ? 'POST' : method;
  return world.ask(verb, concrete, undefined, { Authorization: `Bearer ${keyOf(role)}` });
}

test('every route of every face names its permission', () => {
  const { app } = siteWithKeys();
  assert.deepEqual(unguarded(app.routes), []);
  const names = guardedRoutes(app.routes).map(({ method, path }) => `${method} ${path}`);
  for (const expected of [
    'GET /api/v1/callbacks',
    'GET /api/v1/events',
    'GET /api/v1/events/ws',
    'ALL /genesys/cometd/*',
    'POST /genesys/1/service/callback/:name',
    'POST /engagement/v3/callbacks/create',
    'POST /phone/session',
    'GET /metrics',
  ]) {
    assert.ok(names.includes(expected), expected);
  }
});

test('each role gets 403 exactly where the table gives it nothing', async () => {
  const world = siteWithKeys();
  for (const { method, path, permission } of guardedRoutes(world.app.routes)) {
    for (const role of ROLES) {
      const reach = reachOf(permission, [role], false);
      // Streams and Bayeux would not end; their refusals do.
      if (permission === 'events.read' && reach !== null) continue;
      const response = await asking(world, method, path, role);
      const body = await response.text();
      const seen = `${role} ${method} ${path} ${response.status}`;
      // Every face words it in its own way, around the same sentence.
      const isRefused = response.status === 403 && body.includes(`this needs ${permission}, `);
      assert.equal(isRefused, reach !== 'all', seen);
    }
  }
});

test('the roles are what their names promise', () => {
  const named = PERMISSIONS.filter((permission) => typeof ruleOf(permission) === 'object');
  const has = (role: Role): readonly Permission[] =>
    named.filter((permission) => reachOf(permission, [role], false) !== null);
  assert.deepEqual(has('administrator'), named);
  for (const permission of has('monitor')) assert.match(permission, /\.(?:read|list)$/);
  const supervisor = has('supervisor');
  for (const permission of ['calls.monitor', 'agents.manage', 'callbacks.cancel'] as const) {
    assert.ok(supervisor.includes(permission), permission);
  }
  assert.equal(reachOf('agents.manage', ['supervisor'], true), null, 'agents serve several lines');
  const developer = has('developer');
  for (const permission of ['webhooks.manage', 'push.manage', 'prompts.manage'] as const) {
    assert.ok(developer.includes(permission), permission);
    assert.ok(!supervisor.includes(permission), permission);
  }
  assert.ok(!developer.includes('calls.monitor'));
  for (const permission of [
    'keys.manage',
    'audit.read',
    'people.erase',
    'recordings.delete',
    'system.manage',
  ] as const) {
    const holders = ROLES.filter((role) => reachOf(permission, [role], false) !== null);
    assert.deepEqual(holders, ['administrator'], permission);
  }
  for (const permission of has('agent')) assert.equal(reachOf(permission, ['agent'], false), 'own');
});

test('the wider of two roles counts, none is nothing, and limits keep from the whole site', () => {
  assert.equal(reachOf('agents.act', ['agent', 'supervisor'], false), 'all');
  assert.equal(reachOf('agents.act', [], false), null);
  assert.equal(reachOf('people.erase', ['administrator'], true), null);
  assert.equal(reachOf('callbacks.read', ['administrator'], true), 'all');
  assert.equal(reachOf('open', [], true), 'all');
});

test('agents act for themselves only', async () => {
  const world = siteWithKeys();
  for (const agentId of ['anna', 'ben']) {
    world.router.putAgent({ agentId, displayName: agentId, username: agentId, skills: {} });
    world.router.login(agentId);
  }
  const as = (method: string, path: string, body?: unknown, role: Role = 'agent') =>
    world.ask(method, path, body, { Authorization: `Bearer ${keyOf(role)}` });
  assert.equal((await as('POST', '/api/v1/agents/anna/ready')).status, 200);
  assert.equal((await as('POST', '/api/v1/agents/ben/ready')).status, 403);
  assert.equal((await as('GET', '/api/v1/agents/anna')).status, 200);
  assert.equal((await as('GET', '/api/v1/agents/ben/preview')).status, 403);
  assert.equal((await as('GET', '/api/v1/agents/anna/preview')).status, 409);
  assert.equal((await as('GET', '/api/v1/agents')).status, 403);

  const body = { queueId: 'support', customerNumber: '+12025550123' };
  const made = async (): Promise<string> =>
    String((await bodyOf(await as('POST', '/api/v1/callbacks', body, 'supervisor')))['id']);
  const [own, other] = [await made(), await made()];
  world.router.reserve('anna', own);
  world.router.reserve('ben', other);
  const said = { outcome: 'sold' };
  assert.equal((await as('POST', `/api/v1/callbacks/${own}/disposition`, said)).status, 200);
  assert.equal((await as('POST', `/api/v1/callbacks/${other}/disposition`, said)).status, 403);
  assert.equal((await as('GET', `/api/v1/callbacks/${own}`)).status, 200);
  assert.equal((await as('GET', `/api/v1/callbacks/${other}`)).status, 403);
  assert.equal((await as('POST', `/api/v1/calls/${other}/hangup`)).status, 403);
  assert.equal((await as('POST', `/api/v1/calls/${own}/hangup`)).status, 204);
});

test('a route that answers before it asks is found, in an application inside another too', () => {
  const outer = new Hono<ApiEnv>();
  outer.use('/a', async (_c, next) => next());
  outer.get('/a', permit('queues.read'), (c) => c.text('a'));
  outer.get('/b', (c) => c.text('b'));
  outer.get('/c', (c) => c.text('c'), permit('queues.read'));
  outer.all('/d', (c) => c.text('d'));
  const inner = new Hono<ApiEnv>();
  inner.onError((_, c) => c.text('', 500));
  inner.get('/e', permit('queues.read'), (c) => c.text('e'));
  inner.get('/f', (c) => c.text('f'));
  outer.route('/', inner);
  assert.deepEqual(unguarded(outer.routes), ['GET /b', 'GET /c', 'ALL /d', 'GET /f']);
});

test('a guard that finds nobody lets nobody in', async () => {
  const app = new Hono<ApiEnv>();
  app.get('/a', permit('queues.read'), (c) => c.text('a'));
  app.onError((error, c) => c.text(error.message, 401));
  assert.equal((await app.request('/a')).status, 401);
});
