// Treatments by themselves: whatever is pressed, played or waited for, they end, and say so once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Outcome, Script, TreatmentEvent } from '../../../callback/treatments/index.ts';
import {
  beginTreatment,
  callsInScript,
  confirmScript,
  laterScript,
  numberAgainScript,
  offerScript,
  promptHeard,
  promptScript,
  stepTreatment,
  surveyScript,
} from '../../../callback/treatments/index.ts';

type Input = { readonly key: string } | 'prompt-ended' | 'wait';

/** Plays a script; answers what was played and what came of it. */
function play(script: Script, inputs: readonly Input[]) {
  let [state, effects] = beginTreatment(script, 0);
  const asked = [...effects];
  for (const input of inputs) {
    [state, effects] = stepTreatment(state, eventOf(input));
    asked.push(...effects);
  }
  function eventOf(input: Input): TreatmentEvent {
    const atMs = state.wakeAtMs;
    if (input === 'wait') return { type: 'time-passed', atMs };
    if (input === 'prompt-ended') {
      return { type: 'prompt-ended', prompt: promptHeard(state) ?? 'none', atMs };
    }
    return { type: 'digit', digit: input.key, atMs };
  }
  const said = asked.flatMap((effect) => (effect.type === 'play' ? [effect.said] : []));
  const outcomes = asked.flatMap((effect): Outcome[] =>
    effect.type === 'yield' ? [effect.outcome] : [],
  );
  return { state, said, outcomes };
}

function keys(text: string): readonly Input[] {
  return [...text].map((key) => ({ key }));
}

test('the simplest treatment: prompts in their order, then done', () => {
  const script = promptScript({ prompt: 'greeting' }, { prompt: 'code', digits: '123456' });
  const { said, outcomes } = play(script, ['prompt-ended', 'prompt-ended']);
  assert.deepEqual(said, [{ prompt: 'greeting' }, { prompt: 'code', digits: '123456' }]);
  assert.deepEqual(outcomes, [{ type: 'done' }]);
});

test('a key counts in the middle of the prompt; its last words come before the outcome', () => {
  const { said, outcomes } = play(confirmScript(7), [{ key: '2' }]);
  assert.deepEqual(said.at(-1), { prompt: 'snoozed' });
  assert.deepEqual(outcomes, [], 'not before the words are over');
  const over = play(confirmScript(7), [{ key: '2' }, { key: '1' }, 'prompt-ended']);
  assert.deepEqual(over.outcomes, [{ type: 'snoozed', minutes: 7 }]);
});

test('an offer: the number is confirmed, or another is entered', () => {
  const right = play(offerScript('+12025550123'), [...keys('11')]);
  assert.deepEqual(right.said[1], { prompt: 'offer-number', digits: '+12025550123' });
  assert.deepEqual(right.outcomes, [{ type: 'accepted' }]);
  const other = play(offerScript('+12025550123'), keys('129*4930123#'));
  assert.deepEqual(other.outcomes, [{ type: 'entered', digits: '4930123' }]);
  const unknown = play(offerScript(null), keys('1'));
  assert.deepEqual(unknown.said.at(-1), { prompt: 'enter-number' });
  assert.deepEqual(play(offerScript(null), keys('2')).outcomes, [{ type: 'declined' }]);
  assert.deepEqual(play(numberAgainScript(), keys('#')).outcomes, [{ type: 'silent' }]);
  const endless = play(numberAgainScript(), keys('12345678901234567890#'));
  assert.deepEqual(endless.outcomes, [{ type: 'entered', digits: '123456789012345' }]);
});

test('any treatment ends by time alone, yields once, and is silent afterwards', () => {
  const scripts = fc.constantFrom(
    promptScript({ prompt: 'a' }),
    promptScript(),
    confirmScript(5),
    laterScript(5, 'apology'),
    surveyScript(['a', 'b', 'c']),
    surveyScript([]),
    offerScript(null),
    offerScript('+12025550123'),
    numberAgainScript(),
    callsInScript(),
  );
  const key = fc.constantFrom(...'0123456789*#A').map((digit): Input => ({ key: digit }));
  const input = fc.oneof(key, fc.constantFrom<Input>('prompt-ended', 'wait'));
  fc.assert(
    fc.property(scripts, fc.array(input, { maxLength: 40 }), (script, inputs) => {
      const patience = Array.from({ length: 30 }, (): Input => 'wait');
      const { state, outcomes } = play(script, [...inputs, ...patience]);
      assert.equal(state.over, true);
      assert.equal(outcomes.length, 1);
      assert.ok(state.notes.length <= 20);
    }),
    { numRuns: 500 },
  );
});
