// The whole test run, group by group: what needs quiet cores for its real-time audio runs alone.
// `npm test`, or `npm test -- unit` for some groups, or `npm test -- test/sip/x.test.ts` for files.
// A failed file of a real-time group runs once more, alone (test/report.ts); `--strict`: never.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { missingPackages } from './deps.ts';
import type { Failure } from './test/report.ts';
import { failuresOf, mayRunAgain, passedLate, readReport } from './test/report.ts';

interface Group {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Test files at once. */
  readonly concurrency: number;
  /** Real sockets, processes and sound: a failed file may run once more. */
  readonly realTime: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

const GROUPS: readonly Group[] = [
  {
    name: 'unit',
    patterns: [
      'test/*.test.ts',
      'test/{core,routing,callback,api,conformance,scripts}/**/*.test.ts',
    ],
    concurrency: 2,
    realTime: false,
  },
  { name: 'signalling', patterns: ['test/sip/**/*.test.ts'], concurrency: 2, realTime: true },
  {
    // The same applications once more, over an engine that is a process of its own.
    name: 'sip-process',
    patterns: [
      'test/sip/process.test.ts',
      'test/sip/apps/{engine-loss,inbound,originate,registrar,tcp,trunk/targets}.test.ts',
    ],
    concurrency: 2,
    realTime: true,
    environment: { RINGBACK_TEST_ENGINE: 'process' },
  },
  {
    name: 'simulation',
    patterns: ['test/{sim,property,torture}/**/*.test.ts'],
    concurrency: 2,
    realTime: false,
  },
  { name: 'media', patterns: ['test/media/**/*.test.ts'], concurrency: 1, realTime: true },
  {
    // They mostly wait, in real time: two files at once leave the processors idle enough for sound.
    name: 'end-to-end',
    patterns: ['test/{e2e,support}/**/*.test.ts'],
    concurrency: 2,
    realTime: true,
  },
];

/** Longest a single test may take before it counts as hung. */
const TEST_TIMEOUT_MS = 240_000;
/** A run that finishes no file for so long is ended: something keeps a test process alive. */
const MAX_QUIET_MS = TEST_TIMEOUT_MS + 60_000;
const REPORTER = join(import.meta.dirname, 'test/failure-reporter.ts');

interface Outcome {
  readonly passed: boolean;
  readonly failures: readonly Failure[];
}

/** What happened over all groups. */
interface Tally {
  filesAgain: number;
  readonly late: Failure[];
}

/** Runs files of a group; the spec goes to our own output. */
async function runFiles(group: Group, files: readonly string[]): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-tests-'));
  const report = join(folder, 'report');
  const child = spawn(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${group.concurrency}`,
      `--test-timeout=${TEST_TIMEOUT_MS}`,
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${REPORTER}`, `--test-reporter-destination=${report}`],
      ...files,
    ],
    // A process group of its own: what hangs in it can be ended as a whole.
    { stdio: 'inherit', env: { ...process.env, ...group.environment }, detached: true },
  );
  const watch = watchQuiet(child, report);
  const [status] = (await once(child, 'close')) as [number | null];
  const hung = watch.stop();
  const text = existsSync(report) ? readFileSync(report, 'utf8') : '';
  rmSync(folder, { recursive: true, force: true });
  const lines = readReport(text).map((line) => ({ ...line, file: shown(line.file) }));
  return { passed: status === 0, failures: failuresOf(lines, files.map(shown), hung) };
}

function shown(file: string): string {
  return relative(process.cwd(), resolve(file));
}

/** Ends a run that has stopped reporting, and one whose user has had enough. */
function watchQuiet(child: ChildProcess, report: string): { stop(): boolean } {
  let hung = false;
  let size = 0;
  let changedAtMs = performance.now();
  const end = () => process.kill(-(child.pid ?? 0), 'SIGKILL');
  const timer = setInterval(() => {
    const now = statSync(report, { throwIfNoEntry: false })?.size ?? 0;
    if (now !== size) changedAtMs = performance.now();
    size = now;
    if (hung || performance.now() - changedAtMs < MAX_QUIET_MS) return;
    hung = true;
    process.stdout.write(`No file has finished for ${MAX_QUIET_MS / 1000} s: ended.\n`);
    end();
  }, 1_000);
  const interrupted = () => {
    end();
    process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  return {
    stop: () => {
      clearInterval(timer);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
      return hung;
    },
  };
}

function isRandom(file: string): boolean {
  return readFileSync(file, 'utf8').includes(`from 'fast-check'`);
}

/** Gives the failed files of a real-time group a second chance; true when all of them took it. */
async function passAlone(
  group: Group,
  failures: readonly Failure[],
  tally: Tally,
): Promise<boolean> {
  if (!group.realTime || !mayRunAgain(failures, tally.filesAgain, isRandom)) return false;
  tally.filesAgain += failures.length;
  let passed = true;
  for (const failure of failures) {
    process.stdout.write(`\n== ${group.name}: once more, alone: ${failure.file}\n`);
    const second = await runFiles({ ...group, concurrency: 1 }, [failure.file]);
    if (second.passed) tally.late.push(failure);
    else passed = false;
  }
  return passed;
}

async function run(group: Group, files: readonly string[], tally: Tally): Promise<boolean> {
  const startedAtMs = performance.now();
  process.stdout.write(`\n== ${group.name}: ${files.length} files\n`);
  const first = await runFiles(group, files);
  const passed = first.passed || (await passAlone(group, first.failures, tally));
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`== ${group.name}: ${passed ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  return passed;
}

/** The groups and their files that the arguments name; all of them when they name none. */
function choose(args: readonly string[], strict: boolean): readonly (readonly [Group, string[]])[] {
  const files = args.filter((arg) => arg.endsWith('.ts'));
  if (files.length > 0) {
    return [[{ name: 'chosen', patterns: [], concurrency: 1, realTime: false }, files]];
  }
  const names = new Set(args);
  return GROUPS.filter((group) => names.size === 0 || names.has(group.name))
    .map((group) => ({ ...group, realTime: group.realTime && !strict }))
    .map((group): [Group, string[]] => {
      return [group, group.patterns.flatMap((pattern) => globSync(pattern)).sort()];
    })
    .filter(([, found]) => found.length > 0);
}

async function main(args: readonly string[]): Promise<number> {
  const missing = missingPackages();
  if (missing.length > 0) {
    const list = missing.join(' ');
    process.stdout.write(`Missing Debian packages: ${list}. Their tests are skipped here.\n`);
  }
  const wanted = args.filter((arg) => arg !== '--strict');
  const unknown = wanted.filter(
    (arg) => !arg.endsWith('.ts') && !GROUPS.some(({ name }) => name === arg),
  );
  if (unknown.length > 0) {
    const known = GROUPS.map((group) => group.name).join(', ');
    process.stderr.write(`No such group: ${unknown.join(', ')}. There are: ${known}.\n`);
    return 2;
  }
  const tally: Tally = { filesAgain: 0, late: [] };
  const failed: string[] = [];
  for (const [group, files] of choose(wanted, args.includes('--strict'))) {
    if (!(await run(group, files, tally))) failed.push(group.name);
  }
  if (tally.late.length > 0) process.stdout.write('\n');
  for (const failure of tally.late) process.stdout.write(`${passedLate(failure)}\n`);
  if (failed.length > 0) process.stdout.write(`\nFailed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
