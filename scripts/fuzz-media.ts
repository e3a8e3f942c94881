// Hostile packets at live legs for minutes: `npm run fuzz -- --media --minutes 5 [--seed N]`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mediaOptions } from '../bench/media/options.ts';
import { liveClock, liveRng, silentLog } from '../core/live.ts';
import { createMedia } from '../media/index.ts';
import { LiveLegs } from '../test/torture/fuzz/live-legs.ts';
import { Dice } from '../test/torture/fuzz/mutate.ts';

const PROGRESS_MS = 10_000;

/** Runs until the time is over or a promise is broken; answers whether none was. */
export async function fuzzMedia(minutes: number, seed: number): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-fuzz-'));
  const deps = { clock: liveClock, rng: liveRng, log: silentLog };
  const media = createMedia(mediaOptions(folder, 0), deps);
  await media.start();
  const live = await LiveLegs.open(media);
  const dice = new Dice(seed);
  const startedAtMs = performance.now();
  let tellAtMs = startedAtMs + PROGRESS_MS;
  let broken: string | null = null;
  let rounds = 0;
  for (; broken === null && performance.now() < startedAtMs + minutes * 60_000; rounds++) {
    broken = await live.round(dice);
    if (performance.now() < tellAtMs) continue;
    tellAtMs += PROGRESS_MS;
    const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
    console.log(`${seconds} s, seed ${seed}: ${rounds} bursts, ${live.thrown} hostile packets`);
  }
  const found = broken ?? 'nothing broken';
  console.log(`${rounds} bursts, ${live.thrown} hostile packets, seed ${seed}: ${found}`);
  live.close();
  await media.stop();
  rmSync(folder, { recursive: true });
  return broken === null;
}
