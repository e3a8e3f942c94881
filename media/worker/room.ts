// All legs of one worker: commands in, reports out, the bridges and recordings between legs, and
// the tick that drives them. Knows no thread: main.ts puts it on one.
import { createToneSource } from '../dsp/tone.ts';
import { Player } from '../graph/player.ts';
import type { LoadedSource } from '../graph/player.ts';
import { Prompts } from '../graph/prompts.ts';
import { SAMPLE_RATE_HZ } from '../graph/timeline.ts';
import type { Transport } from '../transport/types.ts';
import type { MixMember, PlayRequest, PlaySource } from '../types.ts';
import { Leg } from './leg.ts';
import type { LegHost } from './leg-host.ts';
import { PHASES, Phases } from './phases.ts';
import type { Command, Report, WorkerBirth } from './protocol.ts';
import { Recording } from './recording.ts';

const TICKS_PER_MS = SAMPLE_RATE_HZ / 1000;

/** What the room needs of the world. */
export interface RoomDeps {
  readonly random: () => number;
  /** Monotonic. */
  readonly nowMs: () => number;
  readonly wallMs: () => number;
  readonly tell: (report: Report) => void;
  readonly transport: Transport;
}

export class Room {
  readonly #birth: Pick<WorkerBirth, 'host' | 'cpd'>;
  readonly #deps: RoomDeps;
  readonly #host: LegHost;
  readonly #legs = new Map<string, Leg>();
  readonly #phases = new Phases<Leg>();
  readonly #recordings = new Map<number, Recording>();
  readonly #prompts = new Prompts();
  /** The newest play request of a leg; an older one that is still loading is dropped. */
  readonly #wantedPlay = new Map<string, number>();
  #ended = { packetsReceived: 0, packetsSent: 0, packetsRefused: 0, packetsLost: 0 };
  readonly #closing = new Set<Promise<void>>();
  #ticksSkipped = 0;
  #stopped = false;

