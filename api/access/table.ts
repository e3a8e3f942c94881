// The table of permissions as a page of the documentation. PURE.
import { PERMISSIONS, ROLES, ruleOf, type Permission } from './permissions.ts';

const START = '<!-- made from api/access/permissions.ts -->';
const END = '<!-- end -->';

/** The page with its table made anew. @throws Error for a page without the marks of the table */
export function withPermissionTable(page: string): string {
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  if (start < 0 || end < start) throw new Error('docs/access.md has no place for the table');
  return `${page.slice(0, start)}${START}\n\n${table()}\n\n${page.slice(end)}`;
}

function table(): string {
  const head = ['permission', 'to', ...ROLES.map((role) => `\`${role}\``)];
  const rows = PERMISSIONS.flatMap(rowOf);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function rowOf(permission: Permission): readonly (readonly string[])[] {
  const rule = ruleOf(permission);
  if (rule === 'open' || rule === 'session') return [];
  const about = rule.wholeSite === true ? `${rule.about} (whole site)` : rule.about;
  return [[`\`${permission}\``, about, ...ROLES.map((role) => WORDS[rule.roles[role] ?? 'none'])]];
}

const WORDS = { all: 'yes', own: 'own', none: '' } as const;
