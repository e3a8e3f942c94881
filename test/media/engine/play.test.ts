// Playback over real sockets: pace, numbering, content, ends.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ULAW_TO_LINEAR } from '../../../media/codec/g711.ts';
import { writeWav } from '../../../media/codec/wav.ts';
import { until } from '../../support/until.ts';
import { openCall, startMedia } from './engine.ts';
import type { Heard } from './peer.ts';

/** A sweep: no two stretches alike, so that correlation finds the right place only. */
function sweep(samples: number): Int16Array {
  return Int16Array.from(
    { length: samples },
    (_, i) => 8_000 * Math.sin(2 * Math.PI * (300 + (i / samples) * 1_500) * (i / 8_000)),
  );
}

function decoded(packets: readonly Heard[]): number[] {
  return packets.flatMap(({ payload }) => [...payload].map((byte) => ULAW_TO_LINEAR[byte] ?? 0));
}

function correlation(a: readonly number[], b: ArrayLike<number>): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < b.length; i++) {
    ab += (a[i] ?? 0) * (b[i] ?? 0);
    aa += (a[i] ?? 0) ** 2;
    bb += (b[i] ?? 0) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

test('200 packets of playback: every number follows, the pace does not drift', async (t) => {
  const { media, dir } = await startMedia(t);
  const path = join(dir, 'sweep.wav');
  const sound = sweep(200 * 160);
  await writeFile(path, writeWav(sound, 1, 8_000));
  const ended: number[] = [];
  const { leg, peer } = await openCall(t, media, 'a', '0 101', {
    playEnded: (playId) => ended.push(playId),
  });
  const playId = leg.play({ sources: [{ kind: 'file', path }], loop: false });
  await until('the end of playback', () => ended.includes(playId));
  await until('silence after it', () => peer.heard.length > 205);

  const first = peer.heard.findIndex(({ payload }) => payload.some((byte) => byte !== 0xff));
  const played = peer.heard.slice(first, first + 200);
  for (const [index, packet] of played.entries()) {
    const before = played[index - 1];
    assert.equal(packet.payload.length, 160);
    assert.equal(packet.payloadType, 0);
    if (before === undefined) continue;
    assert.equal(packet.sequence, (before.sequence + 1) & 0xffff);
    const step = (packet.timestamp - before.timestamp) >>> 0;
    assert.ok(step > 0 && step % 160 === 0 && step <= 160 * 50, `timestamp step ${step}`);
  }
  const spanMs = (played.at(-1)?.atMs ?? 0) - (played[0]?.atMs ?? 0);
  assert.ok(spanMs > 199 * 20 - 200 && spanMs < 199 * 20 + 1_500, `took ${spanMs} ms`);
  assert.ok(correlation(decoded(played), sound) > 0.99);
});
