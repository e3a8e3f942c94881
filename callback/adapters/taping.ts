// The recording of a conversation: its parts, the consent of those who are recorded, and why it
// pauses. Knows who talks only by what it is told.
import type { MediaRecording, PlaySource } from '../../media/index.ts';
import type { LegDeps, TelephoneLeg } from './leg.ts';

/** How a queue's conversations are recorded, beyond whether. */
export interface RecordingManner {
  /** Heard by both before anything is recorded; empty: nothing. */
  readonly consent: readonly PlaySource[];
  readonly beepEveryMs: number | null;
  readonly pauseOnHold: boolean;
}

export const WITHOUT_A_WORD: RecordingManner = {
  consent: [],
  beepEveryMs: null,
  pauseOnHold: false,
};

/** Why silence is recorded; sound is recorded again when no reason is left. */
export type PauseReason = 'consent' | 'operator' | 'hold';

/** What a taping needs of the book of contacts. */
export interface TapingHost {
  readonly deps: Pick<LegDeps, 'media' | 'log'>;
  readonly recordingManner: (interactionId: string) => RecordingManner;
  keepUntilDone(work: Promise<unknown>): void;
}

/** What the customer's level would be without it; a beep must not hurt. */
const CONSENT_BEEP_DBOV = -30;

interface Part {
  readonly recording: MediaRecording;
  readonly customer: TelephoneLeg;
  readonly other: TelephoneLeg;
}

export class Taping {
  readonly #interactionId: string;
  readonly #host: TapingHost;
  readonly #pauses = new Set<PauseReason>();
  #part: Part | null = null;
  #parts = 0;
  /** The customer who has heard of the recording. */
  #informed: TelephoneLeg | null = null;
  #consentPlayId = -1;

  constructor(interactionId: string, host: TapingHost) {
    this.#interactionId = interactionId;
    this.#host = host;
  }

  /** Null while nothing is recorded. */
  get path(): string | null {
    return this.#part?.recording.path ?? null;
  }

  isPausedBy(reason: PauseReason): boolean {
    return this.#pauses.has(reason);
  }

  get manner(): RecordingManner {
    return this.#host.recordingManner(this.#interactionId);
  }

  /**
   * Records these two from now on, in a new file.
   * @param name of the conversation; parts after the first get a number
   */
  start(name: string, customer: TelephoneLeg, other: TelephoneLeg): void {
    this.stop();
    this.#parts += 1;
    const { beepEveryMs, consent } = this.manner;
    const beep = { intervalMs: beepEveryMs ?? 0, levelDbov: CONSENT_BEEP_DBOV };
    const plain = name.replace(/[^A-Za-z0-9_-]/gu, '_');
    const recording = this.#host.deps.media.record({
      fileName: this.#parts === 1 ? `${plain}.wav` : `${plain}-${this.#parts}.wav`,
      leftLegId: customer.legId,
      rightLegId: other.legId,
      ...(beepEveryMs === null ? {} : { consentBeep: beep }),
    });
    this.#part = { recording, customer, other };
    if (consent.length === 0) this.#informed = customer;
    this.askConsent();
  }

  /** Both hear that they are recorded, and silence is recorded until they have. Also when what
   * they hear was changed in the middle of it. */
  askConsent(): void {
    if (this.#part === null || this.#informed === this.#part.customer) return;
    this.pause('consent');
    const { consent } = this.manner;
    this.#part.other.play(consent, false);
    this.#consentPlayId = this.#part.customer.play(consent, false);
  }

  /** Something that was played to the customer came to its end. */
  playEnded(playId: number): void {
    const customer = this.#part?.customer ?? null;
    if (this.#informed === customer || playId !== this.#consentPlayId) return;
    this.#informed = customer;
    this.resume('consent');
  }

  pause(reason: PauseReason): void {
    this.#pauses.add(reason);
    this.#part?.recording.pause();
  }

  resume(reason: PauseReason): void {
    if (!this.#pauses.delete(reason) || this.#pauses.size > 0) return;
    this.#part?.recording.resume();
  }

  /** The file is completed in the background; reasons to pause end with it. */
  stop(): void {
    this.#pauses.clear();
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    const { deps } = this.#host;
    this.#host.keepUntilDone(
      part.recording
        .stop()
        .catch((error: unknown) => deps.log.error('recording-failed', { error })),
    );
  }
}
