// A play request as frames.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createToneSource } from '../../../media/dsp/tone.ts';
import { Player } from '../../../media/graph/player.ts';
import type { LoadedSource } from '../../../media/graph/player.ts';

function sound(length: number, value: number): LoadedSource {
  return { kind: 'samples', samples: new Int16Array(length).fill(value) };
}

function play(player: Player, limit: number): number[] {
  const all: number[] = [];
  const frame = new Int16Array(160);
  for (let i = 0; i < limit; i++) {
    const count = player.read(frame);
    if (count === 0) break;
    all.push(...frame.subarray(0, count));
    assert.ok(
      frame.subarray(count).every((sample) => sample === 0),
      'the rest is silence',
    );
  }
  return all;
}

test('sources follow each other within a frame', () => {
  const sources = [sound(100, 1), { kind: 'silence', samples: 50 } as const, sound(200, 2)];
  const all = play(new Player(1, sources, false), 10);
  assert.deepEqual(
    all,
    [
      [100, 1],
      [50, 0],
      [200, 2],
    ].flatMap(([length = 0, value]) => Array<unknown>(length).fill(value)),
  );
});

test('a loop begins anew without a seam, tones too', () => {
  const tone = createToneSource(
    { frequenciesHz: [440], levelDbov: -10, cadenceMs: [10, 10] },
    8_000,
  );
  const all = play(new Player(1, [{ kind: 'tone', tone }, sound(40, 5)], true), 50);
  assert.equal(all.length, 50 * 160);
  assert.deepEqual(all.slice(0, 200), all.slice(200, 400));
  assert.ok(all.slice(0, 80).some((sample) => sample > 1_000));
});

test('a loop of nothing ends instead of turning for ever', () => {
  assert.deepEqual(play(new Player(1, [sound(0, 0)], true), 3), []);
  assert.deepEqual(play(new Player(1, [], true), 3), []);
});
