// PURE. Call progress after the answer: who or what has answered. One decision, which a beep or
// talk that goes on may correct once; after `machine` the beep is waited for.
//
//   listening --fax, sit, busy, reorder, silence, music, undecided--> done
//   listening --person--> watching --machine (revises person)--> awaiting-beep
//   listening --machine--> awaiting-beep --beep--> beeped --beep again--> done
//   watching --REVISION_MS--> done    awaiting-beep --maxBeepMs--> done    beeped --> done
import type { CpdEvidence, CpdOptions, CpdVerdict } from '../types.ts';
import { type Beep, isSureBeep } from './beep.ts';
import type { Ear } from './cpd-ear.ts';
import {
  announcedReason,
  faxVerdict,
  musicVerdict,
  progressVerdict,
  reasonOf,
  sitVerdict,
  verdictOf,
} from './cpd-verdict.ts';
import { isCng } from './fax.ts';
import { GreetingJudge } from './greeting.ts';
import { maySitBegin } from './sit.ts';

/** A lone tone that might open a SIT or be CNG is a beep only when nothing follows for so long. */
const SIT_WAIT_MS = 160;
const CNG_CONFIDENCE = 0.85;
const CED_CONFIDENCE = 0.98;
const SILENCE_CONFIDENCE = 0.9;
/** A greeting that ends in a beep is a machine's; a beep with no word before it nearly always. */
const BEEP_AFTER_SPEECH = 0.97;
/** A recording that was known before and has been heard for over a second. */
const ANNOUNCED = 0.99;
const BEEP_ALONE = 0.75;
/** A beep with no word before must be longer than the pips that some networks send on answer. */
const BEEP_ALONE_MS = 250;
/** So long after `person` a machine may still show itself. */
const REVISION_MS = 6000;
/** Talk that goes on sooner than this after `person` was not waiting for an answer. */
const RESUMES_MS = 1500;
/** Less speech than this before 1100 Hz is somebody behind a fax machine, or a click. */
const SHORTEST_GREETING_MS = 500;
const SOFTEST_BEEP_DB = 18;
const SOFTEST_SPEECH_DB = 12;
/** Second beep of a double one: this soon after the first. */
const SECOND_BEEP_MS = 700;

type State = 'listening' | 'watching' | 'awaiting-beep' | 'beeped' | 'done';

