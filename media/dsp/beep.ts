// PURE. The beep after an answering machine's greeting. No standard stands behind it: one or two
// frequencies or a rising one, 0.1 to 2.5 s. What beeps have in common and voices lack: all power
// in one or two lines, and a level that does not move.
import { FRAME_MS, WINDOW_DELAY_MS, type FrameAnalyser } from './frame.ts';
import { BEEP_WEIGHTS, CHIRP_LOG_ODDS } from './beep-weights.ts';
import { SILENT_DBOV } from './level.ts';

const LOWEST_HZ = 290;
const HIGHEST_HZ = 3000;
const LONGEST_MS = 2600;
/** The window shows a tone of 80 ms in full for one or two frames. */
const SHORTEST_MS = 80;
/** Vowels reach 0.8 for a moment, but not steadily. */
const SINGLE_SHARE = 0.82;
const DUAL_SHARE = 0.9;
/** Of two lines the weaker holds so much; otherwise it is one line and noise. */
const WEAKER_SHARE = 0.1;
/** A chirp smears its line over the window: all power within this of the peak. */
const CHIRP_HALF_WIDTH_HZ = 170;
const CHIRP_SHARE = 0.93;
/** The fastest chirp moves by so much in a frame: an octave in a quarter of a second. */
const CHIRP_STEP_HZ = 220;
/** A steady line strays by less in noise of 15 dB SNR. */
const DRIFT_HZ = 25;
const DUAL_DRIFT_HZ = 15;
/** Frames of a beep are this near to the loudest, but for the first and the last. */
const FLAT_DB = 3;
/** A fall of a frame's level by so much ends the beep; a slower one is followed as far as that. */
const GONE_DB = 6;
const FADED_DB = 14;
/** Beeps that fade and codecs of mobile networks make the level fall by so much in a frame. */
const FADES_DB = 3;
/** Before it there is quiet: its surroundings are softer by so much. */
const STANDS_OUT_DB = 6;
/** Holes: lost packets blot out the window around them. */
const BRIDGED_FRAMES = 3;
const GONE_FRAMES = 2;
/** Tones begin at their full level; what dies away from its start is a note. */
const FLAT_FRAMES_SHARE = 0.35;
const FULL_DB = 4.5;
/** Softer than the tone before it by so much, without a rise between, it is that one's tail. */
const TAIL_DB = 10;
/** Frames of purity that make a beep; two lines and chirps resemble voices more. */
const SINGLE_FRAMES = 3;
const DUAL_FRAMES = 4;
const CHIRP_FRAMES = 5;
/** Of the steps of a chirp so many go the same way; the lines of voices wander. */
const CHIRP_SAME_WAY = 0.85;
/** A tone that a codec smears is still a line in the mean. */
const LEAST_SHARE = 0.7;
const EDGE_FRAMES = 2;
/** DTMF (ITU-T Q.23) is two lines and no beep. */
const DTMF_ROWS_HZ = [697, 770, 852, 941] as const;
const DTMF_COLUMNS_HZ = [1209, 1336, 1477, 1633] as const;
const DTMF_TOLERANCE = 0.02;

export type BeepForm = 'single' | 'dual' | 'chirp';

/** A complete beep. */
export interface Beep {
  form: BeepForm;
  fromMs: number;
  toMs: number;
  frequencyHz: number;
  /** Second frequency of a dual tone, last one of a chirp, otherwise the same. */
  otherHz: number;
  /** Share of the power that the lines held, in the mean. */
  share: number;
  levelDbov: number;
  /** How far the strongest line strayed. */
  driftHz: number;
  /** That it is a beep and no vowel or note. */
  logOdds: number;
  /** It was quieter before. A machine may beep into its own last word, a voice never so purely. */
  standsOut: boolean;
}

/** Of a chirp the line moves at least so far; otherwise it was one tone in noise. */
const CHIRP_TRAVEL_HZ = 120;
/** Lines in a ratio of 2 or 3 are a note or a vowel and its overtone. */
const OVERTONES = [2, 3] as const;
const OVERTONE_TOLERANCE = 0.02;
/** A tone of this length that nobody sings is a beep even when it follows upon a word. */
const PURE_MS = 150;
/** So sure that it needs no quiet after it, and no machine before it. */
const SURE_LOG_ODDS = 1.2;
/** A missed beep costs more than a false one: less than even odds will do while one is awaited. */
const LEAST_LOG_ODDS = -0.7;

