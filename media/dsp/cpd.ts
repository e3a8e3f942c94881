// PURE. Call progress detection on 20 ms frames: what early media means, and who has answered. No
// clock: time is the number of frames heard. No memory is taken per frame, only for a verdict.
import type { CpdOptions, CpdPhase, CpdVerdict } from '../types.ts';
import { AfterAnswer } from './cpd-after.ts';
import { BeforeAnswer } from './cpd-before.ts';
import { Ear } from './cpd-ear.ts';

/** Listens to one direction of a call in one phase. */
export interface Cpd {
  /**
   * @param samples 160 samples, 20 ms at 8 kHz; not kept
   * @returns a verdict that this frame brought, or null
   * @throws RangeError another number of samples
   */
  push(samples: Int16Array): CpdVerdict | null;
  /** No verdict will follow: frames need not be pushed any more, and cost nothing if they are. */
  readonly isDone: boolean;
}

/** What most North American trunks need. */
export const DEFAULT_CPD_OPTIONS: CpdOptions = {
  tonePlan: 'US',
  profile: 'neutral',
  // The quietest talkers arrive at -35 dBov, their soft syllables 15 dB below.
  silenceDbov: -50,
  // "Hello?" and a name; longer greetings must be followed by a longer silence.
  personMaxGreetingMs: 1600,
  // Machines pause up to half a second between sentences.
  endOfGreetingSilenceMs: 700,
  // Speakers who read aloud pause for 0.3 to 0.4 s between sentences, most of them.
  shortAnswerSilenceMs: 460,
  // Longer than any hand needs from the receiver to the ear.
  maxInitialSilenceMs: 4500,
  maxDecisionMs: 9000,
  revisionMs: 6000,
  // Who was not heard says hello again, and perhaps a name.
  revisionTalkMs: 2500,
  // Most mailboxes cut a greeting off after 30 s; some allow a minute.
  maxBeepMs: 45_000,
  // Double beeps follow within half a second.
  secondBeepMs: 1500,
  announcementsDir: null,
};

/** Starts detection; the first frame pushed is at 0 ms. */
export function createCpd(phase: CpdPhase, options: CpdOptions): Cpd {
  const ear = new Ear(options);
  const rules =
    phase === 'before-answer' ? new BeforeAnswer(ear, options) : new AfterAnswer(ear, options);
  return {
    get isDone() {
      return rules.isDone;
    },
    push(samples) {
      if (rules.isDone) return null;
      ear.push(samples);
      return rules.step();
    },
  };
}
