// Tone generation: level, frequency, cadence, phase over reads, no clicks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FrameAnalyser } from '../../../media/dsp/frame.ts';
import { samplesDbov } from '../../../media/dsp/level.ts';
import { createToneSource } from '../../../media/dsp/tone.ts';

function readAll(
  source: ReturnType<typeof createToneSource>,
  chunk = 160,
): { samples: Int16Array; reads: number[] } {
  const parts: number[] = [];
  const reads: number[] = [];
  const into = new Int16Array(chunk);
  for (let n = source.read(into); n > 0; n = source.read(into)) {
    reads.push(n);
    for (const sample of into.subarray(0, n)) parts.push(sample);
  }
  return { samples: Int16Array.from(parts), reads };
}

test('levelDbov is the level of the sum: one, two and four frequencies are equally loud', () => {
  for (const frequenciesHz of [[1000], [440, 480], [700, 900, 1500, 2100]]) {
    const tone = { frequenciesHz, levelDbov: -15, cadenceMs: [1000] };
    const { samples } = readAll(createToneSource(tone, 8000));
    assert.ok(Math.abs(samplesDbov(samples) + 15) < 0.2, String(samplesDbov(samples)));
  }
});

test('the frequency is right within 1 Hz', () => {
  for (const frequencyHz of [350, 913.8, 1000, 1776.7, 2100, 3399]) {
    const tone = { frequenciesHz: [frequencyHz], levelDbov: -20, cadenceMs: [200] };
    const { samples } = readAll(createToneSource(tone, 8000));
    const frame = new FrameAnalyser();
    for (let at = 0; at + 160 <= 960; at += 160) frame.push(samples.subarray(at, at + 160));
    assert.ok(Math.abs(frame.strongest.frequencyHz - frequencyHz) < 1);
    assert.ok(frame.strongest.share > 0.99);
  }
});

test('the cadence is kept to the sample, the last read is short, then there is nothing', () => {
  const tone = { frequenciesHz: [440], levelDbov: -20, cadenceMs: [100, 50, 25] };
  const { samples, reads } = readAll(createToneSource(tone, 8000), 160);
  assert.equal(samples.length, 1400);
  assert.equal(reads.at(-1), 1400 % 160);
  assert.ok(samples.subarray(800, 1200).every((sample) => sample === 0));
  assert.ok(samplesDbov(samples.subarray(1200)) > -25);
});

test('how it is read makes no difference, and reset begins again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 700 }),
      fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 5 }),
      (chunk, cadenceMs) => {
        const tone = { frequenciesHz: [440, 480], levelDbov: -20, cadenceMs };
        const source = createToneSource(tone, 8000);
        const whole = readAll(source, 8000).samples;
        source.reset();
        assert.deepEqual(readAll(source, chunk).samples, whole);
      },
    ),
  );
});

test('no clicks: the step at either end is a small part of the amplitude', () => {
  const tone = { frequenciesHz: [425], levelDbov: -10, cadenceMs: [99, 20, 50] };
  const { samples } = readAll(createToneSource(tone, 8000));
  const edges = [samples[0], samples[791], samples[952], samples.at(-1)];
  for (const edge of edges) assert.ok(Math.abs(edge ?? 99_999) < 500, String(edge));
});

test('what cannot be played is a programmer error', () => {
  const make = (frequenciesHz: number[]) => () =>
    createToneSource({ frequenciesHz, levelDbov: -20, cadenceMs: [10] }, 8000);
  assert.throws(make([1, 2, 3, 4, 5]), RangeError);
  assert.throws(make([4000]), RangeError);
  assert.throws(make([Number.NaN]), RangeError);
});
