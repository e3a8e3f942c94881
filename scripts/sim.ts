// npm run sim -- --seed 42 --hours 24 [--stories 1000] [--manner whole] [--results FILE.jsonl]:
// tells stories of a contact centre by chance (test/sim/world.ts) and says what came of them. A
// broken invariant names its seed; the other stories are told all the same. What is in the file of
// results is not told again: a long run may be stopped and taken up.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { manners } from '../test/sim/site.ts';
import { simulate } from '../test/sim/world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    hours: { type: 'string', default: '24' },
    manner: { type: 'string', default: 'whole' },
    stories: { type: 'string', default: '1' },
    results: { type: 'string' },
  },
});
const manner = manners.find((known) => known === values.manner);
if (manner === undefined) throw new Error(`--manner is one of ${manners.join(', ')}`);
const first = Number(values.seed);
const stories = Number(values.stories);
const hours = Number(values.hours);
const { results = null } = values;
const told = new Set(results === null ? [] : seedsIn(results));
const broken: number[] = [];
let known = 0;
for (let seed = first; seed < first + stories; seed += 1) {
  if (told.has(seed)) {
    known += 1;
    continue;
  }
  const startedAtMs = performance.now();
  try {
    const report = await simulate(seed, hours, manner);
    const tookMs = Math.round(performance.now() - startedAtMs);
    note({ seed, manner, hours, kept: true, ...report, tookMs });
  } catch (fault) {
    broken.push(seed);
    const cause = fault instanceof Error ? fault.cause : null;
    note({ seed, manner, hours, kept: false, fault: String(fault), cause: String(cause) });
    console.error(fault);
  }
}
const whole = stories - known;
console.log(`${whole - broken.length} of ${whole} stories kept every promise`);
if (known > 0) console.log(`${known} were told before`);
if (broken.length > 0) process.exitCode = 1;

function note(line: object): void {
  console.log(JSON.stringify(line));
  if (results !== null) appendFileSync(results, `${JSON.stringify(line)}\n`);
}

/** Seeds of the same manner and length. */
function seedsIn(path: string): number[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { seed: number; manner: string; hours: number })
    .filter((line) => line.manner === manner && line.hours === hours)
    .map(({ seed }) => seed);
}
