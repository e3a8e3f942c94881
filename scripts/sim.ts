// npm run sim -- --seed 42 --hours 24 [--stories 1000] [--manner whole]: tells stories of a contact
// centre by chance (test/sim/world.ts) and says what came of them. A broken invariant names its
// seed; the other stories are told all the same.
import { parseArgs } from 'node:util';
import { manners } from '../test/sim/site.ts';
import { simulate } from '../test/sim/world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    hours: { type: 'string', default: '24' },
    manner: { type: 'string', default: 'whole' },
    stories: { type: 'string', default: '1' },
  },
});
const manner = manners.find((known) => known === values.manner);
if (manner === undefined) throw new Error(`--manner is one of ${manners.join(', ')}`);
const first = Number(values.seed);
const stories = Number(values.stories);
const broken: number[] = [];
for (let seed = first; seed < first + stories; seed += 1) {
  const startedAtMs = performance.now();
  try {
    const report = await simulate(seed, Number(values.hours), manner);
    const tookMs = Math.round(performance.now() - startedAtMs);
    console.log(JSON.stringify({ seed, ...report, tookMs }));
  } catch (fault) {
    broken.push(seed);
    console.error(fault);
  }
}
console.log(`${stories - broken.length} of ${stories} stories kept every promise`);
if (broken.length > 0) process.exitCode = 1;
