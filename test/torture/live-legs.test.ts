// Hostile packets at live legs, by real sockets: a short run of the fuzzer with fixed seeds.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { startMedia } from '../media/engine/engine.ts';
import { LiveLegs } from './fuzz/live-legs.ts';
import { Dice } from './fuzz/mutate.ts';

for (const seed of [1, 20_261_123]) {
  test(`fuzz: hostile packets change nothing but counters, seed ${seed}`, async (t) => {
    const { media } = await startMedia(t);
    const live = await LiveLegs.open(media);
    t.after(() => live.close());
    const dice = new Dice(seed);
    for (let round = 0; round < 40; round++) {
      assert.equal(await live.round(dice), null, `round ${round}`);
    }
  });
}
