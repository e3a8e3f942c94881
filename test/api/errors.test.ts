// The error catalogue against the source, and the made pages against what they are made from.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorCodes, errorEntry } from '../../api/errors.ts';
import { madePages, storedPage } from '../../scripts/docs.ts';

const SOURCES = globSync('{core,sip,media,routing,callback,api}/**/*.ts');

const STATUS_OF: Readonly<Record<string, number>> = {
  badRequest: 400,
  notFound: 404,
  conflict: 409,
  unavailable: 503,
  limited: 429,
};

/** How errors are made in this house. */
const MAKERS =
  /\b(badRequest|notFound|conflict|unavailable|limited|[RA]\w+Error|refusal)\(\s*'([A-Z0-9_]+)'/g;

/** Every place where an error is made: code, and status where the maker says it. */
function madeErrors(): readonly { code: string; maker: string; file: string }[] {
  return SOURCES.flatMap((file) => {
    return [...readFileSync(file, 'utf8').matchAll(MAKERS)].map(([, maker = '', code = '']) => ({
      code,
      maker,
      file,
    }));
  });
}

test('every error that the source makes is in the catalogue', () => {
  const known = new Set(errorCodes());
  const missing = madeErrors().filter(({ code }) => !known.has(code));
  assert.deepEqual(missing, []);
});

test('every entry of the catalogue is an error that the source makes', () => {
  const made = new Set(madeErrors().map(({ code }) => code));
  assert.deepEqual(
    errorCodes().filter((code) => !made.has(code)),
    [],
  );
});

test('status and retry of the catalogue are those of the source', () => {
  const wrong = madeErrors().filter(({ code, maker }) => {
    const status = STATUS_OF[maker];
    if (status === undefined || !errorCodes().includes(code)) return false;
    const entry = errorEntry(code);
    return entry.status !== status || entry.retryable !== (status === 503 || status === 429);
  });
  assert.deepEqual(wrong, []);
});

test('no code stands twice in the catalogue', () => {
  assert.equal(new Set(errorCodes()).size, errorCodes().length);
});

for (const [path, text] of madePages) {
  test(`${path} is up to date (node scripts/docs.ts)`, () => {
    assert.equal(storedPage(path), text);
  });
}
