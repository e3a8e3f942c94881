// Draws what detection heard as an SVG: waveform, what was taken for speech and tones, spectrogram,
// and a flag at every verdict. Mono at 8 kHz; long files are drawn coarser, never larger.
import { createSpectrum } from '../media/dsp/fft.ts';
import type { CpdEvidence, CpdVerdict } from '../media/types.ts';

const SAMPLE_RATE_HZ = 8000;
const LEFT = 46;
const WIDTH = 1000;
const PLOT = WIDTH - LEFT - 14;
/** Flags of verdicts stand in rows above the waveform, so that neighbours do not overlap. */
const FLAG_ROW = 18;
const FLAG_ROWS = 3;
const TITLE_HEIGHT = 24;
const WAVE_TOP = TITLE_HEIGHT + FLAG_ROWS * FLAG_ROW + 6;
const WAVE_HEIGHT = 110;
const LANE_TOP = WAVE_TOP + WAVE_HEIGHT + 6;
const LANE_HEIGHT = 18;
const SPECTRUM_TOP = LANE_TOP + LANE_HEIGHT + 6;
const SPECTRUM_HEIGHT = 210;
const BOTTOM = SPECTRUM_TOP + SPECTRUM_HEIGHT;
const HEIGHT = BOTTOM + 30;
const WINDOW_SAMPLES = 512;
const COLUMNS = 310;
const ROWS = 80;
const HIGHEST_HZ = 4000;
/** The loudest shade, and how far below it the faintest is. */
const RANGE_DB = 55;
const SHADES = 14;
const INK = '#1f2937';

const COLOURS: Readonly<Record<string, string>> = {
  person: '#15803d',
  machine: '#b91c1c',
  beep: '#c2410c',
  music: '#7e22ce',
  silence: '#475569',
  undecided: '#475569',
};

