// SIPp as the load: calls at a rate for some seconds, and what it counted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, udpListening } from '../../test/support/tools.ts';
import { until } from '../../test/support/until.ts';

/**
 * From ACK to BYE. Without it a relay of several processes may pass the BYE on before the ACK, and
 * SIPp's callee then gives the call up.
 */
const TALK_MS = 50;

export interface LoadResult {
  readonly calls: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** INVITE to 200, by SIPp's own response time partition; null when it made none. */
  readonly responseMs: number | null;
}

export interface LoadOptions {
  readonly targetPort: number;
  readonly localPort: number;
  readonly callsPerSecond: number;
  readonly seconds: number;
}

/** The last line of SIPp's statistics, by column name. */
export type Statistics = (column: string) => string;

/** Runs SIPp to its end, at most `limitSeconds`, and reads what it counted. */
export async function runSipp(args: readonly string[], limitSeconds: number): Promise<Statistics> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'));
  const options = ['-trace_stat', '-fd', '1', '-nostdin', '-timeout', `${limitSeconds}s`];
  const child = spawn('sipp', [...args, ...options], { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  const rows = readFileSync(join(folder, file), 'latin1').trim().split('\n');
  rmSync(folder, { recursive: true, force: true });
  const names = (rows[0] ?? '').split(';');
  const last = (rows.at(-1) ?? '').split(';');
  return (column) => last[names.indexOf(column)] ?? '';
}

/** Runs SIPp's built-in caller (INVITE, 180, 200, ACK, BYE) and reads its statistics. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const total = options.callsPerSecond * options.seconds;
  const args = [
    `127.0.0.1:${options.targetPort}`,
    ...['-sn', 'uac', '-i', '127.0.0.1', '-p', String(options.localPort)],
    ...[
      '-r',
      String(options.callsPerSecond),
      '-m',
      String(total),
      '-l',
      '20000',
      '-d',
      String(TALK_MS),
    ],
  ];
  const counted = await runSipp(args, options.seconds + 40);
  const calls = Number(counted('SuccessfulCall(C)'));
  return {
    calls,
    failed: total - calls,
    retransmissions: Number(counted('Retransmissions(C)')),
    responseMs: millisecondsOf(counted('ResponseTime1(C)')),
  };
}

/** `00:00:00:003000` is hours, minutes, seconds and microseconds. */
function millisecondsOf(text: string): number | null {
  const parts = text.split(':').map(Number);
  if (parts.length !== 4 || parts.some(Number.isNaN)) return null;
  const [hours = 0, minutes = 0, seconds = 0, microseconds = 0] = parts;
  return (hours * 3_600 + minutes * 60 + seconds) * 1_000 + microseconds / 1_000;
}

/** SIPp's built-in callee on a free port. */
export async function startCallee(): Promise<{ readonly port: number; stop(): void }> {
  const port = await freePort('127.0.0.1');
  const child = spawn('sipp', ['-sn', 'uas', '-i', '127.0.0.1', '-p', String(port), '-nostdin'], {
    stdio: 'ignore',
  });
  await until('sipp to listen', () => udpListening('127.0.0.1', port));
  return { port, stop: () => void child.kill('SIGKILL') };
}
