#!/usr/bin/env node
// The SIP engine as a process of its own (`ringback-sip`): applications reach it over its control
// port, as they would a drachtio-server. Says where it listens on standard output, one line each;
// the log goes to standard error as JSON lines. SIGTERM and SIGINT end it, its calls first.
import { RingbackError } from '../core/errors.ts';
import { liveClock, liveIds, liveRng } from '../core/live.ts';
import type { Log, LogFields } from '../core/ports.ts';
import { startEngine } from './engine.ts';
import { keepHeapSmall } from './heap.ts';
import { readProcessOptions, USAGE } from './process-options.ts';

/** Longest time for calls to end in after a signal. */
const DRAIN_MS = 5_000;

async function run(): Promise<void> {
  const options = readProcessOptions(process.argv.slice(2), process.env);
  if (options === null) {
    process.stdout.write(USAGE);
    return;
  }
  keepHeapSmall();
  const log = lineLog({});
  const deps = { clock: liveClock, rng: liveRng, ids: liveIds, log };
  const engine = await startEngine(options, deps);
  let stopping = false;
  const stop = (): void => {
    // A second signal does not wait for what the first one began.
    if (stopping) process.exit(1);
    stopping = true;
    void engine
      .drain(DRAIN_MS)
      .then(() => engine.stop())
      .then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  for (const { protocol, host, port } of engine.listening) {
    process.stdout.write(`sip ${protocol}/${bracketed(host)}:${port}\n`);
  }
  const { host, port } = engine.control;
  if (!/^(127\.|::1$|localhost$)/.test(host)) log.warn('control-port-reachable', { host, port });
  process.stdout.write(`control ${bracketed(host)}:${port}\n`);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Telephone numbers but for their last three digits; ids with letters stay as they are. */
function masked(_key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.replace(/(?<![\w.-])\+?\d{4,}(\d{3})(?![\w.-])/g, '***$1');
}

function lineLog(base: LogFields): Log {
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      const time = new Date(liveClock.nowMs()).toISOString();
      const line = JSON.stringify({ level, time, event, ...base, ...fields }, masked);
      process.stderr.write(`${line}\n`);
    };
  return {
    debug: () => undefined,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (fields) => lineLog({ ...base, ...fields }),
  };
}

run().catch((error: unknown) => {
  const known = error instanceof RingbackError;
  process.stderr.write(known ? `${error.code}: ${error.message}\n` : `${String(error)}\n`);
  process.exitCode = 1;
});
