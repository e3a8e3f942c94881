// PURE. Call progress before the answer, from early media: what the network plays. Verdicts follow
// one another as the call goes on (ringback, then busy); the same is not said twice in a row.
import type { CpdOptions, CpdVerdict, CpdVerdictKind } from '../types.ts';
import type { Ear } from './cpd-ear.ts';
import {
  announcedReason,
  faxVerdict,
  kindOf,
  musicVerdict,
  progressVerdict,
  reasonOf,
  sitVerdict,
  verdictOf,
} from './cpd-verdict.ts';

/** Speech in early media is an announcement once there is so much of it. */
const ANNOUNCEMENT_MS = 1500;
/** One burst of CNG before the answer: hardly anything else is 1100 Hz for half a second. */
const CNG_CONFIDENCE = 0.9;
const CED_CONFIDENCE = 0.98;
const SILENCE_CONFIDENCE = 0.9;
/** A recording that was known before. */
const ANNOUNCED = 0.99;

/** Steps through early media. */
export class BeforeAnswer {
  readonly #ear: Ear;
  readonly #options: CpdOptions;
  #last: CpdVerdictKind | null = null;
  #speechBeforeMs = 0;
  #announced: string | null = null;

  constructor(ear: Ear, options: CpdOptions) {
    this.#ear = ear;
    this.#options = options;
  }

  /** After these the call is lost; the announcement that follows tells nothing new. */
  get isDone(): boolean {
    return this.#last === 'sit' || this.#last === 'fax';
  }

  /** Called after each frame that the ear has heard. */
  step(): CpdVerdict | null {
    if (this.isDone) return null;
    const ear = this.#ear;
    if (ear.sit !== null) return this.#say(sitVerdict(ear, ear.sit));
    if (ear.fax === 'ced') return this.#say(faxVerdict(ear, 'ced', CED_CONFIDENCE));
    if (ear.fax === 'cng') return this.#say(faxVerdict(ear, 'cng', CNG_CONFIDENCE));
    const { announcement, recognised } = ear;
    if (announcement !== null && announcement.name !== this.#announced) {
      this.#announced = announcement.name;
      const reason = announcedReason(ear, announcement);
      return this.#say(verdictOf(ear, 'music', ANNOUNCED, reason));
    }
    if (recognised !== null) {
      this.#speechBeforeMs = ear.speechMs;
      return kindOf(recognised) === this.#last ? null : this.#say(progressVerdict(ear, recognised));
    }
    if (this.#last !== 'music' && ear.music.isMusic) return this.#say(musicVerdict(ear, 'music'));
    if (this.#last !== 'music' && ear.speechMs - this.#speechBeforeMs >= ANNOUNCEMENT_MS) {
      return this.#say(musicVerdict(ear, 'announcement'));
    }
    return this.#silence();
  }

  #silence(): CpdVerdict | null {
    const ear = this.#ear;
    const heardNothing = this.#last === null && ear.firstSoundAtMs < 0;
    if (!heardNothing || ear.nowMs < this.#options.maxInitialSilenceMs) return null;
    const measures = { floorDbov: ear.voice.floorDbov };
    const reason = reasonOf(ear, 'silence', 0, measures);
    return this.#say(verdictOf(ear, 'silence', SILENCE_CONFIDENCE, reason));
  }

  #say(verdict: CpdVerdict): CpdVerdict {
    this.#last = verdict.kind;
    return verdict;
  }
}
