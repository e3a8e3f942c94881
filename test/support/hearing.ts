// Waiting until somebody hears something. The telephones of a test live in its own process: who
// compared sound all the time would be the reason that it is bad.
import { bestCorrelation, likeness, readWavFile, SAMPLE_RATE_HZ } from './audio.ts';
import { until } from './until.ts';

/** Anybody who keeps what was heard: a call of a test phone. */
export interface Listener {
  heard(): Int16Array;
}

/** Sound is compared again once so much more of it was heard. */
const STEP_SAMPLES = SAMPLE_RATE_HZ;
/** And only the last of it, so that comparing does not take longer and longer. */
const WINDOW_SAMPLES = 6 * SAMPLE_RATE_HZ;

/** How surely something said is in what was heard, 0 to 1. */
export type Measure = (heard: Int16Array) => number;

/** Two seconds of a voice, wherever they are. Those of the other voices here reach a fifth. */
export function voice(said: Int16Array): Measure {
  return (heard) => likeness(said, heard).correlation;
}

/** The whole of something short: a prompt, an announcement. */
export function whole(said: Int16Array): Measure {
  return (heard) => {
    const anywhereMs = (heard.length * 1_000) / SAMPLE_RATE_HZ;
    return bestCorrelation(said, heard, anywhereMs).correlation;
  };
}

/**
 * Resolves once the last six seconds (`windowSamples`) are more like it than `above`. Sound that
 * was spoilt by a moment without processors has its chance again, as long as it goes on.
 */
export async function untilHeard(
  what: string,
  listener: Listener,
  measure: Measure,
  above: number,
  windowSamples = WINDOW_SAMPLES,
): Promise<void> {
  let compared = 0;
  let best = 0;
  const probe = () => {
    const heard = listener.heard();
    if (heard.length < compared + STEP_SAMPLES) return false;
    compared = heard.length;
    best = Math.max(best, measure(heard.subarray(-windowSamples)));
    return best > above;
  };
  await until(what, probe).catch((cause: unknown) => {
    throw new Error(`${what}: ${best} at best, after ${compared} samples`, { cause });
  });
}

/** The same for a WAV file that a program may still be writing. */
export async function untilRecorded(
  what: string,
  path: string,
  measure: Measure,
  above: number,
): Promise<void> {
  let size = 0;
  let best = 0;
  const probe = () => {
    const sound = readSoFar(path);
    if (sound.length === size) return false;
    size = sound.length;
    best = measure(sound);
    return best > above;
  };
  await until(what, probe).catch((cause: unknown) => {
    throw new Error(`${what}: ${best} in ${size} samples`, { cause });
  });
}

function readSoFar(path: string): Int16Array {
  try {
    return readWavFile(path);
  } catch {
    return new Int16Array(0);
  }
}
