// How much garbage a process of the SIP engine alone may pile up. Knows nothing of SIP.
import { setFlagsFromString } from 'node:v8';

/**
 * The old generation is collected when it has grown by this much since the last time. V8's own
 * choice is up to four times, which saves little where nearly everything dies young.
 */
const GROWTH_PERCENT = 30;

/**
 * Keeps the heap near what is alive in it. For a process that is the engine and nothing else: it
 * holds for every thread of the process.
 */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
