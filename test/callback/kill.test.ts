// kill -9 at random moments: over the SQLite store no promise is lost, and nobody's telephone
// rings twice at once.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SqliteStore } from '../../callback/index.ts';
import { countedAttempts } from '../../callback/attempt.ts';

const kills = 20;
const promises = 20;
const speed = 20;
const ringTimeoutMs = 12_000;

interface Line {
  readonly what: string;
  readonly atMs: number;
  readonly id: string;
  readonly key: string;
  readonly number: string;
}

function linesOf(path: string): Line[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [what = '', atMs = '', id = '', key = '', number = ''] = line.split(' ');
      return { what, atMs: Number(atMs), id, key, number };
    });
}

/** Every dial comes after the one before was over, or had surely stopped ringing. */
function nobodyDoubled(lines: readonly Line[]): void {
  const last = new Map<string, { dialledAtMs: number; key: string; over: boolean }>();
  const numberOf = new Map<string, string>();
  const keys = new Set<string>();
  for (const { what, atMs, id, key, number } of lines) {
    if (what === 'dial') {
      assert.ok(!keys.has(key), `${key} was dialled twice`);
      keys.add(key);
      numberOf.set(id, number);
      const before = last.get(number);
      const isFree =
        before === undefined || before.over || atMs > before.dialledAtMs + ringTimeoutMs;
      assert.ok(isFree, `${number}: ${key} while ${before?.key} may still ring`);
      last.set(number, { dialledAtMs: atMs, key, over: false });
    } else if (what === 'over') {
      const ended = last.get(numberOf.get(id) ?? '');
      if (ended?.key === key) ended.over = true;
    }
  }
}

test(`${kills} times kill -9 over ${promises} callbacks`, { timeout: 200_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-kill-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'callbacks.db');
  const logPath = join(folder, 'log');
  const given = [path, logPath, String(Date.now()), String(speed), String(promises)];
  const child = new URL('./kill-child.ts', import.meta.url).pathname;
  let killed = 0;
  for (let life = 0; life <= kills; life += 1) {
    const running = spawn(process.execPath, [child, ...given], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(running, 'exit');
    await Promise.race([once(running.stdout, 'data'), exited]);
    if (life < kills) setTimeout(() => running.kill('SIGKILL'), Math.random() * 100);
    else running.stdout.resume();
    const [code, signal] = (await exited) as [number | null, string | null];
    if (code === 0) break; // all done before it was killed
    assert.equal(signal, 'SIGKILL', `life ${life} ended by itself: ${code}`);
    killed += 1;
  }
  const lines = linesOf(logPath);
  nobodyDoubled(lines);
  const store = new SqliteStore({ path });
  t.after(() => store.close());
  const accepted = new Set(lines.filter(({ what }) => what === 'accepted').map(({ id }) => id));
  assert.equal(accepted.size, promises);
  const { records } = store.list({ limit: 1000 });
  assert.deepEqual(new Set(records.map(({ id }) => id)), accepted);
  for (const { id, reason, attempts } of records) {
    assert.equal(reason, 'AGENT_CONNECTED', `${id} ended otherwise`);
    assert.ok(countedAttempts(attempts) >= 1);
  }
  const restarts = store.eventsAfter(0, 1000).filter(({ type }) => type === 'process-restarted');
  t.diagnostic(`${killed} kills, ${restarts.length} attempts interrupted`);
  assert.ok(restarts.length > 0, 'no kill hit a live callback: the test tested nothing');
});
