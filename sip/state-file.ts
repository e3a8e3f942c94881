// A small thing that must survive a restart, as JSON in a file of its own: written whole beside the
// old one and put in its place, so that a crash leaves either, never half. Knows no meaning.
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import type { Log } from '../core/ports.ts';

export class StateFile {
  readonly #path: string;
  readonly #log: Log;
  #next: (() => unknown) | null = null;
  #writing: Promise<void> | null = null;

  /** @param path of the file; its folder must exist */
  constructor(path: string, log: Log) {
    this.#path = path;
    this.#log = log;
  }

  /** What was written last; null when there is none, or it cannot be read (logged). */
  read(): unknown {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isMissing) this.#warn('state-file-unreadable', error);
      return null;
    }
  }

  /** Writes what `value` gives by then, soon; of several askings only the last is written. */
  write(value: () => unknown): void {
    this.#next = value;
    this.#writing ??= this.#run();
  }

  /** Resolves when all that was asked for is written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  async #run(): Promise<void> {
    for (let value = this.#next; value !== null; value = this.#next) {
      this.#next = null;
      try {
        const beside = `${this.#path}.new`;
        await writeFile(beside, JSON.stringify(value()), { mode: 0o600, flush: true });
        await rename(beside, this.#path);
      } catch (error) {
        this.#warn('state-file-not-written', error);
      }
    }
    this.#writing = null;
  }

  #warn(event: string, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#log.warn(event, { path: this.#path, reason });
  }
}
