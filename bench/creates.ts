// How many promises to call back one core makes durable in a second, with group commit:
//   npm run bench:creates -- [--callbacks 20000] [--at-once 1000]
// Over a real file with synchronous commits; telephony and routing only take notice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCallbacks, SqliteStore } from '../callback/index.ts';
import { liveClock, liveIds, silentLog } from '../core/live.ts';
import {
  RecordingAgents,
  RecordingCalls,
  requestOf,
  settingsOf,
} from '../test/callback/support.ts';

const { values } = parseArgs({
  options: {
    callbacks: { type: 'string', default: '20000' },
    'at-once': { type: 'string', default: '1000' },
  },
});
const count = Number(values.callbacks);
const atOnce = Number(values['at-once']);
const folder = mkdtempSync(join(tmpdir(), 'ringback-creates-'));
const store = new SqliteStore({ path: join(folder, 'callbacks.sqlite') });
const callbacks = createCallbacks(
  { settings: [settingsOf()] },
  {
    ...{ store, calls: new RecordingCalls(), agents: new RecordingAgents() },
    ...{ clock: liveClock, ids: liveIds, log: silentLog },
  },
);
await callbacks.start();

let made = 0;
const delays: number[] = [];
/** One client: asks, waits for the answer, asks again. */
async function client(): Promise<void> {
  while (made < count) {
    const index = (made += 1);
    const customerNumber = `+1202${String(5_000_000 + index)}`;
    const begunMs = performance.now();
    await callbacks.create(requestOf({ customerNumber, idempotencyKey: `key-${index}` }));
    delays.push(performance.now() - begunMs);
  }
}

const awake = setInterval(() => undefined, 60_000); // our timers keep no process alive
const cpuBefore = process.cpuUsage();
const begunMs = performance.now();
await Promise.all(Array.from({ length: atOnce }, client));
const seconds = (performance.now() - begunMs) / 1_000;
const cpu = process.cpuUsage(cpuBefore);
clearInterval(awake);
await callbacks.stop();
store.close();
rmSync(folder, { recursive: true, force: true });
delays.sort((a, b) => a - b);
const at = (share: number): string => (delays[Math.floor(share * delays.length)] ?? 0).toFixed(0);
process.stdout.write(
  `${delays.length} durable creates in ${seconds.toFixed(1)} s: ` +
    `${(delays.length / seconds).toFixed(0)} per second, ${atOnce} clients\n` +
    `answered in ${at(0.5)} ms (p50), ${at(0.99)} ms (p99); ` +
    `CPU ${((cpu.user + cpu.system) / 10_000 / seconds).toFixed(0)} % of a core\n`,
);
