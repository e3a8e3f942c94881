// SIPp as the load: calls at a rate for some seconds, and what it counted.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface LoadResult {
  readonly calls: number;
  readonly failed: number;
  readonly retransmissions: number;
  /** Calls per second that were really made. */
  readonly achieved: number;
  /** INVITE to 200, by SIPp's own response time partition; null when it made none. */
  readonly responseMs: number | null;
}

export interface LoadOptions {
  readonly targetPort: number;
  readonly localPort: number;
  readonly callsPerSecond: number;
  readonly seconds: number;
}

/** Runs SIPp's built-in caller (INVITE, 180, 200, ACK, BYE) and reads its statistics. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'ringback-bench-'));
  const total = options.callsPerSecond * options.seconds;
  const args = [
    `127.0.0.1:${options.targetPort}`,
    ...['-sn', 'uac', '-i', '127.0.0.1', '-p', String(options.localPort)],
    ...['-r', String(options.callsPerSecond), '-m', String(total), '-l', '20000', '-d', '0'],
    ...['-trace_stat', '-fd', '1', '-nostdin', '-timeout', `${options.seconds + 40}s`],
  ];
  const child = spawn('sipp', args, { cwd: folder, stdio: 'ignore' });
  await new Promise((resolve) => child.once('exit', resolve));
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.csv'));
  const rows = readFileSync(join(folder, file), 'latin1').trim().split('\n');
  rmSync(folder, { recursive: true, force: true });
  return readStatistics(rows, total);
}

function readStatistics(rows: readonly string[], total: number): LoadResult {
  const names = (rows[0] ?? '').split(';');
  const value = (row: string | undefined, name: string) =>
    Number((row ?? '').split(';')[names.indexOf(name)]);
  const last = rows.at(-1);
  const successful = value(last, 'SuccessfulCall(C)');
  return {
    calls: successful,
    failed: total - successful,
    retransmissions: value(last, 'Retransmissions(C)'),
    achieved: Math.max(...rows.slice(1).map((row) => value(row, 'CallRate(P)'))),
    responseMs: secondsOf((last ?? '').split(';')[names.indexOf('ResponseTime1(C)')]),
  };
}

/** `00:00:00:003000` is hours, minutes, seconds and microseconds. */
function secondsOf(text: string | undefined): number | null {
  const parts = (text ?? '').split(':').map(Number);
  if (parts.length !== 4 || parts.some(Number.isNaN)) return null;
  const [hours = 0, minutes = 0, seconds = 0, microseconds = 0] = parts;
  return (hours * 3_600 + minutes * 60 + seconds) * 1_000 + microseconds / 1_000;
}
