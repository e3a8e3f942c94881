// PURE. Call progress after the answer: who or what has answered. One decision, which a beep or
// talk that goes on may correct once; after `machine` the beep is waited for.
//
//   listening --fax, sit, busy, reorder, silence, undecided--> done
//   listening --person, music--> watching --machine (revises)--> awaiting-beep
//   listening --machine--> awaiting-beep --beep--> beeped --beep again--> beeped
//   watching --revisionMs--> done    awaiting-beep --maxBeepMs--> done    beeped --quiet--> done
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
/**
 * Talk that goes on sooner than this after `person` was not waiting for an answer. Later it may be
 * somebody who talks over what they are played; greetings do not pause for so long.
 */
const RESUMES_MS = 900;
/** Talk that does not sound like a machine's must go on for so many times longer. */
const LONG_TALK = 1.6;
/** One greeting pauses for less. */
const BREAK_MS = 950;
/** Less speech than this before 1100 Hz is somebody behind a fax machine, or a click. */
const SHORTEST_GREETING_MS = 500;
const SOFTEST_BEEP_DB = 18;
const SOFTEST_AWAITED_DB = 32;
const SOFTEST_SPEECH_DB = 12;
/** An echo comes so soon, so much softer, at the same pitch. */
const ECHO_MS = 300;
const ECHO_DB = 8;
const ECHO_RATIO = 0.03;
/** A tone that a voice might have made is a beep when so much quiet follows, so much softer. */
const QUIET_AFTER_MS = 60;
const QUIET_AFTER_DB = 8;

type State = 'listening' | 'watching' | 'awaiting-beep' | 'beeped' | 'done';

