// Beeps of all forms, where they end, and what sounds like a beep and is none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BeepTracker, type Beep } from '../../../media/dsp/beep.ts';
import { FrameAnalyser } from '../../../media/dsp/frame.ts';
import { addNoise, concat, readWavFile, seededRandom, silence, tone } from '../../support/audio.ts';
import { verdictsOn } from './corpus.ts';

const greeting = readWavFile(
  new URL('../../support/speech/machine-greeting.wav', import.meta.url),
).subarray(0, 8 * 7200);

/** All beeps in a sound. */
function beepsIn(samples: Int16Array): readonly Beep[] {
  const frame = new FrameAnalyser();
  const tracker = new BeepTracker(-50);
  const found: Beep[] = [];
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    frame.push(samples.subarray(at, at + 160));
    if (tracker.push(frame)) found.push({ ...tracker.ended });
  }
  return found;
}

function chirp(fromHz: number, toHz: number, durationMs: number): Int16Array {
  let phase = 0;
  const length = durationMs * 8;
  return silence(durationMs).map((_, i) => {
    phase += (2 * Math.PI * (fromHz + ((toHz - fromHz) * i) / length)) / 8000;
    return Math.round(3000 * Math.sin(phase));
  });
}

test('one frequency, two and a rising one are beeps of their form', () => {
  for (const [form, sound] of [
    ['single', tone([1000], 300)],
    ['single', tone([425], 100)],
    ['dual', tone([800, 1100], 300)],
    ['chirp', chirp(600, 1400, 400)],
  ] as const) {
    const found = beepsIn(concat(silence(500), sound, silence(400)));
    assert.deepEqual(
      found.map((beep) => beep.form),
      [form],
    );
  }
});

test('where a beep ends is known within 40 ms, in noise of 15 dB SNR too', () => {
  for (const durationMs of [100, 150, 400, 1000, 2000]) {
    for (const snrDb of [60, 15]) {
      const sound = concat(silence(500), tone([1000], durationMs), silence(500));
      const [beep] = beepsIn(addNoise(sound, snrDb, seededRandom(durationMs)));
      const errorMs = (beep?.toMs ?? 0) - (500 + durationMs);
      assert.ok(Math.abs(errorMs) <= 40, `${durationMs} ms, ${snrDb} dB: ${errorMs} ms`);
    }
  }
});

test('low beeps and high ones: 300 to 2800 Hz', () => {
  for (const frequencyHz of [300, 340, 380, 2500, 2800]) {
    const found = beepsIn(concat(silence(500), tone([frequencyHz], 250), silence(400)));
    assert.equal(found.length, 1, `${frequencyHz} Hz`);
    assert.ok(Math.abs((found[0]?.frequencyHz ?? 0) - frequencyHz) <= 5, `${frequencyHz} Hz`);
  }
});

test('a beep that fades ends where it is gone, a note that dies away at once is none', () => {
  for (const durationMs of [300, 800]) {
    const beep = tone([700], durationMs);
    const fading = beep.map((sample, i) =>
      Math.round(sample * Math.min(1, 2 - (2 * i) / beep.length)),
    );
    const [heard] = beepsIn(concat(silence(500), fading, silence(400)));
    const errorMs = (heard?.toMs ?? 0) - (500 + durationMs);
    assert.ok(Math.abs(errorMs) <= 130, `${durationMs} ms: ${errorMs} ms`);
  }
  const note = tone([700], 800).map((sample, i) => Math.round(sample * Math.exp(-i / 1000)));
  assert.deepEqual(beepsIn(concat(silence(500), note, silence(400))), []);
});

test('a soft beep is heard in steady noise that is as loud as itself', () => {
  const sound = concat(silence(1500), tone([1000], 400, -30), silence(500));
  const loud = addNoise(concat(tone([200], 500, -18), sound), 12, seededRandom(3));
  assert.equal(beepsIn(loud.subarray(500 * 8)).length, 1);
});

test('falling and rising glides are chirps, a line that wanders is none', () => {
  for (const [fromHz, toHz] of [
    [500, 900],
    [1200, 700],
    [1700, 2800],
  ] as const) {
    const [beep] = beepsIn(concat(silence(500), chirp(fromHz, toHz, 300), silence(400)));
    assert.equal(beep?.form, 'chirp', `${fromHz} to ${toHz} Hz`);
  }
  const wandering = concat(chirp(600, 800, 120), chirp(800, 620, 120), chirp(620, 790, 120));
  assert.deepEqual(beepsIn(concat(silence(500), wandering, silence(400))), []);
});

test('a double beep brings two verdicts, each within 150 ms of its end', () => {
  const beep = tone([1200], 200);
  const heard = concat(greeting, silence(500), beep, silence(120), beep, silence(1500));
  const ends = [7200 + 500 + 200, 7200 + 500 + 520];
  const verdicts = verdictsOn(heard, 'after-answer').filter(({ kind }) => kind === 'beep');
  assert.equal(verdicts.length, 2);
  for (const [i, { atMs }] of verdicts.entries()) {
    const lateMs = atMs - (ends[i] ?? 0);
    assert.ok(lateMs >= 0 && lateMs <= 150, `${lateMs} ms`);
  }
});

test('digits, a note with its overtone and three seconds of tone are no beeps', () => {
  for (const sound of [tone([770, 1336], 200), tone([500, 1000], 400), tone([1000], 3500)]) {
    assert.deepEqual(beepsIn(concat(silence(500), sound, silence(500))), []);
  }
});

test('there is no beep in speech', () => {
  for (const name of ['agent-talk', 'customer-talk', 'person-long']) {
    const speech = readWavFile(new URL(`../../support/speech/${name}.wav`, import.meta.url));
    assert.deepEqual(beepsIn(speech), [], name);
  }
});
