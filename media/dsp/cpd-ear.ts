// PURE. The part of call progress detection that both phases share: every frame goes through all
// detectors once, and what they say stands in the fields. Decides nothing.
import type { CpdAnnouncement, CpdOptions } from '../types.ts';
import { BeepTracker } from './beep.ts';
import { type CadenceTracker, trackersOf } from './cadence.ts';
import { EvidenceLog } from './evidence.ts';
import { isAnswerTone, isCng } from './fax.ts';
import { AnnouncementMatcher } from './fingerprint.ts';
import { FRAME_MS, FRAME_SAMPLES, FrameAnalyser } from './frame.ts';
import { type LineSegment, LineTracker } from './lines.ts';
import { MusicMeter } from './music.ts';
import { type Sit, SitDetector } from './sit.ts';
import { tonePlanOf } from './tone-plan.ts';
import { VoiceActivity } from './vad.ts';

/** Shorter lines are parts of voices. */
const SHORTEST_TONE_MS = 100;
/** Purer and longer than this a line is a tone and not a voice. */
const TONE_SHARE = 0.85;
const TONE_MS = 80;
/** A tone so long is no vowel. */
const LONG_TONE_MS = 300;
/** Below all signalling tones a pure line is the fundamental of a high voice. */
const LOWEST_TONE_HZ = 340;

function isTone(line: LineSegment): boolean {
  return line.share >= TONE_SHARE && line.frequencyHz >= LOWEST_TONE_HZ;
}

/** All detectors on one direction of a call. */
export class Ear {
  readonly frame = new FrameAnalyser();
  readonly voice: VoiceActivity;
  readonly lines: LineTracker;
  readonly beeps: BeepTracker;
  readonly cadences: readonly CadenceTracker[];
  readonly music: MusicMeter;
  readonly announcements: AnnouncementMatcher;
  readonly evidence = new EvidenceLog();

  /** What this frame brought; null, false when nothing. */
  sit: Sit | null = null;
  recognised: CadenceTracker | null = null;
  announcement: CpdAnnouncement | null = null;
  lineEnded = false;
  beepEnded = false;
  fax: 'cng' | 'ced' | null = null;
  firstSoundAtMs = -1;
  /** End of the last sound of any kind, -1 before the first. */
  lastSoundAtMs = -1;

  readonly #sitDetector = new SitDetector();
  #speechFrames = 0;
  #spurtLogged = 0;

  constructor(options: CpdOptions) {
    this.voice = new VoiceActivity(options.silenceDbov);
    this.lines = new LineTracker(options.silenceDbov);
    this.beeps = new BeepTracker(options.silenceDbov);
    this.music = new MusicMeter(options.silenceDbov);
    this.announcements = new AnnouncementMatcher(options.announcements ?? [], options.silenceDbov);
    this.cadences = trackersOf(tonePlanOf(options.tonePlan), options.silenceDbov);
  }

  get nowMs(): number {
    return this.frame.endMs;
  }

  /** Milliseconds of speech in all. */
  get speechMs(): number {
    return this.#speechFrames * FRAME_MS;
  }

  /** Two of the three tones of a SIT have been heard. */
  get sitBegun(): boolean {
    return this.#sitDetector.hasBegun(this.nowMs);
  }

  /** A tone of the plan is being heard. */
  get isProgressTone(): boolean {
    for (const cadence of this.cadences) if (cadence.isOn) return true;
    return false;
  }

  /** @param samples 160 samples; others are a programmer's bug */
  push(samples: Int16Array): void {
    if (samples.length !== FRAME_SAMPLES) throw new RangeError('a frame has 160 samples');
    this.frame.push(samples);
    this.recognised = null;
    for (const cadence of this.cadences) {
      if (cadence.push(this.frame)) this.recognised = cadence;
    }
    this.lineEnded = this.lines.push(this.frame);
    this.beepEnded = this.beeps.push(this.frame);
    this.sit = this.lineEnded ? this.#sitDetector.push(this.lines.ended) : null;
    this.fax = this.#hearFax();
    this.announcement = this.announcements.push(this.frame);
    const isSignal = this.isProgressTone || this.#isPureLine();
    this.voice.push(this.frame, isSignal);
    this.#forgetInside(this.beeps);
    this.music.push(this.frame, this.isProgressTone, this.voice.loudestDbov);
    this.#note(isSignal);
  }

  /** What was heard as speech only while a tone sounded was a click in it. */
  #forgetInside({ lastFromMs, lastToMs }: BeepTracker): void {
    const { voice } = this;
    if (lastToMs - lastFromMs < LONG_TONE_MS || voice.firstSpeechAtMs < lastFromMs) return;
    if (voice.lastSpeechAtMs <= lastToMs + FRAME_MS) voice.forget();
  }

  #isPureLine(): boolean {
    const { isOn, current } = this.lines;
    return isOn && isTone(current) && current.toMs - current.fromMs >= TONE_MS;
  }

  #hearFax(): 'cng' | 'ced' | null {
    if (this.lines.isOn && isAnswerTone(this.lines.current)) return 'ced';
    return this.lineEnded && isCng(this.lines.ended) ? 'cng' : null;
  }

  /** Keeps the times of sounds and writes the log. */
  #note(isSignal: boolean): void {
    const { voice } = this;
    if (voice.isSpeech && voice.isSound) this.#speechFrames += 1;
    if (isSignal) this.#sound(this.nowMs - SHORTEST_TONE_MS, this.nowMs);
    if (voice.hasSpoken) this.#sound(voice.firstSpeechAtMs, voice.lastSpeechAtMs);
    if (voice.hasSpoken && voice.spurtCount > this.#spurtLogged && !voice.isSpeech) {
      const level = voice.levelSumDb / Math.max(1, voice.soundFrames);
      this.evidence.write('speech', voice.spurtAtMs, voice.lastSpeechAtMs, level, 0);
      this.#spurtLogged = voice.spurtCount;
    }
    const { ended } = this.lines;
    if (!this.lineEnded || this.isProgressTone || !isTone(ended)) return;
    if (ended.toMs - ended.fromMs < SHORTEST_TONE_MS) return;
    this.evidence.write('tone', ended.fromMs, ended.toMs, ended.levelDbov, ended.frequencyHz);
  }

  #sound(fromMs: number, toMs: number): void {
    if (this.firstSoundAtMs < 0) this.firstSoundAtMs = Math.max(0, fromMs);
    this.lastSoundAtMs = Math.max(this.lastSoundAtMs, toMs);
  }
}
