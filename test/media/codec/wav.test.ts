// WAV files in and out: every encoding, and files that mean harm.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RingbackError } from '../../../core/errors.ts';
import { ALAW_TO_LINEAR, LINEAR_TO_ALAW, LINEAR_TO_ULAW } from '../../../media/codec/g711.ts';
import { readWav, toMono, wavHeader, writeWav } from '../../../media/codec/wav.ts';

/** A WAV file of any format, with extra chunks where wanted. */
function wav(
  format: number,
  bits: number,
  data: Uint8Array,
  {
    channels = 1,
    sampleRateHz = 8000,
    extra = new Uint8Array(0),
    fmtTail = new Uint8Array(0),
  } = {},
): Uint8Array {
  const header = wavHeader(channels, sampleRateHz, data.length);
  const view = new DataView(header.buffer);
  view.setUint32(16, 16 + fmtTail.length, true);
  view.setUint16(20, format, true);
  view.setUint16(34, bits, true);
  const parts = [header.subarray(0, 36), fmtTail, extra, header.subarray(36), data];
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

function refused(bytes: Uint8Array): void {
  assert.throws(
    () => readWav(bytes),
    (error) => error instanceof RingbackError && error.code === 'MEDIA_WAV_INVALID',
  );
}

test('16 bit: what is written is read', () => {
  fc.assert(
    fc.property(
      fc.int16Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 8 }),
      fc.constantFrom(8000, 16_000, 44_100, 48_000),
      (any, channels, sampleRateHz) => {
        const samples = any.subarray(0, any.length - (any.length % channels));
        const read = readWav(writeWav(samples, channels, sampleRateHz));
        assert.deepEqual(read, { sampleRateHz, channels, samples: Int16Array.from(samples) });
      },
    ),
  );
});

test('8 bit is unsigned, 24 bit keeps its upper 16', () => {
  const eight = readWav(wav(1, 8, Uint8Array.of(0, 128, 255)));
  assert.deepEqual(eight.samples, Int16Array.of(-32768, 0, 32512));
  const bytes = Uint8Array.of(0xff, 0x34, 0x12, 0x00, 0x00, 0x80);
  assert.deepEqual(readWav(wav(1, 24, bytes)).samples, Int16Array.of(0x1234, -32768));
});

test('A-law and u-law', () => {
  const samples = [0, 1000, -1000, 30_000];
  const alaw = Uint8Array.from(samples, (sample) => LINEAR_TO_ALAW[sample & 0xffff] ?? 0);
  const decoded = readWav(wav(6, 8, alaw)).samples;
  assert.deepEqual(
    Array.from(decoded),
    Array.from(alaw, (code) => ALAW_TO_LINEAR[code]),
  );
  const ulaw = Uint8Array.from(samples, (sample) => LINEAR_TO_ULAW[sample & 0xffff] ?? 0);
  for (const [i, sample] of readWav(wav(7, 8, ulaw)).samples.entries()) {
    assert.ok(Math.abs(sample - (samples[i] ?? 0)) <= 512);
  }
});

test('the extensible format names the real one; other chunks and padding are skipped', () => {
  const fmtTail = new Uint8Array(24);
  fmtTail[8] = 1;
  const extra = Uint8Array.from([0x4c, 0x49, 0x53, 0x54, 3, 0, 0, 0, 1, 2, 3, 0]);
  const read = readWav(wav(0xfffe, 16, Uint8Array.of(1, 2), { fmtTail, extra }));
  assert.deepEqual(read.samples, Int16Array.of(0x0201));
});

test('a file cut short, or whose size was never written, is read as far as it goes', () => {
  const whole = writeWav(Int16Array.of(1, 2, 3, 4), 2, 8000);
  assert.deepEqual(readWav(whole.subarray(0, 49)).samples, Int16Array.of(1, 2));
  new DataView(whole.buffer).setUint32(40, 0xffffffff, true);
  assert.deepEqual(readWav(whole).samples, Int16Array.of(1, 2, 3, 4));
});

test('what is no WAV is refused with MEDIA_WAV_INVALID', () => {
  const good = (): Uint8Array => writeWav(Int16Array.of(1, 2), 1, 8000);
  const patched = (at: number, value: number): Uint8Array => {
    const bytes = good();
    new DataView(bytes.buffer).setUint16(at, value, true);
    return bytes;
  };
  refused(new Uint8Array(0));
  refused(good().subarray(0, 11));
  refused(good().subarray(0, 36));
  refused(patched(0, 0));
  refused(patched(8, 0));
  refused(patched(12, 0));
  refused(patched(16, 4));
  refused(patched(20, 3));
  refused(patched(20, 0xfffe));
  refused(patched(22, 0));
  refused(patched(22, 9));
  refused(patched(24, 100));
  refused(patched(34, 12));
});

test('any bytes: samples no more than bytes, or MEDIA_WAV_INVALID', () => {
  const header = writeWav(new Int16Array(8), 1, 8000);
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.array(fc.tuple(fc.nat(43), fc.nat(255)), { maxLength: 6 }),
      (tail, patches) => {
        const bytes = Uint8Array.from([...header, ...tail]);
        for (const [at, value] of patches) bytes[at] = value;
        try {
          assert.ok(readWav(bytes).samples.length <= bytes.length);
        } catch (error) {
          assert.ok(error instanceof RingbackError && error.code === 'MEDIA_WAV_INVALID');
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test('a view into a larger buffer is read from where it begins', () => {
  const file = writeWav(Int16Array.of(7, 8), 1, 8000);
  const buffer = new Uint8Array(file.length + 10);
  buffer.set(file, 5);
  assert.deepEqual(readWav(buffer.subarray(5, 5 + file.length)).samples, Int16Array.of(7, 8));
});

test('toMono averages', () => {
  assert.deepEqual(toMono(Int16Array.of(100, 300, -5, 5, 9), 2), Int16Array.of(200, 0));
  const mono = Int16Array.of(1, 2);
  assert.equal(toMono(mono, 1), mono);
});
