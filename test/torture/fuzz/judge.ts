// Whether one input breaks a promise of its target: a throw, a wrong answer, or too much time.
import type { Target } from './targets.ts';

/** The longest that any input may take. */
const SLOW_MS = 50;

/** Measured again so often before it counts as slow: the machine does other things too. */
const TRIES = 4;

/** Null: all is well; otherwise what is broken, in one line. */
export function judge(target: Target, input: string): string | null {
  let bestMs = Infinity;
  for (let attempt = 0; attempt < TRIES && bestMs > SLOW_MS; attempt++) {
    const startedAtMs = performance.now();
    try {
      target.check(input);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      return words.replaceAll(/\s+/g, ' ').slice(0, 300);
    }
    bestMs = Math.min(bestMs, performance.now() - startedAtMs);
  }
  return bestMs > SLOW_MS ? `took ${Math.round(bestMs)} ms` : null;
}
