// Speaks texts and keeps the result outside the tree: the same text and voice is made once. Mono at
// 8 kHz, without silence at either end. espeak-ng speaks by default, flite and festival where they
// are installed: other ways of making speech than the one that most of the corpus knows.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav, resampleMono, writeWav } from '../../media/codec/wav.ts';
import type { Engine, Voice } from './voices.ts';

const SAMPLE_RATE_HZ = 8000;
/** Softer than the peak by so much is no speech any more; no engine adds noise. */
const EDGE_SHARE = 0.01;
const RECENT = 400;
/** flite and festival speak so fast when they are left alone. */
const USUAL_WORDS_PER_MINUTE = 165;
/** The pitch at which a voice is left as it is, and steps of pitch for an octave. */
const USUAL_PITCH = 50;
const PITCHES_PER_OCTAVE = 100;

/** Where spoken texts are kept: RINGBACK_CACHE, or the user's cache folder. */
export function cacheDir(): string {
  const own = process.env['RINGBACK_CACHE'];
  const shared = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(own ?? join(shared, 'ringback'), 'cpd-speech');
}

const PROGRAMS: Readonly<Record<Engine, string>> = {
  'espeak-ng': 'espeak-ng',
  flite: 'flite',
  festival: 'text2wave',
};

/** The engines that this machine has. */
export function enginesHere(): readonly Engine[] {
  const engines = Object.keys(PROGRAMS) as Engine[];
  return engines.filter((engine) => spawnSync(PROGRAMS[engine], ['--version']).error === undefined);
}

function trimmed(samples: Int16Array): Int16Array {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const isLoud = (sample: number): boolean => Math.abs(sample) > EDGE_SHARE * peak;
  const first = samples.findIndex(isLoud);
  return first < 0 ? samples.subarray(0, 0) : samples.slice(first, samples.findLastIndex(isLoud));
}

/** Runs a program that writes a file. */
function filed(run: (path: string) => void): Buffer {
  const dir = mkdtempSync(join(tmpdir(), 'cpd-speak-'));
  try {
    const path = join(dir, 'said.wav');
    run(path);
    return readFileSync(path);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function say({ name, engine, wordsPerMinute, pitch }: Voice, text: string): Buffer {
  const stretch = String(USUAL_WORDS_PER_MINUTE / wordsPerMinute);
  switch (engine) {
    case 'espeak-ng': {
      const options = ['-v', name, '-s', String(wordsPerMinute), '-p', String(pitch), '--stdout'];
      return execFileSync('espeak-ng', [...options, text], { maxBuffer: 1 << 26 });
    }
    case 'flite': {
      const options = ['-voice', name, '--setf', `duration_stretch=${stretch}`, '-t', text];
      return filed((path) => execFileSync('flite', [...options, '-o', path]));
    }
    case 'festival': {
      const slower = `(Parameter.set 'Duration_Stretch ${stretch})`;
      const options = ['-eval', slower, '-o'];
      return filed((path) => execFileSync('text2wave', [...options, path], { input: text }));
    }
  }
}

function synthesise(voice: Voice, text: string): Int16Array {
  const { samples, sampleRateHz } = readWav(say(voice, text));
  // Played faster or slower a voice becomes that of a smaller or a taller speaker.
  const taller =
    voice.engine === 'espeak-ng' ? 1 : 2 ** ((voice.pitch - USUAL_PITCH) / PITCHES_PER_OCTAVE);
  return trimmed(resampleMono(samples, Math.round(sampleRateHz * taller), SAMPLE_RATE_HZ));
}

const recent = new Map<string, Int16Array>();

/** The text in this voice, from the cache if it was spoken before. */
export function speak(voice: Voice, text: string): Int16Array {
  const by = voice.engine === 'espeak-ng' ? '' : `${voice.engine} `;
  const what = `${by}${voice.name} ${voice.wordsPerMinute} ${voice.pitch} ${text}`;
  const key = createHash('sha256').update(what).digest('hex').slice(0, 24);
  const known = recent.get(key);
  if (known !== undefined) return known;
  const path = join(cacheDir(), `${key}.wav`);
  if (!existsSync(path)) {
    mkdirSync(cacheDir(), { recursive: true });
    // Two processes may speak the same text: each writes its own file, the last name stays.
    const draft = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
    writeFileSync(draft, writeWav(synthesise(voice, text), 1, SAMPLE_RATE_HZ));
    renameSync(draft, path);
  }
  const { samples } = readWav(readFileSync(path));
  if (recent.size >= RECENT) recent.clear();
  recent.set(key, samples);
  return samples;
}
