// Which files of a test run failed, by the real runner and by itself, and which may run once more.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import type { Failure, ReportLine } from '../../scripts/test/report.ts';
import {
  failuresOf,
  lineOf,
  mayRunAgain,
  passedLate,
  readReport,
} from '../../scripts/test/report.ts';

const REPORTER = join(import.meta.dirname, '../../scripts/test/failure-reporter.ts');

const failed = (file: string, name = 'a test', why = 'why'): Failure => ({
  kind: 'failed',
  file,
  test: name,
  why,
});
const finished = (file: string): ReportLine => ({ kind: 'finished', file });
const never = () => false;

const FILES: Readonly<Record<string, string>> = {
  'passes.test.mjs': `test('fine', () => {});`,
  'part.test.mjs': `test('whole', (t) => t.test('part', () => assert.equal(1, 2, 'not\\nequal')));
    test('later', () => assert.fail('too late to be told'));`,
  'loads.test.mjs': `throw new Error('cannot be loaded');`,
  'marked.test.mjs': `test('not yet', { todo: '' }, () => assert.fail('known'));`,
};

test('the reporter names the failed files of a real run, each with its first failure', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-report-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const paths = Object.entries(FILES).map(([name, text]) => {
    const head = `import assert from 'node:assert'; import { test } from 'node:test';\n`;
    writeFileSync(join(folder, name), head + text);
    return join(folder, name);
  });
  const report = join(folder, 'report');
  const destination = `--test-reporter-destination=${report}`;
  // A run inside of a run reports to the outer one, unless it does not know of it.
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = ['--test', `--test-reporter=${REPORTER}`, destination, ...paths];
  assert.equal(spawnSync(process.execPath, args, { env }).status, 1);
  const lines = readReport(readFileSync(report, 'utf8'));
  const told = failuresOf(lines, paths, false).map((failure) => {
    return [basename(failure.file), basename(failure.test), failure.why];
  });
  assert.deepEqual(told.sort(), [
    ['loads.test.mjs', 'loads.test.mjs', 'test failed'],
    ['part.test.mjs', 'part', 'not'],
  ]);
  const done = lines.filter(({ kind }) => kind === 'finished').map(({ file }) => basename(file));
  assert.deepEqual(done.sort(), ['marked.test.mjs', 'part.test.mjs', 'passes.test.mjs']);
});

test('events of no file, of skipped tests, and passes say nothing', () => {
  const fail = (data: object) => lineOf({ type: 'test:fail', data });
  assert.equal(fail({ name: 'x' }), null);
  assert.equal(fail({ name: 'x', file: 'a', todo: true }), null);
  assert.equal(fail({ name: 'x', file: 'a', skip: '' }), null);
  assert.deepEqual(fail({ name: 'x', file: 'a', todo: false }), failed('a', 'x', ''));
  assert.equal(lineOf({ type: 'test:pass', data: { name: 'x', file: 'a' } }), null);
  assert.equal(lineOf({ type: 'test:summary', data: {} }), null, 'of the whole run');
  const helper = { name: 'x', file: 'helper', entryFile: 'a' };
  assert.deepEqual(fail(helper), failed('a', 'x', ''), 'the file that was run');
});

test('a report that ends in the middle of a line is read up to there', () => {
  assert.deepEqual(readReport(''), []);
  assert.deepEqual(readReport(`${JSON.stringify(finished('a'))}\n{"kind":"fai`), [finished('a')]);
});

test('files that a hung run did not finish failed; others are known by their failures', () => {
  const report = [failed('a'), failed('a', 'second'), finished('a'), finished('b')];
  assert.deepEqual(failuresOf(report, ['a', 'b', 'c'], false), [failed('a')]);
  const hung = failed('c', 'the whole file', 'did not end');
  assert.deepEqual(failuresOf(report, ['a', 'b', 'c'], true), [failed('a'), hung]);
});

test('at most two files of a run are run again, and none that tries random values', () => {
  assert.equal(mayRunAgain([failed('a'), failed('b')], 0, never), true);
  assert.equal(mayRunAgain([failed('a')], 1, never), true);
  assert.equal(mayRunAgain([failed('a'), failed('b')], 1, never), false);
  assert.equal(mayRunAgain([failed('a'), failed('b'), failed('c')], 0, never), false);
  assert.equal(mayRunAgain([], 0, never), false, 'a run that fails without naming a file');
  const random = (file: string) => file === 'b';
  assert.equal(mayRunAgain([failed('a'), failed('b')], 0, random), false);
});

test('what passed late is said with its file, its test and its first failure', () => {
  const said = 'passed only when run again: test/e2e/x.test.ts (it rings: waited in vain)';
  assert.equal(passedLate(failed('test/e2e/x.test.ts', 'it rings', 'waited in vain')), said);
});
