// Every input that once broke something, and a short run of the fuzzer with a fixed seed.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { judge } from './fuzz/judge.ts';
import { Dice } from './fuzz/mutate.ts';
import { TARGETS } from './fuzz/targets.ts';

const corpus = new URL('corpus/', import.meta.url);

test('what once broke something does not any more', () => {
  const files = readdirSync(corpus).filter((name) => name.endsWith('.bin'));
  assert.ok(files.length > 0, 'the corpus was found');
  for (const file of files) {
    const target = TARGETS.find(({ name }) => file.startsWith(`${name}-`));
    assert.ok(target !== undefined, `${file} names a target`);
    const input = readFileSync(new URL(file, corpus)).toString('latin1');
    assert.equal(judge(target, input), null, file);
  }
});

for (const target of TARGETS) {
  test(`fuzz: ${target.name} keeps its promises for a thousand broken inputs`, () => {
    for (const seed of target.seeds) assert.equal(judge(target, seed), null, 'the unbroken ones');
    const dice = new Dice(1);
    for (let count = 0; count < 1_000; count++) {
      const input = target.mutate(dice.pick(target.seeds), dice);
      assert.equal(judge(target, input), null, `seed 1, input ${count}`);
    }
  });
}
