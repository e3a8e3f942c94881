// The simulator of days: the same rules as live, figures that can be worked out by hand, and files
// whose faults are named.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfig } from '../../api/config.ts';
import { playDay } from '../../scripts/simulate/centre.ts';
import { DayFault, dayText, parseDay } from '../../scripts/simulate/day.ts';
import type { Day } from '../../scripts/simulate/day.ts';
import { generateDay } from '../../scripts/simulate/generate.ts';
import { measure } from '../../scripts/simulate/measures.ts';
import type { Measure } from '../../scripts/simulate/measures.ts';

const head =
  '{"type":"day","version":1,"name":"d","startsAt":"2026-03-02T09:00:00Z","hours":2,' +
  '"answerByHour":[0,0,0,0,0,0,0,0,0,1,1,1,0,0,0,0,0,0,0,0,0,0,0,0],"machineShare":0}';
const shift = '{"type":"shift","agent":"ann","fromSeconds":0,"toSeconds":7200}';
const queue = 'queues: [{ id: support, wrapUpSeconds: 10, callback: { retryGapSeconds: 60 } }]';

function caller(atSeconds: number, patienceSeconds = 600, changes: object = {}): string {
  const bare = { type: 'interaction', atSeconds, queue: 'support', wants: 'agent' };
  return JSON.stringify({ ...bare, talkSeconds: 100, patienceSeconds, ...changes });
}

function dayOf(...lines: readonly string[]): Day {
  return parseDay([head, shift, ...lines].join('\n'), 'test');
}

async function played(day: Day, settings = queue): Promise<(name: string) => number | null> {
  const measures = measure(await playDay(day, parseConfig(settings, {})), 20);
  return (name) => valueOf(measures, name);
}

/** `group: label` */
function valueOf(measures: readonly Measure[], name: string): number | null {
  const found = measures.find(({ group, label }) => `${group}: ${label}` === name);
  assert.ok(found, `a measure ${name}`);
  return found.value;
}

test('one agent takes two callers in turn: the second waits for talk and wrap-up', async () => {
  const value = await played(dayOf(caller(0), caller(10)));
  // 2 s until the agent's phone is answered, 0.2 s until they are joined.
  // The second: 2.2 + 100 + 10 + 2.2 s after the first came, and 10 s of it before its own arrival.
  assert.equal(value('Callers on the line: calls'), 2);
  assert.equal(value('Callers on the line: wait, p50'), 2.2);
  assert.equal(value('Callers on the line: wait, p99'), 104.4);
  assert.equal(value('Callers on the line: answered within 20 s'), 0.5);
  assert.equal(value('Callers on the line: abandoned'), 0);
});

test('who hangs up is called back, with the place of the arrival', async () => {
  const value = await played(dayOf(caller(0), caller(10, 30, { dials: [{ result: 'busy' }] })));
  assert.equal(value('Callers on the line: abandoned'), 1);
  assert.equal(value('Callbacks: promised'), 1);
  assert.equal(value('Callbacks: kept'), 1);
  assert.equal(value('Callbacks: dials for each'), 2);
  // From the call at 10 s on, over a busy line and the gap of a minute.
  const waited = value('Callbacks: wait, p50') ?? 0;
  assert.ok(waited > 100 + 60 && waited < 100 + 60 + 60, String(waited));
  const refused = await played(
    dayOf(caller(0), caller(10, 30)),
    queue.replace('callback: {', 'callback: { callbackOnAbandon: false,'),
  );
  assert.equal(refused('Callbacks: promised'), 0);
});

test('office hours of the settings refuse a scheduled callback at the door', async () => {
  const wish = caller(0, 60, { wants: 'scheduled', dueSeconds: 3_600 });
  const office = 'officeHours: [{ id: o, timeZone: UTC, weekly: ["Mon 09:00-09:30"] }]\n';
  const open = await played(dayOf(wish));
  const closed = await played(
    dayOf(wish),
    office + queue.replace('callback: {', 'callback: { officeHours: o,'),
  );
  assert.equal(open('Callbacks: kept'), 1);
  assert.equal(closed('Callbacks: refused at the door'), 1);
  assert.equal(closed('Callbacks: promised'), 0);
});

test('a plan makes the same day for the same seed, and a file brings it back', async () => {
  const plan = readFileSync('examples/simulation/plan.yaml', 'utf8').replace(
    'timeZone: Europe/Berlin',
    'timeZone: Europe/Berlin\nhours: 8',
  );
  const day = generateDay(plan, 'plan', 5);
  assert.deepEqual(generateDay(plan, 'plan', 5), day);
  assert.notDeepEqual(generateDay(plan, 'plan', 6).interactions, day.interactions);
  assert.deepEqual(parseDay(dayText(day), 'again'), day);
  const settings = readFileSync('examples/simulation/notification.yaml', 'utf8');
  const first = measure(await playDay(day, parseConfig(settings, {})), 20);
  assert.deepEqual(measure(await playDay(day, parseConfig(settings, {})), 20), first);
  assert.ok((valueOf(first, 'Everybody: conversations') ?? 0) > 100);
});

for (const [what, lines, said] of [
  ['no head', [shift], /not of type day/u],
  ['no JSON', [head, '{'], /test:2: not JSON/u],
  ['an unknown word', [head, shift.replace('agent', 'agnet')], /test:2: .*agnet/u],
  ['a due time of a caller', [head, caller(0, 1, { dueSeconds: 5 })], /test:2: dueSeconds/u],
  ['a shift backwards', [head, shift.replace('7200', '0')], /ends before it begins/u],
  ['nothing', [''], /empty/u],
] as const) {
  test(`a day file with ${what} is refused with its line`, () => {
    assert.throws(
      () => parseDay(lines.join('\n'), 'test'),
      (fault) => fault instanceof DayFault && said.test(fault.message),
    );
  });
}

test('a queue that the settings do not have is named', async () => {
  const day = dayOf(caller(0));
  const other = parseConfig('queues: [{ id: other }]', {});
  await assert.rejects(playDay(day, other), /no queue support/u);
});

test('the command prints a table and writes a page', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-simulate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const report = join(folder, 'report.html');
  const files = ['reservation', 'notification'].flatMap((name) => [
    ...['--settings', `examples/simulation/${name}.yaml`],
  ]);
  const day = ['--day', 'examples/simulation/day.jsonl', '--report', report];
  const said = execFileSync(process.execPath, ['scripts/simulate.ts', ...day, ...files], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.match(said, /CALLERS ON THE LINE +reservation +notification/u);
  assert.match(said, /kept +100\.0 % +100\.0 %/u);
  const page = readFileSync(report, 'utf8');
  assert.equal([...page.matchAll(/<svg /gu)].length, 4);
  assert.doesNotMatch(page, /https?:\/\//u);
});
