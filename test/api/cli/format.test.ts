// Tables, ages, ladders, findings and the board of `ringback`, from values alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Schema } from '../../../api/client/index.ts';
import { Board, type CallbackEvent } from '../../../api/cli/board.ts';
import {
  agentFindings,
  clockFinding,
  findingLines,
  readinessFindings,
  trunkFindings,
  webhookFindings,
} from '../../../api/cli/findings.ts';
import { age, duration, facts, printable, table } from '../../../api/cli/format.ts';
import { ladderText } from '../../../api/cli/ladder-text.ts';

test('a table has columns as wide as their widest cell, and no spaces at its ends', () => {
  assert.deepEqual(
    table(
      ['A', 'LONG', 'C'],
      [
        ['wide', 'x', ''],
        ['y', 'z', 'last'],
      ],
    ),
    ['A     LONG  C', 'wide  x', 'y     z     last'],
  );
  assert.deepEqual(table(['A', 'B'], [['one', 'two']], 6), ['A    B', 'one  …']);
});

test('no cell moves the cursor or breaks the line', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (cells) => {
      const lines = [
        ...table(
          cells.map(() => 'H'),
          [cells],
        ),
        ...facts(cells.map((cell) => ['name', cell] as const)),
      ];
      assert.ok(lines.every((line) => !/\p{Cc}/u.test(line)));
    }),
  );
  assert.equal(printable('a\x1b[2Jb\r\nc'), 'a [2Jb c');
});

test('durations are short, ages look both ways', () => {
  const day = 86_400_000;
  const wanted = { 0: '0s', 59_999: '59s', 60_000: '1m', 11_100_000: '3h 5m' };
  for (const [ms, text] of Object.entries(wanted)) assert.equal(duration(Number(ms)), text);
  assert.equal(duration(2 * day + 4 * 3_600_000), '2d 4h');
  assert.equal(duration(-1), '0s');
  const at = '2026-01-05T09:00:00.000Z';
  assert.equal(age(at, Date.parse(at) + 61_000), '1m');
  assert.equal(age(at, Date.parse(at) - 61_000), 'in 1m');
  assert.equal(age(null, 0), '-');
});

function message(over: Partial<Schema<'SipMessage'>>): Schema<'SipMessage'> {
  return {
    at: '2026-01-05T09:00:00.000Z',
    direction: 'sent',
    protocol: 'udp',
    local: '127.0.0.1:5060',
    remote: '127.0.0.1:5090',
    callId: 'x',
    startLine: 'INVITE sip:anna@a SIP/2.0',
    cseq: '1 INVITE',
    text: '',
    ...over,
  };
}

test('a ladder: us at the left, arrows over the lifelines in between', () => {
  const lines = ladderText([
    message({}),
    message({
      at: '2026-01-05T09:00:01.500Z',
      direction: 'received',
      startLine: 'SIP/2.0 200 OK',
    }),
    message({ remote: '127.0.0.1:5091', startLine: 'BYE sip:b SIP/2.0' }),
  ]);
  assert.deepEqual(lines, [
    '          Ringback                  127.0.0.1:5090            127.0.0.1:5091',
    '   0.000  |-INVITE sip:anna@a------>|                         |',
    '   1.500  |<-200 OK (INVITE)--------|                         |',
    '   0.000  |-BYE sip:b---------------------------------------->|',
  ]);
});

test('a ladder of many peers and messages stays bounded', () => {
  const many = Array.from({ length: 400 }, (_, n) => message({ remote: `10.0.0.${n % 9}:5060` }));
  const lines = ladderText(many);
  assert.equal(lines.length, 302);
  assert.match(lines[0] ?? '', /others$/);
  assert.equal(lines.at(-1), 'and 100 more');
  assert.ok(lines.every((line) => line.length <= 120));
  assert.equal(ladderText([]).length, 1);
});

