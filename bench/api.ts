// What the HTTP API bears on one core, and what of it is the framework's:
//   npm run bench:api -- [--seconds 10] [--connections 64] [--listeners 100,1000,10000] [--profile]
// The server, the load and the listeners have a process each. With --profile the server writes
// CPU profiles into the working folder.
import { existsSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Measured } from './sip/processes.ts';

const HERE = join(import.meta.dirname, 'api');
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '64' },
    listeners: { type: 'string', default: '100,1000,10000' },
    profile: { type: 'boolean', default: false },
  },
});
const { seconds, connections, profile } = values;
const key = randomBytes(16).toString('hex');

interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly total: number;
  readonly non2xx: number;
  readonly errors: number;
}

interface Heard {
  readonly delivered: number;
  readonly alive: number;
  readonly lagP50Ms: number;
  readonly lagP99Ms: number;
}

/** The server has a core to itself where that can be asked for. */
async function serve(kind: 'ringback' | 'bare'): Promise<readonly [Measured, string]> {
  const args = [...(profile ? ['--cpu-prof'] : []), join(HERE, 'server.ts'), kind, key];
  const canPin = existsSync('/usr/bin/taskset');
  const server = canPin
    ? new Measured('/usr/bin/taskset', ['-c', '0', process.execPath, ...args])
    : new Measured(process.execPath, args);
  const { url } = await server.json<{ url: string }>();
  return [server, url];
}

async function load(url: string, what: string, ids: readonly string[] = []): Promise<Load> {
  const args = [join(HERE, 'load.ts'), url, key, what, seconds, connections, ids.join(',')];
  const process_ = new Measured(process.execPath, args);
  const seen = await process_.json<Load>();
  await process_.stop();
  return seen;
}

function print(cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(0) : cell));
  process.stdout.write(`| ${texts.join(' | ')} |\n`);
}

function row(name: string, seen: Load, cpuMs: number, against: number): void {
  const ratio = `${((100 * seen.perSecond) / against).toFixed(0)} %`;
  const failed = seen.non2xx + seen.errors;
  const cpuEachUs = (1_000 * cpuMs) / seen.total;
  print([name, seen.perSecond, seen.p50Ms, seen.p99Ms, failed, cpuEachUs, ratio]);
}

/** Load, and what the server spent on it. */
async function measured(server: Measured, work: () => Promise<Load>): Promise<[Load, number]> {
  const before = server.usage().cpuMs;
  const seen = await work();
  return [seen, server.usage().cpuMs - before];
}

async function someIds(url: string): Promise<readonly string[]> {
  const headers = { Authorization: `Bearer ${key}` };
  const answer = await fetch(`${url}/api/v1/callbacks?limit=100`, { headers });
  const { items } = (await answer.json()) as { items: readonly { id: string }[] };
  return items.map(({ id }) => id);
}

async function listening(server: Measured, url: string, count: number): Promise<void> {
  const listeners = new Measured(process.execPath, [
    ...[join(HERE, 'listeners.ts'), url, key, String(count)],
  ]);
  await listeners.json();
  const [made, cpuMs] = await measured(server, () => load(url, 'pace'));
  listeners.child.stdin?.write('say\n');
  const heard = await listeners.json<Heard>();
  const { rssMb } = server.usage();
  listeners.child.stdin?.write('end\n');
  await listeners.stop();
  const perSecond = made.total / Number(seconds);
  const each = heard.delivered / Math.max(1, heard.alive) / Number(seconds);
  print([
    ...[count, heard.alive, perSecond, each, heard.delivered / Number(seconds)],
    ...[heard.lagP50Ms, heard.lagP99Ms, (1_000 * cpuMs) / Math.max(1, heard.delivered), rssMb],
  ]);
}

const [bareServer, bareUrl] = await serve('bare');
await load(bareUrl, 'create');
const [bareSeen, bareCpu] = await measured(bareServer, () => load(bareUrl, 'create'));
await bareServer.stop();

const [server, url] = await serve('ringback');
await load(url, 'create');
const [created, createCpu] = await measured(server, () => load(url, 'create'));
const ids = await someIds(url);
const [read, readCpu] = await measured(server, () => load(url, 'read', ids));
print(['', 'per second', 'p50 ms', 'p99 ms', 'failed', 'CPU us each', 'of the bare route']);
print(Array<string>(7).fill('---'));
row('bare route, validation only', bareSeen, bareCpu, bareSeen.perSecond);
row('POST /api/v1/callbacks, durable', created, createCpu, bareSeen.perSecond);
row('GET /api/v1/callbacks/{id}', read, readCpu, bareSeen.perSecond);
await server.stop();

const [telling, tellingUrl] = await serve('ringback');
const heads = ['callbacks/s', 'events/s each', 'events/s all', 'lag p50 ms', 'lag p99 ms'];
process.stdout.write('\n');
print(['listeners', 'at the end', ...heads, 'CPU us each', 'RSS MB']);
print(Array<string>(9).fill('---'));
for (const count of values.listeners.split(','))
  await listening(telling, tellingUrl, Number(count));
await telling.stop();
