// The house rules that a machine can check: who may import whom, what a pure file may not touch,
// and how large things may grow.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { SourceFile } from './support/tidy/source.ts';
import { readSources } from './support/tidy/source.ts';

const MAX_FILE_LINES = 400;
const MAX_FUNCTION_LINES = 70;
const MAX_COLUMNS = 100;

/** Made by a program from the API description; no rule of style is meant for it. */
const GENERATED = 'api/client/types.ts';

const sources = readSources().filter(({ path }) => path !== GENERATED);
const product = sources.filter((source) => !/^(test|scripts|bench|examples)\//u.test(source.path));

/** Folder to the folders of ours that it may import; a face is that folder's index.ts. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  sip: ['core'],
  media: ['core'],
  routing: ['core'],
  callback: ['core', 'routing/index.ts'],
  'callback/adapters': ['core', 'sip/index.ts', 'media/index.ts', 'routing/index.ts'],
  'callback/store': ['core', 'routing/index.ts'],
  api: ['core', 'sip/index.ts', 'media/index.ts', 'routing/index.ts', 'callback/index.ts'],
};

/** Files that decide: no I/O, no clock, no chance, no environment, no log. */
const PURE = [
  /^sip\/(message|dialog)\//u,
  /^sip\/guard\/(?!guard)/u,
  /^sip\/hep\/encode/u,
  /^sip\/transaction\/(?!layer|wheel)/u,
  /^sip\/apps\/trunk\/(choice|health|admission|groups|identity|number-plan|redirect)\.ts$/u,
  /^sip\/apps\/trunk\/[a-z-]+-rules\.ts$/u,
  /^media\/(sdp|rtp|codec|dsp)\//u,
  /^media\/webrtc\/(model|read|write|negotiator|capabilities)\.ts$/u,
  /^media\/prompts\/grammar\//u,
  /^routing\/(?!router|index)/u,
  /^callback\/(time|treatments)\//u,
  /^callback\/chat\/(?!runner)/u,
  /^callback\/(?!adapters|store|runner|live-runner|index)[^/]+\.ts$/u,
];

const FORBIDDEN_IN_PURE = [
  /^Date\.now\(\)$/u,
  /^Math\.random\(\)$/u,
  /^performance\.now\(\)$/u,
  /^process\./u,
  /^console\./u,
  /^(setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\(\)$/u,
];

function folderOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  const nested = `${first}/${second}`;
  return nested in MAY_IMPORT ? nested : first;
}

function isOurs(specifier: string): boolean {
  return /^(core|sip|media|routing|callback|api|test|scripts|bench)\//u.test(specifier);
}

function forbiddenImports(source: SourceFile): readonly string[] {
  const own = folderOf(source.path);
  const [top = ''] = source.path.split('/');
  const allowed = MAY_IMPORT[own] ?? [];
  return source.imports.filter((specifier) => {
    if (!isOurs(specifier)) return false;
    if (specifier.startsWith(`${top}/`)) return false;
    return !allowed.some((grant) => specifier === grant || specifier.startsWith(`${grant}/`));
  });
}

function report(what: string, findings: readonly string[]): void {
  assert.deepEqual(findings, [], `${what}:\n  ${findings.join('\n  ')}`);
}

test('folders import only what the house allows', () => {
  const findings = product.flatMap((source) =>
    forbiddenImports(source).map((specifier) => `${source.path} imports ${specifier}`),
  );
  report('forbidden imports', findings);
});

test('the product never imports tests, scripts or benchmarks', () => {
  const findings = product.flatMap((source) =>
    source.imports
      .filter((specifier) => /^(test|scripts|bench)\//u.test(specifier))
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  report('imports of test code', findings);
});

test('pure files touch no I/O, clock, chance, environment or log', () => {
  const pure = product.filter((source) => PURE.some((pattern) => pattern.test(source.path)));
  assert.ok(pure.length > 20, 'the pure files were found');
  const findings = pure.flatMap((source) => [
    ...source.imports
      .filter((specifier) => specifier.startsWith('node:'))
      .map((specifier) => `${source.path} imports ${specifier}`),
    ...[...source.accesses]
      .filter((access) => FORBIDDEN_IN_PURE.some((pattern) => pattern.test(access)))
      .map((access) => `${source.path} uses ${access}`),
  ]);
  report('impure', findings);
});

test('the clock, timers and chance are read in core only', () => {
  const findings = product
    .filter((source) => !source.path.startsWith('core/'))
    .flatMap((source) =>
      [...source.accesses]
        .filter((access) => /^(Date\.now|Math\.random)\(\)$/u.test(access))
        .map((access) => `${source.path} uses ${access}`),
    );
  report('use the ports of core instead', findings);
});

test(`files stay under ${MAX_FILE_LINES} lines, functions under ${MAX_FUNCTION_LINES}`, () => {
  const findings = sources.flatMap((source) => [
    ...(source.lines.length > MAX_FILE_LINES + 1
      ? [`${source.path} has ${source.lines.length} lines`]
      : []),
    ...source.functions
      .filter((span) => span.lines > MAX_FUNCTION_LINES)
      .map((span) => `${source.path}: ${span.name} has ${span.lines} lines`),
  ]);
  report('too long', findings);
});

test(`lines have at most ${MAX_COLUMNS} columns`, () => {
  const findings = sources.flatMap((source) =>
    source.lines
      .map((line, index) => ({ length: line.length, index }))
      .filter(({ length }) => length > MAX_COLUMNS)
      .map(({ length, index }) => `${source.path}:${index + 1} has ${length} columns`),
  );
  report('too wide', findings);
});

test('every file says at its head what lives in it', () => {
  const findings = sources
    .filter((source) => !/^(\/\/|\/\*|#!)/u.test(source.lines[0] ?? ''))
    .map((source) => source.path);
  report('no opening comment', findings);
});

test('no work is left as a note in the code', () => {
  const findings = product.flatMap((source) =>
    source.lines
      .map((line, index) => ({ line, index }))
      .filter(({ line }) => /\b(TODO|FIXME|XXX|HACK)\b/u.test(line))
      .map(({ index }) => `${source.path}:${index + 1}`),
  );
  report('notes of undone work', findings);
});

test('no product file is dead', () => {
  const imported = new Set(sources.flatMap((source) => source.imports));
  const threads = /^(sip\/worker|media\/worker\/main|media\/prompts\/convert-worker)\.ts$/u;
  const programs = /^(api\/main|api\/cli\/main|sip\/process)\.ts$|\/index\.ts$/u;
  const findings = product
    .map((source) => source.path)
    .filter((path) => !imported.has(path) && !threads.test(path) && !programs.test(path));
  report('imported by nobody', findings);
});
