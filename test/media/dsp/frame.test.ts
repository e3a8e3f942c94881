// The measurements under all detectors, against signals whose truth is known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSpectrum } from '../../../media/dsp/fft.ts';
import { FrameAnalyser } from '../../../media/dsp/frame.ts';
import { powerToDbov, samplesDbov, SILENT_DBOV } from '../../../media/dsp/level.ts';
import { addNoise, concat, seededRandom, silence, tone } from '../../support/audio.ts';

function analyse(samples: Int16Array): FrameAnalyser {
  const frame = new FrameAnalyser();
  for (let at = 0; at + 160 <= samples.length; at += 160)
    frame.push(samples.subarray(at, at + 160));
  return frame;
}

test('the transform agrees with the sum that defines it', () => {
  const size = 64;
  const random = seededRandom(1);
  const ring = Float64Array.from({ length: size }, () => random() - 0.5);
  const spectrum = createSpectrum(size);
  const oldestAt = 13;
  spectrum.analyse(ring, oldestAt);
  for (let k = 1; k < size / 2; k += 1) {
    let re = 0;
    let im = 0;
    for (let n = 0; n < size; n += 1) {
      const hann = 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / size);
      const value = (ring[(oldestAt + n) % size] ?? 0) * hann;
      re += value * Math.cos((2 * Math.PI * k * n) / size);
      im -= value * Math.sin((2 * Math.PI * k * n) / size);
    }
    assert.ok(Math.abs((spectrum.power[k] ?? 0) - (re * re + im * im)) < 1e-9, `bin ${k}`);
  }
});

test('dBov: a full scale square wave is 0, a full scale sine -3.01, nothing the floor', () => {
  const square = silence(100).map((_, i) => (i % 2 === 0 ? 32767 : -32768));
  assert.ok(Math.abs(samplesDbov(square)) < 0.01);
  const sine = silence(1000).map(
    (_, i) => 32767 * Math.sin((2 * Math.PI * 1000 * (i + 0.5)) / 8000),
  );
  assert.ok(Math.abs(samplesDbov(sine) + 3.01) < 0.05);
  assert.equal(samplesDbov(silence(10)), SILENT_DBOV);
  assert.equal(samplesDbov(new Int16Array(0)), SILENT_DBOV);
  assert.equal(powerToDbov(-1), SILENT_DBOV);
});

test('levels ignore a DC offset', () => {
  const steady = tone([1000], 400, -30).subarray(0, 3040);
  const offset = steady.map((sample) => sample + 3000);
  const frame = analyse(offset);
  assert.ok(Math.abs(frame.levelDbov + 30) < 0.3, String(frame.levelDbov));
  assert.ok(Math.abs(frame.windowDbov + 30) < 0.3, String(frame.windowDbov));
});

test('of two tones the stronger is the line, and each has its share of the power', () => {
  const weaker = tone([620], 200, -24);
  const both = tone([480], 200, -20).map((sample, i) => sample + (weaker[i] ?? 0));
  const frame = analyse(both.subarray(0, 1440));
  const share = 1 / (1 + 10 ** -0.4);
  assert.ok(Math.abs(frame.strongest.frequencyHz - 480) < 2);
  assert.ok(Math.abs(frame.strongest.share - share) < 0.03);
  assert.ok(Math.abs(frame.shareBetween(580, 660) - (1 - share)) < 0.03);
});

test('voicing: a buzz with harmonics is voiced, noise is not', () => {
  const buzz = silence(400).map((_, i) => (i % 64 < 4 ? 8000 : -500));
  assert.ok(analyse(buzz).voicing > 0.8, String(analyse(buzz).voicing));
  const loudest = Array.from({ length: 20 }, (_, seed) => {
    const noise = addNoise(tone([1000], 400, -90), -60, seededRandom(seed));
    return analyse(noise).voicing;
  });
  assert.ok(Math.max(...loudest) < 0.45, String(Math.max(...loudest)));
});

test('a lost frame is told from a soft one and leaves no ringing behind', () => {
  const offset = silence(400).fill(2000);
  const hole = concat(offset, silence(20), offset);
  const frame = new FrameAnalyser();
  for (let at = 0; at + 160 <= hole.length; at += 160) {
    frame.push(hole.subarray(at, at + 160));
    assert.equal(frame.isZero, at === 3200);
    assert.ok(frame.levelDbov < -80, `${at}: ${frame.levelDbov}`);
  }
});
