// Requests made from the description get answers that the description promises. The long run is
// `npm run fuzz:api`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seedsOfCommit } from '../../sim/seeds.ts';
import { Judge } from './judge.ts';
import { requests, type Description, type MadeRequest } from './requests.ts';
import { fuzzApi } from './run.ts';

const REQUESTS = 1_000;
const [SEED = 1] = seedsOfCommit(1);
const DESCRIPTION: Description = {
  paths: {
    '/things/{id}': {
      get: {
        operationId: 'getThing',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          200: {
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  required: ['id'],
                  properties: { id: { type: 'string' } },
                },
              },
            },
          },
          304: {},
        },
      },
    },
  },
  components: { schemas: {} },
};

test('no request gets a fault, or an answer that is not described', async () => {
  const { breaches, succeeded } = await fuzzApi(REQUESTS, SEED);
  const again = `npm run fuzz:api -- --requests ${REQUESTS} --seed ${SEED}`;
  assert.deepEqual(breaches, [], again);
  assert.ok(succeeded.size > 10, 'some requests get through');
});

test('the judge tells what is not described', async () => {
  const judge = new Judge(DESCRIPTION);
  const [request] = fc.sample(
    requests(DESCRIPTION, () => []),
    { numRuns: 1, seed: 1 },
  );
  const breach = (response: Response): Promise<string | null> =>
    judge.breach(request as MadeRequest, response);
  assert.equal(await breach(Response.json({ id: 'x' })), null);
  assert.equal(await breach(new Response(null, { status: 304 })), null);
  assert.match(String(await breach(Response.json({ id: 1 }))), /must be string/);
  assert.match(String(await breach(Response.json({}, { status: 404 }))), /404 is not described/);
  assert.match(String(await breach(Response.json({}, { status: 500 }))), /status 500/);
  assert.match(String(await breach(new Response('{"id":"x"}'))), /text\/plain, not described/);
});
