// What each way to time the dial costs, in simulated hours: 20 agents, 180 s handle time, 60 % of
// dials answered, callbacks without end. Prints a table; writes a chart when a file is named.
// Run: node bench/pacing.ts [hours] [chart.svg]
import { writeFileSync } from 'node:fs';
import { Centre } from '../test/routing/sim/centre.ts';
import type { CentreOptions, CentreReport } from '../test/routing/sim/centre.ts';

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
  ['reservation, mixed load of 80 %', { ...mixed(), dialMode: 'reservation' }],
  ['notification, 3 %, mixed load of 80 %', mixed()],
];

function notification(maxWaitingPercent: number): CentreOptions {
  return { ...base, dialMode: 'notification', pacing: { maxWaitingPercent } };
}

/** Half of what the agents can do is live callers, 30 % callbacks. */
function mixed(): CentreOptions {
  return { ...notification(3), backlog: 0, liveEveryMs: 18_000, callbackEveryMs: 30_000 };
}

const rows: (readonly [string, CentreReport])[] = [];
console.log('| way | agents idle | of it held | waited over 2 s | served | overtaken |');
console.log('| --- | --- | --- | --- | --- | --- |');
for (const [way, options] of ways) {
  const report = await new Centre(options).run();
  rows.push([way, report]);
  const percents = [report.idlePercent, report.heldPercent, report.waitedOver2sPercent]
    .map((percent) => `${percent.toFixed(1)} %`)
    .join(' | ');
  console.log(`| ${way} | ${percents} | ${report.served} | ${report.overtaken} |`);
}
if (chart !== undefined) writeFileSync(chart, svg());

/** Two bars for each way: agents idle, and customers who waited. */
function svg(): string {
  const bars = rows.flatMap(([way, { idlePercent, waitedOver2sPercent }], n) => {
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
