// Whether one input breaks a promise of its target: a throw, a wrong answer, or too much time.
import type { Target } from './targets.ts';

/** The longest that any input may take, in time of this thread on a processor. */
const SLOW_MS = 50;

/** Measured again so often before it counts as slow: rubbish of others may be collected in it. */
const TRIES = 4;

/** Null: all is well; otherwise what is broken, in one line. */
export function judge(target: Target, input: string): string | null {
  let bestMs = Infinity;
  for (let attempt = 0; attempt < TRIES && bestMs > SLOW_MS; attempt++) {
    const before = process.threadCpuUsage();
    try {
      target.check(input);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return words.replaceAll(/\s+/g, ' ').slice(0, 300);
    }
    bestMs = Math.min(bestMs, threadMs(process.threadCpuUsage(before)));
  }
  return bestMs > SLOW_MS ? `took ${Math.round(bestMs)} ms` : null;
}

/** Not the clock on the wall: what else the machine does counts for nothing. */
function threadMs({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system) / 1_000;
}