function colourOf(kind: string): string {
  return COLOURS[kind] ?? '#1d4ed8';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Turns milliseconds of the sound into the picture's x. */
type TimeScale = (ms: number) => number;

function wave(samples: Int16Array): string {
  const middle = WAVE_TOP + WAVE_HEIGHT / 2;
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
  const step = Math.max(1, Math.ceil(samples.length / PLOT));
  const y = (value: number): string => (middle - (value * WAVE_HEIGHT) / (2.1 * peak)).toFixed(1);
  const strokes: string[] = [];
  for (let at = 0; at < samples.length; at += step) {
    let low = 0;
    let high = 0;
    for (const sample of samples.subarray(at, at + step)) {
      low = Math.min(low, sample);
      high = Math.max(high, sample);
    }
    const column = (LEFT + (PLOT * at) / samples.length).toFixed(1);
    strokes.push(`M${column} ${y(high)}V${y(low)}`);
  }
  const peakDbov = (20 * Math.log10(peak / 32768)).toFixed(0);
  return (
    `<rect x="${LEFT}" y="${WAVE_TOP}" width="${PLOT}" height="${WAVE_HEIGHT}" fill="#f3f4f6"/>` +
    `<path d="${strokes.join('')}" stroke="#2563eb" fill="none"/>` +
    `<text x="${LEFT - 5}" y="${WAVE_TOP + 10}" text-anchor="end">${peakDbov} dB</text>`
  );
}

/** Power of the loudest bin of each cell, in dB, column by column. */
function cells(samples: Int16Array): Float64Array {
  const spectrum = createSpectrum(WINDOW_SAMPLES);
  const window = new Float64Array(WINDOW_SAMPLES);
  const levels = new Float64Array(COLUMNS * ROWS);
  const bins = WINDOW_SAMPLES / 2 / ROWS;
  for (let column = 0; column < COLUMNS; column += 1) {
    const from = Math.round((column * samples.length) / COLUMNS) - WINDOW_SAMPLES / 2;
    for (let i = 0; i < WINDOW_SAMPLES; i += 1) window[i] = samples[from + i] ?? 0;
    spectrum.analyse(window, 0);
    for (let row = 0; row < ROWS; row += 1) {
      const first = Math.floor(row * bins);
      const part = spectrum.power.subarray(
        first,
        Math.max(first + 1, Math.floor((row + 1) * bins)),
      );
      levels[column * ROWS + row] = 10 * Math.log10(Math.max(...part) + 1);
    }
  }
  return levels;
}

function spectrogram(samples: Int16Array): string {
  const levels = cells(samples);
  const loudest = levels.reduce((most, level) => Math.max(most, level), 0);
  const paths = Array.from({ length: SHADES + 1 }, () => '');
  const width = PLOT / COLUMNS;
  const height = SPECTRUM_HEIGHT / ROWS;
  for (const [cell, level] of levels.entries()) {
    const share = Math.max(0, 1 - (loudest - level) / RANGE_DB);
    const shade = Math.round(share * SHADES);
    const left = (LEFT + Math.floor(cell / ROWS) * width).toFixed(1);
    const top = (BOTTOM - ((cell % ROWS) + 1) * height).toFixed(1);
    // A little wider and higher than a cell, so that no seams show.
    paths[shade] += `M${left} ${top}h${(width + 0.4).toFixed(1)}v${(height + 0.4).toFixed(1)}`;
    paths[shade] += `h-${(width + 0.4).toFixed(1)}z`;
  }
  const filled = paths.map((d, i) => (i === 0 ? '' : `<path d="${d}" fill="${shadeColour(i)}"/>`));
  return (
    `<rect x="${LEFT}" y="${SPECTRUM_TOP}" width="${PLOT}" height="${SPECTRUM_HEIGHT}" ` +
    `fill="${shadeColour(0)}"/>${filled.join('')}`
  );
}

/** From night blue over violet and orange to light yellow. */
function shadeColour(shade: number): string {
  const share = shade / SHADES;
  const hue = 250 + 160 * share;
  const saturation = (60 + 30 * share).toFixed(0);
  const lightness = (8 + 74 * share).toFixed(0);
  return `hsl(${(hue % 360).toFixed(0)} ${saturation}% ${lightness}%)`;
}

function frequencyAxis(): string {
  const ticks: string[] = [];
  for (let hz = 0; hz <= HIGHEST_HZ; hz += 1000) {
    const y = BOTTOM - (SPECTRUM_HEIGHT * hz) / HIGHEST_HZ;
    const label = hz === 0 ? '0' : `${hz / 1000} kHz`;
    ticks.push(`<text x="${LEFT - 5}" y="${y + 4}" text-anchor="end">${label}</text>`);
    if (hz > 0 && hz < HIGHEST_HZ) {
      ticks.push(`<path d="M${LEFT} ${y}h${PLOT}" stroke="#fff" stroke-opacity=".25"/>`);
    }
  }
  return ticks.join('');
}

function timeAxis(totalMs: number, x: TimeScale): string {
  const steps = [100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000];
  const step = steps.find((ms) => totalMs / ms <= 16) ?? 120_000;
  const ticks: string[] = [];
  for (let ms = 0; ms <= totalMs; ms += step) {
    const at = x(ms).toFixed(1);
    ticks.push(
      `<path d="M${at} ${WAVE_TOP}v${WAVE_HEIGHT}" stroke="${INK}" stroke-opacity=".12"/>`,
    );
    ticks.push(`<text x="${at}" y="${BOTTOM + 15}" text-anchor="middle">${ms / 1000} s</text>`);
  }
  return ticks.join('');
}

/** Stretches of speech and tones, as the evidence of all verdicts has them; each once. */
function lane(verdicts: readonly CpdVerdict[], x: TimeScale): string {
  const heard = new Map<string, CpdEvidence>();
  for (const { evidence } of verdicts) {
    for (const each of evidence) {
      if (each.what === 'greeting' || each.what === 'silence') continue;
      heard.set(`${each.what} ${each.fromMs}`, each);
    }
  }
  const bars = [...heard.values()].map(({ what, fromMs, toMs, measures }) => {
    const left = x(fromMs);
    const width = Math.max(2, x(toMs) - left);
    const hz = measures['frequencyHz'];
    const name = hz === undefined ? what : `${what} ${Math.round(hz)} Hz`;
    const fill = what === 'speech' ? '#86efac' : '#fdba74';
    const label =
      width > 7 * name.length + 8
        ? `<text x="${(left + 4).toFixed(1)}" y="${LANE_TOP + 13}">${escaped(name)}</text>`
        : '';
    const from = left.toFixed(1);
    return (
      `<rect x="${from}" y="${LANE_TOP}" width="${width.toFixed(1)}" height="${LANE_HEIGHT}" ` +
      `rx="3" fill="${fill}"><title>${escaped(name)}</title></rect>${label}`
    );
  });
  const name = `<text x="${LEFT - 5}" y="${LANE_TOP + 13}" text-anchor="end">heard</text>`;
  return name + bars.join('');
}

function flags(verdicts: readonly CpdVerdict[], x: TimeScale): string {
  return verdicts
    .map(({ kind, confidence, atMs, evidence }, i) => {
      const at = x(atMs);
      const revises = evidence.at(-1)?.measures['revisesPerson'] === 1;
      const percent = `${(100 * confidence).toFixed(0)} %`;
      const name = `${kind}${revises ? ' (revised)' : ''}`;
      const text = `${name}, ${percent}, ${(atMs / 1000).toFixed(2)} s`;
      const width = 6.6 * text.length + 10;
      const left = Math.min(at, WIDTH - 8 - width);
      const top = TITLE_HEIGHT + (i % FLAG_ROWS) * FLAG_ROW;
      const colour = colourOf(kind);
      return (
        `<path d="M${at.toFixed(1)} ${top}V${BOTTOM}" stroke="${colour}" stroke-width="2"/>` +
        `<rect x="${left.toFixed(1)}" y="${top}" width="${width.toFixed(1)}" height="16" rx="3" ` +
        `fill="${colour}"/><text x="${(left + 5).toFixed(1)}" y="${top + 12}" fill="#fff">` +
        `${escaped(text)}</text>`
      );
    })
    .join('');
}

/** The whole picture as SVG text. */
export function drawSound(
  samples: Int16Array,
  verdicts: readonly CpdVerdict[],
  title: string,
): string {
  const totalMs = Math.max(1, (1000 * samples.length) / SAMPLE_RATE_HZ);
  const x: TimeScale = (ms) => LEFT + (PLOT * ms) / totalMs;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" ` +
    `height="${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>` +
    `<text x="${LEFT}" y="16" font-size="14" font-weight="bold">${escaped(title)}</text>` +
    `${wave(samples)}${spectrogram(samples)}${frequencyAxis()}${timeAxis(totalMs, x)}` +
    `${lane(verdicts, x)}${flags(verdicts, x)}</svg>\n`
  );
}
