// Whatever is sent, the answer is a clear one: never a fault of ours, always JSON.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openGmsStorage } from '../../../api/gms/storage.ts';
import { SERVICES, createGmsWorld } from './world.ts';

const PATHS = [
  ['POST', '/genesys/1/service/callback/sales'],
  ['POST', '/genesys/1/service/callback/any'],
  ['GET', '/genesys/1/service/callback'],
  ['GET', '/genesys/1/service/callback/sales'],
  ['PUT', '/genesys/1/service/callback/sales/cb-1'],
  ['POST', '/genesys/1/service/callback/sales/availability'],
  ['GET', '/genesys/2/service/callback/sales/availability'],
  ['GET', '/genesys/1/service/hours'],
  ['GET', '/genesys/1/service/places'],
  ['GET', '/genesys/1/admin/callback/queues'],
  ['POST', '/genesys/1/statistic'],
  ['POST', '/genesys/1/storage/60'],
  ['POST', '/engagement/v3/callbacks/create'],
  ['POST', '/engagement/v3/callbacks/retrieve'],
  ['GET', '/engagement/v3/callbacks/availability/sales'],
  ['GET', '/engagement/v3/estimated-wait-time'],
] as const;

const NAMES = [
  ...['_id', '_customer_number', '_desired_time', '_new_desired_time', '_target', 'gap', 'account'],
  ...['department', 'operand', 'start', 'end', 'start-ms', 'end-ms', 'number-of-days', 'timezone'],
  ...['max-time-slots', 'report-busy', 'objectId', 'metric', '_callback_state', 'virtual-queues'],
  ...['serviceName', 'phoneNumber', 'userData', 'id', '__proto__', 'constructor', 'start_time'],
];
const VALUES = [
  ...['', '0', '-1', '1e400', '9'.repeat(30), 'true', 'AND', 'OR', 'support', 'sales', 'cb-1'],
  ...[
    '+12025550123',
    '+00',
    '2026-01-05T15:00:00Z',
    '9999-12-31T23:59:59Z',
    '0000-01-01T00:00:00Z',
  ],
  ...['Europe/Berlin', '__proto__', '\u0000', '\ud800', '8640000000000000', '%', 'x'.repeat(2_000)],
];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string());
const value = fc.oneof(fc.constantFrom(...VALUES), fc.string());
const pairs = fc.array(fc.tuple(name, value), { maxLength: 8 });

test('no parameters make it fail', async (t) => {
  const gmsStorage = openGmsStorage(':memory:', 1_000);
  t.after(() => gmsStorage.close());
  const yaml = `http: { requestsPerSecond: 10000, requestBurst: 10000 }\n${SERVICES}`;
  const world = createGmsWorld(yaml, { gmsStorage });
  await world.form('/genesys/1/service/callback/sales', {
    _customer_number: '+12025550123',
    gap: '60',
  });
  const asked = fc.tuple(fc.constantFrom(...PATHS), pairs, fc.boolean());
  await fc.assert(
    fc.asyncProperty(asked, async ([[method, path], sent, asJson]) => {
      const fields = Object.fromEntries(sent.map(([key, one]) => [key, one.toWellFormed()]));
      const query = new URLSearchParams(fields).toString();
      const answer =
        method === 'GET'
          ? await world.json('GET', `${path}?${query}`)
          : asJson
            ? await world.json(method, path, fields)
            : await world.form(path, fields);
      assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
      assert.equal(typeof (await answer.json()), 'object');
    }),
    { numRuns: 300 },
  );
});

test('no body makes it fail', async () => {
  const world = createGmsWorld(
    `http: { requestsPerSecond: 10000, requestBurst: 10000 }\n${SERVICES}`,
  );
  const posts = PATHS.filter(([method]) => method !== 'GET').map(([, path]) => path);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...posts),
      fc.oneof(fc.string(), fc.json()),
      async (path, body) => {
        const answer = await world.json('POST', path, body);
        assert.ok(answer.status < 500, `${path}: ${answer.status}`);
      },
    ),
    { numRuns: 200 },
  );
});
