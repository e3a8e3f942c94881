// Draws what detection heard as an SVG: waveform, spectrogram and a mark at every verdict. Mono at
// 8 kHz; long files are drawn coarser, never larger.
import { createSpectrum } from '../media/dsp/fft.ts';
import type { CpdVerdict } from '../media/types.ts';

const SAMPLE_RATE_HZ = 8000;
const WIDTH = 1000;
const WAVE_HEIGHT = 120;
const SPECTRUM_HEIGHT = 200;
const LEGEND_HEIGHT = 40;
const HEIGHT = LEGEND_HEIGHT + WAVE_HEIGHT + SPECTRUM_HEIGHT;
const WINDOW_SAMPLES = 512;
const COLUMNS = 250;
const ROWS = 64;
/** Power of the loudest and the faintest shade, in dB of windowed power. */
const BRIGHTEST_DB = 120;
const DARKEST_DB = 60;
const SHADES = 12;

function x(sample: number, total: number): string {
  return ((WIDTH * sample) / Math.max(1, total)).toFixed(1);
}

function wave(samples: Int16Array): string {
  const middle = LEGEND_HEIGHT + WAVE_HEIGHT / 2;
  const points: string[] = [];
  const step = Math.max(1, Math.ceil(samples.length / WIDTH));
  for (let at = 0; at < samples.length; at += step) {
    let low = 0;
    let high = 0;
    for (const sample of samples.subarray(at, at + step)) {
      low = Math.min(low, sample);
      high = Math.max(high, sample);
    }
    const y = (value: number): string => (middle - (value * WAVE_HEIGHT) / 65536).toFixed(1);
    const column = x(at, samples.length);
    points.push(`M${column} ${y(high)}V${y(low)}`);
  }
  return `<path d="${points.join('')}" stroke="#2b6cb0" fill="none"/>`;
}

function shadeOf(power: number): number {
  const level = 10 * Math.log10(power + 1);
  const share = (level - DARKEST_DB) / (BRIGHTEST_DB - DARKEST_DB);
  return Math.max(0, Math.min(SHADES, Math.round(share * SHADES)));
}

function spectrogram(samples: Int16Array): string {
  const spectrum = createSpectrum(WINDOW_SAMPLES);
  const window = new Float64Array(WINDOW_SAMPLES);
  const paths = Array.from({ length: SHADES + 1 }, () => '');
  const binsPerRow = WINDOW_SAMPLES / 2 / ROWS;
  const rowHeight = SPECTRUM_HEIGHT / ROWS;
  const columnWidth = WIDTH / COLUMNS;
  for (let column = 0; column < COLUMNS; column += 1) {
    const from = Math.round((column * samples.length) / COLUMNS);
    for (let i = 0; i < WINDOW_SAMPLES; i += 1) window[i] = samples[from + i] ?? 0;
    spectrum.analyse(window, 0);
    for (let row = 0; row < ROWS; row += 1) {
      const bins = spectrum.power.subarray(row * binsPerRow, (row + 1) * binsPerRow);
      const shade = shadeOf(Math.max(...bins));
      const top = HEIGHT - (row + 1) * rowHeight;
      paths[shade] +=
        `M${column * columnWidth} ${top.toFixed(2)}h${columnWidth}v${rowHeight}h-${columnWidth}z`;
    }
  }
  return paths
    .map((d, shade) => (shade === 0 ? '' : `<path d="${d}" fill="${colour(shade)}"/>`))
    .join('');
}

function colour(shade: number): string {
  return `hsl(${240 - (200 * shade) / SHADES} 80% ${15 + (45 * shade) / SHADES}%)`;
}

function marks(verdicts: readonly CpdVerdict[], total: number): string {
  return verdicts
    .map(({ kind, confidence, atMs }) => {
      const at = x((atMs * SAMPLE_RATE_HZ) / 1000, total);
      const label = `${kind} ${(100 * confidence).toFixed(0)} % at ${(atMs / 1000).toFixed(2)} s`;
      const anchor = Number(at) > WIDTH / 2 ? 'end' : 'start';
      return (
        `<path d="M${at} 20V${HEIGHT}" stroke="#c53030" stroke-width="2"/>` +
        `<text x="${at}" y="15" text-anchor="${anchor}">${label}</text>`
      );
    })
    .join('');
}

/** The whole picture as SVG text. */
export function drawSound(samples: Int16Array, verdicts: readonly CpdVerdict[]): string {
  const spectrumTop = LEGEND_HEIGHT + WAVE_HEIGHT;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `font-family="sans-serif" font-size="13">` +
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>` +
    `<rect y="${spectrumTop}" width="${WIDTH}" height="${SPECTRUM_HEIGHT}" fill="#0b1030"/>` +
    `${wave(samples)}${spectrogram(samples)}${marks(verdicts, samples.length)}</svg>\n`
  );
}
