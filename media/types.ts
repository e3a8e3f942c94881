// The public face of media/: legs, frames and what can be done to them. Media knows no callers,
// queues or callbacks. The main thread holds handles; RTP and PCM never leave the media workers.
import type { Clock, Log, Rng } from '../core/ports.ts';
import type { AudioCodec, Direction, SrtpPolicy } from './sdp/model.ts';
import type { SocketsChoice } from './transport/types.ts';

export type { AudioCodec, Direction, SocketsChoice, SrtpPolicy };

export interface MediaOptions {
  /** Address the RTP sockets bind to and that SDP announces, unless `announcedHost` is set. */
  readonly host: string;
  readonly announcedHost: string | null;
  /** Even RTP ports of [min, max]; each leg takes an even port and the next one for RTCP. */
  readonly portMin: number;
  readonly portMax: number;
  /** How many threads; at least 1. */
  readonly workers: number;
  /** Mean lateness of a thread's tick over a second beyond which it takes no new calls; 20. */
  readonly maxTickLateMs?: number;
  /** `ffi`: sockets of the C library; `auto` (if absent): those where they work, else Node's. */
  readonly sockets?: SocketsChoice;
  /** A closed leg's ports rest this long before they are used again. */
  readonly portRestMs: number;
  /** What legs speak, in the order in which they offer it. */
  readonly codecs: readonly AudioCodec[];
  /** Where recordings go; created when missing. */
  readonly recordingsDir: string;
  readonly cpd: CpdOptions;
  /** Browsers as telephones; null or absent: none. */
  readonly webRtc?: WebRtcOptions | null;
}

/** The gateway between browsers and our legs: mediasoup worker processes. */
export interface WebRtcOptions {
  /** The mediasoup-worker program; null: there is none, and WebRTC is off. */
  readonly workerFile: string | null;
  /** How many processes; at least 1. Each binds one UDP and one TCP port of [portMin, portMax]. */
  readonly workers: number;
  /** Address the ports are bound to. */
  readonly host: string;
  /** Address or name that browsers are told; null: `host`. */
  readonly announcedHost: string | null;
  readonly portMin: number;
  readonly portMax: number;
  /** Most browsers at once; more are refused. */
  readonly maxLegs: number;
  /** A browser of which nothing is heard for so long is gone. */
  readonly consentSeconds: number;
}

/** All thresholds of call progress detection. */
export interface CpdOptions {
  /** Country whose tone plan is used, ISO 3166; see dsp/tone-plan.ts. */
  readonly tonePlan: string;
  /** Which error hurts more: taking a machine for a person, or a person for a machine. */
  readonly profile: 'favour-person' | 'neutral' | 'favour-machine';
  /** Louder than this is sound, otherwise silence; dBov (0 = full scale square wave). */
  readonly silenceDbov: number;
  /** How long persons speak who answer; the model's time scale for talk. */
  readonly personMaxGreetingMs: number;
  /** Silence that ends a greeting at the latest; the model's time scale for silence. */
  readonly endOfGreetingSilenceMs: number;
  /** Silence after a word or a name that makes it a person's. */
  readonly shortAnswerSilenceMs: number;
  /** Nothing at all heard for so long after the answer is `silence`. */
  readonly maxInitialSilenceMs: number;
  /** Longest wait for a verdict after the answer. */
  readonly maxDecisionMs: number;
  /** So long after `person` (or `music`) a machine may still show itself. */
  readonly revisionMs: number;
  /** Talk that goes on for so long after `person` is a machine's. */
  readonly revisionTalkMs: number;
  /** Longest wait for the beep after a machine verdict. */
  readonly maxBeepMs: number;
  /** Quiet for so long after a beep there is no second one. */
  readonly secondBeepMs: number;
  /** Folder of WAV files with announcements to be known again; null or absent: none. */
  readonly announcementsDir?: string | null;
  /** What was learned from that folder; filled in by the media engine. */
  readonly announcements?: readonly CpdAnnouncement[];
}

/** A recording that detection knows again, as the fingerprint of its first seconds. */
export interface CpdAnnouncement {
  readonly name: string;
  /** 24 bits for each 20 ms. */
  readonly bits: Uint32Array;
  /** 0 where the recording is quiet. */
  readonly sounds: Uint8Array;
}

