// The folder of recordings: what is old, or of certain callbacks, is erased from it.
import { opendir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingFiles } from '../callback/index.ts';

/** The name of a file begins with the id of its callback. */
export function recordingFiles(folder: string): RecordingFiles {
  const erase = async (isMeant: (name: string, path: string) => Promise<boolean>) => {
    let erased = 0;
    for await (const entry of await opendir(folder)) {
      if (!entry.isFile()) continue;
      const path = join(folder, entry.name);
      if (!(await isMeant(entry.name, path))) continue;
      await unlink(path);
      erased += 1;
    }
    return erased;
  };
  return {
    eraseBefore: (beforeMs) => erase(async (_, path) => (await stat(path)).mtimeMs < beforeMs),
    eraseOf: (ids) => erase(async (name) => ids.some((id) => name.startsWith(id))),
  };
}
