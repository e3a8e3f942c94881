// Runs drachtio-srf's own integration tests, as shipped in its package, against our engine: two
// engines and seventeen sipp servers on loopback. Needs sipp, and the packages tape and config.
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
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveClock, liveIds, liveRng, silentLog } from '../core/live.ts';
import { startEngine } from '../sip/engine.ts';
import type { EngineHandle, EngineOptions } from '../sip/types.ts';

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

/** Test file, and how many assertions it has. */
const FILES = { uac: 19, b2b: 19, uas: 8, 'reinvite-tests': 1, refer: 1, proxy: 2 };

const ENGINES = [
  { octet: 10, controlPort: 9061 },
  { octet: 19, controlPort: 9062 },
];

const children: ChildProcess[] = [];

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
  const folder = mkdtempSync(join(tmpdir(), 'ringback-srf-'));
  const engines: EngineHandle[] = [];
  try {
    prepare(source, folder);
    for (const { octet, controlPort } of ENGINES) engines.push(await engine(octet, controlPort));
    for (const [, octet, scenario] of SERVERS) children.push(sippServer(folder, octet, scenario));
    const files = Object.entries(FILES).filter(([name]) => only === undefined || name === only);
    let failed = false;
    for (const [name, total] of files) {
      const { passed, failures } = await run(folder, name);
      failed ||= passed < total || failures > 0;
      console.log(
        `${name.padEnd(16)} ${passed}/${total}${failures > 0 ? `, ${failures} not ok` : ''}`,
      );
    }
    process.exitCode = failed ? 1 : 0;
  } finally {
    stopServers(null);
    await Promise.all(engines.map((handle) => handle.stop()));
    if (process.argv.includes('--keep')) console.log(folder);
    else rmSync(folder, { recursive: true, force: true });
  }
}

function stopServers(exitCode: number | null): void {
  for (const child of children) child.kill('SIGKILL');
  if (exitCode !== null) process.exit(exitCode);
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
function prepare(source: string, folder: string): void {
  for (const part of ['test', 'config', 'package.json']) {
    cpSync(join(source, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(source, 'lib'), join(folder, 'lib'));
  symlinkSync(join(import.meta.dirname, '../node_modules'), join(folder, 'node_modules'));
  for (const name of globSync('test/**/*.{js,xml}', { cwd: folder })) {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8')
      .replaceAll(/172\.29\.0\.(\d+)/g, '127.0.0.$1')
      // Debian's sipp reads its scenarios as strict XML.
      .replaceAll('regexp="<sip:(.*)>"', 'regexp="&lt;sip:(.*)&gt;"');
    writeFileSync(path, text);
  }
  writeFileSync(join(folder, 'test/sipp.js'), sippModule());
}

/** Their sipp.js without docker: every caller has an address of its own. */
function sippModule(): string {
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
    const address = '127.0.0.' + (100 + (count++ % 100));
    const callId = '%u-%p@%s-' + count;
    return run(['-sf', file, '-i', address, '-p', '5060', '-sleep', '1', '-cid_str', callId,
      '127.0.0.10:5060']);
  },
  sippUas: (file) => run(['-sf', file, '-i', '127.0.0.${TRANSIENT[1]}', '-p', '5060']),
};
module.exports = () => sipp;
`;
}

async function engine(octet: number, controlPort: number): Promise<EngineHandle> {
  const addresses = new Map<string, string>([
    ...SERVERS.map(([name, last]): [string, string] => [name, `127.0.0.${last}`]),
    [TRANSIENT[0], `127.0.0.${TRANSIENT[1]}`],
  ]);
  const options: EngineOptions = {
    listen: [{ protocol: 'udp', host: `127.0.0.${octet}`, port: 5060 }],
    externalHost: null,
    control: { host: '127.0.0.1', port: controlPort, secret: 'cymru' },
    timers: { t1Ms: 500, t2Ms: 4_000, t4Ms: 5_000 },
    trace: process.argv.includes('--trace'),
  };
  const handle = await startEngine(options, {
    ...{ clock: liveClock, rng: liveRng, ids: liveIds, log: silentLog },
    resolve: (host, done) => done(isIP(host) === 0 ? (addresses.get(host) ?? null) : host),
  });
  handle.onTrace(({ direction, local, remote, text }) => {
    console.log(`${direction} ${local} ${remote}\n${text}`);
  });
  return handle;
}

function sippServer(folder: string, octet: number, scenario: string): ChildProcess {
  const args = ['-sf', scenario, '-i', `127.0.0.${octet}`, '-p', '5060', '-nostdin'];
  return spawn('sipp', args, { cwd: join(folder, 'test/scenarios'), stdio: 'ignore' });
}

/** Runs one test file; counts its assertions and shows the output when one fails. */
async function run(folder: string, name: string): Promise<{ passed: number; failures: number }> {
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
  await new Promise((resolve) => child.once('exit', resolve));
  const passed = output.match(/^ok /gm)?.length ?? 0;
  const failures = output.match(/^not ok /gm)?.length ?? 0;
  if (failures > 0 || passed < FILES[name as keyof typeof FILES]) console.log(output);
  return { passed, failures };
}

// A signal must not leave seventeen servers behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopServers(143));
await main();
