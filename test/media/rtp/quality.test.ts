// The E-model against the values its recommendations print.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  delayImpairment,
  lossImpairment,
  meanOpinionScore,
  ratingFactor,
} from '../../../media/rtp/quality.ts';

test('G.107 Annex B, table B.1: R and MOS', () => {
  const printed = [
    [90, 4.34],
    [80, 4.03],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
  ] as const;
  for (const [r, mos] of printed) {
    assert.ok(Math.abs(meanOpinionScore(r) - mos) < 0.0065, `R ${r}: ${meanOpinionScore(r)}`);
  }
  assert.equal(meanOpinionScore(-1), 1);
  assert.equal(meanOpinionScore(100), 4.5);
});

test('G.107 s.7.7: all defaults give R = 93.2, MOS 4.41', () => {
  const perfect = ratingFactor({ lossRatio: 0, oneWayDelayMs: 0 });
  assert.equal(perfect, 93.2);
  assert.ok(Math.abs(meanOpinionScore(perfect) - 4.41) < 0.005);
});

test('G.114: nothing up to 100 ms, little at 150 ms, most users content to 200, few at 400', () => {
  assert.equal(delayImpairment(100), 0);
  assert.ok(delayImpairment(150) < 1);
  assert.ok(Math.abs(delayImpairment(200) - 3.04) < 0.01);
  assert.ok(Math.abs(delayImpairment(400) - 24.1) < 0.1);
});

test('G.113 Appendix I: one packet in a hundred costs G.711 with concealment 3.6 points', () => {
  assert.equal(lossImpairment(0), 0);
  assert.ok(Math.abs(lossImpairment(0.01) - 3.64) < 0.01);
  assert.ok(Math.abs(lossImpairment(0.05) - 15.78) < 0.01);
});

test('property: worse lines never score better', () => {
  const line = fc.record({
    lossRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    oneWayDelayMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
  });
  fc.assert(
    fc.property(line, fc.double({ min: 0, max: 0.2, noNaN: true }), (a, more) => {
      const score = (lossRatio: number, oneWayDelayMs: number): number =>
        meanOpinionScore(ratingFactor({ lossRatio, oneWayDelayMs }));
      const mos = score(a.lossRatio, a.oneWayDelayMs);
      assert.ok(mos >= 1 && mos <= 4.5);
      // MOS has a flat foot below R = 6.5, where it is not monotonic by a hundredth.
      assert.ok(score(a.lossRatio + more, a.oneWayDelayMs) <= mos + 0.011);
      assert.ok(score(a.lossRatio, a.oneWayDelayMs + 1_000 * more) <= mos + 0.011);
    }),
  );
});
