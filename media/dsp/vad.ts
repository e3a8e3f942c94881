// PURE. Voice activity: which frames are sound above the noise, and which stretches of them are
// speech. The noise floor is the quietest frame of the recent past (minimum statistics, R. Martin
// 2001, without its smoothing: a 20 ms frame of steady noise strays by half a dB only).
import { FRAME_MS, type FrameAnalyser } from './frame.ts';
import { SILENT_DBOV } from './level.ts';

/** How far back the quietest frame is looked for: longer than speech ever goes without a dip. */
const FLOOR_FRAMES = 75;
/** Until so many frames are heard the floor is taken for a quiet one: a word may come first. */
const FLOOR_SETTLES_FRAMES = 25;
const QUIET_FLOOR_DBOV = -50;
/** Sound stands out of the floor by so much; voiced sound may be softer. */
const SOUND_ABOVE_FLOOR_DB = 7;
const VOICED_ABOVE_FLOOR_DB = 3;
/** What is softer than the speech so far by so much is somebody else's: babble, a television. */
const BELOW_SPEECH_DB = 14;
/** Lively voices have syllables that are softer still: so much below their mean. */
const BELOW_MEAN_DB = 9;
const FAR_BELOW_DB = 20;
/**
 * Speech that is louder than all before by so much, for so many frames on end, is the first: what
 * came before was somebody else's.
 */
const LOUDER_DB = 10;
const LOUDER_FRAMES = 4;
/** Autocorrelation peak of voiced speech at 15 dB SNR: 0.6 and more; of noise: under 0.52. */
const VOICED = 0.55;
/** Hoarse voices reach less; what stands far out of the floor is no noise by chance. */
const VOICED_LOUD = 0.45;
/** A line with more than this share of the power is a tone, unless it may be a fundamental. */
const TONE_SHARE = 0.85;
const HIGHEST_FUNDAMENTAL_HZ = 340;
/** Ringback is two lines side by side; a voice's harmonics lie farther apart. */
const PAIR_HZ = 80;
const PAIR_SHARE = 0.93;
/** Shorter sounds are clicks. */
const SHORTEST_SOUND_FRAMES = 3;
/** Voiced frames that make a stretch of sound speech: shorter than the vowel of a curt "yes". */
const SPEECH_VOICED_FRAMES = 4;
/** Speech that stops sooner was a click in babble, and is forgotten: short words have 0.15 s. */
const SHORTEST_SPEECH_FRAMES = 6;
/**
 * Whispers and hoarse voices have no pitch. Bursts of sound far above the floor that begin and end,
 * together longer than a breath, are speech too: steady noise does not end.
 */
const BURST_ABOVE_FLOOR_DB = 15;
const BURST_FLAT_DB = 6;
const BURST_FRAMES = 20;
/** Further bursts of a whisper may be shorter. */
const NEXT_BURST_FRAMES = 6;
const WHISPERED_SHARE = 0.4;
/** Bursts farther apart than this do not belong together. */
const BURST_GAP_FRAMES = 40;
const BURST_END_FRAMES = 3;
/** It falls off by so much; otherwise the floor was only found to be higher. */
const BURST_FALL_DB = 10;
/** A voiced frame says as much as so many unvoiced ones. */
const VOICED_WEIGHT = 3;
/** Gaps up to this belong to the speech around them: stop consonants, lost packets. */
const BRIDGED_GAP_FRAMES = 10;
/** The first consonants of a word are not voiced, but begin no earlier before the vowel. */
const LONGEST_ONSET_MS = 200;
/** Octaves from the mean that a voice's pitch goes; how fast the late pitch follows. */
const PITCH_STRAYS = 0.7;
const PITCH_LATE = 0.25;
/** The envelope of 20 ms levels rises and falls by so much with each syllable. */
const SYLLABLE_SWING_DB = 4;

function isToneLike(frame: FrameAnalyser): boolean {
  const { share, frequencyHz } = frame.strongest;
  if (frequencyHz <= HIGHEST_FUNDAMENTAL_HZ) return false;
  if (share >= TONE_SHARE) return true;
  return frame.shareBetween(frequencyHz - PAIR_HZ, frequencyHz + PAIR_HZ) >= PAIR_SHARE;
}

