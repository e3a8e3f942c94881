// Voice activity: noise is no sound once its floor is known, clicks are no speech, times fit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FrameAnalyser } from '../../../media/dsp/frame.ts';
import { VoiceActivity } from '../../../media/dsp/vad.ts';
import { addNoise, concat, readWavFile, seededRandom, silence } from '../../support/audio.ts';

const hello = readWavFile(new URL('../../support/speech/person-hello.wav', import.meta.url));

/** Runs over the samples; `each` sees every frame. */
function follow(samples: Int16Array, each: (voice: VoiceActivity, endMs: number) => void): void {
  const frame = new FrameAnalyser();
  const voice = new VoiceActivity(-50);
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    frame.push(samples.subarray(at, at + 160));
    voice.push(frame, false);
    each(voice, frame.endMs);
  }
}

test('steady noise well above silenceDbov is no sound after half a second', () => {
  const random = seededRandom(6);
  const noise = silence(4000).map(() => Math.round((random() - 0.5) * 4000));
  follow(noise, (voice, endMs) => {
    assert.equal(voice.hasSpoken, false);
    if (endMs > 500) assert.equal(voice.isSound, false, `${endMs} ms`);
  });
});

test('a click is no speech', () => {
  const samples = silence(1500);
  for (let i = 4000; i < 4080; i += 1) samples[i] = i % 2 === 0 ? 12_000 : -12_000;
  follow(samples, (voice) => assert.equal(voice.hasSpoken, false));
});

test('a word is one stretch of speech, its times right within 0.12 s, also in noise', () => {
  for (const snrDb of [60, 20, 15]) {
    const word = concat(silence(700), hello, silence(900));
    const samples = addNoise(word, snrDb, seededRandom(8));
    follow(samples, (voice, endMs) => {
      if (endMs < 2100) return;
      assert.equal(voice.spurtCount, 1);
      assert.equal(voice.isSpeech, false);
      // The file has 60 ms of silence at either end.
      assert.ok(Math.abs(voice.firstSpeechAtMs - 760) <= 120, `from ${voice.firstSpeechAtMs}`);
      const endOfWordMs = 700 + hello.length / 8 - 60;
      assert.ok(Math.abs(voice.lastSpeechAtMs - endOfWordMs) <= 120, `to ${voice.lastSpeechAtMs}`);
    });
  }
});

/** Bursts of hiss with short edges, as the syllables of a whisper. */
function hiss(durationsMs: readonly number[], gapMs: number): Int16Array {
  const random = seededRandom(12);
  const bursts = durationsMs.map((ms) =>
    silence(ms).map((_, i) => {
      const edge = Math.min(1, i / 160, (8 * ms - i) / 160);
      return Math.round(4000 * edge * (2 * random() - 1));
    }),
  );
  const whole = concat(
    silence(800),
    ...bursts.flatMap((burst) => [burst, silence(gapMs)]),
    silence(600),
  );
  // The line is never quite silent.
  return whole.map((sample) => sample + Math.round(16 * random() - 8));
}

test('a whisper is speech once its bursts have ended, a breath is none', () => {
  let whisper: readonly number[] = [];
  follow(hiss([300, 320], 120), (voice) => {
    whisper = [voice.spurtCount, voice.firstSpeechAtMs, voice.lastSpeechAtMs];
  });
  assert.equal(whisper[0], 1);
  assert.ok(Math.abs((whisper[1] ?? 0) - 800) <= 60, `from ${whisper[1]}`);
  assert.ok(Math.abs((whisper[2] ?? 0) - 1540) <= 60, `to ${whisper[2]}`);
  follow(hiss([300], 120), (voice) => assert.equal(voice.hasSpoken, false));
});

test('noise that begins at some moment is no speech', () => {
  const random = seededRandom(4);
  const noise = silence(3000).map(() => Math.round((random() - 0.5) * 4000));
  follow(concat(silence(700), noise), (voice) => assert.equal(voice.hasSpoken, false));
});

test('a lost packet in the first word leaves it a word', () => {
  const word = concat(silence(700), hello, silence(900));
  for (let lost = 40; lost < 60; lost += 1) {
    const samples = Int16Array.from(word).fill(0, lost * 160, (lost + 1) * 160);
    let hasSpoken = false;
    follow(samples, (voice) => (hasSpoken ||= voice.hasSpoken));
    assert.ok(hasSpoken, `packet ${lost}`);
  }
});
