// The figures of the media benchmark as lines of text. PURE.
import type { Measurement } from './protocol.ts';
import type { Spread } from './samples.ts';

export interface Row extends Measurement {
  readonly what: string;
  /** Calls of two legs, or single legs. */
  readonly count: number;
  /** Of one core. */
  readonly cpuPercent: number;
  readonly rssMb: number;
}

const COLUMNS = [18, 6, 9, 11, 9, 9, 24, 24, 24];

function spread(of: Spread | null): string {
  return of === null ? '-' : [of.p50Ms, of.p99Ms, of.p999Ms].map((ms) => ms.toFixed(2)).join(' / ');
}

function columns(cells: readonly string[]): string {
  return cells
    .map((cell, i) => (i === 0 ? cell.padEnd(18) : cell.padStart(COLUMNS[i] ?? 8)))
    .join(' ');
}

export function heading(): string {
  const figures = ['added ms 50/99/99.9', 'lateness ms 50/99/99.9', 'load pacing 50/99/99.9'];
  return columns(['', 'count', 'CPU %', 'CPU % /100', 'loss %', 'RSS MB', ...figures]);
}

export function line(row: Row): string {
  return columns([
    row.what,
    String(row.count),
    row.cpuPercent.toFixed(1),
    ((row.cpuPercent / row.count) * 100).toFixed(2),
    row.lossPercent.toFixed(3),
    row.rssMb.toFixed(0),
    spread(row.latency),
    spread(row.lateness),
    row.sent === 0 ? '-' : spread(row.pacing),
  ]);
}

/** Our CPU time over each yardstick's, at the same number of calls. */
export function besides(rows: readonly Row[]): string[] {
  const ours = rows.filter(({ what }) => what === 'ringback bridges');
  return ours.flatMap(({ count, cpuPercent }) =>
    rows
      .filter((row) => row.count === count && ['node dgram', 'rtpengine'].includes(row.what))
      .map(
        ({ what, cpuPercent: theirs }) =>
          `${count} bridged calls: ${(cpuPercent / theirs).toFixed(2)} x the CPU of ${what}`,
      ),
  );
}
