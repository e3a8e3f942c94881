// Loss concealment on signals whose missing part is known.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Concealment } from '../../../media/codec/concealment.ts';

/** A voiced sound: a 125 Hz pulse train's first harmonics. */
function voice(start: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, i) => {
    const phase = (2 * Math.PI * 125 * (start + i)) / 8_000;
    return 6_000 * Math.sin(phase) + 3_000 * Math.sin(2 * phase) + 2_000 * Math.sin(3 * phase);
  });
}

function energy(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

test('10 ms lost in a voice: what is made up is what was lost', () => {
  const concealment = new Concealment();
  concealment.heard(voice(0, 160), 160);
  concealment.heard(voice(160, 160), 160);
  const made = new Int16Array(80);
  concealment.conceal(made, 80);
  const lost = voice(320, 80);
  const error = energy(made.map((sample, i) => sample - (lost[i] ?? 0)));
  assert.ok(10 * Math.log10(energy(lost) / error) > 20);
});

test('a long loss fades to silence at 60 ms, and sound returns without a step', () => {
  const concealment = new Concealment();
  concealment.heard(voice(0, 320), 320);
  const levels: number[] = [];
  const frame = new Int16Array(80);
  for (let i = 0; i < 8; i++) {
    concealment.conceal(frame, 80);
    levels.push(energy(frame));
  }
  for (let i = 2; i < 6; i++) assert.ok((levels[i] ?? 0) < (levels[i - 1] ?? 0), `frame ${i}`);
  assert.deepEqual(levels.slice(6), [0, 0]);
  assert.equal(concealment.fading, false);
});

test('the first true samples after a hole are blended in', () => {
  const concealment = new Concealment();
  concealment.heard(new Int16Array(320).fill(8_000), 320);
  concealment.conceal(new Int16Array(80), 80);
  const back = new Int16Array(160).fill(-8_000);
  concealment.heard(back, 160);
  let step = Math.abs((back[0] ?? 0) - 8_000);
  for (let i = 1; i < 160; i++) {
    step = Math.max(step, Math.abs((back[i] ?? 0) - (back[i - 1] ?? 0)));
  }
  assert.ok(step < 1_000, `a step of ${step}`);
  assert.equal(back[159], -8_000);
});

test('another stream knows nothing of the last one', () => {
  const concealment = new Concealment();
  concealment.heard(voice(0, 320), 320);
  concealment.reset();
  const made = new Int16Array(160);
  concealment.conceal(made, 160);
  assert.equal(energy(made), 0);
});
