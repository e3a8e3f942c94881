// Workers that are late, too many, to be renewed, or dead: what becomes of calls.
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import type { WorkerBirth } from '../../../media/worker/protocol.ts';
import { until } from '../../support/until.ts';
import { openCall, startMedia } from './engine.ts';

const overloaded = { code: 'MEDIA_OVERLOADED', verdict: { retryable: true, httpStatus: 503 } };

function lateWorker(birth: WorkerBirth): Worker {
  const env = { ...process.env, OPUS_FORCE_WASM: '1' };
  return new Worker(new URL('./late-worker.ts', import.meta.url), { workerData: birth, env });
}

async function settled(t: TestContext, workers: number) {
  const bench = await startMedia(t, { workers, portRestMs: 0, maxTickLateMs: 80 }, lateWorker);
  return { ...bench, stats: async () => bench.media.stats() };
}

test('a late worker takes no new call, but the second leg of one it has', async (t) => {
  const { media, workers, stats } = await settled(t, 2);
  await media.openLeg('a', 'one', {});
  workers[0]?.postMessage({ type: 'hold-up' });
  await until('it is late', async () => ((await stats())['workersLate'] === 1 ? true : null));
  await media.openLeg('b', 'one', {});
  for (const legId of ['c', 'd', 'e']) await media.openLeg(legId, legId, {});
  workers[1]?.postMessage({ type: 'hold-up' });
  await until('both are late', async () => ((await stats())['workersLate'] === 2 ? true : null));
  await assert.rejects(media.openLeg('f', 'six', {}), overloaded);
  await media.openLeg('g', 'one', {});
  const { legsRefused = 0, tickLateMsMean = 0 } = await stats();
  assert.equal(legsRefused, 1);
  assert.ok(tickLateMsMean > 20, 'the metric says why');
});

test('renewed workers finish their calls; new calls go to the new ones', async (t) => {
  const { media, workers, stats } = await settled(t, 1);
  let lost = false;
  let ended = 0;
  const events = { lost: () => (lost = true), ended: () => ended++ };
  const { leg, peer } = await openCall(t, media, 'a', '0 101', events);
  media.renewWorkers();
  await media.openLeg('b', 'two', {});
  assert.equal(workers.length, 2);
  assert.equal((await stats())['workersDraining'], 1);
  await media.openLeg('c', 'one', events);
  media.bridge('a', 'c');
  const before = peer.heard.length;
  await until('it is still served', () => peer.heard.length > before + 5);
  leg.close();
  assert.notEqual(workers[0]?.threadId, -1, 'the other leg of the call is there');
  await media.openLeg('d', 'two', {});
  const other = await media.openLeg('e', 'one', events);
  assert.ok(other.rtpPort > 0);
  await media.stop();
  assert.equal(lost, false);
  assert.equal(ended, 3, 'each leg told its last figures');
});

test('fewer workers: spare ones end with their last call; more are there at once', async (t) => {
  const { media, workers, stats } = await settled(t, 2);
  const first = await media.openLeg('a', 'one', {});
  const second = await media.openLeg('b', 'two', {});
  media.resize(1);
  assert.equal((await stats())['workersDraining'], 1);
  first.close();
  second.close();
  await until('one is gone', async () => ((await stats())['workers'] === 1 ? true : null));
  await until('its thread too', () => workers.filter((w) => w.threadId === -1).length === 1);
  await until('ports are back', async () => ((await stats())['portsTaken'] === 0 ? true : null));
  media.resize(3);
  assert.equal((await stats())['workers'], 3);
});
