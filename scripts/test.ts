// The whole test run, group by group: what needs quiet cores for its real-time audio runs alone.
// `npm test`, or `npm test -- unit` for some groups, or `npm test -- test/sip/x.test.ts` for files.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { missingPackages } from './deps.ts';

interface Group {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Test files at once. */
  readonly concurrency: number;
  readonly environment?: Readonly<Record<string, string>>;
}

const GROUPS: readonly Group[] = [
  {
    name: 'unit',
    patterns: [
      'test/*.test.ts',
      'test/{core,routing,callback,api,support,conformance}/**/*.test.ts',
    ],
    concurrency: 2,
  },
  { name: 'signalling', patterns: ['test/sip/**/*.test.ts'], concurrency: 2 },
  {
    // The same applications once more, over an engine that is a process of its own.
    name: 'sip-process',
    patterns: [
      'test/sip/process.test.ts',
      'test/sip/apps/{engine-loss,inbound,originate,registrar,tcp,trunk/targets}.test.ts',
    ],
    concurrency: 2,
    environment: { RINGBACK_TEST_ENGINE: 'process' },
  },
  { name: 'simulation', patterns: ['test/{sim,property,torture}/**/*.test.ts'], concurrency: 2 },
  { name: 'media', patterns: ['test/media/**/*.test.ts'], concurrency: 1 },
  // They mostly wait, in real time: two files at once leave the processors idle enough for sound.
  { name: 'end-to-end', patterns: ['test/e2e/**/*.test.ts'], concurrency: 2 },
];

/** Longest a single test file may take before it counts as hung. */
const FILE_TIMEOUT_MS = 240_000;

function run(group: Group, files: readonly string[]): boolean {
  const startedAtMs = performance.now();
  process.stdout.write(`\n== ${group.name}: ${files.length} files\n`);
  const { status } = spawnSync(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${group.concurrency}`,
      `--test-timeout=${FILE_TIMEOUT_MS}`,
      '--test-reporter=spec',
      ...files,
    ],
    { stdio: 'inherit', env: { ...process.env, ...group.environment } },
  );
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  process.stdout.write(`== ${group.name}: ${status === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  return status === 0;
}

function main(args: readonly string[]): number {
  const missing = missingPackages();
  if (missing.length > 0) {
    const list = missing.join(' ');
    process.stdout.write(`Missing Debian packages: ${list}. Their tests are skipped here.\n`);
  }
  const names = new Set(args.filter((arg) => !arg.endsWith('.ts')));
  const files = args.filter((arg) => arg.endsWith('.ts'));
  if (files.length > 0) {
    return run({ name: 'chosen', patterns: [], concurrency: 1 }, files) ? 0 : 1;
  }
  const unknown = [...names].filter((name) => !GROUPS.some((group) => group.name === name));
  if (unknown.length > 0) {
    const known = GROUPS.map((group) => group.name).join(', ');
    process.stderr.write(`No such group: ${unknown.join(', ')}. There are: ${known}.\n`);
    return 2;
  }
  const chosen = GROUPS.filter((group) => names.size === 0 || names.has(group.name));
  const failed = chosen.filter((group) => {
    const found = group.patterns.flatMap((pattern) => globSync(pattern)).sort();
    return found.length > 0 && !run(group, found);
  });
  if (failed.length > 0) {
    process.stdout.write(`\nFailed: ${failed.map((group) => group.name).join(', ')}\n`);
  }
  return failed.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
