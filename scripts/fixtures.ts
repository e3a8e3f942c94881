// Writes the histories of the scenarios as fixtures: `npm run fixtures`. What is there already and
// would change is named and left alone, unless `--accept` says that the change is meant.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format } from 'prettier';
import { fixtureOf, scenarios } from '../test/callback/scenarios.ts';

const { values } = parseArgs({ options: { accept: { type: 'boolean', default: false } } });
const folder = join(import.meta.dirname, '../test/fixtures/histories');
mkdirSync(folder, { recursive: true });
let changed = 0;
for (const [name, scenario] of Object.entries(scenarios)) {
  const path = join(folder, `${name}.json`);
  const text = await format(JSON.stringify(fixtureOf(scenario)), {
    parser: 'json',
    printWidth: 100,
  });
  const old = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (old === text) continue;
  if (old !== null && !values.accept) {
    changed += 1;
    process.stderr.write(`would change: ${path}\n`);
    continue;
  }
  writeFileSync(path, text);
  process.stdout.write(`wrote ${path}\n`);
}
if (changed > 0) process.stderr.write('Look at the changes; `--accept` writes them.\n');
process.exitCode = changed > 0 ? 1 : 0;
