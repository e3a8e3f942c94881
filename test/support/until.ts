// Waiting for what must happen, without sleeping for a guessed time.
import { setTimeout as delay } from 'node:timers/promises';

/** Long: only what never happens waits so long, and a machine may be busy with something else. */
const LIMIT_MS = 30_000;

/**
 * Resolves with the first truthy answer of `probe`, asked every few milliseconds.
 * Rejects after `limitMs` with what was being waited for.
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  limitMs = LIMIT_MS,
): Promise<NonNullable<Exclude<T, false | '' | 0>>> {
  const startedAtMs = performance.now();
  for (;;) {
    const value = await probe();
    if (value) return value as NonNullable<Exclude<T, false | '' | 0>>;
    if (performance.now() - startedAtMs > limitMs) {
      throw new Error(`waited ${limitMs} ms in vain for: ${what}`);
    }
    await delay(5);
  }
}
