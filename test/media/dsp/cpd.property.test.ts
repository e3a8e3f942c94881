// Whatever comes in, detection keeps its promises: no fault, bounded confidence, time that runs
// forward, the same verdicts for the same samples.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createCpd, DEFAULT_CPD_OPTIONS } from '../../../media/dsp/cpd.ts';
import type { CpdPhase, CpdVerdict } from '../../../media/types.ts';
import { concat, seededRandom, silence, tone } from '../../support/audio.ts';
import { verdictsOn } from './corpus.ts';

/** A stretch of sound of some kind; together they are calls that nobody would think of. */
const stretch = fc.oneof(
  fc.record({
    kind: fc.constant('tone' as const),
    hz: fc.array(fc.integer({ min: 50, max: 3900 }), { minLength: 1, maxLength: 4 }),
    ms: fc.integer({ min: 20, max: 3000 }),
    dbov: fc.integer({ min: -60, max: 6 }),
  }),
  fc.record({
    kind: fc.constant('noise' as const),
    ms: fc.integer({ min: 20, max: 3000 }),
    peak: fc.integer({ min: 1, max: 32767 }),
    seed: fc.integer(),
  }),
  fc.record({ kind: fc.constant('silence' as const), ms: fc.integer({ min: 20, max: 6000 }) }),
  fc.record({
    kind: fc.constant('constant' as const),
    ms: fc.integer({ min: 20, max: 500 }),
    value: fc.integer({ min: -32768, max: 32767 }),
  }),
);

type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

function render(part: Stretch): Int16Array {
  switch (part.kind) {
    case 'tone':
      return tone(part.hz, part.ms, part.dbov);
    case 'noise': {
      const random = seededRandom(part.seed);
      return silence(part.ms).map(() => Math.round((2 * random() - 1) * part.peak));
    }
    case 'silence':
      return silence(part.ms);
    case 'constant':
      return silence(part.ms).fill(part.value);
  }
}

/** Kept as its parts, so that a counterexample can be read. */
const call = fc.array(stretch, { minLength: 1, maxLength: 8 });
const phase = fc.constantFrom<CpdPhase>('before-answer', 'after-answer');

function heardOf(parts: readonly Stretch[]): Int16Array {
  return concat(...parts.map(render));
}

function check(verdicts: readonly CpdVerdict[], durationMs: number): void {
  let beforeMs = 0;
  for (const verdict of verdicts) {
    assert.ok(verdict.confidence >= 0 && verdict.confidence <= 1, String(verdict.confidence));
    assert.ok(verdict.atMs > beforeMs && verdict.atMs <= durationMs);
    beforeMs = verdict.atMs;
    const { firstSoundAtMs } = verdict;
    assert.ok(firstSoundAtMs === null || (firstSoundAtMs >= 0 && firstSoundAtMs <= verdict.atMs));
    for (const { fromMs, toMs, measures } of verdict.evidence) {
      assert.ok(fromMs >= 0 && fromMs <= toMs && toMs <= verdict.atMs, `${fromMs} to ${toMs}`);
      assert.ok(Object.values(measures).every(Number.isFinite), JSON.stringify(measures));
    }
  }
}

test('any call: bounded confidence, times in order, finite measures', () => {
  fc.assert(
    fc.property(call, phase, (parts, when) => {
      const heard = heardOf(parts);
      check(verdictsOn(heard, when), heard.length / 8);
    }),
    { numRuns: 60 },
  );
});

test('any samples at all', () => {
  const frame = fc.int16Array({ minLength: 160, maxLength: 160 });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 40 }), phase, (frames, when) => {
      const cpd = createCpd(when, DEFAULT_CPD_OPTIONS);
      const verdicts = frames.map((samples) => cpd.push(samples)).filter((v) => v !== null);
      check(verdicts, frames.length * 20);
    }),
    { numRuns: 100 },
  );
});

test('the same samples have the same verdicts, and samples are left as they were', () => {
  fc.assert(
    fc.property(call, phase, (parts, when) => {
      const heard = heardOf(parts);
      const copy = Int16Array.from(heard);
      assert.deepEqual(verdictsOn(heard, when), verdictsOn(heard, when));
      assert.deepEqual(heard, copy);
    }),
    { numRuns: 20 },
  );
});

test('after the answer: one decision, at most one correction, and beeps of a machine only', () => {
  fc.assert(
    fc.property(call, (parts) => {
      const padded = concat(heardOf(parts), silence(10_000));
      const kinds = verdictsOn(padded, 'after-answer').map(({ kind }) => kind);
      assert.match(
        kinds.join(' '),
        /^((person |music )?machine( beep)*|person|fax|sit|busy|reorder|silence|music|undecided)$/u,
      );
    }),
    { numRuns: 40 },
  );
});

test('a frame of another length is a programmer error', () => {
  const cpd = createCpd('after-answer', DEFAULT_CPD_OPTIONS);
  assert.throws(() => cpd.push(new Int16Array(80)), RangeError);
});

test('a country without a plan is heard with that of the US', () => {
  const options = { ...DEFAULT_CPD_OPTIONS, tonePlan: 'XX' };
  const [first] = verdictsOn(tone([440, 480], 2000), 'before-answer', options);
  assert.equal(first?.kind, 'ringback');
});
