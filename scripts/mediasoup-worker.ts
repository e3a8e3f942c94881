// Gets the mediasoup worker, without which browsers cannot be telephones: the one that is named or
// there already, the package's prebuilt one, or one built here against Debian's libraries.
// `node scripts/mediasoup-worker.ts`; the result is kept in the cache and found by the server.
import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cachedWorkerFile, findWorkerFile, mediasoupPackage } from '../media/webrtc/worker-file.ts';
import { BUILD_PACKAGES, CORRECTIONS, forwardFiles } from './mediasoup-worker/forwards.ts';
import type { Correction } from './mediasoup-worker/forwards.ts';

/** Longest wait for the prebuilt worker: where downloads are forbidden some only hang. */
const DOWNLOAD_LIMIT_MS = 20_000;
/** What the worker ends with when nobody told it its version (its main.cpp): so it does start. */
const STARTED_STATUS = 41;

function say(words: string): void {
  process.stdout.write(`mediasoup worker: ${words}\n`);
}

interface Where {
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs to its end; @returns the last lines when it fails, else null. */
function faultOf(program: string, args: readonly string[], where: Where = {}): string | null {
  const { cwd, timeoutMs, environment } = where;
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: 'SIGKILL' }),
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return null;
  const words = `${stdout ?? ''}\n${stderr ?? ''}`.trim().split('\n').slice(-15).join('\n');
  return `${program} ${args.join(' ')}: ${error?.message ?? ''}\n${words}`;
}

/** Whether it runs here: a worker for another system lacks its libraries. */
function starts(workerFile: string): boolean {
  const environment = { ...process.env, MEDIASOUP_VERSION: undefined };
  const options = { timeout: 10_000, stdio: 'ignore', env: environment } as const;
  return spawnSync(workerFile, [], options).status === STARTED_STATUS;
}

/** The package's own script puts it into the package; its fallback to a build is barred. */
function fetchPrebuilt(folder: string): boolean {
  const fault = faultOf(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: folder,
    timeoutMs: DOWNLOAD_LIMIT_MS,
    environment: { PYTHON: '/bin/false' },
  });
  const fetched = findWorkerFile({});
  return fault === null && fetched !== null && starts(fetched);
}

/** @throws Error naming the packages, when they are missing and we may not install them */
function installPackages(): void {
  const missing = BUILD_PACKAGES.filter((name) => faultOf('dpkg', ['-s', name]) !== null);
  if (missing.length === 0) return;
  const install = ['install', '-y', '--no-install-recommends', ...missing];
  if (process.getuid?.() !== 0) throw new Error(`as root: apt-get ${install.join(' ')}`);
  say(`installing ${missing.join(' ')}`);
  const environment = { DEBIAN_FRONTEND: 'noninteractive' };
  // Another installation may be under way: it is waited for.
  const wait = ['-o', 'DPkg::Lock::Timeout=600'];
  must(faultOf('apt-get', [...wait, 'update'], { environment }));
  must(faultOf('apt-get', [...wait, ...install], { environment }));
}

function must(fault: string | null): void {
  if (fault !== null) throw new Error(fault);
}

/** Builds the package's own source in a folder of its own. */
function build(folder: string, target: string): void {
  installPackages();
  const work = mkdtempSync(join(tmpdir(), 'ringback-mediasoup-'));
  try {
    cpSync(join(folder, 'worker'), work, { recursive: true });
    for (const wrap of globSync('subprojects/*.wrap', { cwd: work })) rmSync(join(work, wrap));
    for (const file of forwardFiles()) {
      const path = join(work, 'subprojects', file.path);
      mkdirSync(dirname(path), { recursive: true });
      if ('text' in file) writeFileSync(path, file.text);
      else copyFileSync(join(import.meta.dirname, 'mediasoup-worker', file.from), path);
    }
    for (const correction of CORRECTIONS) correct(work, correction);
    say('building it, which takes some minutes');
    const setup = ['setup', '--buildtype', 'release', '-Db_ndebug=true', 'build'];
    must(faultOf('/usr/bin/meson', setup, { cwd: work }));
    // These headers are made first: the recipe does not say that others need them.
    must(faultOf('ninja', ['-C', 'build', 'fbs/FBS/notification.h'], { cwd: work }));
    must(faultOf('nice', ['ninja', '-C', 'build', 'mediasoup-worker'], { cwd: work }));
    keep(join(work, 'build/mediasoup-worker'), target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @throws Error when the source is not the one that was known */
function correct(folder: string, { file, from, to }: Correction): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} of this version is unknown here`);
  writeFileSync(path, text.replace(from, to));
}

/** In one step, so that nobody ever finds half a file. */
function keep(built: string, target: string): void {
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  must(faultOf('strip', ['-o', partial, built]));
  renameSync(partial, target);
}

/** Sees to it that there is a worker that runs; @returns its file, or null with a word why. */
export function ensureWorker(): string | null {
  const found = findWorkerFile(process.env);
  if (found !== null && starts(found)) return found;
  if (found !== null) say(`${found} does not start here`);
  const mediasoup = mediasoupPackage();
  if (mediasoup === null) {
    say('the package mediasoup is not installed');
    return null;
  }
  if (fetchPrebuilt(mediasoup.folder)) return findWorkerFile({});
  const target = cachedWorkerFile(process.env, mediasoup.version);
  try {
    build(mediasoup.folder, target);
    if (starts(target)) return target;
    say(`${target} does not start`);
  } catch (fault) {
    say(fault instanceof Error ? fault.message : String(fault));
  }
  return null;
}

if (import.meta.main) {
  const workerFile = ensureWorker();
  say(workerFile ?? 'none: browsers cannot be telephones, everything else works');
  process.exitCode = workerFile === null ? 1 : 0;
}
