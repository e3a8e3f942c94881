// Lines of business: who is limited to some sees nothing of the others, on any route of any face.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiKeys } from '../../../api/api-keys.ts';
import { guardedRoutes } from '../../../api/access/permit.ts';
import type { Control } from '../../../callback/index.ts';
import { Reporting } from '../../../callback/index.ts';
import { bodyOf, createWorld, entryOf, type World } from '../fakes.ts';
import { listen, served } from '../http.ts';
import { until } from '../../support/until.ts';

const LIMITED = 'key-of-the-tests-limited-to-support';
const FULL = 'key-of-the-tests-without-a-limit';
const FOREIGN_NUMBER = '+12025550199';

const SITE = `
queues:
  - { id: support, lineOfBusiness: care, numbers: [support] }
  - { id: sales, lineOfBusiness: shop, numbers: [sales] }
genesys:
  enabled: true
  services:
    - { name: support, kind: callback, queue: support }
    - { name: sales, kind: callback, queue: sales }
http: { requestBurst: 100000, requestsPerSecond: 100000 }
`;

type CallbackFact = ReturnType<Reporting['detail']>[number];

function fact(id: string, queueId: string, completedAtMs: number): CallbackFact {
  return {
    ...{ id, queueId, completedAtMs, reason: 'SERVED', isScheduled: false, dueAtMs: 0 },
    ...{ firstDialAtMs: null, connectedAtMs: null, answered: 0, promisedWaitMs: null },
    results: [],
  } as unknown as CallbackFact;
}

const FACTS = [
  fact('f1', 'sales', 1_000),
  fact('f2', 'support', 2_000),
  fact('f3', 'sales', 3_000),
];

const reports = new Reporting({
  keeping: {
    facts: (after, toMs, limit) =>
      FACTS.filter(
        ({ completedAtMs, id }) =>
          completedAtMs < toMs &&
          (completedAtMs > after.completedAtMs ||
            (completedAtMs === after.completedAtMs && id > after.id)),
      ).slice(0, limit),
    offers: () => [
      { atMs: 1_000, queueId: 'sales', made: 7, accepted: 1, declined: 0 },
      { atMs: 1_000, queueId: 'support', made: 3, accepted: 1, declined: 0 },
    ],
  },
  pause: () => Promise.resolve(),
});

const CONTROL = {
  hold: () => undefined,
  view: () => Promise.resolve({ onHold: false, recording: 'off', supervision: null, legs: [] }),
} as unknown as Control;

interface Site {
  readonly world: World;
  readonly own: string;
  readonly foreign: string;
  readonly as: (key: string, method: string, path: string, body?: unknown) => Promise<Response>;
}

async function site(): Promise<Site> {
  const grants = { roles: ['administrator'], agentId: null } as const;
  const world = createWorld(SITE, {
    apiKeys: new ApiKeys([
      ['limited', LIMITED, { ...grants, lines: ['care'] }],
      ['full', FULL, { ...grants, lines: null }],
    ]),
    liveCallers: {
      list: () =>
        (['support', 'sales'] as const).map((queueId) => ({
          ...{ interactionId: `live-${queueId}`, queueId, state: 'connected', sinceMs: 0 },
          ...{ callerNumber: queueId === 'sales' ? FOREIGN_NUMBER : null, agentId: null },
        })),
    },
    operators: {
      control: () => CONTROL,
      hangUp: () => true,
    },
    callIds: (id) => [`call-of-${id}`],
    traces: {
      messagesOf: (callIds) =>
        callIds.map((callId) => ({
          ...{ callId, atMs: 0, startLine: 'OPTIONS', text: callId, direction: 'in' },
          ...{ protocol: 'udp', source: 'a', target: 'b' },
        })) as never,
      callIdsOf: () => [`call-of-live-sales`, `call-of-live-support`],
      forget: () => undefined,
    },
    ladder: (callIds) => (callIds.length === 0 ? null : `<svg>${callIds.join()}</svg>`),
    reports,
  });
  world.callbacks.queues = ['support', 'sales'];
  world.router.queueNames = ['support', 'sales'];
  const as: Site['as'] = (key, method, path, body) =>
    world.ask(method, path, body, { Authorization: `Bearer ${key}` });
  const made = async (queueId: string, customerNumber: string): Promise<string> => {
    const answer = await as(FULL, 'POST', '/api/v1/callbacks', { queueId, customerNumber });
    return String((await bodyOf(answer))['id']);
  };
  const own = await made('support', '+12025550123');
  const foreign = await made('sales', FOREIGN_NUMBER);
  world.router.entries = [
    { ...entryOf(own, 1), queueId: 'support' },
    { ...entryOf(foreign, 1), queueId: 'sales' },
  ];
  for (const agentId of ['anna', 'ben']) {
    world.router.putAgent({ agentId, displayName: agentId, username: agentId, skills: {} });
  }
  world.router.reserve('anna', own);
  world.router.reserve('ben', foreign);
  return { world, own, foreign, as };
}

