// The comparison as one page that needs nothing else: charts over the day, and the table.
import type { Played } from './centre.ts';
import { chartSvg, colourOf, escaped } from './charts.ts';
import type { ChartOptions, Curve } from './charts.ts';
import type { Day } from './day.ts';
import { binMs } from './ledger.ts';
import type { Bin, Ledger, Place } from './ledger.ts';
import { sum, waitSeconds } from './measures.ts';
import { bestOf, valueText } from './table.ts';
import type { Column } from './table.ts';

interface Setting {
  readonly name: string;
  readonly played: Played;
}

const hourMs = 3_600_000;

/** @returns a whole HTML document */
export function reportHtml(
  day: Day,
  settings: readonly Setting[],
  columns: readonly Column[],
): string {
  const title = `Simulation of ${day.head.name}`;
  const { interactions, shifts } = day;
  const people = new Set(shifts.map(({ agent }) => agent)).size;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
<h1>${escaped(title)}</h1>
<p>${interactions.length} customers, ${people} agents with shifts, from
${escaped(day.head.startsAt)} for ${day.head.hours} h, seed ${day.head.seed}.
Times of day are those of ${escaped(day.head.timeZone)}.</p>
<p class="legend">${settings.map(({ name }, index) => legendOf(name, index)).join(' ')}</p>
${charts(day, settings)}
<h2>All figures</h2>
${table(columns)}
<p class="note">A wait lasts from the place's arrival (for a callback asked for at a time: from that
time) to the conversation. Bold is the better value.</p>
</html>
`;
}

function legendOf(name: string, index: number): string {
  return `<span style="--colour:${colourOf(index)}">${escaped(name)}</span>`;
}

function charts(day: Day, settings: readonly Setting[]): string {
  const start = Temporal.Instant.from(day.head.startsAt).toZonedDateTimeISO(day.head.timeZone);
  const fromHour = start.hour;
  const figure = (
    options: Omit<ChartOptions, 'fromHour'>,
    curveOf: (ledger: Ledger) => Curve['values'],
  ) => {
    const curves = settings.map(({ name, played }) => ({ name, values: curveOf(played.ledger) }));
    const drawn = chartSvg(curves, { ...options, fromHour });
    return `<figure><figcaption>${escaped(options.title)}</figcaption>\n${drawn}\n</figure>`;
  };
  const byHour = { stepHours: 1 };
  const byBin = { stepHours: binMs / hourMs };
  const [first] = settings;
  const staffed = first?.played.ledger.bins.map(({ staffedMs }) => staffedMs / binMs) ?? [];
  const live = 'Wait of callers on the line, mean by hour of arrival';
  const promised = 'Wait until the callback is a conversation, mean by hour of arrival';
  return [
    figure({ title: live, unit: 's', ...byHour }, (ledger) => waits(ledger, 'live', 1)),
    figure({ title: promised, unit: 'min', ...byHour }, (ledger) => waits(ledger, 'callback', 60)),
    figure(
      {
        title: 'Agents busy: talking, in wrap-up, held (pale: at work)',
        unit: 'agents',
        ...byBin,
        ground: { name: 'at work', values: staffed },
      },
      ({ bins }) => bins.map(({ busyMs }) => busyMs / binMs),
    ),
    figure(
      { title: 'Customers waiting, callers and callbacks', unit: 'waiting', ...byBin },
      lengths,
    ),
  ].join('\n');
}

function waits(ledger: Ledger, kind: Place['kind'], divisor: number): (number | null)[] {
  const count = Math.ceil((ledger.bins.length * binMs) / hourMs);
  const byHour: number[][] = Array.from({ length: count }, () => []);
  for (const place of ledger.places.values()) {
    const seconds = waitSeconds(place);
    if (place.kind !== kind || seconds === null) continue;
    byHour[Math.floor((place.arrivedAtMs - ledger.startMs) / hourMs)]?.push(seconds / divisor);
  }
  return byHour.map((seconds) => (seconds.length === 0 ? null : sum(seconds) / seconds.length));
}

function lengths({ bins }: Ledger): (number | null)[] {
  return bins.map(({ waitingSum, samples }: Bin) => (samples === 0 ? null : waitingSum / samples));
}

function table(columns: readonly Column[]): string {
  const rows: string[] = [];
  const heads = columns.map(({ name }) => `<th scope="col">${escaped(name)}</th>`).join('');
  let group = '';
  (columns[0]?.measures ?? []).forEach((row, index) => {
    if (row.group !== group) {
      rows.push(`<tr class="group"><th scope="rowgroup">${escaped(row.group)}</th>${heads}</tr>`);
    }
    group = row.group;
    const best = bestOf(columns, index);
    const cells = columns.map(({ measures }, at) => {
      const measure = measures[index];
      const text = measure === undefined ? '' : escaped(valueText(measure));
      return `<td>${best.has(at) ? `<b>${text}</b>` : text}</td>`;
    });
    rows.push(`<tr><th scope="row">${escaped(row.label)}</th>${cells.join('')}</tr>`);
  });
  return `<table>\n${rows.join('\n')}\n</table>`;
}

const style = `
:root { color-scheme: light dark; --ink: #1c2126; --pale: #e4e8ec; --paper: #fff; --soft: #66707a }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ec; --pale: #333a41; --paper: #16191c; --soft: #9aa4ad }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
  max-width: 900px; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.6rem; margin: 0 0 .3rem } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem }
p { margin: .3rem 0; color: var(--soft) }
.legend { position: sticky; top: 0; background: var(--paper); padding: .5rem 0; color: var(--ink) }
.legend span { margin-right: 1.5rem; font-weight: 600 }
.legend span::before { content: ''; display: inline-block; width: 1.6rem; height: .25rem;
  margin-right: .5rem; vertical-align: middle; background: var(--colour) }
figure { margin: 1.2rem 0 } figcaption { font-weight: 600 }
svg { width: 100%; height: auto; font-size: 12px } svg text { fill: var(--soft) }
.end { text-anchor: end } .middle { text-anchor: middle }
.grid { stroke: var(--pale); fill: none } .ground { fill: var(--pale); opacity: .6 }
.curve { fill: none; stroke-width: 2.2; stroke-linejoin: round }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums }
th, td { padding: .15rem .5rem; text-align: right; font-weight: 400 }
th:first-child { text-align: left } tr.group th { font-weight: 600; padding-top: 1rem;
  border-bottom: 1px solid var(--soft) } tr:not(.group) > * { border-bottom: 1px solid var(--pale) }
b { font-weight: 700 }
`;
