// What tests and recordings of speech need and npm does not bring: Debian packages, and the
// mediasoup worker. `node scripts/deps.ts` gets what is missing when root, otherwise says what to
// type; `--check` only looks; `--speech` includes what scripts/make-speech.ts needs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { findWorkerFile } from '../media/index.ts';
import { ensureWorker } from './mediasoup-worker.ts';

interface DebianPackage {
  readonly name: string;
  /** The program by which we know that it is there. */
  readonly program: string;
  readonly usedBy: string;
}

const FOR_TESTS: readonly DebianPackage[] = [
  { name: 'sip-tester', program: 'sipp', usedBy: 'test/e2e: SIPp scenarios' },
  { name: 'baresip-core', program: 'baresip', usedBy: 'test/e2e: a real softphone' },
  { name: 'openssl', program: 'openssl', usedBy: 'test/api: signatures as the docs check them' },
  { name: 'chromium', program: 'chromium', usedBy: 'test/e2e: a real browser' },
  { name: 'espeak-ng', program: 'espeak-ng', usedBy: 'test/media: text to speech' },
];

const FOR_SPEECH: readonly DebianPackage[] = [
  { name: 'sox', program: 'sox', usedBy: 'scripts/make-speech.ts' },
];

function isMissing({ program }: DebianPackage): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return !folders.some((folder) => existsSync(join(folder, program)));
}

/** Names of the packages that the tests would like and this machine lacks. */
export function missingPackages(): readonly string[] {
  return FOR_TESTS.filter(isMissing).map(({ name }) => name);
}

function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      speech: { type: 'boolean', default: false },
    },
  });
  const code = packages(values);
  return values.check ? code : worker(code);
}

/** Building it installs packages and takes minutes: done when nobody has to be asked. */
function worker(code: number): number {
  if (findWorkerFile(process.env) !== null) return code;
  if (process.getuid?.() === 0 || process.env['CI'] === 'true') {
    const isThere = ensureWorker() !== null;
    return isThere || process.env['CI'] !== 'true' ? code : 1;
  }
  const command = 'node scripts/mediasoup-worker.ts';
  process.stdout.write(`No mediasoup worker: tests with a browser are skipped. ${command}\n`);
  return code;
}

function packages(values: { readonly check: boolean; readonly speech: boolean }): number {
  const wanted = values.speech ? [...FOR_TESTS, ...FOR_SPEECH] : FOR_TESTS;
  const missing = wanted.filter(isMissing);
  if (missing.length === 0) {
    process.stdout.write(`All there: ${wanted.map(({ program }) => program).join(', ')}.\n`);
    return 0;
  }
  for (const { name, usedBy } of missing) process.stdout.write(`Missing: ${name} (${usedBy})\n`);
  const names = missing.map(({ name }) => name);
  if (values.check || process.getuid?.() !== 0) {
    const install = `apt-get install --no-install-recommends ${names.join(' ')}`;
    process.stdout.write(`As root: apt-get update && ${install}\n`);
    return 1;
  }
  // Another installation may be under way: it is waited for.
  const wait = ['-o', 'DPkg::Lock::Timeout=600'];
  const installed =
    apt(...wait, 'update') && apt(...wait, 'install', '-y', '--no-install-recommends', ...names);
  return installed ? 0 : 1;
}

if (import.meta.main) process.exitCode = main();
