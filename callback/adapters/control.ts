// What operators do with a conversation: listen in, whisper, take part, hold, play, press keys, and
// pause the recording. Changes who hears whom; the rules of the call are not touched.
import { conflict } from '../../core/errors.ts';
import type { CallTarget } from '../../sip/index.ts';
import { mixPlan } from '../../media/index.ts';
import type { LegStats, MixKind, PlaySource } from '../../media/index.ts';
import type { ContactHost } from './contact.ts';
import type { DialRequest, LegListener } from './leg.ts';
import { TelephoneLeg } from './leg.ts';
import type { Taping } from './taping.ts';

export type { RecordingManner } from './taping.ts';

export type ControlledLeg = 'customer' | 'agent' | 'supervisor';

/** One leg, for others to look at. */
export interface LegView {
  readonly leg: ControlledLeg;
  readonly callId: string | null;
  readonly answered: boolean;
  /** Null when the leg's media cannot be asked any more. */
  readonly stats: LegStats | null;
}

/** A conversation as operators see it. */
export interface ControlView {
  readonly onHold: boolean;
  readonly recording: 'off' | 'on' | 'paused';
  /** The file; null: nothing is recorded. */
  readonly recordingPath: string | null;
  /** Null: nobody listens in. */
  readonly supervision: MixKind | null;
  readonly legs: readonly LegView[];
}

/** What a control may know of its contact, and do with it. */
export interface Controlled {
  readonly interactionId: string;
  readonly host: ContactHost;
  readonly customer: () => TelephoneLeg | null;
  readonly agentLeg: () => TelephoneLeg | null;
  /** Whether customer and agent talk. */
  readonly isJoined: () => boolean;
  readonly taping: Taping;
  readonly dial: (leg: TelephoneLeg, request: DialRequest) => void;
  /** Music for the customer. */
  readonly hold: () => void;
}

const SUPERVISOR_RING_MS = 30_000;

export class Control {
  readonly #talk: Controlled;
  #third: TelephoneLeg | null = null;
  #kind: MixKind = 'listen';
  #onHold = false;
  /** The latest prompt for the customer. */
  #promptPlayId: number | null = null;

  constructor(talk: Controlled) {
    this.#talk = talk;
  }