/** Follows one direction of a call; the fields describe it up to the last frame. */
export class VoiceActivity {
  /** The last frame was sound. */
  isSound = false;
  /** Inside a stretch of speech, bridged gaps included. */
  isSpeech = false;
  /** Where the first speech began; -1 when there was none. */
  firstSpeechAtMs = -1;
  /** Where the current or last stretch of speech began. */
  spurtAtMs = -1;
  /** End of the last sound that belongs to speech; -1 when there was none. */
  lastSpeechAtMs = -1;
  /** Stretches of speech so far. */
  spurtCount = 0;
  /** Longest pause between two stretches of speech. */
  longestPauseMs = 0;
  /** Frames of sound inside speech, and the sum of their levels and voicing. */
  soundFrames = 0;
  voicedFrames = 0;
  levelSumDb = 0;
  levelSquareSumDb = 0;
  /** Rises of the envelope inside speech: about one for each syllable. */
  syllables = 0;
  floorDbov = QUIET_FLOOR_DBOV;
  /** Sums over voiced frames of the pitch in octaves above 1 Hz, and the pitch of late. */
  pitchFrames = 0;
  pitchSum = 0;
  pitchSquareSum = 0;
  latePitch = 0;

  readonly #silenceDbov: number;
  readonly #levels = new Float64Array(FLOOR_FRAMES).fill(0);
  #heard = 0;
  #runFrames = 0;
  #runVoiced = 0;
  #runLevelSumDb = 0;
  #runLevelSquareSumDb = 0;
  #runAtMs = 0;
  #runEndMs = 0;
  #runPeakDbov = SILENT_DBOV;
  #runStrong = 0;
  /** Unvoiced bursts so far: strong frames, all frames and their levels, and when they began. */
  #burstStrong = 0;
  #burstFrames = 0;
  #burstLevelSumDb = 0;
  #burstLevelSquareSumDb = 0;
  #burstAtMs = 0;
  #gapFrames = BRIDGED_GAP_FRAMES;
  #quietFrames = 0;
  /** Level of the loudest speech so far. */
  #loudestDbov = SILENT_DBOV;
  #louderFrames = 0;
  #beforeDbov = SILENT_DBOV;
  #isRising = false;
  #extremeDb = 0;

  constructor(silenceDbov: number) {
    this.#silenceDbov = silenceDbov;
  }

  /** The loudest speech so far; `SILENT_DBOV` before any. */
  get loudestDbov(): number {
    return this.#loudestDbov;
  }

  /** Milliseconds of sound inside speech. */
  get soundMs(): number {
    return this.soundFrames * FRAME_MS;
  }

  /** There was speech, and enough of it to be no click. */
  get hasSpoken(): boolean {
    return this.soundFrames >= SHORTEST_SPEECH_FRAMES;
  }

