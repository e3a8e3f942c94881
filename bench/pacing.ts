// What each way to time the dial costs, in simulated hours: 20 agents, 180 s handle time, 60 % of
// dials answered, callbacks without end; beside it what could be had at best. Prints a table; draws
// a chart when a file is named. Run: node bench/pacing.ts [hours] [chart.svg]
import { writeFileSync } from 'node:fs';
import { Centre } from '../test/routing/sim/centre.ts';
import type { CentreOptions } from '../test/routing/sim/centre.ts';
import { bestTiming } from './pacing-oracle.ts';

interface Row {
  readonly way: string;
  readonly idlePercent: number;
  readonly waitedOver2sPercent: number;
  readonly heldPercent: number;
  /** Null: of the best there could be, nothing is counted. */
  readonly served: number | null;
  readonly overtaken: number | null;
}

const hours = Number(process.argv[2] ?? 8);
const chart = process.argv[3];
const base = { seed: 7, agents: 20, hours, liveEveryMs: null, backlog: 40 } as const;
const ways: readonly (readonly [string, CentreOptions])[] = [
  ['reservation', { ...base, dialMode: 'reservation' }],
  [
    'dial when an agent is free',
    {
      ...base,
      dialMode: 'notification',
      pacing: { predictWithinSeconds: 0, maxWaitingPercent: 0.1 },
    },
  ],
  ['notification, 1 % may wait', notification(1)],
  ['notification, 3 % may wait', notification(3)],
  ['notification, 10 % may wait', notification(10)],
  ['notification, 3 %, 60 agents', { ...notification(3), agents: 60, backlog: 120 }],
  ['notification, 3 %, 150 agents', { ...notification(3), agents: 150, backlog: 300 }],
  ['reservation, mixed load of 80 %', { ...mixed(18_000, 30_000), dialMode: 'reservation' }],
  ['notification, 3 %, mixed load of 80 %', mixed(18_000, 30_000)],
  ['notification, 3 %, overload of 115 %', mixed(11_000, 27_000)],
];
const known = { agents: 20, hours, answerShare: 0.6 };

function notification(maxWaitingPercent: number): CentreOptions {
  return { ...base, dialMode: 'notification', pacing: { maxWaitingPercent } };
}

/** Live callers and callbacks beside each other; the agents serve one every 9.2 s. */
function mixed(liveEveryMs: number, callbackEveryMs: number): CentreOptions {
  return { ...notification(3), backlog: 0, liveEveryMs, callbackEveryMs };
}

const rows: Row[] = [];
console.log('| way | agents idle | of it held | waited over 2 s | served | overtaken |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [way, options] of ways) {
  const report = await new Centre(options).run();
  say({ way, ...report });
}
for (const answersKnown of [false, true]) {
  const { idlePercent, waitedPercent } = bestTiming({ ...known, answersKnown }, 3);
  say({
    way: answersKnown ? 'the same, and who will answer' : 'best with all distributions known, 3 %',
    ...{ idlePercent, waitedOver2sPercent: waitedPercent, heldPercent: 0 },
    ...{ served: null, overtaken: null },
  });
}
if (chart !== undefined) writeFileSync(chart, svg());

function say(row: Row): void {
  rows.push(row);
  const percents = [row.idlePercent, row.heldPercent, row.waitedOver2sPercent]
    .map((percent) => `${percent.toFixed(1)} %`)
    .join(' | ');
  console.log(`| ${row.way} | ${percents} | ${row.served ?? ''} | ${row.overtaken ?? ''} |`);
}

/** Two bars for each way: agents idle, and customers who waited. */
function svg(): string {
  const bars = rows.flatMap(({ way, idlePercent, waitedOver2sPercent }, n) => {
    const y = 40 + n * 54;
    return [
      `<text x="10" y="${y}">${way}</text>`,
      bar(y + 6, idlePercent, '#4477aa', 'agents idle'),
      bar(y + 22, waitedOver2sPercent, '#ee6677', 'customers waited over 2 s'),
    ];
  });
  const height = 50 + rows.length * 54;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${height}" `,
    'font-family="sans-serif" font-size="12">',
    ...bars,
    '</svg>\n',
  ].join('\n');
}

function bar(y: number, percent: number, colour: string, what: string): string {
  const width = Math.round(percent * 18);
  const label = `${percent.toFixed(1)} % ${what}`;
  return (
    `<rect x="10" y="${y}" width="${width}" height="13" fill="${colour}"/>` +
    `<text x="${width + 16}" y="${y + 11}">${label}</text>`
  );
}
