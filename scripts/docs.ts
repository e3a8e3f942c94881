// Writes the pages under docs/ that are made from the source. `--check` only says which are stale.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { withPermissionTable } from '../api/access/table.ts';
import { configMarkdown } from '../api/config.ts';
import { errorsMarkdown } from '../api/errors.ts';

/** Every made page with its text. */
export const madePages: ReadonlyMap<string, string> = new Map([
  ['docs/configuration.md', configMarkdown()],
  ['docs/reference/errors.md', errorsMarkdown()],
  ['docs/access.md', withPermissionTable(storedPage('docs/access.md'))],
]);

/** The page as it is on disk, empty when it is missing. */
export function storedPage(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

if (import.meta.main) {
  const checkOnly = process.argv.includes('--check');
  for (const [path, text] of madePages) {
    if (storedPage(path) === text) continue;
    console.log(`${checkOnly ? 'stale' : 'wrote'}: ${path}`);
    if (checkOnly) process.exitCode = 1;
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
}
