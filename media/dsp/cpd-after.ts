// PURE. Call progress after the answer: who or what has answered. One decision; after `machine` the
// beep is waited for.
//
//   listening --person, fax, sit, busy, reorder, silence, music, undecided--> done
//   listening --machine--> awaiting-beep --beep, or maxBeepMs--> done
import type { CpdOptions, CpdVerdict } from '../types.ts';
import { isBeep } from './beep.ts';
import type { Ear } from './cpd-ear.ts';
import {
  faxVerdict,
  musicVerdict,
  progressVerdict,
  reasonOf,
  sitVerdict,
  verdictOf,
} from './cpd-verdict.ts';
import {
  endOfGreetingMs,
  type GreetingMeasures,
  MACHINE_DECIDED,
  machineProbability,
  measureGreeting,
} from './greeting.ts';
import { maySitBegin } from './sit.ts';

/** A lone tone that might open a SIT or be CNG is a beep only when nothing follows for so long. */
const SIT_WAIT_MS = 160;
const CNG_CONFIDENCE = 0.85;
const CED_CONFIDENCE = 0.98;
const SILENCE_CONFIDENCE = 0.9;
/** A greeting that ends in a beep is a machine's; a beep with no word before it nearly always. */
const BEEP_AFTER_SPEECH = 0.97;
const BEEP_ALONE = 0.75;
/** A beep with no word before must be longer than the pips that some networks send on answer. */
const BEEP_ALONE_MS = 250;

type State = 'listening' | 'awaiting-beep' | 'done';

/** Steps through the first seconds after the answer. */
export class AfterAnswer {
  readonly #ear: Ear;
  readonly #options: CpdOptions;
  readonly #greeting: GreetingMeasures = {
    talkMs: 0,
    trailingSilenceMs: 0,
    pauses: 0,
    syllablesPerSecond: 0,
    levelDbov: 0,
    levelSpreadDb: 0,
    voicedShare: 0,
  };
  #state: State = 'listening';
  #machineAtMs = 0;
  /** End of a tone that waits to be called a beep; -1 when none does. */
  #tone = { fromMs: 0, toMs: -1, frequencyHz: 0, levelDbov: 0, share: 0 };

  constructor(ear: Ear, options: CpdOptions) {
    this.#ear = ear;
    this.#options = options;
  }

  /** Called after each frame that the ear has heard. */
  step(): CpdVerdict | null {
    switch (this.#state) {
      case 'listening':
        this.#noteTone();
        return this.#signal() ?? this.#toneAsMachine() ?? this.#speaker() ?? this.#timeout();
      case 'awaiting-beep':
        this.#noteTone();
        return this.#beep();
      case 'done':
        return null;
    }
  }

  /** Tones that name themselves. */
  #signal(): CpdVerdict | null {
    const ear = this.#ear;
    if (ear.sit !== null) return this.#done(sitVerdict(ear, ear.sit));
    if (ear.fax === 'ced') return this.#done(faxVerdict(ear, 'ced', CED_CONFIDENCE));
    if (ear.fax === 'cng' && !ear.voice.hasSpoken) {
      return this.#done(faxVerdict(ear, 'cng', CNG_CONFIDENCE));
    }
    const { recognised } = ear;
    if (recognised === null || recognised.tone.kind === 'ringback') return null;
    return this.#done(progressVerdict(ear, recognised));
  }

  #noteTone(): void {
    const ear = this.#ear;
    if (!ear.lineEnded || !isBeep(ear.lines.ended) || ear.isProgressTone) return;
    Object.assign(this.#tone, ear.lines.ended);
  }

  /** A beep while still listening: a short greeting was a machine's after all. */
  #toneAsMachine(): CpdVerdict | null {
    const ear = this.#ear;
    const tone = this.#tone;
    if (tone.toMs < 0) return null;
    const spoken = ear.voice.hasSpoken;
    const undecided = ear.lines.isOn || ear.nowMs - tone.toMs < SIT_WAIT_MS;
    if (ear.sitBegun || (maySitBegin(tone) && undecided)) return null;
    if (!spoken && tone.toMs - tone.fromMs < BEEP_ALONE_MS) {
      tone.toMs = -1;
      return null;
    }
    const measures = { frequencyHz: tone.frequencyHz, levelDbov: tone.levelDbov };
    const reason = reasonOf(ear, 'beep', tone.fromMs, measures);
    return this.#machine(spoken ? BEEP_AFTER_SPEECH : BEEP_ALONE, reason);
  }

  #speaker(): CpdVerdict | null {
    const ear = this.#ear;
    const { voice } = ear;
    if (ear.music.isMusic) return this.#done(musicVerdict(ear, 'music'));
    if (!voice.hasSpoken) return null;
    const greeting = measureGreeting(voice, ear.nowMs, this.#greeting);
    const machine = machineProbability(greeting, this.#options);
    if (machine >= MACHINE_DECIDED) return this.#machine(machine, this.#greetingReason());
    const silenceMs = endOfGreetingMs(greeting.talkMs, this.#options);
    if (greeting.trailingSilenceMs < silenceMs || ear.lines.isOn || ear.music.isNote) return null;
    if (machine >= 0.5) return this.#machine(machine, this.#greetingReason());
    return this.#done(verdictOf(ear, 'person', 1 - machine, this.#greetingReason()));
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

  #beep(): CpdVerdict | null {
    const ear = this.#ear;
    const { fromMs, toMs, frequencyHz, levelDbov, share } = this.#tone;
    if (toMs >= 0) {
      const reason = [{ what: 'beep', fromMs, toMs, measures: { frequencyHz, levelDbov, share } }];
      return this.#done(verdictOf(ear, 'beep', share, reason));
    }
    if (ear.nowMs - this.#machineAtMs >= this.#options.maxBeepMs) this.#state = 'done';
    return null;
  }

  #greetingReason(): ReturnType<typeof reasonOf> {
    const { voice } = this.#ear;
    return reasonOf(this.#ear, 'greeting', voice.firstSpeechAtMs, { ...this.#greeting });
  }

  #machine(confidence: number, reason: ReturnType<typeof reasonOf>): CpdVerdict {
    this.#state = 'awaiting-beep';
    this.#machineAtMs = this.#ear.nowMs;
    return verdictOf(this.#ear, 'machine', confidence, reason);
  }

  #done(verdict: CpdVerdict): CpdVerdict {
    this.#state = 'done';
    return verdict;
  }
}
