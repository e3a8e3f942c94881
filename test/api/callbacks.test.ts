// /api/v1/callbacks over fakes: what is accepted, what is refused and how, what is shown.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unavailable } from '../../core/errors.ts';
import { bodyOf, createWorld, entryOf } from './fakes.ts';

const ROOT = '/api/v1/callbacks';
const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

test('a callback is made: 201 with Location, ETag, and the whole record', async () => {
  const world = createWorld();
  const response = await world.ask('POST', ROOT, { ...GOOD, userData: { orderId: '4711' } });
  assert.equal(response.status, 201);
  assert.equal(response.headers.get('location'), `${ROOT}/cb-1`);
  assert.equal(response.headers.get('etag'), '"0"');
  assert.deepEqual(await bodyOf(response), {
    id: 'cb-1',
    revision: 0,
    queueId: 'support',
    customerNumber: '+12025550123',
    state: 'queued',
    reason: null,
    priority: 0,
    createdAt: '2026-01-05T09:00:00.000Z',
    desiredAt: null,
    arrivedAt: '2026-01-05T09:00:00.000Z',
    expiresAt: '2026-01-06T09:00:00.000Z',
    completedAt: null,
    nextAttemptAt: null,
    dialMode: 'reservation',
    firstParty: 'customer',
    maxAttempts: 3,
    retryGapSeconds: 900,
    requiredSkills: [],
    attempts: [],
    userData: { orderId: '4711' },
    timeZone: null,
    language: null,
    agentId: null,
    agentStrict: false,
    asked: null,
    previewRejects: 0,
    disposition: null,
    access: null,
    predictedWaitSeconds: null,
  });
});

test('a queued callback is shown with its position and estimated wait', async () => {
  const world = createWorld();
  world.router.entries = [entryOf('somebody', 1), entryOf('else', 2), entryOf('cb-1', 3)];
  const made = await bodyOf(await world.ask('POST', ROOT, GOOD));
  assert.equal(made['position'], 3);
  const wait = made['estimatedWait'] as {
    ewtSeconds: number;
    inputs: { interactionsAhead: number };
  };
  assert.equal(wait.inputs.interactionsAhead, 2);
  assert.equal(wait.ewtSeconds, 60);
  world.callbacks.happen('cb-1', 'dial-started', { state: 'dialing' });
  const dialing = await bodyOf(await world.ask('GET', `${ROOT}/cb-1`));
  assert.ok(!('position' in dialing));
});

test('everything that may be asked for reaches the callbacks as it was meant', async () => {
  const world = createWorld();
  const response = await world.ask(
    'POST',
    ROOT,
    {
      queueId: 'support',
      customerNumber: '(202) 555-0123',
      desiredTime: '2026-01-05T12:00:00+02:00',
      priority: 7,
      dialMode: 'notification',
      firstParty: 'agent',
      maxAttempts: 5,
      retryGapSeconds: 60,
      requiredSkills: [{ skill: 'french', minLevel: 4 }],
      userData: { a: 'b' },
      timeZone: 'America/New_York',
    },
    { 'Idempotency-Key': 'order-1' },
  );
  assert.equal(response.status, 201);
  assert.deepEqual(world.callbacks.requests, [
    {
      queueId: 'support',
      customerNumber: '+12025550123',
      desiredTimeMs: Date.UTC(2026, 0, 5, 10),
      arrivedAtMs: null,
      priority: 7,
      dialMode: 'notification',
      firstParty: 'agent',
      maxAttempts: 5,
      retryGapSeconds: 60,
      requiredSkills: [{ skill: 'french', minLevel: 4 }],
      userData: { a: 'b' },
      timeZone: 'America/New_York',
      idempotencyKey: 'order-1',
    },
  ]);
});

test('a repeated request gets the first answer again and says so', async () => {
  const world = createWorld();
  const headers = { 'Idempotency-Key': 'order-1' };
  const first = await world.ask('POST', ROOT, GOOD, headers);
  const again = await world.ask('POST', ROOT, GOOD, headers);
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(again.headers.get('idempotency-replayed'), 'true');
  assert.equal((await bodyOf(again))['id'], 'cb-1');
});

interface Refusal {
  readonly what: string;
  readonly body: unknown;
  readonly code: string;
  readonly field?: string;
  readonly fieldCode?: string;
  readonly status?: number;
}

