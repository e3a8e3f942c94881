// The main thread's side of recordings: names, files and outcomes. A recording outlives its legs,
// and what is on disk outlives its worker.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { badRequest, conflict, unavailable } from '../core/errors.ts';
import { finishAbandoned } from './graph/recorder.ts';
import type { MediaRecording } from './types.ts';
import type { WorkerHost } from './worker/host.ts';

/** Open files of one process; far above what the workers can mix. */
const MAX_RECORDINGS = 1_000;

interface Running {
  readonly path: string;
  readonly host: WorkerHost;
  readonly outcome: PromiseWithResolvers<{ readonly durationMs: number }>;
}

export class Recordings {
  readonly #dir: string;
  readonly #running = new Map<number, Running>();
  #lastId = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  get count(): number {
    return this.#running.size;
  }

  /**
   * Begins a recording; `begin` sends the command.
   * @throws RingbackError MEDIA_RECORDING_NAME_INVALID, MEDIA_RECORDING_EXISTS,
   * MEDIA_RECORDINGS_LIMIT
   */
  open(
    fileName: string,
    host: WorkerHost,
    begin: (recordingId: number, path: string) => void,
  ): MediaRecording {
    if (!/^[\w@+-][\w.@+-]{0,199}$/.test(fileName)) {
      throw badRequest('MEDIA_RECORDING_NAME_INVALID', 'not a plain file name', { fileName });
    }
    const path = join(this.#dir, fileName);
    if (this.#running.size >= MAX_RECORDINGS) {
      throw unavailable('MEDIA_RECORDINGS_LIMIT', 'too many recordings run at once');
    }
    const taken = [...this.#running.values()].some((running) => running.path === path);
    if (taken || existsSync(path)) {
      throw conflict('MEDIA_RECORDING_EXISTS', 'there is a recording of that name', { fileName });
    }
    const recordingId = ++this.#lastId;
    const outcome = Promise.withResolvers<{ readonly durationMs: number }>();
    // Whoever never calls stop() shall not crash the process by not listening.
    outcome.promise.catch(() => undefined);
    this.#running.set(recordingId, { path, host, outcome });
    begin(recordingId, path);
    return {
      path,
      pause: () => this.#pause(recordingId, true),
      resume: () => this.#pause(recordingId, false),
      stop: () => {
        if (this.#running.has(recordingId)) host.post({ type: 'stop-recording', recordingId });
        return outcome.promise;
      },
    };
  }

  #pause(recordingId: number, paused: boolean): void {
    this.#running.get(recordingId)?.host.post({ type: 'pause-recording', recordingId, paused });
  }

  finished(recordingId: number, durationMs: number): void {
    this.#running.get(recordingId)?.outcome.resolve({ durationMs });
    this.#running.delete(recordingId);
  }

  failed(recordingId: number, reason: string): void {
    this.#running.get(recordingId)?.outcome.reject(failure(reason));
    this.#running.delete(recordingId);
  }

  /** A worker is gone: its recordings end with what the disk has. */
  workerGone(host: WorkerHost): void {
    for (const [recordingId, running] of this.#running) {
      if (running.host !== host) continue;
      this.#running.delete(recordingId);
      finishAbandoned(running.path).then(
        (durationMs) => running.outcome.resolve({ durationMs }),
        (fault: unknown) => running.outcome.reject(failure(String(fault))),
      );
    }
  }
}

function failure(reason: string): Error {
  return unavailable('MEDIA_RECORDING_FAILED', 'the recording could not be written', { reason });
}
