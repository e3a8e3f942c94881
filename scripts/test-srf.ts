// Runs drachtio-srf's own integration tests, as shipped in its package, against our engine: two
// engines and seventeen sipp servers on a loopback network for each lane, so that lanes run at the
// same time. Needs sipp, Linux, and the packages tape and config.
// Use: node scripts/test-srf.ts [--only uac] [--keep] [--trace]
import { spawn, type ChildProcess } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { liveClock, liveIds, liveRng, silentLog } from '../core/live.ts';
import { startEngine } from '../sip/engine.ts';
import type { EngineHandle, EngineOptions } from '../sip/types.ts';
import { hostsDns } from '../test/support/dns.ts';

/** Their docker names, the last octet of their address there and here, and the scenario. */
const SERVERS: readonly (readonly [name: string, octet: number, scenario: string])[] = [
  ['sipp-uas', 13, 'uas.xml'],
  ['sipp-uas-cancel', 12, 'uas-cancel.xml'],
  ['sipp-uas-404', 14, 'uas-404.xml'],
  ['sipp-uas-auth', 15, 'uas-auth.xml'],
  ['sipp-uas-auth-register', 16, 'uas-auth-register.xml'],
  ['sipp-uas-auth-register-no-realm', 17, 'uas-auth-register-no-realm.xml'],
  ['sipp-uas-refer', 18, 'uas-refer.xml'],
  ['sipp-uas-fast-reinvite', 20, 'uas-reinvite.xml'],
  ['sipp-uas-reinvite-overlap', 21, 'uas-reinvite-overlap.xml'],
  ['sipp-uas-302', 22, 'uas-302.xml'],
  ['sipp-uas-prack', 23, 'uas-prack.xml'],
  ['sipp-uas-bye-with-auth', 24, 'uas-bye-with-auth.xml'],
  ['sipp-uas-reinvite-with-auth', 25, 'uas-reinvite-with-auth.xml'],
  ['sipp-uas-options', 26, 'uas-options-expect-200.xml'],
  ['sipp-uas-407-no-auth-header', 27, 'uas-407-no-auth-header.xml'],
  ['sipp-uas-200-ok-no-contact-cancel', 28, 'uas-200-ok-no-contact-cancel.xml'],
  ['sipp-uas-fast-update', 29, 'uas-update-with-sdp.xml'],
];

/** A server that one test starts by itself. */
const TRANSIENT = ['sipp-uas-b-teardown', 30] as const;

/** Test file, and how many assertions it has. `uas` waits 32 s for an ACK: a lane of its own. */
const LANES: readonly Readonly<Record<string, number>>[] = [
  { uas: 8, refer: 1, proxy: 2 },
  { uac: 19, b2b: 19, 'reinvite-tests': 1 },
];

/** Longest a test file may take before it counts as hung; the longest needs 40 s. */
const FILE_LIMIT_MS = 150_000;
const SERVERS_LIMIT_MS = 20_000;

const ENGINES = [
  { octet: 10, controlPort: 9061 },
  { octet: 19, controlPort: 9062 },
];

const children = new Set<ChildProcess>();

const require = createRequire(import.meta.url);

async function main(): Promise<void> {
  const only = process.argv.includes('--only')
    ? process.argv[process.argv.indexOf('--only') + 1]
    : undefined;
  const missing = ['tape', 'config'].filter((name) => !resolvable(name));
  const source = join(import.meta.dirname, '../node_modules/drachtio-srf');
  if (missing.length > 0 || !existsSync(join(source, 'test'))) {
    console.log(`not run: missing ${[...missing, 'drachtio-srf/test'].join(', ')}`);
    process.exitCode = 1;
    return;
  }
  const results = await Promise.all(
    LANES.map(async (files, index) => {
      const chosen = Object.entries(files).filter(([name]) => only === undefined || name === only);
      return chosen.length === 0 ? true : runLane(source, `127.29.${index}`, chosen);
    }),
  );
  process.exitCode = results.every(Boolean) ? 0 : 1;
}

