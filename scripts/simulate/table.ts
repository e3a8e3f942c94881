// The measures of several settings side by side, as text.
import type { Measure } from './measures.ts';

/** One setting's name and what the day came to under it. */
export interface Column {
  readonly name: string;
  readonly measures: readonly Measure[];
}

/** Groups of rows, a value for each column; the best of them is marked with `*`. */
export function tableText(columns: readonly Column[]): string {
  const [first] = columns;
  if (first === undefined) return '';
  const rows = first.measures.map((row, index) => ({ row, cells: cellsOf(columns, index) }));
  const labelWidth = Math.max(...rows.map(({ row }) => row.label.length)) + 2;
  const widths = columns.map(({ name }, at) =>
    Math.max(name.length, ...rows.map(({ cells }) => (cells[at] ?? '').length)),
  );
  const line = (label: string, cells: readonly string[]): string => {
    const padded = cells.map((cell, at) => `  ${cell.padStart(widths[at] ?? 0)}`);
    return `  ${label.padEnd(labelWidth)}${padded.join('')}`.trimEnd();
  };
  const names = columns.map(({ name }) => name);
  const lines: string[] = [];
  let group = '';
  for (const { row, cells } of rows) {
    if (row.group !== group) lines.push('', line(row.group.toUpperCase(), names));
    group = row.group;
    lines.push(line(row.label, cells));
  }
  return lines.slice(1).join('\n');
}

/** The cells of one row, as text, the best marked. */
function cellsOf(columns: readonly Column[], index: number): readonly string[] {
  const best = bestOf(columns, index);
  return columns.map(({ measures }, at) => {
    const measure = measures[index];
    if (measure === undefined) return '';
    return `${valueText(measure)}${best.has(at) ? ' *' : columns.length > 1 ? '  ' : ''}`;
  });
}

/** Columns with the best value of a row; none when all are alike. */
export function bestOf(columns: readonly Column[], index: number): ReadonlySet<number> {
  const better = columns[0]?.measures[index]?.better ?? null;
  const values = columns.map(({ measures }) => measures[index]?.value ?? null);
  const known = values.filter((value) => value !== null);
  if (better === null || known.length < 2) return new Set();
  const best = better === 'less' ? Math.min(...known) : Math.max(...known);
  const found = values.flatMap((value, at) => (value === best ? [at] : []));
  return found.length === columns.length ? new Set() : new Set(found);
}

export function valueText({ value, unit }: Pick<Measure, 'value' | 'unit'>): string {
  if (value === null) return '-';
  switch (unit) {
    case 'count':
      return String(value);
    case 'ratio':
      return value.toFixed(2);
    case 'share':
      return `${(value * 100).toFixed(1)} %`;
    case 'time':
      return timeText(value);
  }
}

function timeText(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const rest = String(whole % 60).padStart(2, '0');
  if (minutes < 60) return `${minutes}:${rest} min`;
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
}
