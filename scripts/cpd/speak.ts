// Speaks texts with espeak-ng and keeps the result outside the tree: the same text and voice is
// made once. Mono at 8 kHz, without silence at either end.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readWav, resampleMono, writeWav } from '../../media/codec/wav.ts';
import type { Voice } from './voices.ts';

const SAMPLE_RATE_HZ = 8000;
/** Softer than the peak by so much is no speech any more; espeak-ng adds no noise. */
const EDGE_SHARE = 0.01;
const RECENT = 400;

/** Where spoken texts are kept: RINGBACK_CACHE, or the user's cache folder. */
export function cacheDir(): string {
  const own = process.env['RINGBACK_CACHE'];
  const shared = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(own ?? join(shared, 'ringback'), 'cpd-speech');
}

function trimmed(samples: Int16Array): Int16Array {
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  const isLoud = (sample: number): boolean => Math.abs(sample) > EDGE_SHARE * peak;
  const first = samples.findIndex(isLoud);
  return first < 0 ? samples.subarray(0, 0) : samples.slice(first, samples.findLastIndex(isLoud));
}

function synthesise({ name, wordsPerMinute, pitch }: Voice, text: string): Int16Array {
  const options = ['-v', name, '-s', String(wordsPerMinute), '-p', String(pitch), '--stdout'];
  const wav = execFileSync('espeak-ng', [...options, text], { maxBuffer: 1 << 26 });
  const { samples, sampleRateHz } = readWav(wav);
  return trimmed(resampleMono(samples, sampleRateHz, SAMPLE_RATE_HZ));
}

const recent = new Map<string, Int16Array>();

/** The text in this voice, from the cache if it was spoken before. */
export function speak(voice: Voice, text: string): Int16Array {
  const what = `${voice.name} ${voice.wordsPerMinute} ${voice.pitch} ${text}`;
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
