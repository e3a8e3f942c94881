// A thread that lives for one sound file: reads a WAV of any rate and channels and writes it as the
// media engine plays it. Reading and resampling minutes of sound would stop the main thread.
import { parentPort, workerData } from 'node:worker_threads';
import { readWav, resampleMono, toMono, writeWav } from '../codec/wav.ts';
import { RingbackError } from '../../core/errors.ts';
import type { ConversionAnswer, ConversionOrder } from './convert.ts';

const SAMPLE_RATE_HZ = 8_000;

function convert({ wav, maxSeconds }: ConversionOrder): ConversionAnswer {
  const { samples, channels, sampleRateHz } = readWav(wav);
  const seconds = samples.length / channels / sampleRateHz;
  if (seconds > maxSeconds) return { type: 'too-long', seconds };
  if (samples.length < channels) return { type: 'invalid', reason: 'it holds no sound' };
  const mono = resampleMono(toMono(samples, channels), sampleRateHz, SAMPLE_RATE_HZ);
  const durationMs = Math.round((mono.length * 1_000) / SAMPLE_RATE_HZ);
  return { type: 'converted', wav: writeWav(mono, 1, SAMPLE_RATE_HZ), durationMs };
}

function answer(): ConversionAnswer {
  try {
    return convert(workerData as ConversionOrder);
  } catch (fault) {
    if (!(fault instanceof RingbackError)) throw fault;
    return { type: 'invalid', reason: String(fault.fields['reason'] ?? fault.message) };
  }
}

parentPort?.postMessage(answer());
