// Sound files of others: any rate, channels and depth become mono at 8 kHz; the rest is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readWav, writeWav } from '../../../media/codec/wav.ts';
import { convertSound } from '../../../media/index.ts';
import { bestCorrelation } from '../../support/audio.ts';

function sweep(rateHz: number, seconds: number): Int16Array {
  return Int16Array.from({ length: rateHz * seconds }, (_, i) => {
    const at = i / rateHz;
    return 9_000 * Math.sin(2 * Math.PI * (300 + 500 * at) * at);
  });
}

const codeIs = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code;

for (const [rateHz, channels] of [
  [8_000, 1],
  [16_000, 1],
  [44_100, 2],
  [48_000, 2],
] as const) {
  test(`${rateHz} Hz with ${channels} channels sounds the same at 8 kHz`, async () => {
    const mono = sweep(rateHz, 2);
    const samples = Int16Array.from({ length: mono.length * channels }, (_, i) => {
      return mono[Math.floor(i / channels)] ?? 0;
    });
    const { wav, durationMs } = await convertSound(writeWav(samples, channels, rateHz), 10);
    const heard = readWav(wav);
    assert.deepEqual([heard.sampleRateHz, heard.channels, durationMs], [8_000, 1, 2_000]);
    const { correlation } = bestCorrelation(sweep(8_000, 2), heard.samples, 20);
    assert.ok(correlation > 0.99, String(correlation));
  });
}

test('no sound, too much sound and no WAV are refused with their codes', async () => {
  const wav = (samples: number) => writeWav(new Int16Array(samples), 1, 8_000);
  await assert.rejects(convertSound(wav(0), 10), codeIs('MEDIA_WAV_INVALID'));
  await assert.rejects(convertSound(wav(88_000), 10), codeIs('MEDIA_SOUND_TOO_LONG'));
  await assert.rejects(convertSound(Buffer.from('RIFFxxxxWAVE'), 10), codeIs('MEDIA_WAV_INVALID'));
  await assert.rejects(convertSound(new Uint8Array(0), 10), codeIs('MEDIA_WAV_INVALID'));
});
