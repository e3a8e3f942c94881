// Draws a stereo recording: customer above, agent below, seconds along the foot. PURE.

const WIDTH = 1200;
const LANE = 130;
const LEFT = 90;
const TOP = 60;
const GAP = 24;

export interface Lane {
  readonly name: string;
  readonly colour: string;
  readonly samples: Int16Array;
}

/** The outline of a lane: loudest and softest sample of every column. */
function outline(samples: Int16Array, middle: number): string {
  const columns = WIDTH - LEFT - 20;
  const perColumn = samples.length / columns;
  const upper: string[] = [];
  const lower: string[] = [];
  for (let column = 0; column < columns; column++) {
    let [low, high] = [0, 0];
    const end = Math.floor((column + 1) * perColumn);
    for (let i = Math.floor(column * perColumn); i < end; i++) {
      const sample = samples[i] ?? 0;
      low = Math.min(low, sample);
      high = Math.max(high, sample);
    }
    // A square root keeps soft speech visible.
    const y = (level: number) => (Math.sqrt(Math.abs(level) / 32_768) * LANE) / 2;
    upper.push(`${LEFT + column},${(middle - y(high)).toFixed(1)}`);
    lower.push(`${LEFT + column},${(middle + y(low)).toFixed(1)}`);
  }
  return [...upper, ...lower.reverse()].join(' ');
}

function seconds(durationMs: number, bottom: number): string {
  const count = Math.floor(durationMs / 1000);
  const step = Math.max(1, Math.ceil(count / 20));
  const marks = Array.from({ length: Math.floor(count / step) + 1 }, (_, i) => i * step);
  return marks
    .map((second) => {
      const x = LEFT + ((WIDTH - LEFT - 20) * second * 1000) / durationMs;
      return (
        `<line x1="${x}" y1="${TOP}" x2="${x}" y2="${bottom}" stroke="#e3e8ed"/>` +
        `<text x="${x}" y="${bottom + 18}" text-anchor="middle" fill="#5b6875">${second} s</text>`
      );
    })
    .join('');
}

/** An SVG document of up to a few lanes of the same length. */
export function waveformSvg(title: string, lanes: readonly Lane[], sampleRateHz: number): string {
  const bottom = TOP + lanes.length * (LANE + GAP) - GAP;
  const durationMs = Math.max(1, ((lanes[0]?.samples.length ?? 0) * 1000) / sampleRateHz);
  const drawn = lanes.map(({ name, colour, samples }, index) => {
    const middle = TOP + index * (LANE + GAP) + LANE / 2;
    return (
      `<text x="20" y="${middle + 4}" font-weight="600" fill="${colour}">${name}</text>` +
      `<line x1="${LEFT}" y1="${middle}" x2="${WIDTH - 20}" y2="${middle}" stroke="#c3ccd5"/>` +
      `<polygon points="${outline(samples, middle)}" fill="${colour}"/>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${bottom + 34}"`,
    ' font-family="ui-sans-serif,system-ui,DejaVu Sans,sans-serif" font-size="12">',
    '<rect width="100%" height="100%" fill="#fff"/>',
    `<text x="20" y="34" font-size="17" font-weight="600" fill="#15202b">${title}</text>`,
    seconds(durationMs, bottom),
    ...drawn,
    '</svg>\n',
  ].join('');
}
