// A small part of the held-out corpus: many voices, languages and lines. The whole of it is judged
// by `npm run cpd:report`; here only a slip is noticed, so the bounds have a margin.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { casesOf } from '../../../scripts/cpd/cases.ts';
import { hear } from '../../../scripts/cpd/hear.ts';
import { Confusion } from './corpus.ts';

const SCALE = 0.05;

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version']).status !== 0;
}

test('the corpus in small: tones, SIT, fax, persons, machines', (t) => {
  if (isMissing('espeak-ng') || isMissing('sox')) {
    t.skip('espeak-ng or sox is not installed');
    return;
  }
  const confusion = new Confusion();
  for (const what of casesOf('held-out', SCALE)) {
    const { family, engine } = what;
    // The others are not needed here: a machine without them must judge alike.
    if (engine !== 'espeak-ng') continue;
    const { truth, first, final } = hear(what);
    const isSpoken = family === 'person' || family === 'machine';
    const verdict = isSpoken ? final : first === truth ? family : first;
    confusion.count(family, verdict);
  }
  t.diagnostic(confusion.report());
  for (const [family, least] of [
    ['tone', 0.95],
    ['sit', 0.95],
    ['fax', 0.9],
    ['person', 0.93],
    ['machine', 0.85],
  ] as const) {
    assert.ok(confusion.recall(family) >= least, `${family}: ${confusion.report()}`);
  }
});
