// Makes the prompt pack (media/prompts) and the test speech (test/support/speech) with espeak-ng
// and sox: `npm run speech`. The same versions of both make the same bytes, so a run without
// changes here leaves the repository clean. The results are kept; users need neither tool.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readWav, resampleMono, writeWav } from '../media/codec/wav.ts';
import { LINEAR_TO_ULAW } from '../media/codec/g711.ts';
import { createToneSource } from '../media/dsp/tone.ts';
import { composeMusic } from './make-music.ts';
import { german } from './speech/de.ts';
import { english } from './speech/en.ts';
import type { LanguagePack, Voice } from './speech/texts.ts';

const SAMPLE_RATE_HZ = 8000;
const root = fileURLToPath(new URL('..', import.meta.url));
const promptsDir = join(root, 'media/prompts');
const speechDir = join(root, 'test/support/speech');

const PACKS: Readonly<Record<string, LanguagePack>> = { en: english, de: german };

const CUSTOMER: Voice = { name: 'en-us+m3', wordsPerMinute: 165, pitch: 40 };
const AGENT: Voice = { name: 'en-gb+f4', wordsPerMinute: 170, pitch: 62 };
const PERSON: Voice = { name: 'en-us+m1', wordsPerMinute: 160, pitch: 45 };
const MACHINE: Voice = { name: 'en-us+m7', wordsPerMinute: 150, pitch: 42 };

/** Who says what in the tests. */
const SPEECH: Readonly<Record<string, readonly [Voice, string]>> = {
  'person-hello': [PERSON, 'Hello?'],
  'person-name': [{ ...PERSON, name: 'en-us+f2', pitch: 55 }, 'Sarah Miller.'],
  'person-long': [
    { ...PERSON, name: 'en-gb+m4' },
    'Good afternoon, Miller speaking, how can I help you?',
  ],
  'customer-talk': [
    CUSTOMER,
    'Yes, hello. I called this morning because the washing machine I bought from you in March ' +
      'has stopped in the middle of its program. The door stays locked, there is water inside, ' +
      'and the display shows error number seventeen. ' +
      'Could you send somebody who takes a look at it?',
  ],
  'agent-talk': [
    AGENT,
    'Good morning, you are speaking with Claire from customer service. Thank you for waiting. ' +
      'I have your order in front of me, and I can see that the guarantee still has eight months ' +
      'to run. A technician could visit you on Thursday between nine and twelve. Would that ' +
      'suit you?',
  ],
};

const GREETING_OF_A_MACHINE =
  "Hi, you have reached the Millers. We can't come to the phone right now. " +
  'Please leave a message after the beep.';

/** Silence before and after words, so that files can follow one another. */
const LEAD_MS = 60;
/** The same for clips, which follow one another inside a sentence. */
const CLIP_LEAD_MS = 20;
/** Single words are spoken slower than in a sentence; this makes up for it. */
const CLIP_WORDS_PER_MINUTE = 175;
/** Clips come up from silence and go back to it: no click where two of them meet. */
const CLIP_FADE_MS = 4;
const SPEECH_DBOV = -20;
const PROMPT_DBOV = -18;

function silence(durationMs: number): Int16Array {
  return new Int16Array((durationMs * SAMPLE_RATE_HZ) / 1000);
}

function concat(...parts: readonly Int16Array[]): Int16Array {
  return Int16Array.from(parts.flatMap((part) => Array.from(part)));
}

/** One pass of a cadence. */
function tone(
  frequenciesHz: readonly number[],
  cadenceMs: readonly number[],
  levelDbov = -20,
): Int16Array {
  const totalMs = cadenceMs.reduce((sum, ms) => sum + ms, 0);
  const samples = new Int16Array((totalMs * SAMPLE_RATE_HZ) / 1000);
  createToneSource({ frequenciesHz, levelDbov, cadenceMs }, SAMPLE_RATE_HZ).read(samples);
  return samples;
}

/** Scales to a level over all samples. */
function atLevel(samples: Int16Array, levelDbov: number): Int16Array {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const factor = (32768 * 10 ** (levelDbov / 20)) / Math.sqrt(power);
  return samples.map((sample) => Math.max(-32768, Math.min(32767, Math.round(sample * factor))));
}

/** Speaks with espeak-ng, cuts the edges and keeps the telephone band with sox. */
function speak(
  voice: Voice,
  text: string,
  levelDbov: number,
  scratchDir: string,
  leadMs = LEAD_MS,
): Int16Array {
  const raw = join(scratchDir, 'raw.wav');
  const cut = join(scratchDir, 'cut.wav');
  const { name, wordsPerMinute, pitch } = voice;
  const options = ['-v', name, '-s', String(wordsPerMinute), '-p', String(pitch)];
  execFileSync('espeak-ng', [...options, '-w', raw, text]);
  const trim = [
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
    'silence',
    '1',
    '0.01',
    '0.5%',
    'reverse',
  ];
  execFileSync('sox', ['-D', raw, cut, ...trim, 'sinc', '200-3400']);
  const { samples, sampleRateHz } = readWav(readFileSync(cut));
  const spoken = atLevel(resampleMono(samples, sampleRateHz, SAMPLE_RATE_HZ), levelDbov);
  return concat(silence(leadMs), spoken, silence(leadMs));
}

