// Health, readiness with reasons, and metrics.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AttemptRecord } from '../../callback/model.ts';
import { until } from '../support/until.ts';
import { bodyOf, createWorld, entryOf, type World } from './fakes.ts';

const GOOD = { queueId: 'support', customerNumber: '+12025550123' };

test('health answers without a key', async () => {
  const response = await createWorld().app.request('/healthz');
  assert.deepEqual([response.status, await response.json()], [200, { status: 'alive' }]);
});

test('readiness names each check that fails, throws or hangs, and why', async () => {
  const world = createWorld('', {
    readiness: {
      sip: async () => null,
      media: async () => 'no worker is running',
      store: async () => {
        throw new Error('disk full');
      },
      other: () => new Promise(() => undefined),
    },
  });
  const asked = world.app.request('/readyz');
  await until('all answers but one', () => world.clock.pendingCount === 1);
  world.clock.advance(2_000);
  const response = await asked;
  assert.equal(response.status, 503);
  assert.deepEqual(await response.json(), {
    ready: false,
    checks: {
      sip: { ready: true, reason: null },
      media: { ready: false, reason: 'no worker is running' },
      store: { ready: false, reason: 'disk full' },
      other: { ready: false, reason: 'no answer in 2000 ms' },
    },
  });
  assert.equal(world.clock.pendingCount, 0);
});

test('all checks passing is ready', async () => {
  const world = createWorld('', { readiness: { sip: async () => null } });
  const response = await world.app.request('/readyz');
  assert.deepEqual([response.status, (await bodyOf(response))['ready']], [200, true]);
});

/** Value of a sample, `name{label="x"}`; null when it is not there. */
async function sample(world: World, series: string): Promise<number | null> {
  const text = await (await world.ask('GET', '/metrics')).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

function attempt(number: number, result: AttemptRecord['result']): AttemptRecord {
  return {
    number,
    attemptKey: `a-${number}`,
    startedAtMs: 0,
    answeredAtMs: null,
    endedAtMs: null,
    result,
    sipStatus: null,
    q850Cause: null,
    cpd: null,
    agentId: null,
    recording: null,
  };
}

test('callbacks are counted by state, their ends by reason, attempts once by result', async () => {
  const world = createWorld();
  await world.ask('POST', '/api/v1/callbacks', GOOD);
  assert.equal(await sample(world, 'ringback_callbacks{state="queued"}'), 1);
  const { callbacks } = world;
  callbacks.happen('cb-1', 'dialled', { state: 'dialing', attempts: [attempt(1, null)] });
  callbacks.happen('cb-1', 'busy', { state: 'waiting-retry', attempts: [attempt(1, 'BUSY')] });
  callbacks.happen('cb-1', 'due', { state: 'queued' });
  assert.equal(await sample(world, 'ringback_attempts_total{result="BUSY"}'), 1);
  assert.equal(await sample(world, 'ringback_callbacks{state="dialing"}'), 0);
  await world.ask('DELETE', '/api/v1/callbacks/cb-1');
  assert.equal(await sample(world, 'ringback_callbacks{state="queued"}'), 0);
  assert.equal(await sample(world, 'ringback_callbacks_completed_total{reason="CANCELLED"}'), 1);
});

test('gauges of routing, SIP and media are what the faces say now', async () => {
  const world = createWorld();
  world.router.entries = [entryOf('a', 1), entryOf('b', 2)];
  world.router.putAgent({ agentId: 'anna', displayName: 'A', username: 'anna', skills: {} });
  const waiting = 'ringback_waiting{queue="support",kind="callback"}';
  assert.equal(await sample(world, waiting), 2);
  assert.equal(await sample(world, 'ringback_agents{state="logged-out"}'), 1);
  world.router.login('anna');
  assert.equal(await sample(world, 'ringback_agents{state="logged-out"}'), null);
  assert.equal(await sample(world, 'ringback_sip{stat="transactions"}'), 4);
  assert.equal(await sample(world, 'ringback_media{stat="legs"}'), 2);
});

test('a face that cannot answer does not hurt the scrape', async () => {
  const world = createWorld('', { media: { stats: () => Promise.reject(new Error('dead')) } });
  assert.equal(await sample(world, 'ringback_media{stat="legs"}'), null);
  assert.equal(await sample(world, 'ringback_sip{stat="transactions"}'), 4);
});

test('requests are counted by route pattern, so that ids do not multiply series', async () => {
  const world = createWorld();
  await world.ask('GET', '/api/v1/callbacks/one');
  await world.ask('GET', '/api/v1/queues/support');
  await world.ask('GET', '/api/v1/nonsense/17');
  const one = 'method="GET",route="/api/v1/queues/:id",status="200"';
  assert.equal(await sample(world, `ringback_http_requests_total{${one}}`), 1);
  const none = 'method="GET",route="*",status="404"';
  assert.equal(await sample(world, `ringback_http_requests_total{${none}}`), 2);
});

test('predicted waits are kept or broken; who asked for a time was promised none', async () => {
  const world = createWorld();
  const ended = (id: string, predictedWaitMs: number, desiredTimeMs: number | null): void => {
    const { createdAtMs } = world.callbacks.get(id) ?? { createdAtMs: 0 };
    const answeredAtMs = createdAtMs + 30_000;
    const attempts = [{ ...attempt(1, 'CONNECTED'), answeredAtMs }];
    const change = { predictedWaitMs, desiredTimeMs, attempts };
    world.callbacks.happen(id, 'done', {
      state: 'completed',
      reason: 'AGENT_CONNECTED',
      ...change,
    });
  };
  for (const last of [1, 2, 3]) {
    await world.ask('POST', '/api/v1/callbacks', { ...GOOD, customerNumber: `+1202555012${last}` });
  }
  ended('cb-1', 30_000, null);
  ended('cb-2', 29_999, null);
  ended('cb-3', 29_999, 1);
  const series = 'ringback_ewt_promises_total{queue="support",result=';
  assert.equal(await sample(world, `${series}"kept"}`), 1);
  assert.equal(await sample(world, `${series}"broken"}`), 1);
});

test('the time of requests is kept by route', async () => {
  const world = createWorld();
  await world.ask('GET', '/api/v1/queues/support');
  const series = 'ringback_http_request_seconds_count{route="/api/v1/queues/:id"}';
  assert.equal(await sample(world, series), 1);
});
