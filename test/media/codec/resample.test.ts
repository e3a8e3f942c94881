// Sample rate conversion: what is in the band stays, what would alias is gone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resampleMono } from '../../../media/codec/wav.ts';
import { samplesDbov } from '../../../media/dsp/level.ts';

function sine(frequencyHz: number, sampleRateHz: number, seconds = 0.5): Int16Array {
  return Int16Array.from({ length: seconds * sampleRateHz }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * frequencyHz * i) / sampleRateHz)),
  );
}

/** Level of what is left after taking the wanted sine away, without the edges. */
function errorDb(heard: Int16Array, frequencyHz: number, sampleRateHz: number): number {
  const wanted = sine(frequencyHz, sampleRateHz, 1);
  const error = heard.map((sample, i) => sample - (wanted[i] ?? 0));
  const edge = Math.round(0.02 * sampleRateHz);
  const inner = error.subarray(edge, -edge);
  return samplesDbov(inner) - samplesDbov(heard);
}

test('a tone inside the band comes out as the same tone, 60 dB clean', () => {
  for (const fromHz of [11_025, 16_000, 22_050, 44_100, 48_000]) {
    for (const frequencyHz of [300, 1000, 3000, 3400]) {
      const heard = resampleMono(sine(frequencyHz, fromHz), fromHz, 8000);
      const clean = errorDb(heard, frequencyHz, 8000);
      assert.ok(clean < -60, `${frequencyHz} Hz from ${fromHz}: ${clean} dB`);
    }
  }
});

test('a tone above the new band is 60 dB down, not an alias', () => {
  for (const frequencyHz of [4200, 5000, 7000]) {
    const heard = resampleMono(sine(frequencyHz, 16_000), 16_000, 8000);
    const inner = heard.subarray(160, -160);
    assert.ok(samplesDbov(inner) < -73, `${frequencyHz} Hz: ${samplesDbov(inner)} dBov`);
  }
});

test('upwards too, and the length follows the rates', () => {
  const heard = resampleMono(sine(1000, 8000), 8000, 48_000);
  assert.equal(heard.length, 24_000);
  assert.ok(errorDb(heard, 1000, 48_000) < -60);
  assert.equal(resampleMono(new Int16Array(441), 44_100, 8000).length, 80);
  assert.equal(resampleMono(new Int16Array(0), 44_100, 8000).length, 0);
});

test('the same rate is the same sound; full scale does not wrap round', () => {
  const samples = Int16Array.of(1, 2, 3);
  assert.equal(resampleMono(samples, 8000, 8000), samples);
  const square = Int16Array.from({ length: 1600 }, (_, i) => (i % 40 < 20 ? 32767 : -32768));
  const heard = resampleMono(square, 16_000, 8000);
  for (let i = 21; i + 21 < heard.length; i += 20) assert.ok(Math.abs(heard[i + 5] ?? 0) > 25_000);
});

test('no sample rate is a programmer error', () => {
  for (const rateHz of [0, -8000, 8000.5, 1_000_000, Number.NaN]) {
    assert.throws(() => resampleMono(new Int16Array(1), rateHz, 8000), RangeError);
    assert.throws(() => resampleMono(new Int16Array(1), 8000, rateHz), RangeError);
  }
});
