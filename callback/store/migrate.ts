// Numbered, append-only migrations (store/migrations/0001-*.sql), each applied once in its own
// transaction. `PRAGMA user_version` is the number of the last one applied.
import { readdirSync, readFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { storeUnavailable } from './faults.ts';

const folder = new URL('./migrations/', import.meta.url);

/**
 * Brings the file to the newest schema.
 * @throws RingbackError STORE_UNAVAILABLE when a newer version of this software wrote it
 */
export function migrate(db: DatabaseSync): void {
  const scripts = readdirSync(folder)
    .filter((name) => /^\d{4}-.+\.sql$/.test(name))
    .sort();
  const applied = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0);
  if (applied > scripts.length) {
    throw storeUnavailable(`its schema is version ${applied}, known is ${scripts.length}`);
  }
  for (const [index, name] of scripts.entries()) {
    const version = index + 1;
    if (Number(name.slice(0, 4)) !== version) throw new Error(`migration out of order: ${name}`);
    if (version <= applied) continue;
    const sql = readFileSync(new URL(name, folder), 'utf8');
    db.exec(`BEGIN IMMEDIATE;\n${sql}\nPRAGMA user_version = ${version};\nCOMMIT;`);
  }
}