  /** @param isTone the frame belongs to a tone that a detector has recognised */
  push(frame: FrameAnalyser, isTone: boolean): void {
    // A zero frame says nothing: a lost packet inside a word, or silence that time will show.
    if (frame.isZero) {
      this.#quietFrame(frame);
      return;
    }
    this.#followFloor(frame.levelDbov);
    const isLoud = frame.levelDbov >= this.floorDbov + BURST_ABOVE_FLOOR_DB;
    const voiced = frame.voicing >= (isLoud ? VOICED_LOUD : VOICED) && !isToneLike(frame);
    const margin = voiced ? VOICED_ABOVE_FLOOR_DB : SOUND_ABOVE_FLOOR_DB;
    const threshold = Math.max(this.#silenceDbov, this.floorDbov + margin, this.#softestDbov);
    this.isSound = !isTone && frame.levelDbov > threshold;
    if (this.isSound) this.#soundFrame(frame, voiced);
    else this.#quietFrame(frame);
  }

  /** What is softer is somebody else's. */
  get #softestDbov(): number {
    if (this.soundFrames === 0) return this.#loudestDbov - BELOW_SPEECH_DB;
    const belowMean = this.levelSumDb / this.soundFrames - BELOW_MEAN_DB;
    const belowLoudest = this.#loudestDbov - BELOW_SPEECH_DB;
    return Math.max(this.#loudestDbov - FAR_BELOW_DB, Math.min(belowLoudest, belowMean));
  }

  #followFloor(levelDbov: number): void {
    this.#levels[this.#heard % FLOOR_FRAMES] = levelDbov;
    this.#heard += 1;
    const known = Math.min(this.#heard, FLOOR_FRAMES);
    let floor = this.#heard < FLOOR_SETTLES_FRAMES ? QUIET_FLOOR_DBOV : 0;
    for (let i = 0; i < known; i += 1) floor = Math.min(floor, this.#levels[i] ?? 0);
    this.floorDbov = floor;
  }

  #soundFrame(frame: FrameAnalyser, voiced: boolean): void {
    if (this.#runFrames === 0) {
      this.#runAtMs = frame.endMs - FRAME_MS;
      this.#runVoiced = 0;
      this.#runLevelSumDb = 0;
      this.#runLevelSquareSumDb = 0;
      this.#runStrong = 0;
      this.#runPeakDbov = SILENT_DBOV;
    }
    this.#runFrames += 1;
    this.#quietFrames = 0;
    this.#runEndMs = frame.endMs;
    if (voiced) this.#runVoiced += 1;
    this.#noteStrong(frame, voiced);
    if (!this.isSpeech && this.#runVoiced >= SPEECH_VOICED_FRAMES) {
      this.#beginSpeech(frame);
      this.#countRun(this.#runFrames - 1);
    }
    this.#runLevelSumDb += frame.levelDbov;
    this.#runLevelSquareSumDb += frame.levelDbov ** 2;
    if (!this.isSpeech) return;
    if (this.#runFrames < SHORTEST_SOUND_FRAMES) return;
    this.#noteLouder(frame);
    this.#gapFrames = 0;
    this.lastSpeechAtMs = frame.endMs;
    this.soundFrames += 1;
    if (voiced) {
      this.voicedFrames += 1;
      this.#followPitch(Math.log2(Math.max(1, frame.pitchHz)));
    }
    // The softer of two frames: a click is loud in one only.
    this.#loudestDbov = Math.max(this.#loudestDbov, Math.min(this.#beforeDbov, frame.levelDbov));
    this.#beforeDbov = frame.levelDbov;
    this.levelSumDb += frame.levelDbov;
    this.levelSquareSumDb += frame.levelDbov ** 2;
    this.#countSyllable(frame.levelDbov);
  }

  #noteStrong(frame: FrameAnalyser, voiced: boolean): void {
    this.#runPeakDbov = Math.max(this.#runPeakDbov, frame.levelDbov);
    const least = Math.max(
      this.floorDbov + BURST_ABOVE_FLOOR_DB,
      this.#runPeakDbov - BURST_FLAT_DB,
    );
    if (frame.levelDbov < least || isToneLike(frame)) return;
    this.#runStrong += voiced ? VOICED_WEIGHT : 1;
  }

  /** A run of sound without speech in it has ended: is it one more burst of a whisper? */
  #endRun(frame: FrameAnalyser): void {
    const mean = this.#runLevelSumDb / this.#runFrames;
    const fell = frame.isZero || frame.levelDbov < mean - BURST_FALL_DB;
    if (fell && this.#runStrong >= NEXT_BURST_FRAMES) {
      if (this.#burstFrames === 0) this.#burstAtMs = this.#runAtMs;
      this.#burstStrong += this.#runStrong;
      this.#burstFrames += this.#runFrames;
      this.#burstLevelSumDb += this.#runLevelSumDb;
      this.#burstLevelSquareSumDb += this.#runLevelSquareSumDb;
      const isWhispered = this.hasSpoken && this.voicedFrames < WHISPERED_SHARE * this.soundFrames;
      if (this.#burstStrong >= (isWhispered ? NEXT_BURST_FRAMES : BURST_FRAMES)) this.#whisper();
    }
    this.#runFrames = 0;
  }

  #whisper(): void {
    this.#beginSpurt(this.#burstAtMs, this.#runPeakDbov);
    this.lastSpeechAtMs = this.#runEndMs;
    this.soundFrames += this.#burstFrames;
    this.levelSumDb += this.#burstLevelSumDb;
    this.levelSquareSumDb += this.#burstLevelSquareSumDb;
    const mean = this.levelSumDb / this.soundFrames;
    this.#loudestDbov = Math.max(this.#loudestDbov, mean);
    this.#forgetBursts();
  }

  #forgetBursts(): void {
    this.#burstStrong = 0;
    this.#burstFrames = 0;
    this.#burstLevelSumDb = 0;
    this.#burstLevelSquareSumDb = 0;
  }

  /** The sound before the voiced frames that made it speech belongs to the word. */
  #countRun(frames: number): void {
    this.soundFrames += frames;
    this.voicedFrames += Math.max(0, this.#runVoiced - 1);
    this.levelSumDb += this.#runLevelSumDb;
    this.levelSquareSumDb += this.#runLevelSquareSumDb;
  }

