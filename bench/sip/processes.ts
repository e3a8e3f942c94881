// Child processes of the benchmarks: started, asked for their first line, measured by /proc, ended.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Clock ticks of /proc/PID/stat in a second (sysconf(_SC_CLK_TCK) on every Linux of today). */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4_096;

export interface Usage {
  readonly cpuMs: number;
  readonly rssMb: number;
}

/** One process and, with `tree`, its children: kamailio works in several. */
export class Measured {
  readonly child: ChildProcess;
  readonly #lines: AsyncIterator<string> | null;

  constructor(command: string, args: readonly string[]) {
    this.child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
    const { stdout } = this.child;
    this.#lines =
      stdout === null ? null : createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** The next line of its output, as JSON. */
  async json<T>(): Promise<T> {
    const line = await this.#lines?.next();
    if (line === undefined || line.done === true) throw new Error('a process ended early');
    return JSON.parse(line.value) as T;
  }

  usage(): Usage {
    const pids = [this.child.pid ?? 0, ...childrenOf(this.child.pid ?? 0)];
    return pids
      .map(usageOf)
      .reduce((a, b) => ({ cpuMs: a.cpuMs + b.cpuMs, rssMb: a.rssMb + b.rssMb }));
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGTERM');
    await ended;
  }
}

function usageOf(pid: number): Usage {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const rssMb = (Number(fields[21]) * PAGE_BYTES) / 2 ** 20;
    return { cpuMs: (ticks * 1_000) / TICKS_PER_SECOND, rssMb };
  } catch {
    return { cpuMs: 0, rssMb: 0 };
  }
}

function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
      .trim()
      .split(' ')
      .filter((text) => text !== '')
      .map(Number);
  } catch {
    return [];
  }
}
