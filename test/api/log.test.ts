// The log: event names, levels, numbers masked, secrets and user data never.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { badRequest } from '../../core/errors.ts';
import { createLog, type LogLevel } from '../../api/log.ts';
import { maskedText } from '../../api/mask.ts';

/** What a log writes, as objects, while `use` uses it. */
function written(
  use: (log: ReturnType<typeof createLog>) => void,
  level: LogLevel = 'debug',
): readonly Record<string, unknown>[] {
  const lines: string[] = [];
  use(createLog(level, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line has time, level, event and fields', () => {
  const [line] = written((log) => log.warn('trunk-lost', { trunk: 'a', status: 503 }));
  assert.equal(typeof line?.['time'], 'string');
  const { time: _time, ...rest } = line ?? {};
  assert.deepEqual(rest, { level: 'warn', event: 'trunk-lost', trunk: 'a', status: 503 });
});

test('lines below the level are not written', () => {
  const lines = written((log) => {
    log.info('unheard');
    log.error('heard');
  }, 'error');
  assert.deepEqual(
    lines.map((line) => line['event']),
    ['heard'],
  );
});

test('children carry their fields, masked as well', () => {
  const [line] = written((log) => log.child({ from: '+12025550123' }).info('x', { a: 1 }));
  assert.deepEqual([line?.['from'], line?.['a']], ['+********123', 1]);
});

const MASKED: readonly (readonly [string, string])[] = [
  ['+12025550123', '+********123'],
  ['sip:+12025550123@10.0.0.1:5060', 'sip:+********123@10.0.0.1:5060'],
  ['call (202) 555-0123 now', 'call (***) ***-*123 now'],
  ['202.555.0123', '***.***.*123'],
  ['0044 20 7946 0958', '**** ** **** *958'],
];

for (const [text, expected] of MASKED) {
  test(`masked: ${text}`, () => assert.equal(maskedText(text), expected));
}

for (const text of [
  '192.168.100.200:5060',
  '2026-01-05T09:00:00.000Z',
  '2026-01-05',
  '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
  'http-request',
  '/api/v1/callbacks/:id',
]) {
  test(`not a number: ${text}`, () => assert.equal(maskedText(text), text));
}

test('fields that hold numbers are masked whatever their form', () => {
  const [line] = written((log) =>
    log.info('x', { customerNumber: '5550123', called: { number: 12025550123 }, portNumber: 5060 }),
  );
  assert.deepEqual(line?.['customerNumber'], '****123');
  assert.deepEqual(line?.['called'], { number: '********123' });
  assert.equal(line?.['portNumber'], 5060);
});

test('secrets and user data are never written, however deep', () => {
  const secret = 'do-not-show-me';
  const lines = written((log) =>
    log.info('x', {
      password: secret,
      a: [{ apiKey: secret, headers: { authorization: secret } }],
      userData: { anything: secret },
      credentials: { username: 'u', password: secret },
      ha1Md5: secret,
    }),
  );
  assert.ok(!JSON.stringify(lines).includes(secret));
});

test('errors are written with code, fields and cause, masked', () => {
  const error = badRequest('X_Y', 'cannot call +12025550123', { number: '+12025550123' });
  const wrapped = new Error('outer', { cause: error });
  const [line] = written((log) => log.error('failed', { error: wrapped }));
  const text = JSON.stringify(line);
  assert.ok(text.includes('X_Y') && text.includes('outer') && !text.includes('2025550123'));
});

test('anything can be logged: loops, depth, getters that throw do not break the caller', () => {
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  const [line] = written((log) => log.info('x', { loop, big: 10n, f: () => 1, s: Symbol('a') }));
  assert.equal(line?.['event'], 'x');
});

test('no number of seven digits or more survives, wherever it stands', () => {
  const number = fc.stringMatching(/^\+?[1-9][0-9]{6,14}$/);
  const around = fc.constantFrom('', ' ', 'to ', 'tel:', '<sip:', '"');
  fc.assert(
    fc.property(number, around, (digits, before) => {
      const masked = maskedText(`${before}${digits}@x`);
      assert.ok(!masked.includes(digits.slice(-7)), masked);
    }),
  );
});