  constructor(birth: Pick<WorkerBirth, 'host' | 'cpd'>, deps: RoomDeps) {
    this.#birth = birth;
    this.#deps = deps;
    const { tell } = deps;
    this.#host = {
      random: deps.random,
      nowMs: deps.nowMs,
      wallMs: deps.wallMs,
      cpd: birth.cpd,
      verdict: (legId, verdict) => tell({ type: 'verdict', legId, verdict }),
      playEnded: (legId, playId) => tell({ type: 'play-ended', legId, playId }),
      dtmf: (legId, digit, durationMs) => tell({ type: 'dtmf', legId, digit, durationMs }),
      latched: (legId, host, port) => tell({ type: 'latched', legId, host, port }),
      rtpSilent: (legId, silentMs) => tell({ type: 'rtp-silent', legId, silentMs }),
      oneWay: (legId, direction) => tell({ type: 'one-way', legId, direction }),
      deadAir: (legId, quietMs) => tell({ type: 'dead-air', legId, quietMs }),
    };
  }

  /**
   * One step of the tick: 20 ms for every leg of a phase, and with the first for all recordings.
   * @param skipped so many ticks before it were left out
   * @param catchingUp the tick before ran just now: nothing was received since
   */
  step(phase: number, nowMs: number, skipped: number, catchingUp: boolean): void {
    const legs = this.#phases.at(phase);
    for (const leg of legs) leg.hear(nowMs);
    for (const leg of legs) leg.tick(nowMs, skipped, catchingUp);
    if (phase > 0) return;
    this.#ticksSkipped += skipped;
    const position = Math.floor(nowMs * TICKS_PER_MS);
    for (const recording of this.#recordings.values()) recording.tick(nowMs, position);
  }

  /** How many steps after that phase there is something to do, at most a whole tick. */
  stepsAfter(phase: number): number {
    const steps = this.#phases.stepsAfter(phase);
    return this.#recordings.size === 0 ? steps : Math.min(steps, PHASES - phase);
  }

  get legCount(): number {
    return this.#legs.size;
  }

  /** Obeys one command; commands for legs that are gone mean nothing any more. */
  handle(command: Exclude<Command, { type: 'stop' }>): void {
    switch (command.type) {
      case 'open-leg':
        void this.#openLeg(command.legId, command.rtpPort, command.ssrc);
        return;
      case 'close-leg':
        this.#finish(this.#closeLeg(command.legId));
        return;
      case 'set-remote':
        this.#legs.get(command.legId)?.setRemote(command.remote);
        return;
      case 'play':
        void this.#play(command.legId, command.playId, command.request);
        return;
      case 'stop-playing':
        this.#stopPlaying(command.legId);
        return;
      case 'detect':
        this.#legs.get(command.legId)?.detect(command.phase);
        return;
      case 'stop-detecting':
        this.#legs.get(command.legId)?.hearing.stopDetecting();
        return;
      case 'send-dtmf':
        this.#legs.get(command.legId)?.sendDtmf(command.digits);
        return;
      case 'take-digit':
        this.#legs.get(command.legId)?.takeDigit(command.digit, command.durationMs);
        return;
      case 'bridge':
        this.#bridge(command.legIdA, command.legIdB);
        return;
      case 'unbridge':
        this.#unbridge(command.legIdA, command.legIdB);
        return;
      case 'mix':
        this.#mix(command.members);
        return;
      case 'record':
        this.#record(command);
        return;
      case 'pause-recording':
        this.#recordings.get(command.recordingId)?.pause(command.paused);
        return;
      case 'stop-recording':
        this.#finish(this.#stopRecording(command.recordingId));
        return;
      case 'ask-leg-stats': {
        const stats = this.#legs.get(command.legId)?.stats() ?? null;
        this.#deps.tell({ type: 'leg-stats', askId: command.askId, stats });
        return;
      }
      case 'ask-worker-stats':
        this.#tellWorkerStats(command.askId);
        return;
    }
  }

  /** Ends recordings and legs; resolves when nothing is open. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#recordings.keys()].map((id) => this.#stopRecording(id)));
    await Promise.all([...this.#legs.keys()].map((legId) => this.#closeLeg(legId)));
    await Promise.all(this.#closing);
  }

  /** What is being closed is waited for by `stop`. */
  #finish(closing: Promise<void>): void {
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }

  async #openLeg(legId: string, rtpPort: number, ssrc?: number): Promise<void> {
    try {
      const sockets = await this.#deps.transport.openPair(this.#birth.host, rtpPort);
      if (this.#stopped) return await sockets.close();
      const leg = new Leg(legId, rtpPort, sockets, this.#host, ssrc);
      this.#legs.set(legId, leg);
      this.#phases.add(leg);
      this.#deps.tell({ type: 'leg-opened', legId });
    } catch (fault) {
      const code = (fault as NodeJS.ErrnoException).code ?? String(fault);
      const inUse = code === 'EADDRINUSE' || code === 'EACCES';
      this.#deps.tell({ type: 'leg-refused', legId, inUse, reason: code });
    }
  }

  async #closeLeg(legId: string): Promise<void> {
    const leg = this.#legs.get(legId);
    if (leg === undefined) return;
    this.#legs.delete(legId);
    this.#phases.remove(leg);
    this.#wantedPlay.delete(legId);
    this.#part(leg);
    const stats = leg.stats();
    this.#ended.packetsReceived += stats.packetsReceived;
    this.#ended.packetsSent += stats.packetsSent;
    this.#ended.packetsRefused += stats.packetsRefused;
    this.#ended.packetsLost += stats.packetsLost;
    await leg.close();
    this.#deps.tell({ type: 'leg-closed', legId, rtpPort: leg.rtpPort, stats });
  }

  #stopPlaying(legId: string): void {
    this.#wantedPlay.delete(legId);
    this.#legs.get(legId)?.play(null);
  }

  async #play(legId: string, playId: number, request: PlayRequest): Promise<void> {
    this.#stopPlaying(legId);
    if (!this.#legs.has(legId)) return;
    this.#wantedPlay.set(legId, playId);
    const loaded = await Promise.all(request.sources.map((source) => this.#load(legId, source)));
    if (this.#wantedPlay.get(legId) !== playId) return;
    const sources = loaded.filter((source) => source !== null);
    this.#legs.get(legId)?.play(new Player(playId, sources, request.loop));
  }

  /** Null for a file that cannot be played: the request goes on without it. */
  async #load(legId: string, source: PlaySource): Promise<LoadedSource | null> {
    switch (source.kind) {
      case 'tone':
        return { kind: 'tone', tone: createToneSource(source.tone, SAMPLE_RATE_HZ) };
      case 'silence':
        return { kind: 'silence', samples: Math.round(source.durationMs * TICKS_PER_MS) };
      case 'file':
        try {
          return { kind: 'samples', samples: await this.#prompts.load(source.path) };
        } catch (fault) {
          const reason = fault instanceof Error ? fault.message : String(fault);
          const { path } = source;
          this.#deps.tell({ type: 'play-source-failed', legId, path, reason });
          return null;
        }
    }
  }

  #bridge(legIdA: string, legIdB: string): void {
    const a = this.#legs.get(legIdA);
    const b = this.#legs.get(legIdB);
    if (a === undefined || b === undefined) return;
    this.#part(a);
    this.#part(b);
    this.#stopPlaying(legIdA);
    this.#stopPlaying(legIdB);
    this.#setHears(a, [b]);
    this.#setHears(b, [a]);
  }

  #mix(members: readonly MixMember[]): void {
    const wanted = members.flatMap(({ legId, hears }) => {
      const leg = this.#legs.get(legId);
      const others = hears.flatMap((other) => this.#legs.get(other) ?? []);
      return leg === undefined ? [] : [{ leg, others }];
    });
    for (const { leg } of wanted) this.#part(leg);
    for (const { leg, others } of wanted) {
      this.#stopPlaying(leg.legId);
      this.#setHears(leg, others);
    }
  }

  #unbridge(legIdA: string, legIdB: string): void {
    const a = this.#legs.get(legIdA);
    const b = this.#legs.get(legIdB);
    if (a === undefined || b === undefined || !a.hears.includes(b)) return;
    this.#setHears(
      a,
      a.hears.filter((other) => other !== b),
    );
    this.#setHears(
      b,
      b.hears.filter((other) => other !== a),
    );
  }

  /** The leg hears nobody any more, and nobody hears it. */
  #part(leg: Leg): void {
    const others = leg.hearers;
    this.#setHears(leg, []);
    for (const other of others) {
      this.#setHears(
        other,
        other.hears.filter((heard) => heard !== leg),
      );
    }
  }

  /** Who is heard knows by whom, and decodes only for those who mix. */
  #setHears(leg: Leg, hears: readonly Leg[]): void {
    const before = leg.hears;
    leg.setHears(hears);
    for (const other of before) {
      if (hears.includes(other)) continue;
      other.hearers = other.hearers.filter((hearer) => hearer !== leg);
      this.#decodeIfMixed(other);
    }
    for (const other of hears) {
      if (!other.hearers.includes(leg)) other.hearers = [...other.hearers, leg];
      this.#decodeIfMixed(other);
    }
  }

  #decodeIfMixed(leg: Leg): void {
    leg.hearing.setMixed(
      leg.hearers.some(({ mixing }) => mixing),
      this.#position(),
    );
  }

  #record(command: Extract<Command, { type: 'record' }>): void {
    const left = this.#legs.get(command.leftLegId);
    const right = command.rightLegId === null ? null : this.#legs.get(command.rightLegId);
    const rightTaps = right === null ? left?.sent.taps : right?.hearing.taps;
    const recording = new Recording(command, this.#position(), {
      leftTaps: left?.hearing.taps ?? [],
      rightTaps: rightTaps ?? [],
      told: [left?.overlay ?? null, right?.overlay ?? null],
    });
    this.#recordings.set(command.recordingId, recording);
  }

  async #stopRecording(recordingId: number): Promise<void> {
    const recording = this.#recordings.get(recordingId);
    if (recording === undefined) return;
    this.#recordings.delete(recordingId);
    recording.leave();
    try {
      const durationMs = await recording.recorder.stop(this.#position());
      this.#deps.tell({ type: 'recorded', recordingId, durationMs });
    } catch (fault) {
      const reason = fault instanceof Error ? fault.message : String(fault);
      this.#deps.tell({ type: 'record-failed', recordingId, reason });
    }
  }

  #tellWorkerStats(askId: number): void {
    let { packetsReceived, packetsSent, packetsRefused, packetsLost } = this.#ended;
    for (const leg of this.#legs.values()) {
      const stats = leg.stats();
      packetsReceived += stats.packetsReceived;
      packetsSent += stats.packetsSent;
      packetsRefused += stats.packetsRefused;
      packetsLost += stats.packetsLost;
    }
    const ticksSkipped = this.#ticksSkipped;
    const stats = { packetsReceived, packetsSent, packetsRefused, packetsLost, ticksSkipped };
    this.#deps.tell({ type: 'worker-stats', askId, stats });
  }

  #position(): number {
    return Math.floor(this.#deps.nowMs() * TICKS_PER_MS);
  }
}