/** Call progress, before and after the answer. */
export type CpdVerdictKind =
  // before the answer (early media)
  | 'ringback'
  | 'busy'
  | 'reorder'
  | 'sit'
  // either side of the answer
  | 'fax'
  | 'silence'
  | 'music'
  // after the answer
  | 'person'
  | 'machine'
  | 'beep'
  | 'undecided';

/** One step of evidence: something heard between two moments. */
export interface CpdEvidence {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Frequencies, cadences, levels: by name with unit suffix. */
  readonly measures: Readonly<Record<string, number>>;
}

/** A verdict; times are milliseconds of audio since detection began. */
export interface CpdVerdict {
  readonly kind: CpdVerdictKind;
  /** Probability that `kind` is right, 0 to 1. */
  readonly confidence: number;
  readonly atMs: number;
  /** Start of the first sound, null when none was heard. */
  readonly firstSoundAtMs: number | null;
  readonly evidence: readonly CpdEvidence[];
}

export type CpdPhase = 'before-answer' | 'after-answer';

/** What a leg can play. Gains in dB relative to the file or to full scale for tones. */
export type PlaySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'tone'; readonly tone: ToneSpec }
  | { readonly kind: 'silence'; readonly durationMs: number };

/** Up to four simultaneous frequencies with an on/off cadence; one pass unless looped. */
export interface ToneSpec {
  readonly frequenciesHz: readonly number[];
  readonly levelDbov: number;
  /** Alternating on, off, on, off ... durations. */
  readonly cadenceMs: readonly number[];
}

export interface PlayRequest {
  readonly sources: readonly PlaySource[];
  readonly loop: boolean;
}

export interface LegStats {
  readonly packetsReceived: number;
  readonly packetsSent: number;
  readonly packetsLost: number;
  /** Dropped because source address, version, payload type or length was not this leg's. */
  readonly packetsRefused: number;
  readonly jitterMs: number;
  readonly roundTripMs: number | null;
  /** Share of the peer's packets that never came, 0 to 100. */
  readonly lossPercent: number;
  /** How long sound waits here now for late packets; 0 while nothing is decoded. */
  readonly bufferDelayMs: number;
  /** Sound made up in place of what was lost or late, where we decode. */
  readonly concealedMs: number;
  /** What we receive as a listener would score it, 1 to 4.5 (ITU-T G.107); null: nothing came. */
  readonly mos: number | null;
  /** What the peer reports of what we send; null before its first report (RFC 3550 s.6.4.1). */
  readonly peer: PeerReport | null;
}

/** The other direction, as the peer's RTCP tells it. */
export interface PeerReport {
  readonly lossPercent: number;
  readonly jitterMs: number;
  /** By the peer's own VoIP metrics (RFC 3611), else computed from loss and round trip. */
  readonly mos: number;
}

/** What a leg tells its owner. All listeners are optional; called on the main thread. */
export interface LegEvents {
  verdict?(verdict: CpdVerdict): void;
  /** The play request with this number came to its end (not when stopped or replaced). */
  playEnded?(playId: number): void;
  /**
   * The peer pressed a key: `0`-`9`, `*`, `#`, `A`-`D`. By an RFC 4733 event that ended; for a
   * peer that knows none, by tones in the sound (ITU-T Q.24); or as told by `takeDigit`.
   */
  dtmf?(digit: string, durationMs: number): void;
  /** First RTP packet accepted: the latched address. */
  latched?(host: string, port: number): void;
  /** No RTP for so long; once per gap. */
  rtpSilent?(silentMs: number): void;
  /**
   * Sound flows one way only: nothing of the peer's has come since it said it would send
   * (`nothing-received`), or the peer reports that nothing of ours arrives. Once per exchange.
   */
  oneWayAudio?(direction: 'nothing-received' | 'nothing-heard-by-peer'): void;
  /** This leg and those it hears have all been quiet for so long; once per quiet spell. */
  deadAir?(quietMs: number): void;
  /** The last figures of a leg that was closed, when its sockets are. */
  ended?(stats: LegStats): void;
  /** The leg is gone without our asking (its worker died). */
  lost?(reason: string): void;
}

