// G.711 tables against the definition of the recommendation, not against themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ALAW_TO_LINEAR,
  LINEAR_TO_ALAW,
  LINEAR_TO_ULAW,
  ULAW_TO_LINEAR,
} from '../../../media/codec/g711.ts';

/** The table entry, which must exist. */
function at(table: Int16Array | Uint8Array, index: number): number {
  const value = table[index];
  assert.notEqual(value, undefined);
  return value as number;
}

/** Positive decoder outputs of table 2a (u-law, 14 bit): value of interval `step` of `segment`. */
function ulawOutput(segment: number, step: number): number {
  return (2 ** segment * (2 * step + 33) - 33) * 4;
}

/** Positive decoder outputs of table 1a (A-law, 13 bit), at 16 bit. */
function alawOutput(segment: number, step: number): number {
  return (segment === 0 ? 2 * step + 1 : 2 ** (segment - 1) * (2 * step + 33)) * 8;
}

test('G.711 tables 1a, 1b, 2a, 2b: every code has the output the recommendation gives', () => {
  for (let segment = 0; segment < 8; segment += 1) {
    for (let step = 0; step < 16; step += 1) {
      const bits = (segment << 4) | step;
      assert.equal(at(ULAW_TO_LINEAR, ~bits & 0xff), ulawOutput(segment, step));
      assert.equal(at(ULAW_TO_LINEAR, ~(bits | 0x80) & 0xff), 0 - ulawOutput(segment, step));
      assert.equal(at(ALAW_TO_LINEAR, (bits | 0x80) ^ 0x55), alawOutput(segment, step));
      assert.equal(at(ALAW_TO_LINEAR, bits ^ 0x55), -alawOutput(segment, step));
    }
  }
});

test('G.711 extremes: 0xff is u-law zero, 0xd5 the smallest positive A-law value', () => {
  assert.equal(at(ULAW_TO_LINEAR, 0xff), 0);
  assert.equal(at(ULAW_TO_LINEAR, 0x80), 32124);
  assert.equal(at(ULAW_TO_LINEAR, 0x00), -32124);
  assert.equal(at(ALAW_TO_LINEAR, 0xd5), 8);
  assert.equal(at(ALAW_TO_LINEAR, 0xaa), 32256);
  assert.equal(at(LINEAR_TO_ULAW, 0), 0xff);
  assert.equal(at(LINEAR_TO_ALAW, 0), 0xd5);
});

test('every code survives decoding and encoding; only the two zeros of u-law become one', () => {
  for (let code = 0; code < 256; code += 1) {
    assert.equal(at(LINEAR_TO_ALAW, at(ALAW_TO_LINEAR, code) & 0xffff), code);
    const ulaw = at(LINEAR_TO_ULAW, at(ULAW_TO_LINEAR, code) & 0xffff);
    assert.equal(ulaw, code === 0x7f ? 0xff : code);
  }
});

/** Lower decision value of table 2a (u-law) at 16 bit; the first interval also holds 0. */
function ulawDecision(segment: number, step: number): number {
  return Math.max(0, (2 ** segment * (2 * step + 32) - 33) * 4);
}

/** Lower decision value of table 1a (A-law) at 16 bit. */
function alawDecision(segment: number, step: number): number {
  return (segment === 0 ? 2 * step : 2 ** (segment - 1) * (2 * step + 32)) * 8;
}

test('G.711 tables 1a, 2a: codes change exactly at the decision values', () => {
  let ulaw = 0;
  let alaw = 0;
  for (let sample = 0; sample < 32768; sample += 1) {
    while (ulaw < 127 && sample >= ulawDecision((ulaw + 1) >> 4, (ulaw + 1) & 15)) ulaw += 1;
    while (alaw < 127 && sample >= alawDecision((alaw + 1) >> 4, (alaw + 1) & 15)) alaw += 1;
    assert.equal(at(LINEAR_TO_ULAW, sample), ~ulaw & 0xff, `u-law ${sample}`);
    assert.equal(at(LINEAR_TO_ALAW, sample), (alaw | 0x80) ^ 0x55, `A-law ${sample}`);
    if (sample > 0) assert.equal(at(LINEAR_TO_ULAW, -sample & 0xffff), ~(ulaw | 0x80) & 0xff);
    assert.equal(at(LINEAR_TO_ALAW, ~sample & 0xffff), alaw ^ 0x55);
  }
});
