// How good the waits told to callers are when the load is not steady: the estimate on arrival and
// the window promised, beside what it came to. 20 agents, 180 s handle time. Prints a table; draws
// a chart when a file is named. Run: node bench/waits.ts [chart.svg]
import { writeFileSync } from 'node:fs';
import { Centre } from '../test/routing/sim/centre.ts';
import type { CentreOptions } from '../test/routing/sim/centre.ts';
import type { WaitMethod } from '../routing/index.ts';

const hourMs = 3_600_000;
const patient = { patienceMs: 600_000 };

/** The agents serve one every 9.2 s. */
const loads: Readonly<Record<string, Partial<CentreOptions>>> = {
  'steady, nobody hangs up': { liveEveryMs: 8_800 },
  steady: { liveEveryMs: 8_500, ...patient },
  rising: {
    liveEveryAt: (ms) => Math.max(5_500, 12_000 - (6_500 * ms) / (5 * hourMs)),
    ...patient,
  },
  overload: { liveEveryMs: 6_500, ...patient },
  'shift change': {
    liveEveryMs: 8_000,
    staffAt: (ms) => (Math.floor(ms / hourMs) % 2 === 0 ? 20 : 13),
    ...patient,
  },
};

interface Row {
  readonly load: string;
  readonly method: WaitMethod;
  readonly offPercent: number;
  readonly keptPercent: number;
  readonly meanSeconds: number;
}

async function play(load: string, method: WaitMethod): Promise<Row> {
  const sums = { error: 0, waited: 0, kept: 0, windows: 0, served: 0 };
  const base = { seed: 11, agents: 20, hours: 6, liveEveryMs: null, backlog: 0 };
  const centre = new Centre({
    ...{ ...base, dialMode: 'reservation', askEvery: method === 'simulation' ? 9 : 1 },
    ...loads[load],
    queue: { waitMethod: method },
    onServed({ ewtSeconds, fromSeconds, toSeconds }, seconds) {
      sums.error += Math.abs(seconds - ewtSeconds);
      sums.waited += seconds;
      sums.served += 1;
      if (fromSeconds === null || toSeconds === null) return;
      sums.windows += 1;
      if (seconds >= fromSeconds - 0.5 && seconds <= toSeconds + 0.5) sums.kept += 1;
    },
  });
  await centre.run();
  return {
    ...{ load, method },
    offPercent: (100 * sums.error) / sums.waited,
    keptPercent: (100 * sums.kept) / Math.max(1, sums.windows),
    meanSeconds: sums.waited / Math.max(1, sums.served),
  };
}

const rows: Row[] = [];
console.log('| load | method | mean wait | off, of the true wait | windows right |');
console.log('| --- | --- | --- | --- | --- |');
for (const load of Object.keys(loads)) {
  for (const method of ['stat-server', 'departures', 'simulation'] as const) {
    const row = await play(load, method);
    rows.push(row);
    const percents = `${row.offPercent.toFixed(0)} % | ${row.keptPercent.toFixed(0)} %`;
    console.log(`| ${load} | \`${method}\` | ${row.meanSeconds.toFixed(0)} s | ${percents} |`);
  }
}
const chart = process.argv[2];
if (chart !== undefined) writeFileSync(chart, svg());

/** Two bars for each load and method: the error, and the windows that were wrong. */
function svg(): string {
  const bars = rows.flatMap(({ load, method, offPercent, keptPercent }, n) => {
    const y = 24 + n * 46;
    return [
      `<text x="10" y="${y}">${load}: ${method}</text>`,
      bar(y + 5, offPercent, '#4477aa', 'off'),
      bar(y + 19, 100 - keptPercent, '#ee6677', 'windows wrong'),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="${rows.length * 46 + 30}" `,
    'font-family="sans-serif" font-size="12">',
    ...bars,
    '</svg>\n',
  ].join('\n');
}

function bar(y: number, percent: number, colour: string, what: string): string {
  const width = Math.round(percent * 6);
  return (
    `<rect x="10" y="${y}" width="${width}" height="11" fill="${colour}"/>` +
    `<text x="${width + 16}" y="${y + 10}">${percent.toFixed(0)} % ${what}</text>`
  );
}
