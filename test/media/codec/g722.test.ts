// G.722: what comes out of a round trip, and that the codec keeps its place after garbage.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { G722Decoder, G722Encoder } from '../../../media/codec/g722.ts';
import { readWav, resampleMono } from '../../../media/codec/wav.ts';

function roundTrip(sound: Int16Array): Int16Array {
  const code = new Uint8Array(sound.length);
  assert.equal(new G722Encoder().encode(sound, sound.length, code), sound.length);
  const back = new Int16Array(sound.length);
  assert.equal(new G722Decoder().decode(code, 0, code.length, back), sound.length);
  return back;
}

/** Signal to noise ratio in dB over the whole of `sound`. */
function snrDb(sound: Int16Array, back: Int16Array): number {
  let signal = 0;
  let noise = 1e-9;
  for (let i = 200; i < sound.length; i++) {
    signal += (sound[i] ?? 0) ** 2;
    noise += ((sound[i] ?? 0) - (back[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

function sine(frequencyHz: number, levelDbov: number): Int16Array {
  const amplitude = 32_768 * 10 ** (levelDbov / 20);
  return Int16Array.from({ length: 8_000 }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * frequencyHz * i) / 8_000)),
  );
}

for (const frequencyHz of [300, 1_000, 2_000, 3_000]) {
  test(`a tone of ${frequencyHz} Hz survives the round trip`, () => {
    for (const levelDbov of [-6, -16, -30]) {
      const sound = sine(frequencyHz, levelDbov);
      const snr = snrDb(sound, roundTrip(sound));
      assert.ok(snr > 30, `${snr.toFixed(1)} dB at ${levelDbov} dBov`);
    }
  });
}

test('speech survives the round trip', () => {
  const path = new URL('../../support/speech/person-long.wav', import.meta.url);
  const wav = readWav(readFileSync(path));
  const sound = resampleMono(wav.samples, wav.sampleRateHz, 8_000);
  const snr = snrDb(sound, roundTrip(sound));
  assert.ok(snr > 25, `${snr.toFixed(1)} dB`);
});

test('the upper sub-band of our stream is empty: its codes stay at their smallest steps', () => {
  const code = new Uint8Array(4_000);
  new G722Encoder().encode(sine(1_000, -10), 4_000, code);
  const large = code.subarray(500).filter((byte) => byte >> 6 === 0 || byte >> 6 === 2).length;
  assert.ok(large < 900, `${large} of 3500 are large steps`);
});

test('property: any bytes decode to samples, and sound is found again after them', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), (garbage) => {
      const decoder = new G722Decoder();
      const out = new Int16Array(8_000);
      decoder.decode(garbage, 0, garbage.length, out);
      const sound = sine(1_000, -10);
      const code = new Uint8Array(sound.length);
      new G722Encoder().encode(sound, sound.length, code);
      decoder.decode(code, 0, code.length, out);
      assert.ok(snrDb(sound.subarray(6_000), out.subarray(6_000)) > 20);
    }),
    { numRuns: 30 },
  );
});
