// Histories as they were written once must replay through today's machine: what older versions
// stored is brought to today's form and steps as it did. New fields may come, old ones stay.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { begin, step } from '../../callback/machine.ts';
import {
  effectVersion,
  stateVersion,
  upcastEffect,
  upcastState,
} from '../../callback/store/upcast.ts';
import { scenarios } from './scenarios.ts';
import type { Fixture } from './scenarios.ts';

const folder = join(import.meta.dirname, '../fixtures/histories');
const files = globSync('*.json', { cwd: folder }).sort();

test('every scenario has its history', () => {
  const names = files.map((file) => basename(file, '.json'));
  const missing = Object.keys(scenarios).filter((name) => !names.includes(name));
  assert.deepEqual(missing, [], 'npm run fixtures writes them');
});

for (const file of files) {
  test(`history ${file} replays`, () => {
    const fixture = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Fixture;
    const { promise } = fixture;
    const stored = (state: Fixture['first']['state']) =>
      upcastState(JSON.stringify({ ...state, promise }), fixture.stateVersion);
    const effectsOf = (effects: Fixture['first']['effects']) =>
      effects.map((effect) => upcastEffect(JSON.stringify(effect), fixture.effectVersion));
    const [first, firstEffects] = begin(stored(fixture.first.state).promise);
    assert.partialDeepStrictEqual(first, stored(fixture.first.state));
    assert.partialDeepStrictEqual(firstEffects, effectsOf(fixture.first.effects));
    let before = stored(fixture.first.state);
    for (const [index, { event, state, effects }] of fixture.steps.entries()) {
      const [after, asked] = step(before, event);
      const told = `step ${index + 1}: ${event.type}`;
      assert.partialDeepStrictEqual(after, stored(state), told);
      assert.equal(after.phase.name, state.phase.name, told);
      assert.equal(asked.length, effects.length, told);
      assert.partialDeepStrictEqual(asked, effectsOf(effects), told);
      before = stored(state);
    }
  });
}

test('a body of the first version gets what stands in every promise today', () => {
  const body = { promise: { id: 'c1', timeZone: 'Europe/Berlin' }, revision: 1 };
  const { promise } = upcastState(JSON.stringify(body), 1);
  assert.deepEqual([promise.callerId, promise.withholdCallerId], [null, false]);
  assert.deepEqual([promise.timeZone, promise.executionBufferMs], ['Europe/Berlin', 0]);
});

test('a body of a later version is refused, not guessed at', () => {
  assert.throws(() => upcastState('{}', stateVersion + 1), /known are 1 to/);
  assert.throws(() => upcastEffect('{}', effectVersion + 1), /known are 1 to/);
  assert.throws(() => upcastState('{}', 0), /stored in version 0/);
});
