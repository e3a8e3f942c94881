// In-band DTMF at the limits of ITU-T Q.24, in noise, and on speech that is no digit.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LINEAR_TO_ULAW, ULAW_TO_LINEAR } from '../../../media/codec/g711.ts';
import { readWav, resampleMono } from '../../../media/codec/wav.ts';
import { DtmfDetector } from '../../../media/dsp/dtmf.ts';

const LOW = [697, 770, 852, 941];
const HIGH = [1_209, 1_336, 1_477, 1_633];
const DIGITS = '123A456B789C*0#D';

interface Key {
  readonly digit: string;
  readonly onMs?: number;
  readonly offMs?: number;
  readonly lowShift?: number;
  readonly highShift?: number;
  /** High tone relative to the low one, dB. */
  readonly twistDb?: number;
  readonly levelDbov?: number;
}

function samplesOf(keys: readonly Key[], noiseDbov = -120): Int16Array {
  let seed = 7;
  const noise = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed / 2 ** 31 - 1) * 32_768 * 10 ** (noiseDbov / 20) * Math.sqrt(3);
  };
  const all: number[] = Array.from({ length: 800 }, noise);
  for (const key of keys) {
    const { digit, onMs = 60, offMs = 60, lowShift = 0, highShift = 0 } = key;
    const { twistDb = 0, levelDbov = -16 } = key;
    const index = DIGITS.indexOf(digit);
    const low = (LOW[index >> 2] ?? 0) * (1 + lowShift);
    const high = (HIGH[index & 3] ?? 0) * (1 + highShift);
    const lowAmplitude = 32_768 * 10 ** (levelDbov / 20);
    const highAmplitude = lowAmplitude * 10 ** (twistDb / 20);
    for (let i = 0; i < onMs * 8; i++) {
      const t = (2 * Math.PI * i) / 8_000;
      all.push(lowAmplitude * Math.sin(low * t) + highAmplitude * Math.sin(high * t) + noise());
    }
    for (let i = 0; i < offMs * 8; i++) all.push(noise());
  }
  for (let i = 0; i < 800; i++) all.push(noise());
  return Int16Array.from(all, (sample) => {
    const clipped = Math.max(-32_768, Math.min(32_767, Math.round(sample)));
    return ULAW_TO_LINEAR[LINEAR_TO_ULAW[clipped & 0xffff] ?? 0] ?? 0;
  });
}

function heard(samples: Int16Array): { digits: string; durations: number[] } {
  let digits = '';
  const durations: number[] = [];
  const detector = new DtmfDetector((digit, durationMs) => {
    digits += digit;
    durations.push(durationMs);
  });
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    detector.push(samples.subarray(at, at + 160));
  }
  return { digits, durations };
}

function each(settings: Omit<Key, 'digit'>, noiseDbov?: number): string {
  return heard(
    samplesOf(
      [...DIGITS].map((digit) => ({ digit, ...settings })),
      noiseDbov,
    ),
  ).digits;
}

test('all digits, with their lengths, and equal digits apart', () => {
  assert.equal(each({}), DIGITS);
  const { digits, durations } = heard(
    samplesOf([
      { digit: '5', onMs: 100 },
      { digit: '5', onMs: 300 },
    ]),
  );
  assert.equal(digits, '55');
  assert.ok(Math.abs((durations[0] ?? 0) - 100) <= 15, String(durations));
  assert.ok(Math.abs((durations[1] ?? 0) - 300) <= 15, String(durations));
});

test('Q.24: 40 ms with pauses of 40 ms are digits, 23 ms are not', () => {
  assert.equal(each({ onMs: 40, offMs: 40 }), DIGITS);
  assert.equal(each({ onMs: 23, offMs: 60 }), '');
});

test('Q.24: an interruption of 10 ms does not make two digits of one', () => {
  const { digits } = heard(
    samplesOf([
      { digit: '7', onMs: 60, offMs: 10 },
      { digit: '7', onMs: 60 },
    ]),
  );
  assert.equal(digits, '7');
});

test('Q.24: 1.5 % off in either direction is accepted, 3.5 % refused', () => {
  for (const sign of [-1, 1]) {
    assert.equal(each({ lowShift: sign * 0.015, highShift: -sign * 0.015 }), DIGITS);
    assert.equal(each({ lowShift: sign * 0.015, highShift: sign * 0.015 }), DIGITS);
    assert.equal(each({ lowShift: sign * 0.035 }), '', `low ${sign}`);
    assert.equal(each({ highShift: sign * 0.035 }), '', `high ${sign}`);
  }
});

test('Q.24: the low tone 8 dB above and the high tone 4 dB above pass, 12 and 8 dB do not', () => {
  assert.equal(each({ twistDb: -8 }), DIGITS);
  assert.equal(each({ twistDb: 4 }), DIGITS);
  assert.equal(each({ twistDb: -12 }), '');
  assert.equal(each({ twistDb: 8 }), '');
});

test('from loud to -35 dBov, and in noise of 15 dB below', () => {
  assert.equal(each({ levelDbov: -7 }), DIGITS);
  assert.equal(each({ levelDbov: -35 }), DIGITS);
  assert.equal(each({ levelDbov: -16 }, -31), DIGITS);
});

test('no talk-off: no digit in speech and call progress tones', () => {
  const folder = join(import.meta.dirname, '../../support/speech');
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.wav'))) {
    const wav = readWav(readFileSync(join(folder, name)));
    const samples = resampleMono(wav.samples, wav.sampleRateHz, 8_000);
    assert.equal(heard(samples).digits, '', name);
  }
});
