// npm run simulate -- --day FILE --settings A.yaml --settings B.yaml: replays a day through the
// real rules under a virtual clock, and puts settings side by side. docs/simulation.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../api/config.ts';
import type { Environment } from '../api/config.ts';
import { RingbackError } from '../core/errors.ts';
import { playDay } from './simulate/centre.ts';
import type { Played } from './simulate/centre.ts';
import { DayFault, dayText, parseDay } from './simulate/day.ts';
import type { Day } from './simulate/day.ts';
import { generateDay } from './simulate/generate.ts';
import { measure } from './simulate/measures.ts';
import { Progress } from './simulate/progress.ts';
import { reportHtml } from './simulate/report.ts';
import { tableText } from './simulate/table.ts';

const USAGE = `npm run simulate -- [--day FILE | --generate PLAN.yaml [--seed N]]
                    [--settings FILE.yaml]... [--report FILE.html] [--save-day FILE.jsonl]
                    [--within SECONDS]

  --day       a day: JSON lines (docs/simulation.md)
  --generate  makes the day from a plan; --seed says which of its many days
  --settings  a configuration of Ringback; give it several times to compare
  --report    writes a page with charts
  --save-day  writes the day, to be replayed or edited
  --within    of the service level, 20 s unless given
`;

/** A settings file may name secrets; nobody is called here, so any will do. */
const anySecrets: Environment = new Proxy({}, { get: () => 'not-needed-for-simulation' });

interface Result {
  readonly name: string;
  readonly played: Played;
  readonly tookMs: number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      day: { type: 'string' },
      generate: { type: 'string' },
      seed: { type: 'string', default: '1' },
      settings: { type: 'string', multiple: true, default: [] },
      report: { type: 'string' },
      'save-day': { type: 'string' },
      within: { type: 'string', default: '20' },
      help: { type: 'boolean', default: false },
    },
  });
  const day = values.help ? null : dayOf(values);
  const withinSeconds = wholeNumber('--within', values.within);
  if (day === null) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  if (values['save-day'] !== undefined) writeFileSync(values['save-day'], dayText(day));
  const results: Result[] = [];
  for (const path of values.settings) results.push(await play(day, path));
  if (results.length === 0) return 0;
  const columns = results.map(({ name, played }) => ({
    name,
    measures: measure(played, withinSeconds),
  }));
  process.stdout.write(`\n${tableText(columns)}\n\n  * better\n`);
  if (values.report !== undefined) {
    writeFileSync(values.report, reportHtml(day, results, columns));
    process.stdout.write(`\nThe page is ${values.report}\n`);
  }
  return 0;
}

function dayOf(values: { day?: string; generate?: string; seed: string }): Day | null {
  const { day, generate } = values;
  if (day !== undefined) return parseDay(readFileSync(day, 'utf8'), day);
  if (generate === undefined) return null;
  const seed = wholeNumber('--seed', values.seed);
  return generateDay(readFileSync(generate, 'utf8'), generate, seed);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/u.test(text)) return Number(text);
  throw new DayFault(`${option} ${text} is not a whole number`);
}

async function play(day: Day, path: string): Promise<Result> {
  const config = loadConfig(path, anySecrets);
  const name = basename(path).replace(/\.ya?ml$/u, '');
  const progress = new Progress(process.stderr, name);
  const startedAtMs = performance.now();
  const played = await playDay(day, config, (share) => progress.show(share));
  const tookMs = Math.round(performance.now() - startedAtMs);
  const { length } = day.interactions;
  process.stdout.write(`${name}: ${length} interactions in ${(tookMs / 1_000).toFixed(1)} s\n`);
  return { name, played, tookMs };
}

try {
  process.exitCode = await main();
} catch (fault) {
  const isExpected =
    fault instanceof DayFault ||
    fault instanceof RingbackError ||
    (fault instanceof Error && 'code' in fault);
  if (!isExpected) throw fault;
  process.stderr.write(`${fault.message}\n`);
  process.exitCode = 1;
}