/** Can nothing but a machine have made this tone? */
export function isSureBeep({ logOdds }: Beep): boolean {
  return logOdds >= SURE_LOG_ODDS;
}

/** Two harmonics of a voice: the ratio of small numbers. */
const HARMONICS = [5 / 4, 4 / 3, 3 / 2, 5 / 3] as const;

/** What the log odds are weighed from, the constant first: purity, drift, length, pitch, ratio. */
export function beepFeature(i: number, of: Beep): number {
  const low = Math.min(of.frequencyHz, of.otherHz);
  const high = Math.max(of.frequencyHz, of.otherHz);
  switch (i) {
    case 0:
      return 1;
    case 1:
      return 10 * (of.share - 0.9);
    case 2:
      return Math.min(of.driftHz, 40) / 10;
    case 3:
      return Math.min(2, Math.max(0, Math.log2((of.toMs - of.fromMs) / 100)));
    case 4:
      return Math.min(1, Math.log2(Math.max(LOWEST_HZ, low) / 600));
    default:
      return HARMONICS.some((each) => Math.abs(high / low - each) <= 0.02 * each) ? 1 : 0;
  }
}

/** Features of `beepFeature`. */
export const BEEP_FEATURES = 6;

function beepLogOdds(beep: Beep): number {
  if (beep.form === 'chirp') return CHIRP_LOG_ODDS;
  const weights = BEEP_WEIGHTS[beep.form];
  let sum = 0;
  for (let i = 0; i < BEEP_FEATURES; i += 1) sum += (weights[i] ?? 0) * beepFeature(i, beep);
  return sum;
}

function near(hz: number, nominal: readonly number[]): boolean {
  for (const each of nominal) if (Math.abs(hz - each) <= DTMF_TOLERANCE * each) return true;
  return false;
}

function inBand(hz: number): boolean {
  return hz >= LOWEST_HZ && hz <= HIGHEST_HZ;
}

/** Follows one tone after another; `ended` is the last that was a beep. */
export class BeepTracker {
  readonly ended: Beep = {
    form: 'single',
    fromMs: 0,
    toMs: 0,
    frequencyHz: 0,
    otherHz: 0,
    share: 0,
    levelDbov: 0,
    driftHz: 0,
    logOdds: 0,
    standsOut: true,
  };
  /** Where the last stretch of a tone lay, beep or none. */
  lastFromMs = 0;
  lastToMs = 0;
  /** The last frame ended something like a beep, perhaps a vowel; it stands in `ended`. */
  wasHeard = false;

  readonly #silenceDbov: number;
  #form: BeepForm | null = null;
  #fromMs = 0;
  #toMs = 0;
  #firstHz = 0;
  #lastHz = 0;
  #otherHz = 0;
  #lowestHz = 0;
  #highestHz = 0;
  #frames = 0;
  #risingSteps = 0;
  #fallingSteps = 0;
  #uneven = 0;
  /** Frames near the loudest. */
  #flat = 0;
  #shareSum = 0;
  #firstShare = 0;
  #lastShare = 0;
  #loudestDbov = 0;
  /** The level as it was a frame ago, less what it may have faded since. */
  #heldDbov = 0;
  #missed = 0;
  #gone = 0;
  /** When the sound that may be a tone rose above its surroundings, and how loud those were. */
  #roseAtMs = 0;
  #beforeDbov = SILENT_DBOV;
  #quietDbov = SILENT_DBOV;
  #surroundingsDbov = SILENT_DBOV;
  #zeroFrames = 0;

  constructor(silenceDbov: number) {
    this.#silenceDbov = silenceDbov;
  }

  /** A tone is being heard that may become a beep. */
  get isOn(): boolean {
    return this.#form !== null && this.#frames >= 2;
  }

