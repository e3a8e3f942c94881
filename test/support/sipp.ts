// SIPp as a peer: runs a scenario of test/e2e/scenarios against the engine, or waits for its calls.
// What SIPp found wrong is in the error of a failed run.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithUs, freePort, tcpListening, udpListening } from './tools.ts';
import { until } from './until.ts';

const SCENARIOS = join(import.meta.dirname, '../e2e/scenarios');
/** How much of SIPp's own report an error quotes. */
const MAX_REPORT = 4000;

export interface SippOptions {
  /** Name of a scenario without `.xml`. */
  readonly scenario: string;
  /** Where it is; `test/e2e/scenarios` by default. */
  readonly folder?: string;
  /** Where a calling scenario sends its calls; a called one needs none. */
  readonly remote?: { readonly host: string; readonly port: number };
  readonly localHost?: string;
  /** Ends after so many calls; 1 by default. */
  readonly calls?: number;
  /** User part that is called: `[service]`. */
  readonly service?: string;
  /** Length of the pauses that name no length. */
  readonly pauseMs?: number;
  /** `[name]` in the scenario. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Sends the RTP it receives back to its sender. */
  readonly echo?: boolean;
  readonly limitMs?: number;
  /** `udp` by default. */
  readonly protocol?: 'udp' | 'tcp';
  /** Anything else for the command line. */
  readonly args?: readonly string[];
}

export interface SippRun {
  readonly host: string;
  /** Port of its SIP socket. */
  readonly port: number;
  /** Resolves when all calls ended as the scenario says. @throws Error with SIPp's report */
  readonly done: Promise<void>;
  /** Ends it early; `done` then resolves. */
  stop(): Promise<void>;
}

/** Starts SIPp; resolves when it listens. */
export async function startSipp(options: SippOptions): Promise<SippRun> {
  const host = options.localHost ?? '127.0.0.1';
  const folder = await mkdtemp(join(tmpdir(), 'ringback-sipp-'));
  const port = await freePort(host);
  const child = spawn('sipp', await commandLine(options, host, port), {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithUs(child);
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MAX_REPORT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let stopped = false;
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const done = exit
    .then(async (code) => {
      if (code === 0 || stopped) return;
      const report = await errorFile(folder);
      throw new Error(`sipp ${options.scenario} ended with ${code}:\n${report || output}`);
    })
    .finally(() => rm(folder, { recursive: true, force: true }));
  done.catch(() => undefined);
  const listens = () =>
    options.protocol === 'tcp' ? tcpListening(port) : udpListening(host, port);
  // Over TCP a calling SIPp listens to nothing.
  const calls = options.protocol === 'tcp' && options.remote !== undefined;
  const ready = calls ? Promise.resolve(true) : until('sipp to listen', listens);
  ready.catch(() => undefined);
  await Promise.race([ready, done]);
  return {
    host,
    port,
    done,
    stop: async () => {
      stopped = true;
      child.kill('SIGKILL');
      await done.catch(() => undefined);
    },
  };
}

/** Runs a scenario to its end. @throws Error with SIPp's report when a call went otherwise */
export async function runSipp(options: SippOptions): Promise<void> {
  const run = await startSipp(options);
  await run.done;
}

async function commandLine(options: SippOptions, host: string, port: number): Promise<string[]> {
  const { remote, limitMs = 60_000, keys = {} } = options;
  const args = remote ? [`${remote.host}:${remote.port}`] : [];
  args.push('-sf', join(options.folder ?? SCENARIOS, `${options.scenario}.xml`));
  args.push('-i', host, '-p', String(port), '-mi', host, '-mp', String(await freePort(host, 3)));
  args.push('-cp', String(await freePort(host)), '-m', String(options.calls ?? 1));
  args.push('-timeout', `${Math.ceil(limitMs / 1000)}s`, '-timeout_error');
  args.push('-trace_err', '-nostdin', '-s', options.service ?? '+15550100');
  if (options.pauseMs !== undefined) args.push('-d', String(options.pauseMs));
  if (options.protocol === 'tcp') args.push('-t', 't1');
  if (options.echo) args.push('-rtp_echo');
  for (const [name, value] of Object.entries(keys)) args.push('-key', name, value);
  return [...args, ...(options.args ?? [])];
}

async function errorFile(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const name = names.find((known) => known.endsWith('_errors.log'));
  if (!name) return '';
  return (await readFile(join(folder, name), 'utf8')).slice(0, MAX_REPORT);
}
