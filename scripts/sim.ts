// npm run sim -- --seed 42 --hours 72 [--stories 10] [--crowded]: tells stories of a contact centre
// by chance (test/sim/world.ts) and says what came of them. A broken invariant names its seed.
import { parseArgs } from 'node:util';
import { simulate } from '../test/sim/world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    hours: { type: 'string', default: '72' },
    crowded: { type: 'boolean', default: false },
    stories: { type: 'string', default: '1' },
  },
});
const first = Number(values.seed);
for (let seed = first; seed < first + Number(values.stories); seed += 1) {
  const startedAtMs = performance.now();
  const report = await simulate(seed, Number(values.hours), values.crowded);
  const tookMs = Math.round(performance.now() - startedAtMs);
  console.log(JSON.stringify({ seed, ...report, tookMs }));
}
