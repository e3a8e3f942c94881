// Where the SIP engine's time and memory go: calls at one rate, a CPU profile, two heap snapshots.
//   npm run bench:profile -- [--calls 20000] [--rate 1000] [--place] [--rows 25]
// SIPp calls and an application answers; with --place the application calls SIPp.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { until } from '../test/support/until.ts';
import { freePort } from '../test/support/tools.ts';
import { runLoad, startCallee } from './sip/load.ts';
import { Measured } from './sip/processes.ts';
import { bytesByKind, readCpuProfile, type Share } from './sip/profiles.ts';

const HERE = join(import.meta.dirname, 'sip');
const SECRET = 'bench';

/** A snapshot of a heap of this size is written in less. */
const SNAPSHOT_MS = 60_000;

/** Calls that make the code warm, before anything is measured. */
const WARM_CALLS = 2_000;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '20000' },
    rate: { type: 'string', default: '1000' },
    place: { type: 'boolean', default: false },
    rows: { type: 'string', default: '25' },
  },
});
const calls = Number(values.calls);
const callsPerSecond = Number(values.rate);

interface Site {
  readonly engine: Measured;
  run(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** An engine with these flags for node, and somebody who calls or is called. */
async function site(flags: readonly string[]): Promise<Site> {
  const engine = new Measured(process.execPath, [...flags, join(HERE, 'engine.ts'), SECRET]);
  const { control, listening } = await engine.json<{
    control: { port: number };
    listening: { port: number }[];
  }>();
  const app = (...args: readonly (string | number)[]) =>
    new Measured(process.execPath, [join(HERE, 'app.ts'), ...args.map(String)]);
  const ended = async () => {
    const exit = new Promise((resolve) => engine.child.once('exit', resolve));
    engine.child.stdin?.end();
    await exit;
  };
  if (values.place) {
    const target = await startCallee();
    return {
      engine,
      async run(count) {
        const seconds = count / callsPerSecond;
        const caller = app('place', control.port, SECRET, target.port, callsPerSecond, seconds);
        // What a call that hangs still waits for is not waited for here: memory would be let go.
        await Promise.race([caller.json(), delay((seconds + 2) * 1_000)]);
        await caller.stop();
      },
      async stop() {
        target.stop();
        await ended();
      },
    };
  }
  const answerer = app('answer', control.port, SECRET);
  await answerer.json();
  return {
    engine,
    async run(count) {
      await runLoad({
        targetPort: listening[0]?.port ?? 0,
        localPort: await freePort('127.0.0.1'),
        callsPerSecond,
        seconds: count / callsPerSecond,
      });
    },
    async stop() {
      await answerer.stop();
      await ended();
    },
  };
}

function table(title: string, unit: string, shares: readonly Share[], per: number): string {
  const total = shares.reduce((sum, { amount }) => sum + amount, 0);
  const each = (amount: number) => (amount / per).toFixed(unit === 'µs' ? 2 : 0);
  const rows = shares.slice(0, Number(values.rows)).map(({ name, amount }) => {
    const share = `${((100 * amount) / total).toFixed(1)} %`;
    return `| ${name.replaceAll('|', '/').slice(0, 80)} | ${each(amount)} | ${share} |`;
  });
  const sum = each(total);
  return [
    `| ${title} | ${unit} a call | share |`,
    '|---|---|---|',
    ...rows,
    `| all | ${sum} | |`,
  ].join('\n');
}

async function cpu(folder: string): Promise<string> {
  const flags = ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', folder];
  const running = await site(flags);
  await running.run(calls);
  await running.stop();
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'));
  const { byModule, byFunction } = readCpuProfile(join(folder, file));
  return [
    table('module, self time', 'µs', byModule, calls),
    table('function, self time', 'µs', byFunction, calls),
  ].join('\n\n');
}

async function memory(folder: string): Promise<string> {
  const flags = ['--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${folder}`];
  const running = await site(flags);
  const snapshot = async (count: number) => {
    const names = () => readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot'));
    running.engine.child.kill('SIGUSR2');
    let kinds: ReadonlyMap<string, number> | null = null;
    await until(
      'a heap snapshot',
      () => {
        const file = names().sort()[count - 1];
        kinds = file === undefined ? null : bytesByKind(join(folder, file));
        return kinds !== null;
      },
      SNAPSHOT_MS,
    );
    return kinds ?? new Map<string, number>();
  };
  await running.run(WARM_CALLS);
  const before = await snapshot(1);
  await running.run(calls);
  const after = await snapshot(2);
  await running.stop();
  const shares = [...after]
    .map(([name, bytes]) => ({ name, amount: bytes - (before.get(name) ?? 0) }))
    .filter(({ amount }) => amount > 0)
    .sort((a, b) => b.amount - a.amount);
  return table('kind of object', 'bytes', shares, calls);
}

const folder = mkdtempSync(join(tmpdir(), 'ringback-profile-'));
try {
  process.stdout.write(`${calls} calls at ${callsPerSecond}/s\n\n${await cpu(folder)}\n\n`);
  process.stdout.write(`${await memory(folder)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