/** Steps through the first seconds after the answer. */
export class AfterAnswer {
  readonly #ear: Ear;
  readonly #options: CpdOptions;
  readonly #judge: GreetingJudge;
  #state: State = 'listening';
  /** When the current state began. */
  #sinceMs = 0;
  /** The last beep; `toMs` -1 when there was none that waits to be told. */
  #tone: Beep = {
    form: 'single',
    fromMs: 0,
    toMs: -1,
    frequencyHz: 0,
    otherHz: 0,
    share: 0,
    levelDbov: 0,
    driftHz: 0,
  };

  constructor(ear: Ear, options: CpdOptions) {
    this.#ear = ear;
    this.#options = options;
    this.#judge = new GreetingJudge(options);
  }

  /** Called after each frame that the ear has heard. */
  step(): CpdVerdict | null {
    if (this.#state === 'done') return null;
    if (this.#ear.beepEnded) this.#noteBeep(this.#ear.beeps.ended);
    switch (this.#state) {
      case 'listening':
        return this.#signal() ?? this.#toneAsMachine() ?? this.#speaker() ?? this.#timeout();
      case 'watching':
        return this.#correction();
      case 'awaiting-beep':
      case 'beeped':
        return this.#beep();
    }
  }

  /** Much softer than the voice it is heard behind a person; while waiting any beep will do. */
  #noteBeep(ended: Beep): void {
    const isWaiting = this.#state === 'awaiting-beep' || this.#state === 'beeped';
    if (ended.levelDbov < this.#ear.voice.loudestDbov - SOFTEST_BEEP_DB) return;
    if (isWaiting || isSureBeep(ended)) Object.assign(this.#tone, ended);
  }

  /** There was speech, and not only somebody far away: as loud as the tone, or nearly. */
  #hasSpokenBefore(tone: { readonly levelDbov: number }): boolean {
    const { voice } = this.#ear;
    return voice.hasSpoken && voice.loudestDbov > tone.levelDbov - SOFTEST_SPEECH_DB;
  }

  /** Tones that name themselves. */
  #signal(): CpdVerdict | null {
    const ear = this.#ear;
    if (ear.sit !== null) return this.#done(sitVerdict(ear, ear.sit));
    if (ear.fax === 'ced') return this.#done(faxVerdict(ear, 'ced', CED_CONFIDENCE));
    if (ear.fax === 'cng' && (this.#isEarly || !this.#hasSpokenBefore(ear.lines.ended))) {
      return this.#done(faxVerdict(ear, 'cng', CNG_CONFIDENCE));
    }
    if (ear.announcement !== null)
      return this.#machine(ANNOUNCED, announcedReason(ear, ear.announcement));
    const { recognised } = ear;
    if (recognised === null || recognised.tone.kind === 'ringback') return null;
    return this.#done(progressVerdict(ear, recognised));
  }

  /** A beep while still listening: a short greeting was a machine's after all. */
  #toneAsMachine(): CpdVerdict | null {
    const ear = this.#ear;
    const tone = this.#tone;
    if (tone.toMs < 0) return null;
    const spoken = this.#hasSpokenBefore(tone);
    const undecided = ear.beeps.isOn || ear.nowMs - tone.toMs < SIT_WAIT_MS;
    if (ear.sitBegun || (maySitBegin(tone) && undecided)) return null;
    const isPip = tone.toMs - tone.fromMs < BEEP_ALONE_MS;
    if ((!spoken && (isPip || ear.isProgressTone)) || ((this.#isEarly || !spoken) && isCng(tone))) {
      tone.toMs = -1;
      return null;
    }
    return this.#machine(spoken ? BEEP_AFTER_SPEECH : BEEP_ALONE, this.#beepReason());
  }

  /** Too little has been said for a machine's greeting. */
  get #isEarly(): boolean {
    return this.#ear.speechMs < SHORTEST_GREETING_MS;
  }

  #speaker(): CpdVerdict | null {
    const ear = this.#ear;
    const { voice } = ear;
    const judge = this.#judge;
    if (ear.music.isMusic) return this.#done(musicVerdict(ear, 'music'));
    if (!voice.hasSpoken) return null;
    judge.listen(voice, ear.nowMs);
    if (ear.music.isLikely) return null;
    if (judge.isMachine) return this.#machineTalks();
    if (ear.beeps.isOn || ear.lines.isOn || ear.music.isNote) return null;
    if (judge.isPerson) return this.#person();
    if (!judge.isOver) return null;
    return judge.logOdds >= 0 ? this.#machineTalks() : this.#person();
  }

  #machineTalks(): CpdVerdict {
    return this.#machine(this.#judge.confidenceIn('machine'), this.#greetingReason());
  }

  #person(): CpdVerdict {
    this.#enter('watching');
    const confidence = this.#judge.confidenceIn('person');
    return verdictOf(this.#ear, 'person', confidence, this.#greetingReason());
  }

  /** The one correction: what was taken for a person beeps, or talks on like a machine. */
  #correction(): CpdVerdict | null {
    const ear = this.#ear;
    const judge = this.#judge;
    if (this.#tone.toMs >= 0) return this.#machine(BEEP_AFTER_SPEECH, this.#revises('beep'));
    if (ear.nowMs - this.#sinceMs >= REVISION_MS) this.#enter('done');
    const { spurtAtMs } = ear.voice;
    if (spurtAtMs > this.#sinceMs + RESUMES_MS) return null;
    judge.listen(ear.voice, ear.nowMs);
    if (!judge.isSurelyMachine) return null;
    return this.#machine(judge.confidenceIn('machine'), this.#revises('greeting'));
  }

  #revises(what: 'beep' | 'greeting'): readonly CpdEvidence[] {
    const reason = what === 'beep' ? this.#beepReason() : this.#greetingReason();
    return reason.map((each) => ({ ...each, measures: { ...each.measures, revisesPerson: 1 } }));
  }

  #timeout(): CpdVerdict | null {
    const ear = this.#ear;
    const { maxInitialSilenceMs, maxDecisionMs } = this.#options;
    const measures = { floorDbov: ear.voice.floorDbov };
    const quietMs = ear.nowMs - Math.max(0, ear.lastSoundAtMs);
    if (!ear.voice.hasSpoken && quietMs >= maxInitialSilenceMs) {
      const reason = reasonOf(ear, 'silence', ear.nowMs - quietMs, measures);
      return this.#done(verdictOf(ear, 'silence', SILENCE_CONFIDENCE, reason));
    }
    if (ear.nowMs < maxDecisionMs) return null;
    const reason = reasonOf(ear, 'no-decision', 0, measures);
    return this.#done(verdictOf(ear, 'undecided', 0.5, reason));
  }

  /** The beep, and once more when it is a double one: messages begin after the second. */
  #beep(): CpdVerdict | null {
    const ear = this.#ear;
    if (this.#tone.toMs >= 0) {
      const reason = this.#beepReason();
      const { share } = this.#tone;
      this.#tone.toMs = -1;
      this.#enter(this.#state === 'awaiting-beep' ? 'beeped' : 'done');
      return verdictOf(ear, 'beep', share, reason);
    }
    const isBeeped = this.#state === 'beeped';
    const limitMs = isBeeped ? SECOND_BEEP_MS : this.#options.maxBeepMs;
    if (ear.nowMs - this.#sinceMs >= limitMs && !(isBeeped && ear.beeps.isOn)) this.#enter('done');
    return null;
  }

  #beepReason(): readonly CpdEvidence[] {
    const { form, fromMs, toMs, frequencyHz, otherHz, levelDbov, share } = this.#tone;
    const measures = { frequencyHz, otherHz, levelDbov, share };
    return [{ what: form === 'single' ? 'beep' : `beep-${form}`, fromMs, toMs, measures }];
  }

  #greetingReason(): readonly CpdEvidence[] {
    const { voice } = this.#ear;
    const { measures, logOdds } = this.#judge;
    return reasonOf(this.#ear, 'greeting', voice.firstSpeechAtMs, { ...measures, logOdds });
  }

  #machine(confidence: number, reason: readonly CpdEvidence[]): CpdVerdict {
    this.#enter('awaiting-beep');
    return verdictOf(this.#ear, 'machine', confidence, reason);
  }

  #done(verdict: CpdVerdict): CpdVerdict {
    this.#enter('done');
    return verdict;
  }

  #enter(state: State): void {
    this.#state = state;
    this.#sinceMs = this.#ear.nowMs;
  }
}
