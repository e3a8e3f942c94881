// Tones of the network and of fax machines, with known truth, over lines from clean to poor.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CpdVerdict } from '../../../media/types.ts';
import { concat, seededRandom, silence, tone } from '../../support/audio.ts';
import { Confusion, LINES, overLine, spread, verdictsOn } from './corpus.ts';

/** Passes over all lines, each with another seed. */
const PASSES = 2;

function cadence(frequenciesHz: readonly number[], onMs: number, offMs: number, times: number) {
  const cycle = concat(tone(frequenciesHz, onMs), silence(offMs));
  return concat(...Array.from({ length: times }, () => cycle));
}

/** GR-1162: first and second frequency and length, and the reason they stand for. */
const SIT_CODES = [
  ['intercept', 913.8, 274, 1370.6, 274],
  ['vacant', 985.2, 380, 1370.6, 274],
  ['reorder', 913.8, 274, 1428.5, 380],
  ['reorder', 985.2, 274, 1370.6, 380],
  ['no-circuit', 985.2, 380, 1428.5, 380],
  ['no-circuit', 913.8, 380, 1370.6, 380],
  ['ineffective', 913.8, 380, 1428.5, 274],
] as const;

function sit(firstHz: number, firstMs: number, secondHz: number, secondMs: number): Int16Array {
  return concat(tone([firstHz], firstMs), tone([secondHz], secondMs), tone([1776.7], 380));
}

const SIGNALS: readonly (readonly [truth: string, signal: Int16Array])[] = [
  ['ringback', cadence([440, 480], 2000, 4000, 1)],
  ['busy', cadence([480, 620], 500, 500, 4)],
  ['reorder', cadence([480, 620], 250, 250, 6)],
  ['fax', cadence([1100], 500, 3000, 2)],
  ['fax', tone([2100], 3000)],
  ...SIT_CODES.map(
    ([reason, firstHz, firstMs, secondHz, secondMs]) =>
      [`sit-${reason}`, sit(firstHz, firstMs, secondHz, secondMs)] as const,
  ),
];

function heardAs(verdict: CpdVerdict | undefined): string {
  if (verdict === undefined) return 'nothing';
  return verdict.kind === 'sit' ? (verdict.evidence.at(-1)?.what ?? 'sit') : verdict.kind;
}

test('before the answer: tones of the plan, SIT codes and fax on every line', (t) => {
  const confusion = new Confusion();
  const delays: number[] = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const line of LINES) {
      for (const [truth, signal] of SIGNALS) {
        const random = seededRandom(pass * 1000 + line.name.length);
        const { heard, startMs } = overLine(signal, line, random, 600);
        const [first] = verdictsOn(heard, 'before-answer');
        confusion.count(truth, heardAs(first));
        if (first !== undefined) delays.push(first.atMs - startMs);
      }
    }
  }
  t.diagnostic(confusion.report());
  t.diagnostic(`decided after the tone began: ${spread(delays)}`);
  assert.ok(confusion.accuracy >= 0.99, confusion.report());
});

test('after the answer: busy, reorder, SIT and fax; ringback alone decides nothing', (t) => {
  const confusion = new Confusion();
  for (const [index, line] of LINES.entries()) {
    for (const [truth, signal] of SIGNALS) {
      const random = seededRandom(77 + index);
      const { heard } = overLine(signal, line, random, truth === 'ringback' ? 4800 : 600);
      const [first] = verdictsOn(heard, 'after-answer');
      const wanted = truth === 'ringback' ? 'silence' : truth;
      confusion.count(wanted, heardAs(first));
    }
  }
  t.diagnostic(confusion.report());
  assert.ok(confusion.accuracy >= 0.99, confusion.report());
});

test('ringback, then busy: two verdicts, and ringback is said once', () => {
  const ringing = cadence([440, 480], 2000, 4000, 2);
  const heard = concat(ringing, cadence([480, 620], 500, 500, 4));
  const verdicts = verdictsOn(heard, 'before-answer');
  assert.deepEqual(
    verdicts.map((verdict) => verdict.kind),
    ['ringback', 'busy'],
  );
  assert.equal(verdicts[0]?.firstSoundAtMs, 0);
});

test('E.180 s.4: a cadence off by 10 % is recognised, one off by half is not', () => {
  const kinds = (onMs: number, offMs: number): readonly string[] =>
    verdictsOn(cadence([480, 620], onMs, offMs, 4), 'before-answer').map(({ kind }) => kind);
  assert.deepEqual(kinds(550, 450), ['busy']);
  assert.deepEqual(kinds(270, 230), ['reorder']);
  assert.deepEqual(kinds(1000, 1000), []);
});

test('one frequency of two is another tone', () => {
  assert.deepEqual(verdictsOn(cadence([480], 500, 500, 4), 'before-answer'), []);
  assert.deepEqual(verdictsOn(cadence([440], 2000, 4000, 1), 'before-answer'), []);
});

test('ITU SIT of three times 330 ms is a SIT, whatever its code', () => {
  const heard = concat(silence(100), sit(950, 330, 1400, 330), silence(300));
  const [first] = verdictsOn(heard, 'before-answer');
  assert.equal(first?.kind, 'sit');
});

test('three falling tones are no SIT', () => {
  const heard = concat(tone([1776.7], 380), tone([1370.6], 274), tone([913.8], 274), silence(800));
  assert.ok(verdictsOn(heard, 'before-answer').every(({ kind }) => kind !== 'sit'));
});

test('the evidence of a SIT measures its frequencies within 3 Hz and lengths within 30 ms', () => {
  const heard = concat(silence(200), sit(985.2, 380, 1370.6, 274), silence(400));
  const measures = verdictsOn(heard, 'before-answer')[0]?.evidence.at(-1)?.measures;
  assert.ok(measures !== undefined);
  const { firstHz = 0, secondHz = 0, thirdHz = 0, firstMs = 0, secondMs = 0 } = measures;
  for (const [measured, truth, tolerance] of [
    [firstHz, 985.2, 3],
    [secondHz, 1370.6, 3],
    [thirdHz, 1776.7, 3],
    [firstMs, 380, 30],
    [secondMs, 274, 30],
  ] as const) {
    assert.ok(Math.abs(measured - truth) <= tolerance, `${measured} is not ${truth}`);
  }
});

test('reorder and no circuit say whether they come from another LATA', () => {
  for (const [reason, firstHz, firstMs, secondHz, secondMs, interLata] of [
    ['reorder', 913.8, 274, 1428.5, 380, 0],
    ['reorder', 985.2, 274, 1370.6, 380, 1],
    ['no-circuit', 985.2, 380, 1428.5, 380, 0],
    ['no-circuit', 913.8, 380, 1370.6, 380, 1],
  ] as const) {
    const heard = concat(silence(200), sit(firstHz, firstMs, secondHz, secondMs), silence(400));
    const evidence = verdictsOn(heard, 'before-answer')[0]?.evidence.at(-1);
    assert.equal(evidence?.what, `sit-${reason}`);
    assert.equal(evidence?.measures['interLata'], interLata);
  }
});

test('nothing but noise is silence, at maxInitialSilenceMs', () => {
  const random = seededRandom(3);
  const noise = silence(6000).map(() => Math.round((random() - 0.5) * 400));
  for (const phase of ['before-answer', 'after-answer'] as const) {
    const [first] = verdictsOn(noise, phase);
    assert.equal(first?.kind, 'silence');
    assert.equal(first?.atMs, 4500);
    assert.equal(first?.firstSoundAtMs, null);
  }
});