const REFUSALS: readonly Refusal[] = [
  { what: 'broken JSON', body: '{', code: 'REQUEST_MALFORMED' },
  { what: 'a list', body: [], code: 'REQUEST_INVALID', field: 'body', fieldCode: 'WRONG_TYPE' },
  { what: 'nothing', body: '', code: 'REQUEST_MALFORMED' },
  {
    what: 'no queue',
    body: { customerNumber: '+12025550123' },
    code: 'REQUEST_INVALID',
    field: 'queueId',
    fieldCode: 'REQUIRED',
  },
  {
    what: 'an unknown field',
    body: { ...GOOD, retries: 3 },
    code: 'REQUEST_INVALID',
    field: 'retries',
    fieldCode: 'UNKNOWN_FIELD',
  },
  {
    what: 'an unknown field inside a list',
    body: { ...GOOD, requiredSkills: [{ skill: 'a', minLevel: 1, max: 2 }] },
    code: 'REQUEST_INVALID',
    field: 'requiredSkills[0].max',
    fieldCode: 'UNKNOWN_FIELD',
  },
  {
    what: 'a number out of range',
    body: { ...GOOD, maxAttempts: 21 },
    code: 'REQUEST_INVALID',
    field: 'maxAttempts',
    fieldCode: 'OUT_OF_RANGE',
  },
  {
    what: 'a time without offset',
    body: { ...GOOD, desiredTime: '2026-01-05T12:00:00' },
    code: 'REQUEST_INVALID',
    field: 'desiredTime',
    fieldCode: 'NOT_ALLOWED',
  },
  {
    what: 'a day that does not exist',
    body: { ...GOOD, desiredTime: '2026-02-30T12:00:00Z' },
    code: 'REQUEST_INVALID',
    field: 'desiredTime',
  },
  {
    what: 'user data that is not text',
    body: { ...GOOD, userData: { a: 1 } },
    code: 'REQUEST_INVALID',
    field: 'userData.a',
    fieldCode: 'WRONG_TYPE',
  },
  {
    what: 'an impossible number',
    body: { ...GOOD, customerNumber: '+1202555' },
    code: 'PHONE_NUMBER_INVALID',
    field: 'customerNumber',
  },
  {
    what: 'an emergency number',
    body: { ...GOOD, customerNumber: '911' },
    code: 'PHONE_NUMBER_INVALID',
    field: 'customerNumber',
  },
  {
    what: 'a number with an extension',
    body: { ...GOOD, customerNumber: '202-555-0123 ext 5' },
    code: 'PHONE_NUMBER_INVALID',
    field: 'customerNumber',
  },
  {
    what: 'a premium-rate number',
    body: { ...GOOD, customerNumber: '+19005550123' },
    code: 'PHONE_NUMBER_REFUSED',
    field: 'customerNumber',
  },
  {
    what: 'a time that is past',
    body: { ...GOOD, desiredTime: '2026-01-05T08:59:59Z' },
    code: 'CALLBACK_TIME_PAST',
    field: 'desiredTime',
    fieldCode: 'OUT_OF_RANGE',
  },
  {
    what: 'a time too far ahead',
    body: { ...GOOD, desiredTime: '2026-03-05T09:00:00Z' },
    code: 'CALLBACK_TIME_TOO_FAR',
    field: 'desiredTime',
    fieldCode: 'OUT_OF_RANGE',
  },
];

for (const { what, body, code, field, fieldCode, status = 400 } of REFUSALS) {
  test(`refused: ${what}`, async () => {
    const world = createWorld();
    const response = await world.ask('POST', ROOT, body);
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), 'application/problem+json');
    const problem = await bodyOf(response);
    assert.equal(problem['code'], code);
    assert.equal(problem['type'], `/docs/errors#${code}`);
    assert.equal(problem['status'], status);
    assert.equal(problem['requestId'], response.headers.get('x-request-id'));
    const [issue] = (problem['errors'] ?? []) as { field: string; code: string }[];
    assert.equal(issue?.field, field);
    if (fieldCode !== undefined) assert.equal(issue?.code, fieldCode);
    assert.equal(world.callbacks.records.size, 0);
  });
}

test('all wrong fields are named at once, with JSON pointers', async () => {
  const world = createWorld();
  const body = { queueId: 1, customerNumber: '', priority: -1, 'a/b~c': 1 };
  const problem = await bodyOf(await world.ask('POST', ROOT, body));
  const pointers = (problem['errors'] as { pointer: string }[]).map((issue) => issue.pointer);
  assert.deepEqual(pointers.toSorted(), [
    '#/a~1b~0c',
    '#/customerNumber',
    '#/priority',
    '#/queueId',
  ]);
});

test('a store that cannot write is 503 with Retry-After, and nothing is promised', async () => {
  const world = createWorld();
  world.callbacks.fault = unavailable('STORE_UNAVAILABLE', 'the disk is full');
  const response = await world.ask('POST', ROOT, GOOD);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '5');
  assert.equal((await bodyOf(response))['code'], 'STORE_UNAVAILABLE');
});

