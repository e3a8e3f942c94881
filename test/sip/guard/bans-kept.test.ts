// Bans over a restart: kept with their count, cut to what is allowed now, and nothing believed of a
// file that is no list of bans.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { liveClock, liveIds, liveRng, silentLog } from '../../../core/live.ts';
import { startEngine } from '../../../sip/engine.ts';
import { readOffenders, writeOffenders } from '../../../sip/guard/ban-file.ts';
import { StateFile } from '../../../sip/state-file.ts';
import { until } from '../../support/until.ts';
import { engineOptions } from '../support/rig.ts';
import { guardOptions } from './support.ts';

const { bans: RULES } = guardOptions();
const NOW_MS = 1_700_000_000_000;

function fileOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bans-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, 'bans.json');
}

test('an engine that starts again knows who is banned, and how often', async (t) => {
  const bansFile = fileOf(t);
  const deps = { clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog };
  const options = engineOptions({ guard: guardOptions({ bansFile }) });
  const first = await startEngine(options, deps);
  for (let count = 0; count < RULES.failures; count++) {
    first.guard?.authenticated('198.51.100.7', false);
  }
  const before = await first.guard?.bans();
  await first.stop();
  const second = await startEngine(options, deps);
  t.after(() => second.stop());
  assert.equal(before?.length, 1);
  assert.deepEqual(await second.guard?.bans(), before);
  assert.equal(await second.guard?.liftBan('198.51.100.7'), true);
  await until('the file to say so', () => readFileSync(bansFile, 'utf8') === '[]');
});

test('the time grows on from the bans before the restart', () => {
  const offender = { failedAtMs: [], bans: 3, bannedAtMs: NOW_MS - 9_000, bannedUntilMs: NOW_MS };
  const kept = JSON.parse(JSON.stringify(writeOffenders([['192.0.2.1', offender]]))) as unknown;
  assert.deepEqual(readOffenders(kept, RULES, NOW_MS, 10), [['192.0.2.1', offender]]);
  const muchLaterMs = NOW_MS + RULES.longestSeconds * 1_000 + 1;
  assert.deepEqual(readOffenders(kept, RULES, muchLaterMs, 10), [], 'forgotten by then');
});

test('a ban from a wrong clock lasts no longer than any may; the file is bounded', () => {
  const [[, offender] = []] = readOffenders([['192.0.2.1', 1, 0, 9e15]], RULES, NOW_MS, 10);
  assert.equal(offender?.bannedUntilMs, NOW_MS + RULES.longestSeconds * 1_000);
  const many = Array.from({ length: 50 }, (_, i) => [`192.0.2.${i}`, 1, NOW_MS, NOW_MS + 1]);
  assert.equal(readOffenders(many, RULES, NOW_MS, 10).length, 10);
});

test('property: whatever the file holds, reading it is no fault', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.array(fc.jsonValue())), (any, lists) => {
      readOffenders(any, RULES, NOW_MS, 10);
      for (const [source, offender] of readOffenders(lists, RULES, NOW_MS, 10)) {
        assert.equal(typeof source, 'string');
        assert.ok(offender.bannedUntilMs >= 0);
      }
    }),
  );
});

test('a file that is broken, or cannot be written, is logged and no fault', async (t) => {
  const path = fileOf(t);
  writeFileSync(path, '{ half');
  const events: string[] = [];
  const log = { ...silentLog, warn: (event: string) => void events.push(event) };
  assert.equal(new StateFile(path, log).read(), null);
  const nowhere = new StateFile(join(path, 'below-a-file.json'), log);
  nowhere.write(() => 1);
  await nowhere.settled();
  assert.deepEqual(events, ['state-file-unreadable', 'state-file-not-written']);
  const file = new StateFile(path, log);
  file.write(() => 'first');
  file.write(() => 'second');
  file.write(() => 'third');
  await file.settled();
  assert.equal(file.read(), 'third');
});
