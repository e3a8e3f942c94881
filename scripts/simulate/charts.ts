// Curves over the day as SVG: every setting in its colour over the same axes. Knows points and
// labels, not what they mean.

export interface Curve {
  readonly name: string;
  /** One value for each step of the day; null: a gap. */
  readonly values: readonly (number | null)[];
}

export interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  /** Length of a step. */
  readonly stepHours: number;
  /** Hour of the day at the left edge. */
  readonly fromHour: number;
  /** Drawn as a pale area behind the curves. */
  readonly ground?: Curve;
}

/** Told apart by people with every kind of colour vision (Okabe and Ito). */
const colours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

const width = 860;
const height = 250;
const left = 56;
const right = 22;
const top = 14;
const bottom = 30;

export function colourOf(index: number): string {
  return colours[index % colours.length] ?? '#000';
}

/** A chart for a page; the page's style sheet colours axes and text. */
export function chartSvg(curves: readonly Curve[], options: ChartOptions): string {
  const { ground, stepHours } = options;
  const all = ground === undefined ? curves : [ground, ...curves];
  const values = all.flatMap((curve) => curve.values).filter((value) => value !== null);
  const ceiling = niceCeiling(Math.max(1e-9, ...values));
  const steps = Math.max(2, ...all.map((curve) => curve.values.length));
  const x = (at: number): number => left + (at / steps) * (width - left - right);
  const y = (value: number): number =>
    height - bottom - (value / ceiling) * (height - top - bottom);
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(options.title)}">`,
    ...horizontalLines(ceiling, options.unit, y),
    ...hours(steps, stepHours, options.fromHour, x),
    ground === undefined ? '' : `<path class="ground" d="${areaOf(ground, x, y)}"/>`,
    ...curves.map((curve, index) => {
      const stroke = `stroke="${colourOf(index)}"${index === 1 ? ' stroke-dasharray="7 3"' : ''}`;
      const label = `<title>${escaped(curve.name)}</title>`;
      return `<path class="curve" ${stroke} d="${lineOf(curve, x, y)}">${label}</path>`;
    }),
    '</svg>',
  ].join('\n');
}

function horizontalLines(ceiling: number, unit: string, y: (value: number) => number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((part) => {
    const value = ceiling * part;
    const at = y(value).toFixed(1);
    const text = `${Number(value.toPrecision(3))}${part === 1 ? ` ${unit}` : ''}`;
    const anchor = part === 1 ? `x="${left + 4}" y="${(y(value) - 3).toFixed(1)}"` : null;
    const place = anchor ?? `x="${left - 8}" y="${(y(value) + 4).toFixed(1)}" class="end"`;
    const line = `<path class="grid" d="M${left} ${at}H${width - right}"/>`;
    return `${line}<text ${place}>${escaped(text)}</text>`;
  });
}

function hours(
  steps: number,
  stepHours: number,
  fromHour: number,
  x: (at: number) => number,
): string[] {
  const count = Math.floor(steps * stepHours);
  const every = Math.max(1, Math.ceil(count / 13));
  return Array.from({ length: Math.floor(count / every) + 1 }, (_, n) => {
    const at = x((n * every) / stepHours).toFixed(1);
    const hour = String((fromHour + n * every) % 24).padStart(2, '0');
    return `<text x="${at}" y="${height - 10}" class="middle">${hour}:00</text>`;
  });
}

/** Points in the middle of their steps. */
function lineOf(
  { values }: Curve,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let isOpen = false;
  return values
    .map((value, index) => {
      if (value === null) {
        isOpen = false;
        return '';
      }
      const command = isOpen ? 'L' : 'M';
      isOpen = true;
      return `${command}${x(index + 0.5).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
}

function areaOf(
  { values }: Curve,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  const tops = values.map((value, index) => {
    const at = y(value ?? 0).toFixed(1);
    return `L${x(index).toFixed(1)} ${at}L${x(index + 1).toFixed(1)} ${at}`;
  });
  const floor = y(0).toFixed(1);
  return `M${left} ${floor}${tops.join('')}L${x(values.length).toFixed(1)} ${floor}Z`;
}

/** The next of 1, 2, 4, 5, 6, 8, 10 times a power of ten. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 4, 5, 6, 8, 10].find((one) => one * power >= value * 0.999) ?? 10;
  return factor * power;
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