  #noteLouder(frame: FrameAnalyser): void {
    const mean = this.levelSumDb / Math.max(1, this.soundFrames);
    const isLouder = this.soundFrames > 0 && frame.levelDbov > mean + LOUDER_DB;
    this.#louderFrames = isLouder ? this.#louderFrames + 1 : 0;
    if (this.#louderFrames < LOUDER_FRAMES) return;
    this.#louderFrames = 0;
    this.forget();
    this.#runAtMs = Math.max(this.#runAtMs, frame.endMs - LONGEST_ONSET_MS);
    this.#beginSpeech(frame);
    const before = LOUDER_FRAMES - 1;
    this.soundFrames = before;
    this.voicedFrames = before;
    this.levelSumDb = before * frame.levelDbov;
    this.levelSquareSumDb = before * frame.levelDbov ** 2;
  }

  #beginSpeech(frame: FrameAnalyser): void {
    this.#beginSpurt(Math.max(this.#runAtMs, frame.endMs - LONGEST_ONSET_MS), frame.levelDbov);
    this.#forgetBursts();
  }

  #beginSpurt(atMs: number, levelDbov: number): void {
    this.isSpeech = true;
    this.spurtAtMs = atMs;
    if (this.spurtCount > 0) {
      this.longestPauseMs = Math.max(this.longestPauseMs, this.spurtAtMs - this.lastSpeechAtMs);
    }
    if (this.firstSpeechAtMs < 0) this.firstSpeechAtMs = this.spurtAtMs;
    this.spurtCount += 1;
    this.syllables += 1;
    this.#isRising = true;
    this.#extremeDb = levelDbov;
  }

  #followPitch(pitch: number): void {
    const mean = this.pitchFrames === 0 ? pitch : this.pitchSum / this.pitchFrames;
    // An octave off the pitch was mistaken.
    if (Math.abs(pitch - mean) > PITCH_STRAYS) return;
    this.latePitch =
      this.pitchFrames === 0 ? pitch : this.latePitch + PITCH_LATE * (pitch - this.latePitch);
    this.pitchFrames += 1;
    this.pitchSum += pitch;
    this.pitchSquareSum += pitch * pitch;
  }

  #countSyllable(levelDb: number): void {
    if (this.#isRising) {
      this.#extremeDb = Math.max(this.#extremeDb, levelDb);
      if (levelDb > this.#extremeDb - SYLLABLE_SWING_DB) return;
    } else {
      this.#extremeDb = Math.min(this.#extremeDb, levelDb);
      if (levelDb < this.#extremeDb + SYLLABLE_SWING_DB) return;
      this.syllables += 1;
    }
    this.#isRising = !this.#isRising;
    this.#extremeDb = levelDb;
  }

  #quietFrame(frame: FrameAnalyser): void {
    this.#gapFrames += 1;
    this.#quietFrames += 1;
    if (!frame.isZero) this.isSound = false;
    if (this.isSpeech) {
      if (!frame.isZero) this.#runFrames = 0;
    } else if (this.#runFrames > 0) {
      // A lost packet does not end a run.
      if (!frame.isZero || this.#quietFrames >= BURST_END_FRAMES) this.#endRun(frame);
    } else if (this.#quietFrames > BURST_GAP_FRAMES) this.#forgetBursts();
    if (this.#gapFrames <= BRIDGED_GAP_FRAMES) return;
    if (this.isSpeech) this.#runFrames = 0;
    this.isSpeech = false;
    this.isSound = false;
    if (!this.hasSpoken) this.#forgetSpeech();
  }

  /** All speech so far was none, or nobody's that matters. */
  forget(): void {
    this.#forgetSpeech();
    this.#forgetBursts();
  }

  #forgetSpeech(): void {
    this.isSpeech = false;
    this.firstSpeechAtMs = -1;
    this.lastSpeechAtMs = -1;
    this.spurtCount = 0;
    this.longestPauseMs = 0;
    this.soundFrames = 0;
    this.voicedFrames = 0;
    this.levelSumDb = 0;
    this.levelSquareSumDb = 0;
    this.syllables = 0;
    this.pitchFrames = 0;
    this.pitchSum = 0;
    this.pitchSquareSum = 0;
    this.#loudestDbov = SILENT_DBOV;
  }
}
