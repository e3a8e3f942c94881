// Judges call progress detection on the held-out part of the corpus: `npm run cpd:report`
// (`-- --scale 0.2` for a part) makes it, runs it on all processors and writes
// docs/cpd-report.md with its figures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Chart, drawChart, drawMatrix } from './cpd/figures.ts';
import type { Heard } from './cpd/hear.ts';
import { hearAll } from './cpd/pool.ts';
import * as tables from './cpd/tables.ts';

const DOCS = fileURLToPath(new URL('../docs/', import.meta.url));
/** Confidences are gathered in bins that each hold so many verdicts. */
const BIN_SIZE = 60;

function reliabilityOf(heard: readonly Heard[], kind: string): [number, number][] {
  const verdicts = heard
    .filter(({ first, what }) => first === kind && /person|machine/u.test(what.family))
    .toSorted((a, b) => a.confidence - b.confidence);
  const points: [number, number][] = [];
  for (let at = 0; at + BIN_SIZE / 2 < verdicts.length; at += BIN_SIZE) {
    const bin = verdicts.slice(at, at + BIN_SIZE);
    const said = bin.reduce((sum, { confidence }) => sum + confidence, 0) / bin.length;
    points.push([said, bin.filter(({ truth }) => truth === kind).length / bin.length]);
  }
  return points;
}

function reliability(heard: readonly Heard[]): Chart {
  const series = (name: string, colour: string) => ({
    name,
    colour,
    points: reliabilityOf(heard, name),
    hasDots: true,
  });
  const ideal = { name: 'ideal', colour: '#9ca3af', hasDots: false };
  return {
    title: 'Reliability of first verdicts',
    xLabel: 'confidence in the verdict',
    yLabel: 'verdicts that were right',
    xMost: 1,
    xStep: 0.2,
    series: [
      {
        ...ideal,
        points: [
          [0, 0],
          [1, 1],
        ],
      },
      series('person', '#2563eb'),
      series('machine', '#dc2626'),
    ],
    marks: [],
  };
}

function decisionTimes(heard: readonly Heard[]): Chart {
  const cumulative = (family: string): [number, number][] => {
    const seconds = tables.decisionSeconds(heard, family);
    return seconds.map((value, i) => [Math.min(6, value), (i + 1) / seconds.length]);
  };
  return {
    title: 'Decided, after the first word',
    xLabel: 'seconds',
    yLabel: 'share of calls',
    xMost: 6,
    xStep: 1,
    series: [
      { name: 'person', colour: '#2563eb', points: cumulative('person'), hasDots: false },
      { name: 'machine', colour: '#dc2626', points: cumulative('machine'), hasDots: false },
    ],
    marks: [[1.8, '1.8 s']],
  };
}

function engines(heard: readonly Heard[]): string {
  return [...new Set(heard.map(({ what }) => what.engine))].toSorted().join(', ');
}

/** What the figures are about. */
function report(heard: readonly Heard[]): string {
  return `# Call progress detection: report

Written by \`npm run cpd:report\` on the **held-out** part of the corpus (${heard.length} calls).
Its voices, texts, steady noises and instruments occur in neither of the other parts, nor do pips in
threes; Russian, Turkish, Danish, Hungarian, Korean and Finnish are spoken nowhere else. Speech is
synthetic: espeak-ng, and for the wide cases also flite (whose voice here was not fitted on) and
festival (which was not fitted on at all), as far as they are installed; here:
${engines(heard)}. All lines are simulated. What is said here holds for those. How the corpus is
made: \`scripts/cpd/cases.ts\`, \`scripts/cpd/wide.ts\`, \`scripts/cpd/line.ts\`. Weights were
fitted on \`train\`, thresholds and confidences chosen on \`tune\`.

The *wide* cases are rarer and harder than most calls: rates of 110 to 220 words a minute, whispers,
greetings with the pauses of the engine, menus, long openings of persons ("Good morning, Wood and
Lane, Rachel speaking, how may I help you?"), curt greetings of machines ("Hello, it's George."),
words cut off at the start, breaths, comfort noise, the echo of our own prompt, automatic gain.

What limits the first verdict: a machine's first sentence, followed by a pause, sounds like a person
who waits, and a person is not left waiting for longer. Such calls are decided for the person and
corrected when the talk goes on or beeps: the first verdict is early rather than right, the final
one right. A curt greeting without a beep stays a person's. Reading voices pause for 0.3 to 0.4 s
between sentences; the longer pauses of the corpus are there on purpose. Who talks for longer than
1.5 s cannot be told within 1.8 s. Persons who were decided before their first word, on what is
heard before or behind them, count as right.

${results(heard)}`;
}

/** The figures. */
function results(heard: readonly Heard[]): string {
  return `*First* is the first verdict, *final* the one that stands after the single correction
that a beep or talk that goes on may bring (evidence \`revisesPerson\`).

## Marks

${tables.marks(heard)}

## First verdicts by truth

${tables.confusion(heard, 'first')}

## Final verdicts by truth

${tables.confusion(heard, 'final')}

![Final verdicts by truth](cpd-confusion.svg)

## By kind of call

${tables.byKind(heard)}

## Times

${tables.times(heard)}

![Decision times](cpd-times.svg)

## Beeps

Of the machines that were recognised as such; the error is the moment of the \`beep\` verdict less
the end of the (second, for double ones) beep.

${tables.beeps(heard)}

## By background, line and speech

Persons and machines, final verdicts.

${tables.byLine(heard)}

## Confidence

![Reliability](cpd-reliability.svg)

## Profiles

All three on the same persons and machines.

${tables.profiles(heard)}
`;
}

const { values } = parseArgs({ options: { scale: { type: 'string', default: '1' } } });
const scale = Number(values.scale);
if (!(scale > 0 && scale <= 10)) throw new RangeError('--scale takes a number above 0, up to 10');
const heard = await hearAll('held-out', scale);
mkdirSync(DOCS, { recursive: true });
writeFileSync(`${DOCS}cpd-report.md`, report(heard));
writeFileSync(`${DOCS}cpd-reliability.svg`, drawChart(reliability(heard)));
writeFileSync(`${DOCS}cpd-confusion.svg`, drawMatrix(tables.counts(heard, 'final')));
writeFileSync(`${DOCS}cpd-times.svg`, drawChart(decisionTimes(heard)));
console.log(tables.marks(heard));
