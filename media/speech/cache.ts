// Spoken texts on disk, by the hash of what was said: as many as fit, the least recently used ones
// go first. Knows files, not what made them.
import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports.ts';

interface Kept {
  readonly path: string;
  readonly bytes: number;
  readonly usedAtMs: number;
}

export class SpeechCache {
  readonly #dir: string;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  /** Never let go: what the configuration names. */
  readonly #pinned = new Set<string>();
  #made = 0;

  constructor(dir: string, maxBytes: number, clock: Clock) {
    this.#dir = dir;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /** Where the sound for these words would be. @param parts all that changes how they sound */
  pathFor(...parts: readonly string[]): string {
    const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
    return join(this.#dir, `${hash}.wav`);
  }

  pin(path: string): void {
    this.#pinned.add(path);
  }

  /** Whether it is there; if so it counts as used now. */
  async has(path: string): Promise<boolean> {
    const now = this.#clock.nowMs() / 1_000;
    try {
      await utimes(path, now, now);
      return true;
    } catch {
      return false;
    }
  }

  /** Takes a sound in, whole or not at all, and lets others go. */
  async keep(path: string, wav: Uint8Array): Promise<void> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const unfinished = `${path}.${process.pid}.${(this.#made += 1)}.part`;
    await writeFile(unfinished, wav);
    await rename(unfinished, path);
    await this.#shrink(path);
  }

  async #shrink(newest: string): Promise<void> {
    const kept = await this.#list();
    let bytes = kept.reduce((sum, file) => sum + file.bytes, 0);
    for (const file of kept.toSorted((a, b) => a.usedAtMs - b.usedAtMs)) {
      if (bytes <= this.#maxBytes) return;
      if (file.path === newest || this.#pinned.has(file.path)) continue;
      await rm(file.path, { force: true });
      bytes -= file.bytes;
    }
  }

  async #list(): Promise<readonly Kept[]> {
    const names = await readdir(this.#dir);
    const found = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#dir, name);
        const known = await stat(path).catch(() => null);
        return known === null ? [] : [{ path, bytes: known.size, usedAtMs: known.mtimeMs }];
      }),
    );
    return found.flat();
  }
}
