// Spreads the cases of the corpus over threads, with a progress bar. The order of results is that
// of the cases, however many threads there are.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Case, casesOf } from './cases.ts';
import { hear, type Heard, observe, type Observed } from './hear.ts';
import type { Part } from './voices.ts';

/** What is done with each case. */
interface Job {
  readonly task: 'hear' | 'observe';
  readonly part: Part;
  readonly scale: number;
  /** Only these families; empty: all. */
  readonly families: readonly string[];
}

interface Share extends Job {
  readonly from: number;
  readonly step: number;
}

interface Result {
  readonly index: number;
  readonly value: unknown;
}

function casesFor({ part, scale, families }: Job): readonly Case[] {
  const all = casesOf(part, scale);
  return families.length === 0 ? all : all.filter(({ family }) => families.includes(family));
}

function work(share: Share): void {
  for (const [index, what] of casesFor(share).entries()) {
    if (index % share.step !== share.from) continue;
    const value = share.task === 'hear' ? hear(what) : observe(what);
    parentPort?.postMessage({ index, value } satisfies Result);
  }
}

function showProgress(done: number, total: number): void {
  if (!process.stderr.isTTY && done % 200 !== 0 && done !== total) return;
  const filled = Math.round((30 * done) / Math.max(1, total));
  const bar = '#'.repeat(filled) + '.'.repeat(30 - filled);
  process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}[${bar}] ${done}/${total}`);
  if (!process.stderr.isTTY || done === total) process.stderr.write('\n');
}

function run(share: Share, took: (result: Result) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: share });
    worker.on('message', took);
    worker.once('error', reject);
    worker.once('exit', () => resolve());
  });
}

async function spread(job: Job): Promise<readonly unknown[]> {
  const total = casesFor(job).length;
  const values: unknown[] = [];
  let done = 0;
  const step = availableParallelism();
  const took = ({ index, value }: Result): void => {
    values[index] = value;
    done += 1;
    showProgress(done, total);
  };
  await Promise.all(Array.from({ length: step }, (_, from) => run({ ...job, from, step }, took)));
  return values;
}

/** Verdicts on all cases of a part. */
export async function hearAll(
  part: Part,
  scale: number,
  options: { readonly families?: readonly string[] } = {},
): Promise<readonly Heard[]> {
  const { families = [] } = options;
  return (await spread({ task: 'hear', part, scale, families })) as readonly Heard[];
}

/** Observations of all persons and machines of a part. */
export async function observeAll(part: Part, scale: number): Promise<readonly Observed[]> {
  const families = ['person', 'machine'];
  return (await spread({ task: 'observe', part, scale, families })) as readonly Observed[];
}

if (!isMainThread) work(workerData as Share);
