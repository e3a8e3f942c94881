// The measuring tools themselves: known signals must measure as what they are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addNoise,
  bestCorrelation,
  concat,
  gain,
  levelDbov,
  longestGapMs,
  losePackets,
  readWavFile,
  seededRandom,
  silence,
  splitStereo,
  throughG711,
  tone,
} from './audio.ts';

const customer = readWavFile(new URL('./speech/customer-talk.wav', import.meta.url));
const agent = readWavFile(new URL('./speech/agent-talk.wav', import.meta.url));

test('a tone has the level and length asked for', () => {
  const samples = tone([440, 480], 1000, -23);
  assert.equal(samples.length, 8000);
  assert.ok(Math.abs(levelDbov(samples) + 23) < 0.2);
});

test('speech is found late, soft, coded and with lost packets', () => {
  const random = seededRandom(2);
  const heard = losePackets(throughG711(gain(concat(silence(1234), customer), -12)), 0.02, random);
  const { correlation, lagMs } = bestCorrelation(customer, heard, 3000);
  assert.ok(correlation > 0.95, String(correlation));
  assert.equal(lagMs, 1234);
});

test('speech that begins before the recording is found at a negative lag', () => {
  const { correlation, lagMs } = bestCorrelation(customer, customer.subarray(8 * 500), 1000);
  assert.ok(correlation > 0.999);
  assert.equal(lagMs, -500);
});

test('customer and agent are not taken for one another, at any lag', () => {
  assert.ok(bestCorrelation(customer, agent, 8000).correlation < 0.15);
  assert.ok(bestCorrelation(agent, customer, 8000).correlation < 0.15);
  assert.equal(bestCorrelation(customer, silence(15_000), 1000).correlation, 0);
});

test('a correlation of 15 s with 15 s is quick', () => {
  const begunAt = performance.now();
  bestCorrelation(customer, agent, 5000);
  const tookMs = performance.now() - begunAt;
  // Lag by lag it would take minutes.
  assert.ok(tookMs < 20_000, `${tookMs} ms`);
});

test('the longest gap is measured within a step', () => {
  const samples = concat(tone([500], 300), silence(140), tone([500], 300), silence(60));
  assert.ok(Math.abs(longestGapMs(samples, 8000, -50) - 140) <= 10);
  assert.equal(longestGapMs(silence(100), 8000, -50), 100);
});

test('noise has the SNR asked for, and the same seed makes the same noise', () => {
  const clean = tone([1000], 2000, -20);
  const noisy = addNoise(clean, 15, seededRandom(4));
  const noise = noisy.map((sample, i) => sample - (clean[i] ?? 0));
  assert.ok(Math.abs(levelDbov(noise) + 35) < 0.3, String(levelDbov(noise)));
  assert.deepEqual(noisy, addNoise(clean, 15, seededRandom(4)));
});

test('stereo comes apart', () => {
  assert.deepEqual(splitStereo(Int16Array.of(1, 2, 3, 4)), {
    left: Int16Array.of(1, 3),
    right: Int16Array.of(2, 4),
  });
});