const SPAN = 'from=1970-01-01T00:00:00Z&to=1970-01-02T00:00:00Z';

test('no list shows anything of another line', async () => {
  const { as, foreign } = await site();
  const lists = [
    '/api/v1/callbacks',
    '/api/v1/callbacks?queueId=sales',
    '/api/v1/callbacks?customerNumber=%2B12025550199',
    '/api/v1/queues',
    '/api/v1/agents',
    '/api/v1/calls',
    '/api/v1/webhooks',
    '/api/v1/traces?number=12025550199',
    '/api/v1/traces?callId=call-of-live-sales',
    `/api/v1/reports/summary?${SPAN}`,
    `/api/v1/reports/detail?${SPAN}`,
    `/api/v1/reports/detail?${SPAN}&limit=1`,
    `/api/v1/reports/punctuality?${SPAN}`,
    `/api/v1/reports/offers?${SPAN}`,
    '/genesys/1/admin/callback/queues',
    '/genesys/1/service/callback/support?_customer_number=%2B12025550199',
    '/engagement/v3/estimated-wait-time?virtual-queues=support',
  ];
  for (const path of lists) {
    const answer = await as(LIMITED, 'GET', path);
    const text = await answer.text();
    assert.equal(answer.status, 200, `${path} ${text}`);
    for (const secret of ['sales', foreign, FOREIGN_NUMBER, '"f1"', '"f3"', 'f3~', '~f3', '~f1']) {
      assert.ok(!text.includes(`${secret}`), `${path} shows ${secret}: ${text}`);
    }
  }
});

test('and lists do show what is theirs', async () => {
  const { as, own } = await site();
  const items = async (path: string): Promise<unknown> =>
    (await bodyOf(await as(LIMITED, 'GET', path)))['items'];
  assert.deepEqual(
    ((await items('/api/v1/callbacks')) as { id: string }[]).map(({ id }) => id),
    [own],
  );
  const agents = (await items('/api/v1/agents')) as { interactionId: string | null }[];
  assert.deepEqual(agents.map(({ interactionId }) => interactionId).toSorted(), [own, null]);
  const [row] = (await items(`/api/v1/reports/summary?${SPAN}&interval=all`)) as {
    completed: number;
  }[];
  assert.equal(row?.completed, 1);
  assert.equal(((await items('/api/v1/calls')) as unknown[]).length, 1);
  assert.equal(((await items('/api/v1/traces?number=12025550199')) as unknown[]).length, 1);
  const full = await bodyOf(await as(FULL, 'GET', '/api/v1/callbacks'));
  assert.equal((full['items'] as unknown[]).length, 2);
});

/** Bodies that the routes with an id would accept. */
const BODIES: Readonly<Record<string, unknown>> = {
  'PATCH /api/v1/callbacks/:id': { priority: 1 },
  'POST /api/v1/callbacks/:id/ready': { ready: true },
  'POST /api/v1/callbacks/:id/disposition': { outcome: 'sold' },
  'POST /api/v1/callbacks/:id/push': { channel: 'web-push', target: {} },
  'POST /api/v1/calls/:id/monitor': { agentId: 'anna', mode: 'listen' },
  'POST /api/v1/calls/:id/play': { prompt: 'sorry' },
  'POST /api/v1/calls/:id/dtmf': { digits: '1', to: 'customer' },
  'POST /api/v1/calls/:id/hold': { on: true },
};

