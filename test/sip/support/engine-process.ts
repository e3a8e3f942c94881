// `ringback-sip` for tests: the real program, its messages brought back by HEP, and ways to end it.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { liveClock, liveIds } from '../../../core/live.ts';
import { connectEngine } from '../../../sip/index.ts';
import type { EngineHandle, EngineOptions, TracedMessage } from '../../../sip/index.ts';
import { until } from '../../support/until.ts';
import { collector, tracedOf } from './hep.ts';

const PROGRAM = join(import.meta.dirname, '../../../sip/process.ts');

type After = Pick<TestContext, 'after'>;

/** A process that runs. */
export interface EngineProcess {
  readonly control: EngineHandle['control'];
  /** SIP sockets as printed, `udp/127.0.0.1:5060`. */
  readonly sip: readonly string[];
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP'): void;
  /** Exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the program with a file for these options; it is killed when the test is over. */
export async function spawnEngine(t: After, options: EngineOptions): Promise<EngineProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-sip-'));
  const { secret, ...address } = options.control;
  const { trace: _trace, control: _control, hep, ...rest } = options;
  const { password: _password, ...collectedBy } = hep ?? { password: null };
  const engine = { ...rest, ...(hep === undefined ? {} : { hep: collectedBy }) };
  const file = join(folder, 'sip.yaml');
  const control = { ...address, secretEnv: 'TEST_SECRET' };
  writeFileSync(file, JSON.stringify({ engine: { ...engine, control } }));
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, '--config', file], {
    env: { ...process.env, TEST_SECRET: secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  });
  let said = '';
  let faults = '';
  child.stdout?.on('data', (data: Buffer) => (said += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (faults += data.toString()));
  const port = await until('the process to listen', () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${faults}`);
    return /^control .*:(\d+)$/m.exec(said)?.[1];
  });
  return {
    control: { host: address.host, port: Number(port), secret },
    sip: [...said.matchAll(/^sip (.*)$/gm)].map(([, listener = '']) => listener),
    signal: (name) => void child.kill(name),
    ended,
  };
}

/** An `EngineStarter`: every engine is a process of its own, traced when the options say so. */
export async function startEngineProcess(t: After, options: EngineOptions): Promise<EngineHandle> {
  const listeners: ((message: TracedMessage) => void)[] = [];
  const ports: number[] = [];
  const hep = await collector(t, (chunks) => {
    const message = tracedOf(chunks, ports);
    if (options.trace) listeners.forEach((listener) => listener(message));
  });
  const exported = { ...hep, captureId: 1 };
  const engine = await spawnEngine(t, { ...options, hep: { ...exported, password: null } });
  const handle = await connectEngine(engine.control, { clock: liveClock, ids: liveIds });
  ports.push(...handle.listening.map(({ port }) => port));
  return {
    control: handle.control,
    listening: handle.listening,
    onTrace: (listener) => void listeners.push(listener),
    onDeath: (listener) => handle.onDeath(listener),
    stats: () => handle.stats(),
    stop: async () => {
      await handle.stop();
      engine.signal('SIGTERM');
      await engine.ended;
    },
  };
}
