// How attempts were heard, in a real file: shown with them over the API, and after a restart too.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { QualityBook, withQuality } from '../../api/quality.ts';
import type { AttemptRecord, LegQuality } from '../../callback/index.ts';
import { silentLog } from '../../core/live.ts';
import { FakeCallbacks } from './fake-callbacks.ts';
import { bodyOf, createWorld } from './fakes.ts';

const CUSTOMER: LegQuality = {
  ...{ leg: 'customer', mos: 4.2, lossPercent: 0.5, jitterMs: 3, roundTripMs: 40 },
  peer: { mos: 4.1, lossPercent: 1, jitterMs: 5 },
};
const AGENT: LegQuality = {
  ...{ leg: 'agent', mos: null, lossPercent: 0, jitterMs: 0, roundTripMs: null, peer: null },
};

function attempt(number: number): AttemptRecord {
  return {
    ...{ number, attemptKey: `key-${number}`, startedAtMs: 0, answeredAtMs: 0, endedAtMs: 0 },
    ...{ result: 'CONNECTED', sipStatus: null, q850Cause: null, cpd: null, agentId: 'anna' },
    recording: number === 1 ? null : '/data/recordings/a+1_2_0.wav',
  };
}

test('attempts show how their legs were heard and where the recording is', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-quality-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'quality.sqlite');
  const { clock } = createWorld();
  const callbacks = new FakeCallbacks(clock);
  const { record } = await callbacks.create({
    ...{ queueId: 'support', customerNumber: '+12025550123', desiredTimeMs: null },
    ...{ arrivedAtMs: null, priority: null, dialMode: null, firstParty: null, maxAttempts: null },
    ...{ retryGapSeconds: null, requiredSkills: [], userData: {}, idempotencyKey: null },
  });
  callbacks.records.set(record.id, { ...record, attempts: [attempt(1), attempt(2)] });
  const read = async (book: QualityBook) => {
    const world = createWorld('', { callbacks: withQuality(callbacks, book) });
    const answer = await world.ask('GET', `/api/v1/callbacks/${record.id}`);
    const attempts = (await bodyOf(answer))['attempts'] as Record<string, unknown>[];
    return { etag: answer.headers.get('etag'), attempts };
  };
  const ports = { clock, log: silentLog };
  const first = new QualityBook(path, 1, ports);
  const before = await read(first);
  assert.deepEqual(
    before.attempts.map(({ quality }) => quality),
    [[], []],
  );
  first.add(record.id, 'key-2', CUSTOMER);
  first.add(record.id, 'key-2', AGENT);
  first.add('another', 'key-1', AGENT);
  first.close();
  const second = new QualityBook(path, 1, ports);
  t.after(() => second.close());
  const { etag, attempts } = await read(second);
  assert.deepEqual(
    attempts.map(({ quality }) => quality),
    [[], [CUSTOMER, AGENT]],
  );
  assert.notEqual(etag, before.etag, 'it is another version');
  const href = '/api/v1/recordings/a+1_2_0';
  assert.deepEqual(
    attempts.map(({ recordingLink }) => recordingLink),
    [null, { id: 'a+1_2_0', href }],
  );
  clock.advance(2 * 86_400_000);
  second.add('later', 'key-1', AGENT);
  assert.deepEqual((await read(second)).attempts[1]?.['quality'], [], 'old rows are gone');
});
