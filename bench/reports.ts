// How long a report over many finished callbacks takes, and how long it holds up anything else:
//   npm run bench:reports -- [--callbacks 1000000]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Reporting } from '../callback/index.ts';
import { Database } from '../callback/store/database.ts';
import { SqliteKeeping } from '../callback/store/sqlite-keeping.ts';

const { values } = parseArgs({ options: { callbacks: { type: 'string', default: '1000000' } } });
const count = Number(values.callbacks);
const folder = mkdtempSync(join(tmpdir(), 'ringback-reports-'));
const db = new Database(join(folder, 'callbacks.sqlite'));
const keeping = new SqliteKeeping(db);
const fromMs = Date.UTC(2026, 0, 1);
const spanMs = 30 * 86_400_000;
db.transaction(() => {
  for (let index = 0; index < count; index += 1) {
    const completedAtMs = fromMs + Math.floor((index / count) * spanMs);
    const waitMs = (index * 7_919) % 1_800_000;
    const isConnected = index % 5 > 0;
    keeping.putFact({
      ...{ id: `c${index}`, queueId: `queue-${index % 4}`, completedAtMs },
      reason: isConnected ? 'AGENT_CONNECTED' : 'FAIL_CALL_TO_CUSTOMER',
      isScheduled: index % 10 === 0,
      dueAtMs: completedAtMs - waitMs,
      firstDialAtMs: completedAtMs - 60_000,
      connectedAtMs: isConnected ? completedAtMs : null,
      answered: 1,
      promisedWaitMs: 600_000,
      results: isConnected ? ['BUSY', 'CONNECTED'] : ['NO_ANSWER', 'NO_ANSWER'],
    });
  }
});

let longestMs = 0;
let sinceMs = performance.now();
const pause = async (): Promise<void> => {
  longestMs = Math.max(longestMs, performance.now() - sinceMs);
  await setImmediate();
  sinceMs = performance.now();
};
const reporting = new Reporting({ keeping, pause });
const options = {
  ...({ interval: 'hour', timeZone: 'Europe/Berlin', queueId: null } as const),
  ...{ serviceLevelSeconds: 300, toleranceSeconds: 300 },
};
for (const kind of ['summary', 'punctuality'] as const) {
  const cpuBefore = process.cpuUsage();
  const begunMs = performance.now();
  sinceMs = begunMs;
  const rows = await reporting[kind]({ fromMs, toMs: fromMs + spanMs }, options);
  const cpu = process.cpuUsage(cpuBefore);
  const cpuMs = (cpu.user + cpu.system) / 1_000;
  process.stdout.write(
    `${kind} of ${count} callbacks: ${rows.length} rows in ` +
      `${(performance.now() - begunMs).toFixed(0)} ms (CPU ${cpuMs.toFixed(0)} ms), ` +
      `at most ${longestMs.toFixed(0)} ms at once\n`,
  );
}
db.close();
rmSync(folder, { recursive: true, force: true });