/** Steps through the first seconds after the answer. */
export class AfterAnswer {
  readonly #ear: Ear;
  readonly #options: CpdOptions;
  readonly #judge: GreetingJudge;
  #state: State = 'listening';
  /** When the current state began. */
  #sinceMs = 0;
  /** What `watching` may take back, and whether talk has gone on since. */
  #told: 'person' | 'music' = 'person';
  #resumedAtMs = -1;
  /** Stretches of speech and the end of the last one, as known a frame ago. */
  #spurts = 0;
  #spokeAtMs = 0;
  /** Until then beeps are waited for. */
  #beepsUntilMs = 0;
  #beeps = 0;
  #beepEndedMs = 0;
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
    logOdds: 0,
    standsOut: true,
  };

  constructor(ear: Ear, options: CpdOptions) {
    this.#ear = ear;
    this.#options = options;
    this.#judge = new GreetingJudge(options);
  }

  /** Nothing more will be said. */
  get isDone(): boolean {
    return this.#state === 'done';
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
    const softestDb = isWaiting ? SOFTEST_AWAITED_DB : SOFTEST_BEEP_DB;
    if (ended.levelDbov < this.#ear.voice.loudestDbov - softestDb) return;
    if (this.#isEcho(ended)) return;
    if (isWaiting || isSureBeep(ended)) Object.assign(this.#tone, ended);
  }

  /** The last beep once more, softer: from a wall, or from the far end of the line. */
  #isEcho({ fromMs, frequencyHz, levelDbov }: Beep): boolean {
    const last = this.#tone;
    const lowHz = Math.min(last.frequencyHz, last.otherHz);
    const highHz = Math.max(last.frequencyHz, last.otherHz);
    // Of a glide any part may come back; of two tones either.
    const strayHz = frequencyHz < lowHz ? lowHz - frequencyHz : frequencyHz - highHz;
    return (
      this.#beeps > 0 &&
      fromMs - this.#beepEndedMs <= ECHO_MS &&
      levelDbov <= last.levelDbov - ECHO_DB &&
      strayHz <= ECHO_RATIO * frequencyHz
    );
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
    if (ear.music.isMusic) return this.#watch('music', musicVerdict(ear, 'music'));
    if (!voice.hasSpoken) return null;
    judge.listen(voice, ear.nowMs);
    if (ear.music.isLikely) return null;
    if (judge.isMachine) return this.#machineTalks();
    if (ear.beeps.isOn || ear.lines.isOn || ear.music.isNote) return null;
    if (judge.isPerson) return this.#person();
    if (!judge.isOver) return null;
    return judge.isRatherMachine ? this.#machineTalks() : this.#person();
  }

  #machineTalks(): CpdVerdict {
    return this.#machine(this.#judge.confidenceIn('machine'), this.#greetingReason());
  }

  #person(): CpdVerdict {
    const confidence = this.#judge.confidenceIn('person');
    const reason = this.#greetingReason();
    return this.#watch('person', verdictOf(this.#ear, 'person', confidence, reason));
  }

  #watch(told: 'person' | 'music', verdict: CpdVerdict): CpdVerdict {
    this.#told = told;
    this.#resumedAtMs = -1;
    this.#spurts = this.#ear.voice.spurtCount;
    this.#enter('watching');
    return verdict;
  }

  /** The one correction: what was taken for a person beeps, or talks on like a machine. */
  #correction(): CpdVerdict | null {
    const ear = this.#ear;
    const judge = this.#judge;
    if (this.#tone.toMs >= 0) return this.#machine(BEEP_AFTER_SPEECH, this.#revises('beep'));
    const { revisionMs, maxDecisionMs } = this.#options;
    const isMusic = this.#told === 'music';
    if (ear.nowMs - this.#sinceMs >= (isMusic ? maxDecisionMs : revisionMs)) this.#enter('done');
    // What sounded like music counts for no talk: a jingle comes before words.
    if (isMusic && ear.music.isLikely) ear.voice.forget();
    this.#followTalk(isMusic);
    if (this.#resumedAtMs < 0 || !ear.voice.hasSpoken) return null;
    judge.listen(ear.voice, ear.nowMs);
    const talkMs = ear.voice.lastSpeechAtMs - this.#resumedAtMs;
    const { revisionTalkMs } = this.#options;
    const wanted = judge.isLikelyMachine ? revisionTalkMs : LONG_TALK * revisionTalkMs;
    const goesOn = !isMusic && talkMs >= wanted;
    if (!goesOn && !judge.isSurelyMachine) return null;
    return this.#machine(judge.confidenceIn('machine'), this.#revises('greeting'));
  }

  /** Talk that goes on soon, and without a long break, was not waiting for an answer. */
  #followTalk(isMusic: boolean): void {
    const { spurtCount, spurtAtMs, lastSpeechAtMs } = this.#ear.voice;
    if (spurtCount !== this.#spurts) {
      const isSoon = isMusic || spurtAtMs <= this.#sinceMs + RESUMES_MS;
      const isBroken = spurtAtMs - this.#spokeAtMs > BREAK_MS;
      if (this.#resumedAtMs < 0 || isBroken) this.#resumedAtMs = isSoon ? spurtAtMs : -1;
      this.#spurts = spurtCount;
    }
    this.#spokeAtMs = lastSpeechAtMs;
  }

  #revises(what: 'beep' | 'greeting'): readonly CpdEvidence[] {
    const reason = what === 'beep' ? this.#beepReason() : this.#greetingReason();
    const revised = this.#told === 'person' ? { revisesPerson: 1 } : { revisesMusic: 1 };
    return reason.map((each) => ({ ...each, measures: { ...each.measures, ...revised } }));
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
    if (ear.voice.hasSpoken && this.#judge.isRatherMachine) return this.#machineTalks();
    const reason = reasonOf(ear, 'no-decision', 0, measures);
    return this.#done(verdictOf(ear, 'undecided', 0.5, reason));
  }

  /**
   * The beep, and once more for each that follows: messages begin after the last. Talk after a beep
   * shows that it was none, or the greeting's own: the next one is waited for.
   */
  #beep(): CpdVerdict | null {
    const ear = this.#ear;
    const tone = this.#tone;
    if (tone.toMs >= 0) {
      if (!isSureBeep(tone)) {
        if (ear.frame.levelDbov > tone.levelDbov - QUIET_AFTER_DB) tone.toMs = -1;
        if (ear.nowMs - tone.toMs < QUIET_AFTER_MS) return null;
      }
      if (tone.toMs < 0) return null;
      this.#beeps += 1;
      this.#beepEndedMs = tone.toMs;
      const reason = this.#beepReason();
      tone.toMs = -1;
      this.#enter('beeped');
      return verdictOf(ear, 'beep', tone.share, reason);
    }
    const isBeeped = this.#state === 'beeped' && !ear.beeps.isOn;
    const quietMs = ear.nowMs - Math.max(this.#sinceMs, ear.voice.lastSpeechAtMs);
    const isOver = isBeeped && quietMs >= this.#options.secondBeepMs;
    if (isOver || ear.nowMs >= this.#beepsUntilMs) this.#enter('done');
    return null;
  }

  #beepReason(): readonly CpdEvidence[] {
    const { form, fromMs, toMs, frequencyHz, otherHz, levelDbov, share } = this.#tone;
    const count = this.#beeps === 0 ? {} : { count: this.#beeps };
    const measures = { frequencyHz, otherHz, levelDbov, share, ...count };
    return [{ what: form === 'single' ? 'beep' : `beep-${form}`, fromMs, toMs, measures }];
  }

  #greetingReason(): readonly CpdEvidence[] {
    const { voice } = this.#ear;
    const { measures, logOdds } = this.#judge;
    return reasonOf(this.#ear, 'greeting', voice.firstSpeechAtMs, { ...measures, logOdds });
  }

  #machine(confidence: number, reason: readonly CpdEvidence[]): CpdVerdict {
    this.#enter('awaiting-beep');
    this.#beepsUntilMs = this.#ear.nowMs + this.#options.maxBeepMs;
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
