// Sound files of others made into prompts: mono, 8 kHz, 16 bit, in a thread of their own.
import { Worker } from 'node:worker_threads';
import { badRequest, unavailable } from '../../core/errors.ts';

/** What the thread is born with. */
export interface ConversionOrder {
  readonly wav: Uint8Array;
  readonly maxSeconds: number;
}

/** Its only word. */
export type ConversionAnswer =
  | { readonly type: 'converted'; readonly wav: Uint8Array; readonly durationMs: number }
  | { readonly type: 'too-long'; readonly seconds: number }
  | { readonly type: 'invalid'; readonly reason: string };

/** Threads at one time; others wait, and too many are refused. */
const MOST_RUNNING = 2;
const MOST_WAITING = 16;

let running = 0;
const waiting: (() => void)[] = [];

/** A sound ready to be played. */
export interface ConvertedSound {
  /** A whole WAV file: mono, 8 kHz, 16 bit. */
  readonly wav: Uint8Array;
  readonly durationMs: number;
}

/**
 * Reads a WAV of any rate, channels and bit depth that codec/wav.ts knows, and resamples it.
 * @throws RingbackError MEDIA_WAV_INVALID {reason}, MEDIA_SOUND_TOO_LONG {seconds, maxSeconds},
 * MEDIA_CONVERSIONS_LIMIT (rejects)
 */
export async function convertSound(wav: Uint8Array, maxSeconds: number): Promise<ConvertedSound> {
  await turn();
  try {
    return await inThread({ wav, maxSeconds });
  } finally {
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** Whoever is done leaves its turn to the first that waits. */
async function turn(): Promise<void> {
  if (running < MOST_RUNNING) {
    running += 1;
    return;
  }
  if (waiting.length >= MOST_WAITING) {
    throw unavailable('MEDIA_CONVERSIONS_LIMIT', 'too many sounds are being converted');
  }
  await new Promise<void>((resolve) => void waiting.push(resolve));
}

async function inThread(order: ConversionOrder): Promise<ConvertedSound> {
  const worker = new Worker(new URL('./convert-worker.ts', import.meta.url), {
    workerData: order,
    name: 'convert',
  });
  const answer = await new Promise<ConversionAnswer>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the thread ended with ${code}`)));
  });
  switch (answer.type) {
    case 'converted':
      return answer;
    case 'too-long': {
      const { maxSeconds } = order;
      const seconds = Math.round(answer.seconds);
      throw badRequest('MEDIA_SOUND_TOO_LONG', `the sound is longer than ${maxSeconds} s`, {
        seconds,
        maxSeconds,
      });
    }
    case 'invalid': {
      const { reason } = answer;
      throw badRequest('MEDIA_WAV_INVALID', `The WAV file cannot be read: ${reason}.`, { reason });
    }
  }
}