function keep(dir: string, name: string, samples: Int16Array): void {
  writeFileSync(join(dir, `${name}.wav`), writeWav(samples, 1, SAMPLE_RATE_HZ));
}

/** Half the size of 16 bit, and no loss on a telephone line: G.711 u-law. */
function keepSmall(dir: string, name: string, samples: Int16Array): void {
  const file = Buffer.from(writeWav(new Int16Array(0), 1, SAMPLE_RATE_HZ));
  file.writeUInt32LE(36 + samples.length, 4);
  file.writeUInt16LE(7, 20);
  file.writeUInt32LE(SAMPLE_RATE_HZ, 28);
  file.writeUInt16LE(1, 32);
  file.writeUInt16LE(8, 34);
  file.writeUInt32LE(samples.length, 40);
  const encoded = Uint8Array.from(samples, (sample) => LINEAR_TO_ULAW[sample & 0xffff] ?? 0xff);
  writeFileSync(join(dir, `${name}.wav`), Buffer.concat([file, encoded]));
}

/** A clip between its silences, faded at both ends of the speech. */
function clip(voice: Voice, text: string, scratchDir: string): Int16Array {
  const brisk = { ...voice, wordsPerMinute: CLIP_WORDS_PER_MINUTE };
  const samples = speak(brisk, text, PROMPT_DBOV, scratchDir, CLIP_LEAD_MS);
  const lead = (CLIP_LEAD_MS * SAMPLE_RATE_HZ) / 1000;
  const fade = (CLIP_FADE_MS * SAMPLE_RATE_HZ) / 1000;
  for (let i = 0; i < fade; i += 1) {
    const last = samples.length - 1 - lead - i;
    samples[lead + i] = Math.round(((samples[lead + i] ?? 0) * i) / fade);
    samples[last] = Math.round(((samples[last] ?? 0) * i) / fade);
  }
  return samples;
}

function makePrompts(scratchDir: string): void {
  for (const [language, { voice, prompts, clips }] of Object.entries(PACKS)) {
    const dir = join(promptsDir, language);
    const clipsDir = join(dir, 'clips');
    mkdirSync(clipsDir, { recursive: true });
    for (const [name, text] of Object.entries(prompts)) {
      keepSmall(dir, name, speak(voice, text, PROMPT_DBOV, scratchDir));
    }
    for (const [name, text] of Object.entries(clips)) {
      keepSmall(clipsDir, name, clip(voice, text, scratchDir));
    }
  }
  const commonDir = join(promptsDir, 'common');
  mkdirSync(commonDir, { recursive: true });
  keepSmall(commonDir, 'beep', tone([1000], [400, 100], -15));
  keepSmall(commonDir, 'waiting-music', composeMusic(SAMPLE_RATE_HZ));
}

/** Telcordia's codes: frequency and length of the first two tones; the third never changes. */
const SIT_CODES: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'sit-intercept': [913.8, 274, 1370.6, 274],
  'sit-vacant': [985.2, 380, 1370.6, 274],
  'sit-reorder': [913.8, 274, 1428.5, 380],
  'sit-no-circuit': [985.2, 380, 1428.5, 380],
};

function makeTones(): void {
  for (const [name, [firstHz, firstMs, secondHz, secondMs]] of Object.entries(SIT_CODES)) {
    const first = tone([firstHz], [firstMs]);
    const second = tone([secondHz], [secondMs]);
    keep(speechDir, name, concat(silence(200), first, second, tone([1776.7], [380, 400])));
  }
  keep(speechDir, 'busy', tone([480, 620], [500, 500, 500, 500, 500, 500]));
  keep(speechDir, 'reorder', tone([480, 620], [250, 250, 250, 250, 250, 250, 250, 250]));
  keep(speechDir, 'ringback', tone([440, 480], [2000, 4000, 2000]));
  keep(speechDir, 'fax-cng', concat(silence(300), tone([1100], [500, 3000, 500])));
  keep(speechDir, 'fax-ced', concat(silence(200), tone([2100], [3000, 75])));
}

function makeSpeech(scratchDir: string): void {
  for (const [name, [voice, text]] of Object.entries(SPEECH)) {
    keep(speechDir, name, speak(voice, text, SPEECH_DBOV, scratchDir));
  }
  const greeting = speak(MACHINE, GREETING_OF_A_MACHINE, SPEECH_DBOV, scratchDir);
  const beep = tone([1000], [400, 100], -18);
  keep(speechDir, 'machine-greeting', concat(greeting, silence(500), beep));
}

mkdirSync(speechDir, { recursive: true });
const scratchDir = mkdtempSync(join(tmpdir(), 'ringback-speech-'));
try {
  makePrompts(scratchDir);
  makeSpeech(scratchDir);
  makeTones();
} finally {
  rmSync(scratchDir, { recursive: true, force: true });
}
