// PURE. The beep after an answering machine's greeting. No standard stands behind it: one or two
// frequencies or a rising one, 0.1 to 2.5 s. What beeps have in common and voices lack: all power
// in one or two lines, and a level that does not move.
import { FRAME_MS, WINDOW_DELAY_MS, type FrameAnalyser } from './frame.ts';
import { SILENT_DBOV } from './level.ts';

const LOWEST_HZ = 385;
const HIGHEST_HZ = 2700;
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
/** A fall of a frame's level by so much ends the beep. */
const GONE_DB = 6;
/** Before it there is quiet: its surroundings are softer by so much. */
const STANDS_OUT_DB = 6;
/** Holes: lost packets blot out the window around them. */
const BRIDGED_FRAMES = 3;
const GONE_FRAMES = 2;
/** Frames of purity that make a beep; two lines and chirps resemble voices more. */
const SINGLE_FRAMES = 3;
const DUAL_FRAMES = 4;
const CHIRP_FRAMES = 7;
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
  /** It was quieter before. A machine may beep into its own last word, a voice never so purely. */
  standsOut: boolean;
}

/** Of a chirp the line moves at least so far; otherwise it was one tone in noise. */
const CHIRP_TRAVEL_HZ = 120;
/** Lines in a ratio of 2 or 3 are a note or a vowel and its overtone. */
const OVERTONES = [2, 3] as const;
const OVERTONE_TOLERANCE = 0.02;
/** So pure and so steady no voice has ever been. */
const SURE_SHARE = 0.93;
const SURE_DRIFT_HZ = 10;
const SURE_MS = 80;
/** A pure tone of this length is a beep even when it follows upon a word. */
const PURE_MS = 150;

/** Can nothing but a machine have made this tone? */
export function isSureBeep({ form, share, driftHz, fromMs, toMs }: Beep): boolean {
  if (toMs - fromMs < SURE_MS) return false;
  return form === 'chirp' || (share >= SURE_SHARE && driftHz <= SURE_DRIFT_HZ);
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
    standsOut: true,
  };

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
  #uneven = 0;
  #shareSum = 0;
  #loudestDbov = 0;
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
      const faded = !frame.isZero && frame.levelDbov < this.#loudestDbov - GONE_DB;
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

  #formOf(frame: FrameAnalyser): BeepForm | null {
    const { strongest, second } = frame;
    if (!inBand(strongest.frequencyHz)) return null;
    if (strongest.share >= SINGLE_SHARE) return 'single';
    const both = strongest.share + second.share;
    if (both >= DUAL_SHARE && second.share >= WEAKER_SHARE && second.frequencyHz >= LOWEST_HZ) {
      // Two peaks beside one another are the two flanks of one line on the move.
      const apart = Math.abs(second.frequencyHz - strongest.frequencyHz);
      if (apart > CHIRP_HALF_WIDTH_HZ / 2) return 'dual';
    }
    const fromHz = strongest.frequencyHz - CHIRP_HALF_WIDTH_HZ;
    const wide = frame.shareBetween(fromHz, strongest.frequencyHz + CHIRP_HALF_WIDTH_HZ);
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
    this.#uneven = 0;
    this.#shareSum = 0;
    this.#loudestDbov = frame.levelDbov;
    this.#surroundingsDbov = this.#quietDbov;
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
    this.#shareSum += this.#form === 'dual' ? strongest.share + second.share : strongest.share;
    if (this.#form !== 'dual') this.#lastHz = strongest.frequencyHz;
    this.#followDrift(strongest.frequencyHz);
    if (levelDbov > this.#loudestDbov + FLAT_DB) {
      // The tone was only beginning.
      this.#uneven = 0;
      this.#loudestDbov = levelDbov;
    } else {
      if (levelDbov < this.#loudestDbov - FLAT_DB) this.#uneven += 1;
      this.#loudestDbov = Math.max(this.#loudestDbov, levelDbov);
    }
    if (levelDbov >= this.#loudestDbov - GONE_DB) this.#toMs = frame.endMs;
  }

  /** The first frame shows the edge of the tone, and a dual tone's lines change places. */
  #followDrift(frequencyHz: number): void {
    if (this.#frames < 2) return;
    const isOther = this.#form === 'dual' && Math.abs(frequencyHz - this.#firstHz) > DUAL_DRIFT_HZ;
    const hz = isOther ? this.#firstHz : frequencyHz;
    this.#lowestHz = Math.min(this.#lowestHz, hz);
    this.#highestHz = Math.max(this.#highestHz, hz);
  }

  #end(): boolean {
    const travelHz = Math.max(0, this.#highestHz - this.#lowestHz);
    const isStill = this.#form === 'chirp' && travelHz < CHIRP_TRAVEL_HZ;
    const form = isStill ? 'single' : (this.#form ?? 'single');
    this.#form = null;
    const lengthMs = this.#toMs - this.#fromMs;
    const enough = { single: SINGLE_FRAMES, dual: DUAL_FRAMES, chirp: CHIRP_FRAMES }[form];
    if (this.#frames < enough || lengthMs < SHORTEST_MS || lengthMs > LONGEST_MS) return false;
    // The first and the last frame may be half full.
    if (this.#uneven > 2 + this.#frames / 10) return false;
    if (form === 'dual' && (this.#isDtmf() || this.#isOvertone())) return false;
    const { ended } = this;
    ended.form = form;
    ended.fromMs = this.#fromMs;
    ended.toMs = this.#toMs;
    ended.frequencyHz = form === 'single' ? this.#lastHz : this.#firstHz;
    ended.otherHz = form === 'dual' ? this.#otherHz : this.#lastHz;
    ended.share = Math.min(1, this.#shareSum / this.#frames);
    ended.levelDbov = this.#loudestDbov;
    ended.driftHz = travelHz;
    // A note of music follows another, a vowel its consonant.
    ended.standsOut = this.#surroundingsDbov <= this.#loudestDbov - STANDS_OUT_DB;
    const isPure = form === 'single' && lengthMs >= PURE_MS && isSureBeep(ended);
    return ended.standsOut || isPure;
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
