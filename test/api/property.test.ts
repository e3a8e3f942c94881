// Whatever is sent, the API answers with what it promises: never a 500, and every refusal says what
// is wrong in a form a program can use.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { errorCodes } from '../../api/errors.ts';
import { createWorld } from './fakes.ts';

const KNOWN = new Set(errorCodes());
const WIDE = 'http: { requestsPerSecond: 100000, requestBurst: 100000 }';

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

/** Checks that a response is a success or a proper problem. */
async function assertProper(response: Response): Promise<void> {
  assert.notEqual(response.status, 500);
  if (response.status < 400) return;
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  const problem = (await response.json()) as ProblemBody;
  assert.equal(problem.status, response.status);
  assert.ok(KNOWN.has(problem.code), problem.code);
  assert.ok(problem.detail.length > 0);
  if (problem.code === 'REQUEST_INVALID') assert.ok((problem.errors?.length ?? 0) > 0);
  for (const { field, code } of problem.errors ?? []) {
    assert.ok(field.length > 0 && /^[A-Z_]+$/.test(code), JSON.stringify(problem));
  }
}

const anything = fc.jsonValue({ maxDepth: 3 });

/** A body with the right names and now and then the right values. */
const nearlyRight = fc.record(
  {
    queueId: fc.oneof(fc.constant('support'), anything),
    customerNumber: fc.oneof(fc.constant('+12025550123'), fc.string(), anything),
    desiredTime: fc.oneof(
      fc.date({ noInvalidDate: true }).map((date) => date.toJSON()),
      fc.string(),
      anything,
    ),
    priority: fc.oneof(fc.integer(), fc.double(), anything),
    dialMode: fc.oneof(fc.constantFrom('reservation', 'notification'), anything),
    firstParty: fc.oneof(fc.constantFrom('customer', 'agent'), anything),
    maxAttempts: fc.oneof(fc.integer(), anything),
    retryGapSeconds: fc.oneof(fc.integer(), anything),
    requiredSkills: fc.oneof(
      fc.array(fc.record({ skill: fc.string(), minLevel: fc.integer() })),
      anything,
    ),
    userData: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything),
    ['__proto__']: anything,
  },
  { requiredKeys: [] },
);

test('any body: created or refused with field and code', async () => {
  const world = createWorld(WIDE);
  await fc.assert(
    fc.asyncProperty(fc.oneof(nearlyRight, anything), async (body) => {
      await assertProper(await world.ask('POST', '/api/v1/callbacks', JSON.stringify(body)));
    }),
    { numRuns: 400 },
  );
});

test('any bytes as a body, any content type', async () => {
  const world = createWorld(WIDE);
  const types = fc.constantFrom('application/json', 'application/json; charset=x', 'text/plain');
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), types, async (body, type) => {
      const response = await world.ask('POST', '/api/v1/agents', body, { 'Content-Type': type });
      await assertProper(response);
    }),
    { numRuns: 200 },
  );
});

test('any method, path and query', async () => {
  const world = createWorld(WIDE);
  const word = fc.oneof(
    fc.constantFrom('api', 'v1', 'callbacks', 'agents', 'queues', 'calls', 'cancel', 'login'),
    fc.string({ maxLength: 12 }).map(encodeURIComponent),
  );
  const path = fc.array(word, { maxLength: 6 }).map((words) => `/api/v1/${words.join('/')}`);
  const query = fc.webQueryParameters();
  const method = fc.constantFrom('GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'HEAD');
  await fc.assert(
    fc.asyncProperty(method, path, query, async (how, where, what) => {
      const response = await world.ask(how, `${where}?${what}`);
      if (how !== 'HEAD') await assertProper(response);
    }),
    { numRuns: 400 },
  );
});

test('any agent: made or refused, and what was made can be read and deleted', async () => {
  const agent = fc.record(
    {
      agentId: fc.oneof(fc.stringMatching(/^[a-z][a-z0-9.-]{0,9}$/), fc.string(), anything),
      displayName: fc.oneof(fc.string(), anything),
      username: fc.oneof(fc.stringMatching(/^[a-z0-9*+]{1,9}$/), fc.string()),
      password: fc.oneof(fc.string({ minLength: 8 }), anything),
      skills: fc.oneof(fc.dictionary(fc.string(), fc.integer()), anything),
    },
    { requiredKeys: ['agentId', 'password'] },
  );
  await fc.assert(
    fc.asyncProperty(agent, async (body) => {
      const world = createWorld(WIDE);
      const response = await world.ask('POST', '/api/v1/agents', JSON.stringify(body));
      const location = response.headers.get('location');
      await assertProper(response);
      if (location === null) return;
      assert.equal((await world.ask('GET', location)).status, 200);
      assert.equal((await world.ask('DELETE', location)).status, 204);
    }),
    { numRuns: 200 },
  );
});