/** Runs files one after the other on a network of their own; true when all passed. */
async function runLane(
  source: string,
  network: string,
  files: readonly (readonly [name: string, total: number])[],
): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-srf-'));
  const engines: EngineHandle[] = [];
  const servers: ChildProcess[] = [];
  try {
    prepare(source, folder, network);
    for (const place of ENGINES) engines.push(await engine(network, place));
    for (const [, octet, scenario] of SERVERS) {
      servers.push(sippServer(folder, `${network}.${octet}`, scenario));
    }
    await serversListen(network);
    let passedAll = true;
    for (const [name, total] of files) {
      const { passed, failures, output } = await run(folder, name);
      const isGood = passed >= total && failures === 0;
      passedAll &&= isGood;
      if (!isGood) console.log(output);
      const remark = failures > 0 ? `, ${failures} not ok` : '';
      console.log(`${name.padEnd(16)} ${passed}/${total}${remark}`);
    }
    return passedAll;
  } finally {
    for (const server of servers) server.kill('SIGKILL');
    await Promise.all(engines.map((handle) => handle.stop()));
    if (process.argv.includes('--keep')) console.log(folder);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine under load starts seventeen programs slowly; a call that comes too early is lost. */
async function serversListen(network: string): Promise<void> {
  const wanted = SERVERS.map(([, octet]) => `${kernelAddress(`${network}.${octet}`)}:13C4`);
  const untilMs = liveClock.monotonicMs() + SERVERS_LIMIT_MS;
  for (;;) {
    const bound = readFileSync('/proc/net/udp', 'utf8');
    if (wanted.every((address) => bound.includes(address))) return;
    if (liveClock.monotonicMs() > untilMs) throw new Error('not all sipp servers listen');
    await delay(50);
  }
}

/** As /proc/net/udp writes it: hexadecimal, the last octet first. */
function kernelAddress(address: string): string {
  const octets = address.split('.').reverse().map(Number);
  return Buffer.from(octets).toString('hex').toUpperCase();
}

function resolvable(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** Copies the tests and gives them our addresses; the library itself stays as installed. */
function prepare(source: string, folder: string, network: string): void {
  for (const part of ['test', 'config', 'package.json']) {
    cpSync(join(source, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(source, 'lib'), join(folder, 'lib'));
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(folder, 'node_modules'));
  for (const name of globSync('test/**/*.{js,xml}', { cwd: folder })) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8')
      .replaceAll(/172\.29\.0\.(\d+)/g, `${network}.$1`)
      // Debian's sipp reads its scenarios as strict XML.
      .replaceAll('regexp="<sip:(.*)>"', 'regexp="&lt;sip:(.*)&gt;"');
    writeFileSync(path, text);
  }
  // The control ports are those of the lane.
  for (const name of globSync('config/*.json', { cwd: folder })) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8').replaceAll('"127.0.0.1"', `"${network}.1"`);
    writeFileSync(path, text);
  }
  writeFileSync(join(folder, 'test/sipp.js'), sippModule(network));
}

/** Their sipp.js without docker: every caller has an address of its own. */
function sippModule(network: string): string {
  return `
const { spawn } = require('child_process');
let output = '';
let count = 0;
const run = (args) => new Promise((resolve, reject) => {
  output = '';
  const child = spawn('sipp', [...args, '-nostdin', '-m', '1'], { cwd: __dirname + '/scenarios' });
  child.stdout.on('data', (data) => { output += data.toString('latin1'); });
  child.stderr.on('data', (data) => { output += data.toString('latin1'); });
  const fail = (code) => reject(new Error('sipp ended with ' + code));
  child.on('exit', (code) => (code === 0 ? resolve() : fail(code)));
});
const sipp = {
  output: () => output,
  sippUac: (file) => {
    const address = '${network}.' + (100 + (count++ % 100));
    const callId = '%u-%p@%s-' + count;
    return run(['-sf', file, '-i', address, '-p', '5060', '-sleep', '1', '-cid_str', callId,
      '${network}.10:5060']);
  },
  sippUas: (file) => run(['-sf', file, '-i', '${network}.${TRANSIENT[1]}', '-p', '5060']),
};
module.exports = () => sipp;
`;
}

async function engine(
  network: string,
  { octet, controlPort }: (typeof ENGINES)[number],
): Promise<EngineHandle> {
  const addresses = new Map<string, string>([
    ...SERVERS.map(([name, last]): [string, string] => [name, `${network}.${last}`]),
    [TRANSIENT[0], `${network}.${TRANSIENT[1]}`],
  ]);
  const options: EngineOptions = {
    listen: [{ protocol: 'udp', host: `${network}.${octet}`, port: 5060 }],
    externalHost: null,
    control: { host: `${network}.1`, port: controlPort, secret: 'cymru' },
    timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 },
    trace: process.argv.includes('--trace'),
  };
  const handle = await startEngine(options, {
    ...{ clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog },
    dns: hostsDns((host) => addresses.get(host) ?? null),
  });
  handle.onTrace(({ direction, local, remote, text }) => {
    console.log(`${direction} ${local} ${remote}\n${text}`);
  });
  return handle;
}

/** To be ended with us, should we be. */
function remembered(child: ChildProcess): ChildProcess {
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child;
}

function sippServer(folder: string, address: string, scenario: string): ChildProcess {
  const args = ['-sf', scenario, '-i', address, '-p', '5060', '-nostdin'];
  const cwd = join(folder, 'test/scenarios');
  return remembered(spawn('sipp', args, { cwd, stdio: 'ignore' }));
}

/** Runs one test file and counts its assertions. */
async function run(
  folder: string,
  name: string,
): Promise<{ readonly passed: number; readonly failures: number; readonly output: string }> {
  const environment = {
    ...process.env,
    NODE_ENV: 'test',
    NODE_CONFIG_DIR: join(folder, 'config'),
    SUPPRESS_NO_CONFIG_WARNING: '1',
  };
  const child = spawn(process.execPath, [join(folder, 'test', `${name}.js`)], {
    cwd: folder,
    env: environment,
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr.on('data', (data: Buffer) => (output += data.toString()));
  remembered(child);
  const limit = setTimeout(() => child.kill('SIGKILL'), FILE_LIMIT_MS);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(limit);
  const passed = output.match(/^ok /gm)?.length ?? 0;
  const failures = output.match(/^not ok /gm)?.length ?? 0;
  return { passed, failures, output };
}

// A signal must not leave seventeen servers behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of children) child.kill('SIGKILL');
    process.exit(143);
  });
}
await main();
