// Which stories are told: fixed ones, and some that change with every commit, so that the same
// commit always tells the same stories and the next one tells others.
import { execFileSync } from 'node:child_process';
import type { ExecFileSyncOptions } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Far from the fixed ones. */
const firstSeed = 1_000_000;
const seeds = 1_000_000_000;

/** @param count how many seeds */
export function seedsOfCommit(count: number): readonly number[] {
  const name = commitName();
  return Array.from({ length: count }, (_, index) => {
    const hash = createHash('sha256').update(`${name} ${index}`).digest();
    return firstSeed + (hash.readUInt32BE(0) % seeds);
  });
}

/** The commit; outside of a repository, what the package and its lock file are. */
function commitName(): string {
  try {
    const options = { stdio: ['ignore', 'pipe', 'ignore'] } satisfies ExecFileSyncOptions;
    return execFileSync('git', ['rev-parse', 'HEAD'], options).toString().trim();
  } catch {
    const hash = createHash('sha256');
    for (const path of ['package.json', 'package-lock.json']) hash.update(readFileSync(path));
    return hash.digest('hex');
  }
}
