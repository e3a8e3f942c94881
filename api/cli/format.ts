// Texts for a terminal: tables, ages, durations. PURE: values in, text out. What a server or a
// stranger wrote is shown without control characters, so that no terminal obeys it.

/** One line without control characters: they would move the cursor or worse. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** `text` in at most `columns` characters, its end replaced by an ellipsis. */
export function cut(text: string, columns: number): string {
  const signs = [...text];
  if (signs.length <= columns) return text;
  return columns < 1 ? '' : `${signs.slice(0, columns - 1).join('')}…`;
}

/**
 * Lines of a table under its headings, columns as wide as their widest cell.
 * @param columns cuts every line at so many characters
 */
export function table(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Infinity,
): readonly string[] {
  const all = [headings, ...rows.map((row) => row.map(printable))];
  const widths = headings.map((_, index) =>
    Math.max(...all.map((row) => [...(row[index] ?? '')].length)),
  );
  return all.map((row) => {
    const cells = row.map((cell, index) => padded(cell, widths[index] ?? 0));
    return cut(cells.join('  ').trimEnd(), columns);
  });
}

/** `text` followed by spaces up to `columns` characters. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - [...text].length));
}

/** Rough and short: `0s`, `59s`, `12m`, `3h 5m`, `2d 4h`. Less than nothing is nothing. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [minutes, hours, days] = [60, 3_600, 86_400].map((unit) => Math.floor(seconds / unit));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${minutes}m`;
  if (seconds < 86_400) return `${hours}h ${(minutes ?? 0) % 60}m`;
  return `${days}d ${(hours ?? 0) % 24}h`;
}

/** How long a moment is ago, or `in 5m` when it is still to come. `-`: there is none. */
export function age(at: string | null, nowMs: number): string {
  if (at === null) return '-';
  const agoMs = nowMs - Date.parse(at);
  return agoMs <= -1_000 ? `in ${duration(-agoMs)}` : duration(agoMs);
}

/** `name  value` lines, the values under each other. */
export function facts(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...pairs.map(([name]) => name.length));
  return pairs.map(([name, value]) => `${padded(name, width)}  ${printable(value)}`.trimEnd());
}