  /** @returns true when a beep has just ended and stands in `ended` */
  push(frame: FrameAnalyser): boolean {
    this.wasHeard = false;
    this.#zeroFrames = frame.isZero ? this.#zeroFrames + 1 : 0;
    // One frame of zeros is a lost packet, more are silence.
    if (this.#zeroFrames > 1) this.#beforeDbov = SILENT_DBOV;
    if (!frame.isZero) {
      if (frame.levelDbov > this.#beforeDbov + FLAT_DB) {
        // A tone may take two frames to rise.
        const isFurther = frame.endMs - this.#roseAtMs <= 2 * FRAME_MS;
        if (!isFurther) this.#quietDbov = this.#beforeDbov;
        this.#roseAtMs = frame.endMs - FRAME_MS;
      }
      this.#beforeDbov = frame.levelDbov;
    }
    if (this.#form !== null) {
      const faded = !frame.isZero && this.#isBelow(frame.levelDbov);
      this.#gone = faded ? this.#gone + 1 : 0;
      if (this.#gone >= GONE_FRAMES) return this.#end();
      if (this.#continues(frame)) {
        this.#extend(frame);
        return false;
      }
      this.#missed += 1;
      if (this.#missed <= BRIDGED_FRAMES) return false;
      return this.#end();
    }
    this.#begin(frame);
    return false;
  }

  /** Too soft to belong to the tone. */
  #isBelow(levelDbov: number): boolean {
    return levelDbov < Math.max(this.#heldDbov - GONE_DB, this.#loudestDbov - FADED_DB);
  }

  #formOf(frame: FrameAnalyser): BeepForm | null {
    const { strongest, second } = frame;
    if (!inBand(strongest.frequencyHz)) return null;
    const share = strongest.cleanShare;
    if (share >= SINGLE_SHARE) return 'single';
    const both = share + second.cleanShare;
    const isPair = second.cleanShare >= WEAKER_SHARE && second.frequencyHz >= LOWEST_HZ;
    if (both >= DUAL_SHARE && isPair) {
      // Two peaks beside one another are the two flanks of one line on the move.
      const apart = Math.abs(second.frequencyHz - strongest.frequencyHz);
      if (apart > CHIRP_HALF_WIDTH_HZ / 2) return 'dual';
    }
    const fromHz = strongest.frequencyHz - CHIRP_HALF_WIDTH_HZ;
    const wide = frame.cleanShareBetween(fromHz, strongest.frequencyHz + CHIRP_HALF_WIDTH_HZ);
    return wide >= CHIRP_SHARE ? 'chirp' : null;
  }

  #begin(frame: FrameAnalyser): void {
    if (frame.isZero || frame.windowDbov <= this.#silenceDbov) return;
    const form = this.#formOf(frame);
    if (form === null) return;
    this.#form = form;
    this.#fromMs = Math.max(this.#roseAtMs, frame.endMs - 2 * WINDOW_DELAY_MS);
    this.#firstHz = this.#lastHz = frame.strongest.frequencyHz;
    this.#otherHz = frame.second.frequencyHz;
    this.#lowestHz = Infinity;
    this.#highestHz = 0;
    this.#frames = 0;
    this.#risingSteps = 0;
    this.#fallingSteps = 0;
    this.#uneven = 0;
    this.#flat = 0;
    this.#shareSum = 0;
    const isTail = this.#roseAtMs < this.lastToMs && frame.levelDbov < this.#loudestDbov - TAIL_DB;
    this.#loudestDbov = this.#heldDbov = frame.levelDbov;
    this.#surroundingsDbov = isTail ? frame.levelDbov : this.#quietDbov;
    this.#gone = 0;
    this.#extend(frame);
  }

  #continues(frame: FrameAnalyser): boolean {
    if (frame.isZero) return false;
    const form = this.#formOf(frame);
    if (form === null) return false;
    const { frequencyHz } = frame.strongest;
    const step = Math.abs(frequencyHz - this.#lastHz);
    switch (this.#form) {
      case 'single':
        if (form === 'single' && step <= DRIFT_HZ) return true;
        // The first frames of a chirp or of a dual tone may look like one line.
        if (this.#frames > 2 && form !== 'chirp') return false;
        if (step > CHIRP_STEP_HZ && form !== 'dual') return false;
        this.#form = form === 'single' ? 'chirp' : form;
        this.#otherHz = frame.second.frequencyHz;
        return true;
      case 'dual': {
        const swapped = Math.abs(frequencyHz - this.#otherHz);
        return form === 'dual' && Math.min(step, swapped) <= DUAL_DRIFT_HZ;
      }
      case 'chirp':
        return form !== 'dual' && step <= CHIRP_STEP_HZ;
      case null:
        return false;
    }
  }

  #extend(frame: FrameAnalyser): void {
    const { strongest, second, levelDbov } = frame;
    this.#frames += 1;
    this.#missed = 0;
    const other = this.#form === 'dual' ? second.cleanShare : 0;
    const share = strongest.cleanShare + other;
    if (this.#frames === 1) this.#firstShare = share;
    this.#lastShare = share;
    this.#shareSum += share;
    this.#followDrift(frame);
    if (levelDbov > this.#loudestDbov + FLAT_DB) {
      // The tone was only beginning.
      this.#uneven = 0;
      this.#flat = 0;
      this.#loudestDbov = levelDbov;
    } else {
      if (levelDbov < this.#heldDbov - FLAT_DB) this.#uneven += 1;
      this.#loudestDbov = Math.max(this.#loudestDbov, levelDbov);
    }
    if (levelDbov >= this.#loudestDbov - FULL_DB) this.#flat += 1;
    if (!this.#isBelow(levelDbov)) this.#toMs = frame.endMs;
    this.#heldDbov = Math.max(levelDbov, this.#heldDbov - FADES_DB);
  }

  /** The first frame shows the edge of the tone, and a dual tone's lines change places. */
  #followDrift({ strongest, second }: FrameAnalyser): void {
    let hz = strongest.frequencyHz;
    if (this.#form === 'dual') hz = Math.min(hz, second.frequencyHz);
    else {
      if (hz > this.#lastHz) this.#risingSteps += 1;
      if (hz < this.#lastHz) this.#fallingSteps += 1;
      this.#lastHz = hz;
    }
    if (this.#frames < 2) return;
    this.#lowestHz = Math.min(this.#lowestHz, hz);
    this.#highestHz = Math.max(this.#highestHz, hz);
  }

  /** Mean share of the lines; the first and the last frame show the edges, if there are others. */
  get #meanShare(): number {
    const frames = this.#frames;
    if (frames <= EDGE_FRAMES) return this.#shareSum / Math.max(1, frames);
    return (this.#shareSum - this.#firstShare - this.#lastShare) / (frames - EDGE_FRAMES);
  }

  /** One way all the time? */
  get #glides(): boolean {
    const steps = this.#risingSteps + this.#fallingSteps;
    return Math.max(this.#risingSteps, this.#fallingSteps) >= CHIRP_SAME_WAY * steps;
  }

  #end(): boolean {
    const travelHz = Math.max(0, this.#highestHz - this.#lowestHz);
    const isStill = this.#form === 'chirp' && travelHz < CHIRP_TRAVEL_HZ;
    const form = isStill ? 'single' : (this.#form ?? 'single');
    this.#form = null;
    const lengthMs = this.#toMs - this.#fromMs;
    this.lastFromMs = this.#fromMs;
    this.lastToMs = this.#toMs;
    const enough = { single: SINGLE_FRAMES, dual: DUAL_FRAMES, chirp: CHIRP_FRAMES }[form];
    if (this.#frames < enough || lengthMs < SHORTEST_MS || lengthMs > LONGEST_MS) return false;
    // The first and the last frame may be half full.
    if (this.#uneven > 2 + this.#frames / 10) return false;
    if (this.#flat < FLAT_FRAMES_SHARE * this.#frames) return false;
    if (form === 'chirp' && !this.#glides) return false;
    if (this.#meanShare < LEAST_SHARE) return false;
    if (form === 'dual' && (travelHz > DUAL_DRIFT_HZ || this.#isDtmf() || this.#isOvertone()))
      return false;
    const { ended } = this;
    ended.form = form;
    ended.fromMs = this.#fromMs;
    ended.toMs = this.#toMs;
    ended.frequencyHz = form === 'single' ? this.#lastHz : this.#firstHz;
    ended.otherHz = form === 'dual' ? this.#otherHz : this.#lastHz;
    ended.share = Math.min(1, this.#meanShare);
    ended.levelDbov = this.#loudestDbov;
    ended.driftHz = travelHz;
    // A note of music follows another, a vowel its consonant.
    ended.standsOut = this.#surroundingsDbov <= this.#loudestDbov - STANDS_OUT_DB;
    ended.logOdds = beepLogOdds(ended);
    this.wasHeard = ended.standsOut;
    if (ended.logOdds < LEAST_LOG_ODDS) return false;
    return ended.standsOut || (lengthMs >= PURE_MS && isSureBeep(ended));
  }

  #isOvertone(): boolean {
    const low = Math.min(this.#firstHz, this.#otherHz);
    const ratio = Math.max(this.#firstHz, this.#otherHz) / Math.max(1, low);
    return OVERTONES.some((each) => Math.abs(ratio - each) <= OVERTONE_TOLERANCE * each);
  }

  #isDtmf(): boolean {
    const low = Math.min(this.#firstHz, this.#otherHz);
    const high = Math.max(this.#firstHz, this.#otherHz);
    return near(low, DTMF_ROWS_HZ) && near(high, DTMF_COLUMNS_HZ);
  }
}
