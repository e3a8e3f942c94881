// Where the mediasoup-worker program is: named by the environment, in its package, or built by
// scripts/mediasoup-worker.ts into a cache outside the work tree.
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

type Environment = Readonly<Record<string, string | undefined>>;

const packageSchema = z.object({ version: z.string().regex(/^[\w.+-]{1,64}$/) });

/** The package's folder and version; null when it is not installed. */
export function mediasoupPackage(): { readonly folder: string; readonly version: string } | null {
  try {
    const folder = join(dirname(fileURLToPath(import.meta.resolve('mediasoup'))), '../..');
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    return { folder, version: packageSchema.parse(JSON.parse(text)).version };
  } catch {
    return null;
  }
}

/** The file that a build for this version goes to. */
export function cachedWorkerFile(environment: Environment, version: string): string {
  const cache = environment['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'ringback', `mediasoup-worker-${version}`);
}

/** The program, or null when there is none; MEDIASOUP_WORKER_BIN comes before all others. */
export function findWorkerFile(environment: Environment): string | null {
  const named = environment['MEDIASOUP_WORKER_BIN'] ?? '';
  if (named !== '') return named;
  const found = mediasoupPackage();
  if (found === null) return null;
  const own = join(found.folder, 'worker/out/Release/mediasoup-worker');
  const places = [own, cachedWorkerFile(environment, found.version)];
  return places.find((place) => existsSync(place)) ?? null;
}