test('a fault of ours shows nothing of itself', async () => {
  const world = createWorld();
  world.callbacks.fault = new Error('secret inside');
  const response = await world.ask('POST', ROOT, GOOD);
  assert.equal(response.status, 500);
  const text = await response.text();
  assert.ok(text.includes('INTERNAL_ERROR') && !text.includes('secret inside'));
});

test('pages: limit, cursor and filters', async () => {
  const world = createWorld();
  for (let last = 0; last < 5; last++) {
    await world.ask('POST', ROOT, { ...GOOD, customerNumber: `+1202555012${last}` });
  }
  const page = await bodyOf(await world.ask('GET', `${ROOT}?limit=2`));
  const first = await bodyOf(await world.ask('GET', `${ROOT}?limit=3`));
  assert.deepEqual(
    [page, first].map(({ items }) => (items as unknown[]).length),
    [2, 3],
  );
  const cursor = `cursor=${String(page['nextCursor'])}`;
  const next = await bodyOf(await world.ask('GET', `${ROOT}?limit=3&${cursor}`));
  const ids = (next['items'] as { id: string }[]).map((item) => item.id);
  assert.deepEqual([ids, next['nextCursor']], [['cb-3', 'cb-4', 'cb-5'], null]);
  const found = await bodyOf(await world.ask('GET', `${ROOT}?customerNumber=202-555-0123`));
  assert.deepEqual(
    (found['items'] as { id: string }[]).map((item) => item.id),
    ['cb-4'],
  );
  const none = await bodyOf(await world.ask('GET', `${ROOT}?state=completed`));
  assert.deepEqual(none['items'], []);
});

for (const query of [
  'limit=0',
  'limit=501',
  'limit=x',
  'state=lost',
  'sort=up',
  'limit=1&limit=2',
]) {
  test(`refused: a list with ${query}`, async () => {
    const response = await createWorld().ask('GET', `${ROOT}?${query}`);
    assert.equal(response.status, 400);
    const problem = await bodyOf(response);
    const [issue] = problem['errors'] as { field: string }[];
    assert.equal(issue?.field, query.split('=')[0]);
  });
}

test('one callback: ETag is the revision; unchanged without a place is 304', async () => {
  const world = createWorld();
  await world.ask('POST', ROOT, GOOD);
  const first = await world.ask('GET', `${ROOT}/cb-1`);
  const etag = first.headers.get('etag') ?? '';
  assert.equal(etag, '"1"');
  const again = await world.ask('GET', `${ROOT}/cb-1`, undefined, { 'If-None-Match': etag });
  assert.deepEqual([again.status, await again.text()], [304, '']);
  world.router.entries = [entryOf('cb-1', 1)];
  const queued = await world.ask('GET', `${ROOT}/cb-1`, undefined, { 'If-None-Match': etag });
  assert.equal(queued.status, 200);
});

test('history of a callback, oldest first', async () => {
  const world = createWorld();
  await world.ask('POST', ROOT, GOOD);
  world.callbacks.happen('cb-1', 'dial-started', { state: 'dialing' });
  const { items } = await bodyOf(await world.ask('GET', `${ROOT}/cb-1/events`));
  assert.deepEqual(
    (items as { type: string; sequence: number; at: string }[]).map(({ type, at }) => [type, at]),
    [
      ['created', '2026-01-05T09:00:00.000Z'],
      ['dial-started', '2026-01-05T09:00:00.000Z'],
    ],
  );
});

for (const [method, path] of [
  ['DELETE', `${ROOT}/cb-1`],
  ['POST', `${ROOT}/cb-1/cancel`],
] as const) {
  test(`${method} ${path} cancels once`, async () => {
    const world = createWorld();
    await world.ask('POST', ROOT, GOOD);
    const stale = await world.ask(method, path, undefined, { 'If-Match': '"9"' });
    assert.deepEqual([stale.status, (await bodyOf(stale))['code']], [412, 'PRECONDITION_FAILED']);
    const done = await world.ask(method, path, undefined, { 'If-Match': '"1"' });
    assert.equal(done.status, 200);
    assert.equal((await bodyOf(done))['reason'], 'CANCELLED');
    assert.equal(done.headers.get('etag'), '"2"');
    const again = await world.ask(method, path);
    assert.deepEqual([again.status, (await bodyOf(again))['code']], [409, 'CALLBACK_COMPLETED']);
  });
}

test('a callback that is not there is 404 everywhere', async () => {
  const world = createWorld();
  for (const [method, path] of [
    ['GET', `${ROOT}/nobody`],
    ['GET', `${ROOT}/nobody/events`],
    ['DELETE', `${ROOT}/nobody`],
    ['POST', `${ROOT}/nobody/cancel`],
  ] as const) {
    const response = await world.ask(method, path);
    assert.deepEqual(
      [response.status, (await bodyOf(response))['code']],
      [404, 'CALLBACK_UNKNOWN'],
    );
  }
});
