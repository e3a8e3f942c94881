// Lines over time as a small SVG picture. PURE.

/** One line of the picture: points of seconds and megabytes. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly { readonly atSeconds: number; readonly mb: number }[];
}

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [720, 260, 56, 36, 28];

/** Where the axis ends: the next round hundred. */
function ceiling(lines: readonly Line[]): number {
  const most = Math.max(1, ...lines.flatMap(({ points }) => points.map(({ mb }) => mb)));
  return Math.ceil(most / 100) * 100;
}

/** The picture, an SVG document of 720 by 260. */
export function memoryChart(title: string, lines: readonly Line[]): string {
  const topMb = ceiling(lines);
  const times = lines.flatMap(({ points }) => points.map(({ atSeconds }) => atSeconds));
  const endSeconds = Math.max(1, ...times);
  const x = (seconds: number) => LEFT + (seconds / endSeconds) * (WIDTH - LEFT - 16);
  const y = (mb: number) => HEIGHT - BOTTOM - (mb / topMb) * (HEIGHT - BOTTOM - TOP);
  const text = (atX: number, atY: number, anchor: string, words: string, more = '') =>
    `<text x="${atX.toFixed(0)}" y="${atY.toFixed(0)}" text-anchor="${anchor}"${more}>` +
    `${words}</text>`;
  const parts: string[] = [text(LEFT, 16, 'start', title, ' font-weight="bold"')];
  for (let mb = 0; mb <= topMb; mb += topMb / 4) {
    const at = y(mb).toFixed(1);
    parts.push(`<path d="M${LEFT} ${at}H${WIDTH - 16}" stroke="#ddd"/>`);
    parts.push(text(LEFT - 6, y(mb) + 4, 'end', `${mb} MB`));
  }
  for (let i = 0; i <= 4; i++) {
    const seconds = (endSeconds * i) / 4;
    const anchor = i === 4 ? 'end' : 'middle';
    parts.push(text(x(seconds), HEIGHT - 14, anchor, `${seconds.toFixed(0)} s`));
  }
  for (const [i, { name, colour, points }] of lines.entries()) {
    const path = points.map(
      ({ atSeconds, mb }) => `${x(atSeconds).toFixed(1)},${y(mb).toFixed(1)}`,
    );
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      text(WIDTH - 16 - 110 * i, 16, 'end', name, ` fill="${colour}"`),
    );
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>` +
    `${parts.join('')}</svg>\n`
  );
}
