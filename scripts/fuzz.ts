// npm run fuzz -- --minutes 5 [--seed N] [--only sip,sdp] [--media]: breaks good inputs by chance
// and feeds them to everything that reads what strangers send. What breaks a promise is kept in
// test/torture/corpus, where a test replays it for ever.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fuzzMedia } from './fuzz-media.ts';
import { judge } from '../test/torture/fuzz/judge.ts';
import { Dice } from '../test/torture/fuzz/mutate.ts';
import { TARGETS } from '../test/torture/fuzz/targets.ts';

const PROGRESS_MS = 10_000;
/** Most inputs kept of one target in one run: more of them say the same. */
const MOST_KEPT = 5;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
    media: { type: 'boolean', default: false },
    only: { type: 'string', default: TARGETS.map(({ name }) => name).join(',') },
  },
});
if (values.media) {
  const ok = await fuzzMedia(Number(values.minutes), Number(values.seed));
  process.exit(ok ? 0 : 1);
}
const chosen = TARGETS.filter(({ name }) => values.only.split(',').includes(name));
if (chosen.length === 0) throw new Error(`there is no target ${values.only}`);
const corpus = new URL('../test/torture/corpus/', import.meta.url);
const kept = new Map<string, number>();
const dice = new Dice(Number(values.seed));
const startedAtMs = performance.now();
const endAtMs = startedAtMs + Number(values.minutes) * 60_000;

let inputs = 0;
let findings = 0;
let tellAtMs = startedAtMs + PROGRESS_MS;
for (; performance.now() < endAtMs; inputs++) {
  const target = chosen[inputs % chosen.length]!;
  const input = target.mutate(dice.pick(target.seeds), dice);
  const broken = judge(target, input);
  if (broken !== null) {
    findings++;
    const count = kept.get(target.name) ?? 0;
    kept.set(target.name, count + 1);
    if (count < MOST_KEPT) {
      const name = createHash('sha256').update(input).digest('hex').slice(0, 12);
      writeFileSync(new URL(`${target.name}-${name}.bin`, corpus), Buffer.from(input, 'latin1'));
      console.log(`\n${target.name}-${name}.bin: ${broken}`);
    }
  }
  if (performance.now() < tellAtMs) continue;
  tellAtMs += PROGRESS_MS;
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  const each = [...kept].map(([name, count]) => `${name} ${count}`).join(', ');
  console.log(`${seconds} s, seed ${values.seed}: ${inputs} inputs, ${findings} findings ${each}`);
}
console.log(`${inputs} inputs, ${findings} findings, seed ${values.seed}`);
process.exitCode = findings === 0 ? 0 : 1;
