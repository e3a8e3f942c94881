// Whether the SIP engine's memory stays flat: many calls at one rate, its RSS every few seconds.
//   npm run bench:soak -- [--calls 200000] [--rate 800] [--json FILE] [--chart FILE.svg]
// Prints a table of at most ten rows and one line of totals; the chart is of all samples.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../test/support/tools.ts';
import { memoryChart } from './sip/chart.ts';
import { runLoad } from './sip/load.ts';
import { Measured } from './sip/processes.ts';

const HERE = join(import.meta.dirname, 'sip');
const SECRET = 'bench';
const SAMPLE_MS = 5_000;

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '200000' },
    rate: { type: 'string', default: '800' },
    json: { type: 'string' },
    chart: { type: 'string' },
  },
});
const callsPerSecond = Number(values.rate);
const seconds = Math.ceil(Number(values.calls) / callsPerSecond);

const engine = new Measured(process.execPath, [join(HERE, 'engine.ts'), SECRET]);
const { control, listening } = await engine.json<{
  control: { port: number };
  listening: { port: number }[];
}>();
const app = new Measured(process.execPath, [
  join(HERE, 'app.ts'),
  'answer',
  String(control.port),
  SECRET,
]);
await app.json();

const samples: { readonly atSeconds: number; readonly engineMb: number; readonly appMb: number }[] =
  [];
const startMs = performance.now();
const sample = () => {
  const atSeconds = Math.round((performance.now() - startMs) / 1_000);
  const [engineMb, appMb] = [engine.usage().rssMb, app.usage().rssMb];
  samples.push({ atSeconds, engineMb, appMb });
  const share = Math.min(1, atSeconds / seconds);
  const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
  process.stderr.write(
    `[${bar}] ${atSeconds} s  engine ${engineMb.toFixed(0)} MB  app ${appMb.toFixed(0)} MB\n`,
  );
};
const ticking = setInterval(sample, SAMPLE_MS);
const load = await runLoad({
  targetPort: listening[0]?.port ?? 0,
  localPort: await freePort('127.0.0.1'),
  callsPerSecond,
  seconds,
});
clearInterval(ticking);
sample();
const { cpuMs } = engine.usage();
await Promise.all([engine.stop(), app.stop()]);

const half = samples.slice(Math.floor(samples.length / 2));
const growthMb = (half.at(-1)?.engineMb ?? 0) - (half[0]?.engineMb ?? 0);
const peakMb = Math.max(...samples.map(({ engineMb }) => engineMb));
const step = Math.ceil(samples.length / 10);
process.stdout.write('| seconds | engine RSS MB | application RSS MB |\n|---|---|---|\n');
for (const [i, { atSeconds, engineMb, appMb }] of samples.entries()) {
  if (i % step !== step - 1 && i !== samples.length - 1) continue;
  process.stdout.write(`| ${atSeconds} | ${engineMb.toFixed(0)} | ${appMb.toFixed(0)} |\n`);
}
process.stdout.write(
  `\n${load.calls} calls at ${callsPerSecond}/s, ${load.failed} failed, ` +
    `${load.retransmissions} retransmissions, engine ${(cpuMs / load.calls).toFixed(3)} ms CPU ` +
    `a call, RSS at most ${peakMb.toFixed(0)} MB, ${growthMb.toFixed(0)} MB more in the second ` +
    'half than at its beginning\n',
);
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ load, samples }, null, 2)}\n`);
}
if (values.chart !== undefined) {
  const title = `${load.calls} calls at ${callsPerSecond} a second`;
  const points = (of: (sample: (typeof samples)[number]) => number) =>
    samples.map((sample) => ({ atSeconds: sample.atSeconds, mb: of(sample) }));
  const engineLine = {
    ...{ name: 'SIP engine', colour: '#0b63c5' },
    points: points(({ engineMb }) => engineMb),
  };
  const appLine = {
    ...{ name: 'application', colour: '#999' },
    points: points(({ appMb }) => appMb),
  };
  writeFileSync(values.chart, memoryChart(title, [engineLine, appLine]));
}
process.exit(load.failed === 0 ? 0 : 1);
