// Ports, workers and the end of things.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { readWav } from '../../../media/codec/wav.ts';
import { freePort } from '../../support/tools.ts';
import { until } from '../../support/until.ts';
import { openCall, startMedia } from './engine.ts';

async function bind(port: number): Promise<number | null> {
  const socket = createSocket('udp4');
  try {
    const listening = once(socket, 'listening');
    socket.bind(port, '127.0.0.1');
    await listening;
    return socket.address().port;
  } catch {
    return null;
  } finally {
    socket.close();
  }
}

/** The start of a range of `count` even pairs that nobody else is given. */
async function freeRange(count: number): Promise<number> {
  return ((await freePort('127.0.0.1', 2 * count)) + 1) & ~1;
}

test('ports: one pair for each leg, used-up is an answer, rest before reuse', async (t) => {
  const portMin = await freeRange(2);
  const { media } = await startMedia(t, { portMin, portMax: portMin + 3, portRestMs: 1_000 });
  const first = await media.openLeg('a', 'x', {});
  const second = await media.openLeg('b', 'y', {});
  assert.deepEqual([first.rtpPort, second.rtpPort].sort(), [portMin, portMin + 2]);
  const exhausted = { code: 'MEDIA_NO_PORT', verdict: { retryable: true, httpStatus: 503 } };
  await assert.rejects(media.openLeg('c', 'x', {}), exhausted);
  const closedAtMs = performance.now();
  first.close();
  await assert.rejects(media.openLeg('c', 'x', {}), exhausted);
  const third = await until('the rest is over', () =>
    media.openLeg('c', 'x', {}).catch(() => null),
  );
  assert.equal(third.rtpPort, first.rtpPort);
  assert.ok(performance.now() - closedAtMs >= 1_000);
});

test('a port in use by another is left aside', async (t) => {
  const portMin = await freeRange(2);
  const squatter = createSocket('udp4').bind(portMin + 1, '127.0.0.1');
  await once(squatter, 'listening');
  t.after(() => squatter.close());
  const { media } = await startMedia(t, { portMin, portMax: portMin + 3 });
  const leg = await media.openLeg('a', 'x', {});
  assert.equal(leg.rtpPort, portMin + 2);
});

test('one affinity, one worker; legs apart cannot be bridged', async (t) => {
  const { media } = await startMedia(t, { workers: 2 });
  await media.openLeg('a', 'one', {});
  await media.openLeg('b', 'two', {});
  await media.openLeg('c', 'one', {});
  media.bridge('a', 'c');
  assert.throws(() => media.bridge('a', 'b'), { code: 'MEDIA_LEGS_APART' });
  assert.throws(() => media.bridge('a', 'z'), { code: 'MEDIA_LEG_UNKNOWN' });
  await assert.rejects(media.openLeg('a', 'one', {}), { code: 'MEDIA_LEG_EXISTS' });
});

test('a worker that dies: its legs are lost, its recordings kept, another serves', async (t) => {
  const { media, workers } = await startMedia(t);
  const lost: string[] = [];
  const a = await openCall(t, media, 'a', '0 101', { lost: () => lost.push('a') });
  await openCall(t, media, 'b', '0 101', { lost: () => lost.push('b') });
  const recording = media.record({ fileName: 'cut.wav', leftLegId: 'a', rightLegId: null });
  a.peer.talk(0, () => new Uint8Array(160).fill(0x22));
  await until('a second on disk', async () => {
    const bytes = await readFile(recording.path).catch(() => Buffer.alloc(0));
    return bytes.length > 32_000;
  });
  const ended = workers[0]?.terminate();
  await assert.rejects(a.leg.stats(), { code: 'MEDIA_LEG_UNKNOWN' });
  await ended;
  await until('both legs lost', () => lost.length === 2);
  assert.deepEqual(lost.sort(), ['a', 'b']);
  const { rtpPort } = a.leg;
  await until('its ports are free', async () => {
    const bound = await Promise.all([rtpPort, rtpPort + 1].map(bind));
    return bound.every((port) => port !== null);
  });
  const { durationMs } = await recording.stop();
  assert.ok(durationMs >= 1_000);
  assert.ok(readWav(await readFile(recording.path)).samples.some((sample) => sample !== 0));
  a.leg.close();
  const again = await openCall(t, media, 'a', '0 101');
  await until('the new worker speaks', () => again.peer.heard.length > 2);
  const { workersLost, legs } = await media.stats();
  assert.deepEqual([workersLost, legs], [1, 1]);
});

test('stop leaves nothing open: ports can be bound, recordings are complete', async (t) => {
  const { media, workers } = await startMedia(t);
  let lost = false;
  const { leg, peer } = await openCall(t, media, 'a', '0 101', { lost: () => (lost = true) });
  const recording = media.record({ fileName: 'end.wav', leftLegId: 'a', rightLegId: null });
  await until('sound', () => peer.heard.length > 5);
  await media.stop();
  assert.equal(lost, false);
  assert.equal(workers[0]?.threadId, -1, 'the thread is gone');
  assert.deepEqual(await Promise.all([leg.rtpPort, leg.rtpPort + 1].map(bind)), [
    leg.rtpPort,
    leg.rtpPort + 1,
  ]);
  const { durationMs } = await recording.stop();
  const frames = readWav(await readFile(recording.path)).samples.length / 2;
  assert.ok(durationMs > 0 && Math.abs(frames / 8 - durationMs) <= 1);
  await assert.rejects(media.openLeg('b', 'x', {}), { code: 'MEDIA_NOT_RUNNING' });
});

test('recordings: plain names only, and none is overwritten', async (t) => {
  const { media } = await startMedia(t);
  await openCall(t, media, 'a');
  const record = (fileName: string) => media.record({ fileName, leftLegId: 'a', rightLegId: null });
  for (const fileName of ['../x.wav', '/x.wav', '', '.hidden', 'a/b.wav', 'a\0.wav']) {
    assert.throws(() => record(fileName), { code: 'MEDIA_RECORDING_NAME_INVALID' });
  }
  const recording = record('x.wav');
  assert.throws(() => record('x.wav'), { code: 'MEDIA_RECORDING_EXISTS' });
  await recording.stop();
  assert.throws(() => record('x.wav'), { code: 'MEDIA_RECORDING_EXISTS' });
  assert.equal(await recording.stop(), await recording.stop());
});
