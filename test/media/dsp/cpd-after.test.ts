// What follows the first decision: the correction of a person or of music, and every beep.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCpd, DEFAULT_CPD_OPTIONS } from '../../../media/dsp/cpd.ts';
import type { CpdVerdict } from '../../../media/types.ts';
import { concat, gain, readWavFile, silence, tone } from '../../support/audio.ts';
import { verdictsOn } from './corpus.ts';

function kept(name: string, fromMs: number, toMs: number): Int16Array {
  const path = new URL(`../../support/speech/${name}.wav`, import.meta.url);
  return readWavFile(path).subarray(8 * fromMs, 8 * toMs);
}

const words = kept('machine-greeting', 0, 7000);
const greeting = concat(silence(300), words, silence(500));
const greetingMs = greeting.length / 8;

function kindsOf(verdicts: readonly CpdVerdict[]): readonly string[] {
  return verdicts.map(({ kind }) => kind);
}

test('each beep of a double one is told at its end, and counted', () => {
  for (const gapMs of [120, 300, 600, 1200]) {
    const beep = tone([900], 250);
    const heard = concat(greeting, beep, silence(gapMs), beep, silence(2000));
    const verdicts = verdictsOn(heard, 'after-answer');
    assert.deepEqual(kindsOf(verdicts), ['machine', 'beep', 'beep'], `${gapMs} ms apart`);
    const [, first, second] = verdicts;
    const lateMs = (second?.atMs ?? Infinity) - (greetingMs + 500 + gapMs);
    assert.ok(lateMs >= 0 && lateMs <= 150, `${lateMs} ms late`);
    assert.equal(first?.evidence.at(-1)?.measures['count'], 1);
    assert.equal(second?.evidence.at(-1)?.measures['count'], 2);
  }
});

test('talk after a beep shows that the greeting goes on: the next beep is waited for', () => {
  const more = concat(silence(200), kept('machine-greeting', 0, 5000), silence(400));
  const heard = concat(greeting, tone([700], 200), more, tone([1000], 300), silence(1500));
  const verdicts = verdictsOn(heard, 'after-answer');
  assert.deepEqual(kindsOf(verdicts), ['machine', 'beep', 'beep']);
  const lateMs = (verdicts[2]?.atMs ?? Infinity) - (heard.length / 8 - 1500);
  assert.ok(lateMs >= 0 && lateMs <= 150, `${lateMs} ms late`);
});

test('the echo of a beep is no second beep', () => {
  const beep = tone([900], 250);
  const echo = gain(beep, -14);
  const heard = concat(greeting, beep, silence(40), echo, silence(2000));
  assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer')), ['machine', 'beep']);
});

test('a pure tone right upon the last word is a beep', () => {
  const heard = concat(silence(300), words, tone([1000], 400, -18), silence(2000));
  assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer')), ['machine', 'beep']);
});

test('who was not heard says hello again, and stays a person', () => {
  const hello = kept('person-hello', 0, 2000);
  for (const gapMs of [900, 1300, 2000]) {
    const heard = concat(silence(300), hello, silence(gapMs), hello, silence(4000));
    assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer')), ['person'], `${gapMs} ms`);
  }
});

test('talk that goes on after a short first sentence is a machine, after revisionTalkMs', () => {
  const hello = kept('person-hello', 0, 2000);
  const talk = kept('agent-talk', 0, 6000);
  const heard = concat(silence(300), hello, silence(600), talk, silence(1000));
  const decidedMs = (revisionTalkMs: number): number => {
    const options = { ...DEFAULT_CPD_OPTIONS, revisionTalkMs };
    const verdicts = verdictsOn(heard, 'after-answer', options);
    assert.deepEqual(kindsOf(verdicts), ['person', 'machine']);
    assert.equal(verdicts[1]?.evidence.at(-1)?.measures['revisesPerson'], 1);
    return verdicts[1]?.atMs ?? Infinity;
  };
  assert.ok(decidedMs(1500) < decidedMs(2500));
  const never = { ...DEFAULT_CPD_OPTIONS, revisionMs: 0 };
  assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer', never)), ['person']);
});

test('the echo of a chirp is no second beep', () => {
  const sweep = (share: number): Int16Array => {
    let phase = 0;
    return silence(300).map((_, i) => {
      phase += (2 * Math.PI * (700 + (400 * i) / 2400)) / 8000;
      return Math.round(6000 * share * Math.sin(phase));
    });
  };
  const heard = concat(greeting, sweep(1), silence(120), sweep(0.2), silence(2000));
  assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer')), ['machine', 'beep']);
});

test('a click inside the last ringback is nobody', () => {
  const ring = tone([440, 480], 500, -30);
  for (let i = 900; i < 930; i += 1) ring[i] = i % 2 === 0 ? 6000 : -6000;
  const heard = concat(ring, silence(900), kept('person-hello', 0, 2000), silence(2000));
  const [first] = verdictsOn(heard, 'after-answer');
  assert.equal(first?.kind, 'person');
  assert.ok((first?.atMs ?? 0) > 1500, `${first?.atMs} ms`);
});

test('a long opening in one breath is a person, at every level', () => {
  for (const gainDb of [-14, -6, 0, 8]) {
    const heard = concat(silence(300), gain(kept('person-long', 0, 6000), gainDb), silence(2500));
    assert.deepEqual(kindsOf(verdictsOn(heard, 'after-answer')), ['person'], `${gainDb} dB`);
  }
});

test('once nothing more can follow, detection is over and costs nothing', () => {
  const cpd = createCpd('after-answer', DEFAULT_CPD_OPTIONS);
  const heard = concat(greeting, tone([900], 300), silence(1000));
  const push = (samples: Int16Array): void => {
    for (let at = 0; at + 160 <= samples.length; at += 160)
      cpd.push(samples.subarray(at, at + 160));
  };
  push(heard);
  assert.equal(cpd.isDone, false, 'a second beep may follow');
  push(silence(1000));
  assert.equal(cpd.isDone, true);
  assert.equal(cpd.push(new Int16Array(160)), null);
});
