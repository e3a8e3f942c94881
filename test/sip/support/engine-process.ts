// `ringback-sip` for tests: the real program, its messages brought back by HEP, and ways to end it.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { liveClock, liveIds } from '../../../core/live.ts';
import { connectEngine } from '../../../sip/index.ts';
import type { EngineHandle, EngineOptions } from '../../../sip/index.ts';
import { until } from '../../support/until.ts';

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

/**
 * Starts the program with a file for these options, and what else the section is to say; it is
 * killed when the test is over.
 */
export async function spawnEngine(
  t: After,
  options: EngineOptions,
  section: Readonly<Record<string, unknown>> = {},
): Promise<EngineProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-sip-'));
  const { secret, ...address } = options.control;
  const { control: _control, hep, ...rest } = options;
  const { password: _password, ...collectedBy } = hep ?? { password: null };
  const engine = { ...inFile(rest), ...(hep === undefined ? {} : { hep: collectedBy }) };
  const file = join(folder, 'sip.yaml');
  const control = { ...address, secretEnv: 'TEST_SECRET' };
  writeFileSync(file, JSON.stringify({ engine: { ...engine, control, ...section } }));
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

/** Times as a file writes them: in seconds. */
function inFile({
  tls,
  webSocket,
  guard: _guard,
  limits: _limits,
  ...plain
}: Partial<EngineOptions>) {
  const { pingMs, ...web } = webSocket ?? { pingMs: 30_000 };
  const { reloadCheckMs: _often, ...certificates } = tls ?? { reloadCheckMs: 0 };
  return {
    ...plain,
    ...(webSocket && { webSocket: { ...web, pingSeconds: Math.ceil(pingMs / 1_000) } }),
    ...(tls && { tls: { ...certificates, reloadCheckSeconds: 1 } }),
  };
}

/** An `EngineStarter`: every engine is a process of its own. */
export async function startEngineProcess(t: After, options: EngineOptions): Promise<EngineHandle> {
  const engine = await spawnEngine(t, options);
  const handle = await connectEngine(engine.control, { clock: liveClock, ids: liveIds });
  return {
    control: handle.control,
    listening: handle.listening,
    onTrace: (listener) => handle.onTrace(listener),
    onDeath: (listener) => handle.onDeath(listener),
    stats: () => handle.stats(),
    ...(handle.guard && { guard: handle.guard }),
    stop: async () => {
      await handle.stop();
      engine.signal('SIGTERM');
      await engine.ended;
    },
  };
}
