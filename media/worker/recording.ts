// One recording inside its worker: the taps that feed it, its pauses, and the beep that tells those
// who are recorded.
import { Recorder } from '../graph/recorder.ts';
import type { Timeline } from '../graph/timeline.ts';
import type { ConsentBeep } from '../types.ts';
import type { Overlay } from './overlay.ts';

/** Where the sound comes from, and who is told. */
export interface RecordingEnds {
  readonly leftTaps: Timeline[];
  readonly rightTaps: Timeline[];
  readonly told: readonly (Overlay | null)[];
}

export class Recording {
  readonly recorder: Recorder;
  readonly #ends: RecordingEnds;
  readonly #beep: ConsentBeep | null;
  #nextBeepMs = 0;

  /** Creates the file and begins. @param nowPosition where our clock stands, samples */
  constructor(
    request: { readonly path: string; readonly consentBeep: ConsentBeep | null },
    nowPosition: number,
    ends: RecordingEnds,
  ) {
    this.recorder = new Recorder(request.path, nowPosition);
    this.#beep = request.consentBeep;
    this.#ends = ends;
    ends.leftTaps.push(this.recorder.left);
    ends.rightTaps.push(this.recorder.right);
  }

  /** While paused both channels are silence, and nobody is told that they are recorded. */
  pause(paused: boolean): void {
    this.recorder.left.muted = paused;
    this.recorder.right.muted = paused;
    if (!paused) this.#nextBeepMs = 0;
  }

  tick(nowMs: number, nowPosition: number): void {
    this.recorder.tick(nowPosition);
    if (this.#beep === null || this.recorder.left.muted || nowMs < this.#nextBeepMs) return;
    this.#nextBeepMs = nowMs + this.#beep.intervalMs;
    for (const overlay of this.#ends.told) overlay?.beep(this.#beep.levelDbov);
  }

  /** No more sound is taken. */
  leave(): void {
    remove(this.#ends.leftTaps, this.recorder.left);
    remove(this.#ends.rightTaps, this.recorder.right);
  }
}

function remove(taps: Timeline[], tap: Timeline): void {
  const at = taps.indexOf(tap);
  if (at >= 0) taps.splice(at, 1);
}