test('by its id nothing of another line is there', async () => {
  const { world, as, foreign } = await site();
  const routes = guardedRoutes(world.app.routes).filter(({ path }) =>
    /^\/api\/v1\/(?:callbacks|calls)\/:id|^\/genesys\/1\/service\/:id\/|:name\/:id$/.test(path),
  );
  assert.ok(routes.length > 15, 'there are such routes');
  for (const { method, path } of routes) {
    for (const id of [foreign, ...(path.startsWith('/api/v1/calls') ? ['live-sales'] : [])]) {
      const concrete = path
        .replace(':id', id)
        .replace(':name', 'sales')
        .replace(':action', 'pause')
        .replace(':deviceId', 'd');
      const answer = await as(LIMITED, method, concrete, BODIES[`${method} ${path}`]);
      const text = await answer.text();
      const isGone = answer.status === 404 || (answer.status === 400 && path.endsWith('/push'));
      assert.ok(isGone, `${method} ${concrete} ${answer.status} ${text}`);
      assert.ok(!text.includes(FOREIGN_NUMBER), text);
    }
  }
  assert.equal(world.callbacks.get(foreign)?.state, 'queued');
  for (const path of [
    '/api/v1/queues/sales',
    '/api/v1/queues/sales/availability',
    '/api/v1/queues/sales/office-hours',
    `/api/v1/queues/support/entries/${foreign}`,
    '/api/v1/agents/ben/preview',
    '/genesys/1/service/callback/sales/availability',
    `/genesys/1/service/callback?_id=${foreign}`,
    '/engagement/v3/callbacks/queue-status/sales',
  ]) {
    const { status } = await as(LIMITED, 'GET', path);
    assert.ok(status === 404 || status === 409, `${path} ${status}`);
  }
  const retrieved = await as(LIMITED, 'POST', '/engagement/v3/callbacks/retrieve', { id: foreign });
  assert.equal(retrieved.status, 404);
});

test('nothing is made in another line, and webhooks hear of their own only', async () => {
  const { as, world } = await site();
  const callback = { queueId: 'sales', customerNumber: '+12025550111' };
  assert.equal((await as(LIMITED, 'POST', '/api/v1/callbacks', callback)).status, 404);
  assert.equal(world.callbacks.records.size, 2);
  const url = 'https://hooks.example.com/a';
  const hook = async (key: string, filter?: object): Promise<Response> =>
    as(key, 'POST', '/api/v1/webhooks', { url, ...(filter === undefined ? {} : { filter }) });
  assert.equal((await hook(LIMITED, { queueIds: ['sales'] })).status, 404);
  const own = await bodyOf(await hook(LIMITED));
  assert.deepEqual((own['filter'] as { queueIds: unknown }).queueIds, ['support']);
  const foreign = String((await bodyOf(await hook(FULL)))['id']);
  for (const [method, path, body] of [
    ['GET', '', undefined],
    ['PATCH', '', { active: false }],
    ['GET', '/deliveries', undefined],
    ['POST', '/rotate-secret', undefined],
    ['POST', '/test', undefined],
    ['POST', '/deliveries/x/replay', undefined],
    ['DELETE', '', undefined],
  ] as const) {
    const { status } = await as(LIMITED, method, `/api/v1/webhooks/${foreign}${path}`, body);
    assert.equal(status, 404, `${method} ${path}`);
  }
  const change = { filter: { queueIds: ['sales'] } };
  const id = String(own['id']);
  assert.equal((await as(LIMITED, 'PATCH', `/api/v1/webhooks/${id}`, change)).status, 404);
  assert.equal((await as(LIMITED, 'DELETE', `/api/v1/webhooks/${id}`)).status, 204);
});

test('a stream tells of their queues only, the past too', async (t) => {
  const grants = { roles: ['monitor'], agentId: null } as const;
  const { world, server } = await served(t, SITE, {
    apiKeys: new ApiKeys([['limited', LIMITED, { ...grants, lines: ['care'] }]]),
  });
  world.callbacks.queues = ['support', 'sales'];
  const make = (queueId: string) =>
    world.callbacks.create({
      ...{ queueId, customerNumber: '+12025550123', desiredTimeMs: null, arrivedAtMs: null },
      ...{ priority: null, dialMode: null, firstParty: null, maxAttempts: null },
      ...{ retryGapSeconds: null, requiredSkills: [], userData: {}, idempotencyKey: null },
    });
  await make('sales');
  await make('support');
  const stream = await listen(t, server.url, {
    Authorization: `Bearer ${LIMITED}`,
    'Last-Event-ID': '0',
  });
  await make('sales');
  world.router.putAgent({ agentId: 'anna', displayName: 'a', username: 'anna', skills: {} });
  await make('support');
  await until('both of theirs', () => stream.ids().length >= 2);
  assert.deepEqual(stream.ids(), [2, 4]);
  assert.ok(!stream.text().includes('anna'));
});
