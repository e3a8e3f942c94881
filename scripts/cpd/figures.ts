// Draws the report's figures as SVG: reliability of confidences, and times of decisions. Plain
// shapes, so that any viewer and the repository's web page show them.
import type { Matrix } from './tables.ts';

const WIDTH = 420;
const HEIGHT = 300;
const LEFT = 52;
const RIGHT = 14;
const TOP = 30;
const BOTTOM = 44;
const INK = '#1f2937';
const FAINT = '#d1d5db';

/** A line of points in data units. */
export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly hasDots: boolean;
}

/** What a chart shows and how its axes run, both from 0. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xMost: number;
  readonly xStep: number;
  readonly series: readonly Series[];
  /** Vertical marks with their labels. */
  readonly marks: readonly (readonly [x: number, label: string])[];
}

function axes({ xMost, xStep, xLabel, yLabel, title }: Chart, x: Scale, y: Scale): string {
  const parts: string[] = [];
  for (let tick = 0; tick <= xMost + 1e-9; tick += xStep) {
    const label = Number(tick.toFixed(2));
    parts.push(`<path d="M${x(tick)} ${y(0)}V${y(1)}" stroke="${FAINT}"/>`);
    parts.push(`<text x="${x(tick)}" y="${y(0) + 15}" text-anchor="middle">${label}</text>`);
  }
  for (let tick = 0; tick <= 1.001; tick += 0.2) {
    parts.push(`<path d="M${x(0)} ${y(tick)}H${x(xMost)}" stroke="${FAINT}"/>`);
    const label = Math.round(100 * tick);
    parts.push(`<text x="${x(0) - 6}" y="${y(tick) + 4}" text-anchor="end">${label} %</text>`);
  }
  const middle = (x(0) + x(xMost)) / 2;
  parts.push(`<text x="${middle}" y="${HEIGHT - 10}" text-anchor="middle">${xLabel}</text>`);
  parts.push(`<text x="14" y="${y(0.5)}" text-anchor="middle"`);
  parts.push(` transform="rotate(-90 14 ${y(0.5)})">${yLabel}</text>`);
  parts.push(`<text x="${x(0)}" y="18" font-size="14" font-weight="bold">${title}</text>`);
  return parts.join('');
}

type Scale = (value: number) => number;

function line({ points, colour, hasDots }: Series, x: Scale, y: Scale): string {
  const path = points.map(([px, py]) => `${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join('L');
  const dots = points.map(
    ([px, py]) => `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3.5"/>`,
  );
  return (
    `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>` +
    (hasDots ? `<g fill="${colour}">${dots.join('')}</g>` : '')
  );
}

function legend(series: readonly Series[], left: number): string {
  return series
    .map(({ name, colour }, i) => {
      const top = HEIGHT - BOTTOM - 17 * (series.length - i);
      return (
        `<rect x="${left}" y="${top - 8}" width="14" height="4" fill="${colour}"/>` +
        `<text x="${left + 20}" y="${top - 2}">${name}</text>`
      );
    })
    .join('');
}

/** One chart; y runs from 0 to 100 %. */
export function drawChart(chart: Chart): string {
  const { xMost, series, marks } = chart;
  const x: Scale = (value) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / xMost;
  const y: Scale = (value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value;
  const lines = series.map((each) => line(each, x, y)).join('');
  const flags = marks
    .map(
      ([at, label]) =>
        `<path d="M${x(at)} ${y(0)}V${y(1)}" stroke="${INK}" stroke-dasharray="4 3"/>` +
        `<text x="${x(at) + 4}" y="${y(0) - 6}">${label}</text>`,
    )
    .join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `width="${WIDTH}" height="${HEIGHT}" font-family="sans-serif" font-size="11" fill="${INK}">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>` +
    `${axes(chart, x, y)}${lines}${flags}${legend(series, x(xMost) - 130)}</svg>\n`
  );
}

const CELL_WIDTH = 58;
const CELL_HEIGHT = 24;
const NAMES_WIDTH = 74;

/** Truth against verdict: each row shaded by the share of its calls; right is green, wrong red. */
export function drawMatrix({ verdicts, rows }: Matrix): string {
  const parts: string[] = [];
  for (const [i, verdict] of verdicts.entries()) {
    const x = NAMES_WIDTH + (i + 0.5) * CELL_WIDTH;
    parts.push(`<text x="${x}" y="36" text-anchor="middle">${verdict}</text>`);
  }
  for (const [r, [truth, counted]] of rows.entries()) {
    const y = 44 + r * CELL_HEIGHT;
    const total = counted.reduce((sum, count) => sum + count, 0);
    parts.push(`<text x="${NAMES_WIDTH - 6}" y="${y + 16}" text-anchor="end">${truth}</text>`);
    for (const [i, count] of counted.entries()) {
      const share = count / Math.max(1, total);
      const colour = verdicts[i] === truth ? '#16a34a' : '#dc2626';
      // A single wrong call must be seen.
      const opacity = count === 0 ? 0 : (0.18 + 0.62 * share).toFixed(2);
      const x = NAMES_WIDTH + i * CELL_WIDTH;
      parts.push(
        `<rect x="${x}" y="${y}" width="${CELL_WIDTH}" height="${CELL_HEIGHT}" fill="${colour}" ` +
          `fill-opacity="${opacity}" stroke="${FAINT}"/>`,
      );
      if (count === 0) continue;
      const middle = x + CELL_WIDTH / 2;
      parts.push(`<text x="${middle}" y="${y + 16}" text-anchor="middle">${count}</text>`);
    }
  }
  const width = NAMES_WIDTH + verdicts.length * CELL_WIDTH + 10;
  const height = 54 + rows.length * CELL_HEIGHT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="sans-serif" font-size="11" fill="${INK}">` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    `<text x="10" y="18" font-size="14" font-weight="bold">` +
    `Final verdicts (columns) by truth</text>` +
    `${parts.join('')}</svg>\n`
  );
}