  async view(): Promise<ControlView> {
    const { customer, agentLeg, taping } = this.#talk;
    const legs: readonly (readonly [ControlledLeg, TelephoneLeg | null])[] = [
      ['customer', customer()],
      ['agent', agentLeg()],
      ['supervisor', this.#third],
    ];
    const views = legs.map(async ([leg, telephone]): Promise<readonly LegView[]> => {
      if (telephone === null) return [];
      const { callId, answered } = telephone;
      return [{ leg, callId, answered, stats: await telephone.stats() }];
    });
    return {
      onHold: this.#onHold,
      recordingPath: taping.path,
      recording: taping.path === null ? 'off' : taping.isPausedBy('operator') ? 'paused' : 'on',
      supervision: this.#third === null ? null : this.#kind,
      legs: (await Promise.all(views)).flat(),
    };
  }

  /**
   * Calls a supervisor, who hears the conversation once there; or changes what one who is there may
   * do, when `target` is null.
   * @throws RingbackError CALL_NOT_CONNECTED, CALL_SUPERVISED, CALL_NOT_SUPERVISED
   */
  supervise(target: CallTarget | null, kind: MixKind): void {
    this.#parties();
    if (target === null && this.#third === null) {
      throw conflict('CALL_NOT_SUPERVISED', 'nobody listens in', this.#fields());
    }
    if (target !== null && this.#third !== null) {
      throw conflict('CALL_SUPERVISED', 'somebody listens in already', this.#fields());
    }
    this.#kind = kind;
    if (target === null) return this.#arrange();
    const { host, dial } = this.#talk;
    const leg = new TelephoneLeg(host.nextLegId(), false, host.deps, this.#supervisor());
    this.#third = leg;
    dial(leg, {
      target,
      callerId: null,
      displayName: null,
      ringTimeoutMs: SUPERVISOR_RING_MS,
      headers: {},
    });
  }

  /** The supervisor leaves. @throws RingbackError CALL_NOT_SUPERVISED */
  endSupervision(): void {
    if (this.#third === null) {
      throw conflict('CALL_NOT_SUPERVISED', 'nobody listens in', this.#fields());
    }
    this.#third.end('supervision ended');
    this.#supervisorGone();
  }

  /** Music for the customer and silence for the agent, or both again. @throws CALL_NOT_CONNECTED */
  hold(on: boolean): void {
    this.#parties();
    if (on === this.#onHold) return;
    this.#onHold = on;
    this.#arrange();
    const { taping } = this.#talk;
    if (!on) taping.resume('hold');
    else if (taping.manner.pauseOnHold) taping.pause('hold');
  }

  /** Plays over what is heard; the conversation, or the music, is heard again after it. */
  play(sources: readonly PlaySource[], to: 'customer' | 'agent' | 'both'): void {
    const { customer } = this.#parties();
    for (const leg of this.#legsOf(to)) {
      const playId = leg.play(sources, false);
      if (leg === customer) this.#promptPlayId = playId;
    }
  }

  /** Something that was played to the customer came to its end. */
  playEnded(playId: number): void {
    if (playId !== this.#promptPlayId) return;
    if (this.#onHold) this.#talk.hold();
    else this.#talk.taping.askConsent();
  }

  /** @throws RingbackError CALL_NOT_CONNECTED, MEDIA_DTMF_INVALID */
  pressKeys(digits: string, to: 'customer' | 'agent'): void {
    for (const leg of this.#legsOf(to)) leg.sendDigits(digits);
  }

  /** @throws RingbackError CALL_NOT_RECORDED */
  pauseRecording(paused: boolean): void {
    const { taping } = this.#talk;
    if (taping.path === null) {
      throw conflict('CALL_NOT_RECORDED', 'this call is not being recorded', this.#fields());
    }
    if (paused) taping.pause('operator');
    else taping.resume('operator');
  }

  /** Customer and agent were brought together anew. */
  joined(): void {
    this.#onHold = false;
    if (this.#third?.answered === true) this.#arrange();
  }

  /** One of the two is gone: so is the supervisor. */
  parted(): void {
    this.#third?.end('the conversation is over');
    this.#third = null;
    this.#onHold = false;
  }

  #supervisor(): LegListener {
    const gone = () => this.#supervisorGone();
    return {
      ringing: () => undefined,
      answered: () => this.#arrange(),
      failed: gone,
      hungUp: gone,
      lost: gone,
      verdict: () => undefined,
      playEnded: () => undefined,
      digit: () => undefined,
    };
  }

  #supervisorGone(): void {
    this.#third = null;
    if (this.#talk.isJoined()) this.#arrange();
  }

  /** Who hears whom, from what is true now. */
  #arrange(): void {
    const { customer, agent } = this.#parties();
    const { media } = this.#talk.host.deps;
    const legs = { customer: customer.legId, agent: agent.legId };
    const third = this.#third?.answered === true ? this.#third.legId : null;
    if (this.#onHold) {
      const others = third === null ? [] : [third];
      media.mix([
        { legId: legs.customer, hears: [] },
        { legId: legs.agent, hears: this.#kind === 'listen' ? [] : others },
        ...others.map((legId) => ({ legId, hears: [legs.agent] })),
      ]);
      return this.#talk.hold();
    }
    if (third === null) media.bridge(legs.customer, legs.agent);
    else media.mix(mixPlan(this.#kind, { ...legs, third }));
    this.#talk.taping.askConsent();
  }

  #legsOf(to: 'customer' | 'agent' | 'both'): readonly TelephoneLeg[] {
    const { customer, agent } = this.#parties();
    return to === 'both' ? [customer, agent] : [to === 'customer' ? customer : agent];
  }

  /** @throws RingbackError CALL_NOT_CONNECTED */
  #parties(): { readonly customer: TelephoneLeg; readonly agent: TelephoneLeg } {
    const customer = this.#talk.customer();
    const agent = this.#talk.agentLeg();
    if (customer !== null && agent !== null && this.#talk.isJoined()) return { customer, agent };
    throw conflict('CALL_NOT_CONNECTED', 'customer and agent do not talk', this.#fields());
  }

  #fields(): { readonly interactionId: string } {
    return { interactionId: this.#talk.interactionId };
  }
}
