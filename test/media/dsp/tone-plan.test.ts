// Call progress of every country of the plan, and the one that resembles another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_CPD_OPTIONS } from '../../../media/dsp/cpd.ts';
import { type ProgressTone, TONE_PLANS, tonePlanOf } from '../../../media/dsp/tone-plan.ts';
import { addNoise, concat, seededRandom, silence, throughG711, tone } from '../../support/audio.ts';
import { verdictsOn } from './corpus.ts';

/** The tone as a network plays it, joined at its beginning. */
function played({ frequenciesHz, cadenceMs }: ProgressTone, stretch = 1): Int16Array {
  const parts: Int16Array[] = [];
  let totalMs = 0;
  for (let i = 0; totalMs < 6500 || i % 2 === 1; i += 1) {
    const ms = (cadenceMs[i % cadenceMs.length] ?? 0) * stretch;
    parts.push(i % 2 === 0 ? tone(frequenciesHz, ms, -22) : silence(ms));
    totalMs += ms;
  }
  return concat(silence(300), ...parts);
}

function firstOf(samples: Int16Array, tonePlan: string): string {
  const [first] = verdictsOn(samples, 'before-answer', { ...DEFAULT_CPD_OPTIONS, tonePlan });
  return first === undefined ? 'nothing' : `${first.kind} ${first.evidence.at(-1)?.what ?? ''}`;
}

for (const [country, plan] of TONE_PLANS) {
  test(`E.180: the tones of ${country}, also 5 % slow in noise over A-law`, () => {
    for (const row of plan) {
      const kind = row.kind === 'unobtainable' ? 'sit' : row.kind;
      assert.equal(firstOf(played(row), country), `${kind} ${row.kind}`);
      const noisy = addNoise(played(row, 1.05), 18, seededRandom(4));
      assert.equal(firstOf(throughG711(noisy, 'alaw'), country), `${kind} ${row.kind}`);
    }
  });
}

test('one busy burst that is also the beginning of congestion waits for what follows', () => {
  const bursts = (count: number): Int16Array =>
    concat(...Array.from({ length: count }, () => concat(tone([425], 200), silence(200))));
  assert.equal(firstOf(bursts(3), 'ES'), 'nothing');
  assert.equal(firstOf(concat(bursts(3), silence(400), bursts(3)), 'ES'), 'reorder reorder');
  assert.equal(firstOf(bursts(9), 'ES'), 'busy busy');
});

test('the echo of a tone does not fill its pauses', () => {
  const busy = played({
    kind: 'busy',
    frequenciesHz: [425],
    cadenceMs: [480, 480],
    steadyMs: null,
  });
  const echo = concat(silence(200), busy).subarray(0, busy.length);
  const heard = busy.map((sample, i) => sample + Math.round((echo[i] ?? 0) / 8));
  assert.equal(firstOf(heard, 'DE'), 'busy busy');
});

test('UK is a name for GB, and an unknown country has the tones of the US', () => {
  assert.equal(tonePlanOf('UK'), tonePlanOf('GB'));
  assert.equal(tonePlanOf('XX'), tonePlanOf('US'));
});