/** One call leg's media: one RTP socket, one RTCP socket, one direction each way. */
export interface MediaLeg {
  readonly legId: string;
  readonly rtpPort: number;
  /**
   * An SDP offer with everything this leg can do (RFC 3264 s.5).
   * @param direction what we want: `sendonly` or `inactive` puts the peer on hold (s.8.4);
   * `sendrecv`, the default, takes it back
   */
  offer(direction?: Direction): string;
  /** The same for a browser; absent on legs that were not opened for one. */
  readonly browserOffer?: (direction?: Direction) => string;
  /** Takes the answer to our offer; may be called again for a later answer or early media. */
  acceptAnswer(sdp: string): void;
  /** Answers a peer's offer, first or later. @throws RingbackError MEDIA_SDP_UNACCEPTABLE (488) */
  answerTo(offerSdp: string): string;
  /** Replaces what is being played. Answers a number that `playEnded` repeats. */
  play(request: PlayRequest): number;
  stopPlaying(): void;
  /** Starts (or restarts) detection on what the peer sends. */
  detect(phase: CpdPhase): void;
  stopDetecting(): void;
  sendDtmf(digits: string): void;
  /**
   * The peer's digit that came beside the sound, by SIP INFO: told as `dtmf`, and sent on to the
   * legs that hear this one as an RFC 4733 event.
   */
  takeDigit(digit: string, durationMs: number): void;
  stats(): Promise<LegStats>;
  close(): void;
}

/** What may differ from leg to leg. */
export interface LegOptions {
  /** Encryption by keys in the SDP (RFC 4568); `off` by default. */
  readonly srtp?: SrtpPolicy;
  /** What it speaks and in which order it is offered; those of `MediaOptions` by default. */
  readonly codecs?: readonly AudioCodec[];
  /**
   * The peer is a browser, or may be one: whichever its SDP shows is spoken. `offerSdp` is its
   * offer, null when we make the first one. A plain leg is opened where WebRTC is off.
   */
  readonly browser?: { readonly offerSdp: string | null };
}

/** A stereo WAV: left and right are what the two legs' peers said (left) and said (right). */
export interface RecordingRequest {
  /** File name inside the recordings folder, without directories. */
  readonly fileName: string;
  /** Left channel: what this leg's peer says. */
  readonly leftLegId: string;
  /** Right: what this leg's peer says; null: what we send to the left leg. */
  readonly rightLegId: string | null;
  /** A beep for both peers while it records, not itself recorded; none when left out. */
  readonly consentBeep?: ConsentBeep;
}

/** A tone of 1400 Hz and 200 ms over the conversation, again and again (47 CFR 64.501). */
export interface ConsentBeep {
  /** From one beep to the next, 1 to 600 s; the first comes at once. */
  readonly intervalMs: number;
  readonly levelDbov: number;
}

/** One leg of a mix: its peer hears the peers of the legs it `hears`, and nobody else. */
export interface MixMember {
  readonly legId: string;
  readonly hears: readonly string[];
}

export interface MediaRecording {
  readonly path: string;
  /** What is said until `resume` is silence in the file, of the same length. Idempotent. */
  pause(): void;
  resume(): void;
  /** Resolves when the file is complete on disk. */
  stop(): Promise<{ readonly durationMs: number }>;
}

export interface MediaDeps {
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
}

/** The face of media/. */
export interface Media {
  start(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Opens a leg. Legs with the same `affinity` live in one worker, as bridging needs.
   * @throws RingbackError MEDIA_NO_PORT (retryable) when the port range is used up,
   * MEDIA_OVERLOADED (retryable) for a new affinity when every worker's tick is late
   */
  openLeg(
    legId: string,
    affinity: string,
    events: LegEvents,
    options?: LegOptions,
  ): Promise<MediaLeg>;
  /** So many threads from now on; those that are too many finish their calls first. */
  resize(workers: number): void;
  /** New threads for new calls, as many as `workers` of the options unless told otherwise; those
   * there are finish theirs and end. */
  renewWorkers(workers?: number): void;
  /** Joins two legs of one worker both ways; replaces whatever either was bridged to or playing. */
  bridge(legIdA: string, legIdB: string): void;
  unbridge(legIdA: string, legIdB: string): void;
  /**
   * Says anew who hears whom among legs of one worker: replaces whatever these legs heard or were
   * playing, and leaves all others as they are. Members that hear nobody are parted.
   * @throws RingbackError MEDIA_MIX_INVALID for more than 16 members, one twice, one that hears
   * itself or somebody who is no member; MEDIA_LEG_UNKNOWN, MEDIA_LEGS_APART
   */
  mix(members: readonly MixMember[]): void;
  record(request: RecordingRequest): MediaRecording;
  stats(): Promise<Readonly<Record<string, number>>>;
}
