// The site's own prompts: WAV files in the prompts folder, for any language, and in a folder for
// each language. Written whole or not at all.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { conflict, notFound } from '../core/errors.ts';
import { convertSound } from '../media/index.ts';

export interface StoredPrompt {
  readonly name: string;
  /** BCP 47. */
  readonly language: string;
  readonly durationMs: number;
  readonly bytes: number;
  readonly createdAtMs: number;
}

export const PROMPT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
export const LANGUAGE_TAG = /^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/;
/** Longest sound taken in, as long as the longest piece of music anybody waits through. */
export const LONGEST_PROMPT_SECONDS = 300;
const MOST_PROMPTS = 1_000;
const HEADER_BYTES = 44;

export class PromptStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** The file of a prompt; null when there is none. @param language null: for any language */
  pathOf(name: string, language: string | null): string | null {
    if (!PROMPT_NAME.test(name)) return null;
    const path = this.#path(name, language);
    return existsSync(path) ? path : null;
  }

  /** Languages that have a folder. */
  languages(): readonly string[] {
    if (!existsSync(this.#dir)) return [];
    return readdirSync(this.#dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && LANGUAGE_TAG.test(entry.name))
      .map((entry) => entry.name)
      .toSorted();
  }

  /** All prompts that belong to a language, by language and name. */
  async list(): Promise<readonly StoredPrompt[]> {
    const all: StoredPrompt[] = [];
    for (const language of this.languages()) {
      for (const file of (await readdir(join(this.#dir, language))).toSorted()) {
        const name = basename(file, '.wav');
        if (!file.endsWith('.wav') || !PROMPT_NAME.test(name)) continue;
        const known = await this.get(name, language);
        if (known !== null) all.push(known);
      }
    }
    return all;
  }

  async get(name: string, language: string): Promise<StoredPrompt | null> {
    if (this.pathOf(name, language) === null) return null;
    const file = await open(this.#path(name, language));
    try {
      const { size, mtimeMs } = await file.stat();
      const header = Buffer.alloc(HEADER_BYTES);
      await file.read(header, 0, HEADER_BYTES, 0);
      const bytesPerSecond = Math.max(1, header.readUInt32LE(28));
      const durationMs = Math.round((Math.max(0, size - HEADER_BYTES) * 1_000) / bytesPerSecond);
      return { name, language, durationMs, bytes: size, createdAtMs: Math.round(mtimeMs) };
    } finally {
      await file.close();
    }
  }

  /** @throws RingbackError PROMPT_UNKNOWN */
  async audio(name: string, language: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = this.pathOf(name, language);
    if (path === null) throw unknown(name, language);
    return new Uint8Array(await readFile(path));
  }

  /**
   * Takes a WAV in, as mono at 8 kHz.
   * @throws RingbackError PROMPT_EXISTS unless it may `replace`, PROMPTS_LIMIT, MEDIA_WAV_INVALID,
   * MEDIA_SOUND_TOO_LONG, MEDIA_CONVERSIONS_LIMIT
   */
  async put(
    name: string,
    language: string,
    wav: Uint8Array,
    replace: boolean,
  ): Promise<StoredPrompt> {
    const exists = this.pathOf(name, language) !== null;
    if (exists && !replace) throw taken(name, language);
    if (!exists && (await this.list()).length >= MOST_PROMPTS) {
      throw conflict('PROMPTS_LIMIT', `there are ${MOST_PROMPTS} prompts already`);
    }
    const sound = await convertSound(wav, LONGEST_PROMPT_SECONDS);
    await mkdir(join(this.#dir, language), { recursive: true, mode: 0o700 });
    const path = this.#path(name, language);
    const unfinished = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      const file = await open(unfinished, 'wx', 0o600);
      try {
        await file.writeFile(sound.wav);
        await file.sync();
      } finally {
        await file.close();
      }
      // Another upload of that name may have been quicker.
      if (!replace && existsSync(path)) throw taken(name, language);
      await rename(unfinished, path);
    } finally {
      await rm(unfinished, { force: true });
    }
    const stored = await this.get(name, language);
    if (stored === null) throw unknown(name, language);
    return stored;
  }

  /** @throws RingbackError PROMPT_UNKNOWN */
  async remove(name: string, language: string): Promise<void> {
    const path = this.pathOf(name, language);
    if (path === null) throw unknown(name, language);
    await rm(path);
  }

  #path(name: string, language: string | null): string {
    return join(this.#dir, ...(language === null ? [] : [language]), `${name}.wav`);
  }
}

function taken(name: string, language: string): Error {
  return conflict('PROMPT_EXISTS', 'there is a prompt of that name', { name, language });
}

function unknown(name: string, language: string): Error {
  return notFound('PROMPT_UNKNOWN', 'there is no such prompt', { name, language });
}
