// Text to speech: real espeak-ng where it is installed, programs that misbehave where it is not.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { VirtualClock } from '../../support/clock.ts';
import { readWav } from '../../../media/codec/wav.ts';
import { createSpeech } from '../../../media/index.ts';
import type { Speech, SpeechOptions } from '../../../media/index.ts';
import { requireTool } from '../../support/tools.ts';

interface Bench {
  readonly dir: string;
  readonly cacheDir: string;
  readonly clock: VirtualClock;
  readonly speech: (options?: Partial<SpeechOptions>) => Speech;
  /** A program in place of espeak-ng: a shell script that may write to `calls`. */
  readonly program: (script: string) => string;
  readonly calls: () => number;
}

function bench(t: TestContext): Bench {
  const dir = mkdtempSync(join(tmpdir(), 'ringback-speech-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const cacheDir = join(dir, 'cache');
  const clock = new VirtualClock();
  const defaults = { program: 'espeak-ng', voices: {}, cacheDir, maxCacheBytes: 1e7 };
  return {
    dir,
    cacheDir,
    clock,
    speech: (options = {}) => createSpeech({ ...defaults, timeoutMs: 10_000, ...options }, clock),
    program: (script) => {
      const path = join(dir, 'program');
      writeFileSync(path, `#!/bin/sh\necho called >> ${join(dir, 'calls')}\n${script}\n`);
      chmodSync(path, 0o755);
      return path;
    },
    calls: () => readFileSync(join(dir, 'calls'), 'utf8').split('\n').length - 1,
  };
}

const PROMPT = join(import.meta.dirname, '../../../media/prompts/common/beep.wav');
/** What a program that speaks well does. */
const SPEAKS = `cat > /dev/null; cat ${PROMPT}`;
const codeIs = (code: string) => (error: unknown) =>
  (error as { code?: unknown }).code === code || assert.fail(String(error));

test('espeak-ng speaks German and English at 8 kHz', async (t) => {
  if (!requireTool(t, 'espeak-ng')) return;
  const speech = bench(t).speech();
  const paths = await Promise.all([
    speech.say({ text: 'Guten Tag.', language: 'de' }),
    speech.say({ text: 'Good morning.', language: 'en' }),
  ]);
  for (const path of paths) {
    const { samples, sampleRateHz } = readWav(readFileSync(path));
    assert.equal(sampleRateHz, 8_000);
    assert.ok(samples.length > 3_000 && samples.some((sample) => Math.abs(sample) > 3_000));
  }
  assert.notEqual(paths[0], paths[1]);
});

test('a text is spoken once, asked for twice at one time and after a restart', async (t) => {
  const { speech, program, calls } = bench(t);
  const first = speech({ program: program(SPEAKS) });
  const hello = { text: 'Hello', language: 'en' };
  const [a, b] = await Promise.all([first.say(hello), first.say(hello)]);
  assert.equal(a, b);
  assert.equal(await speech({ program: null }).say(hello), a);
  assert.equal(calls(), 1);
});

test('a text goes in on standard input, whatever it looks like', async (t) => {
  const { dir, speech, program } = bench(t);
  const text = '--version; $(touch /tmp/x) `id` "';
  const args = `echo "$@" > ${join(dir, 'args')}`;
  const said = program(`cat > ${join(dir, 'text')}; cat ${PROMPT}; ${args}`);
  await speech({ program: said, voices: { en: 'en-us+f3' } }).say({ text, language: 'en' });
  assert.equal(readFileSync(join(dir, 'text'), 'utf8'), text);
  assert.equal(readFileSync(join(dir, 'args'), 'utf8').trim(), '-v en-us+f3 --stdin --stdout');
});

test('the cache lets the least recently used text go, never a pinned one', async (t) => {
  const { speech, program, clock, cacheDir } = bench(t);
  const bytes = 8_044;
  const speaker = speech({ program: program(SPEAKS), maxCacheBytes: 2 * bytes });
  const say = (text: string, pinned = false) => {
    clock.advance(10_000);
    return speaker.say({ text, language: 'en' }, pinned);
  };
  const pinned = await say('pinned', true);
  const old = await say('old');
  const young = await say('young');
  const left = readdirSync(cacheDir).map((name) => join(cacheDir, name));
  assert.deepEqual(left.toSorted(), [pinned, young].toSorted());
  assert.ok(!left.includes(old));
});

test('faults have codes: no program, silence, nonsense, too long, too slow', async (t) => {
  const { speech, program } = bench(t);
  const hello = { text: 'Hello', language: 'en' };
  const fails = (options: Partial<SpeechOptions>, code: string, spoken = hello) =>
    assert.rejects(speech(options).say(spoken), codeIs(code));
  await fails({ program: '/nowhere/espeak-ng' }, 'SPEECH_UNAVAILABLE');
  await fails({ program: null }, 'SPEECH_UNAVAILABLE');
  await fails({ program: program('cat > /dev/null') }, 'SPEECH_FAILED');
  await fails({ program: program('exit 3') }, 'SPEECH_FAILED');
  await fails({ program: program('cat > /dev/null; echo no sound') }, 'MEDIA_WAV_INVALID');
  await fails({ program: program('exec sleep 60'), timeoutMs: 50 }, 'SPEECH_FAILED');
  for (const text of ['', '...', 'a\nb', 'x'.repeat(1_001)]) {
    await fails({}, 'SPEECH_TEXT_INVALID', { text, language: 'en' });
  }
});

test('too many texts at once are refused, the others spoken', async (t) => {
  const { speech, program } = bench(t);
  const speaker = speech({ program: program(SPEAKS) });
  const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
  const answers = await Promise.allSettled(
    texts.map((text) => speaker.say({ text, language: 'en' })),
  );
  const refused = answers.filter((answer) => answer.status === 'rejected');
  assert.ok(refused.length >= 1 && refused.length <= 6, String(refused.length));
  for (const answer of refused) codeIs('SPEECH_BUSY')(answer.reason);
});