test('clocks apart are told, with the side', () => {
  const date = 'Mon, 05 Jan 2026 09:00:00 GMT';
  const atMs = Date.parse(date);
  assert.equal(clockFinding(date, atMs + 2_900).verdict, 'ok');
  const behind = clockFinding(date, atMs + 10_000);
  assert.deepEqual([behind.verdict, behind.detail], ['warn', 'the server is 10s behind']);
  assert.equal(clockFinding(date, atMs - 120_000).verdict, 'fail');
  assert.equal(clockFinding(null, atMs).verdict, 'warn');
});

const trunk = (state: Schema<'Trunk'>['state']) =>
  ({ name: state, state, reason: 'why' }) as Schema<'Trunk'>;
const agent = (state: Schema<'Agent'>['state'], phoneRegistered: boolean) =>
  ({ agentId: 'anna', state, phoneRegistered }) as Schema<'Agent'>;

test('a trunk that is down fails only when no other is up', () => {
  const verdicts = (...states: Schema<'Trunk'>['state'][]) =>
    trunkFindings(states.map(trunk)).map(({ verdict }) => verdict);
  assert.deepEqual(verdicts('up', 'down'), ['ok', 'warn']);
  assert.deepEqual(verdicts('down', 'disabled'), ['fail', 'fail']);
  assert.deepEqual(verdicts(), ['warn']);
});

test('every finding that is not ok says what to do', () => {
  const findings = [
    ...readinessFindings({ ready: false, checks: { sip: { ready: false, reason: 'gone' } } }),
    ...readinessFindings({ ready: true, checks: {} }),
    ...agentFindings([]),
    ...agentFindings([agent('logged-out', false)]),
    ...agentFindings([agent('ready', false), agent('ready', true)]),
    ...webhookFindings([{ id: 'w', url: 'https://a.test', dead: 3, isMore: true }]),
    ...webhookFindings([]),
    ...trunkFindings((['resting', 'down', 'disabled', 'up'] as const).map(trunk)),
  ];
  for (const { verdict, remedy } of findings) assert.equal(remedy === null, verdict === 'ok');
  const lines = findingLines(findings).join('\n');
  assert.match(lines, /^fail {2}ready: sip {2,}gone$/m);
  assert.match(lines, /^warn {2}agents {2,}logged in without a telephone: anna$/m);
  assert.match(lines, /^warn {2}webhook w {2,}3 or more dead letters/m);
});

const callback = (id: string, revision: number, state: string) =>
  ({
    ...{ id, revision, state, queueId: 'support', customerNumber: '+12025550123' },
    ...{ reason: state === 'completed' ? 'CANCELLED' : null, createdAt: '2026-01-05T09:00:00Z' },
  }) as Schema<'Callback'>;
const event = (callbackId: string, revision: number, state: string, type: string) =>
  ({
    ...{ topic: 'callback', callbackId, revision, state, type, queueId: 'support' },
    at: '2026-01-05T09:00:00Z',
  }) as CallbackEvent;

test('the board takes the newest of what it is told, and lets go of what ended', () => {
  const board = new Board();
  const text = (nowMs = 0) => board.lines(nowMs, 'live', 200, 24).join('\n');
  assert.equal(board.take(event('a', 3, 'dialing', 'dialled'), 0), true);
  assert.equal(board.take(event('a', 4, 'routing', 'customer-answered'), 0), false);
  board.put(callback('a', 2, 'queued'), 0);
  assert.match(text(), /a +support +\+12025550123 +routing +customer-answered/);
  assert.equal(board.take(event('a', 1, 'queued', 'submitted'), 0), false);
  assert.match(text(), /routing/);
  board.take(event('a', 5, 'completed', 'cancelled'), 1_000);
  board.put(callback('a', 5, 'completed'), 1_000);
  assert.match(text(15_000), /completed CANCELLED/);
  assert.match(text(17_000), /^0 callbacks - live/);
});

test('the board is as high and wide as the terminal', () => {
  const board = new Board();
  for (let n = 0; n < 1_200; n++) board.put(callback(`c${n}`, 1, 'queued'), 0);
  const lines = board.lines(0, 'live', 30, 10);
  assert.equal(lines.length, 9);
  assert.ok(lines.every((line) => line.length <= 30));
  assert.match(lines[0] ?? '', /^1200 callbacks, 1193 not/);
});
