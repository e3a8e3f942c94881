// Media as the main thread sees it: workers, the placing of legs on them, ports, and the routing of
// reports to whoever owns the leg. No RTP comes here.
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { conflict, notFound, unavailable } from '../core/errors.ts';
import { withAnnouncements } from './announcements.ts';
import { LegHandle } from './leg.ts';
import type { LegLink } from './leg.ts';
import { checkBeep, checkMix } from './checks.ts';
import { Recordings } from './recordings.ts';
import type {
  LegEvents,
  LegOptions,
  LegStats,
  Media,
  MediaDeps,
  MediaLeg,
  MediaOptions,
  MediaRecording,
  MixMember,
  RecordingRequest,
} from './types.ts';
import { Totals } from './totals.ts';
import { spawnMediaWorker } from './worker/host.ts';
import type { NewsReport, SpawnWorker, WorkerHost } from './worker/host.ts';
import { WorkerPool } from './worker/pool.ts';
import { PortPool } from './worker/ports.ts';
import type { WorkerStats } from './worker/protocol.ts';
import type { AudioCodec, LocalMedia, RemoteMedia, SrtpPolicy } from './sdp/model.ts';
import { WebRtcGateway } from './webrtc/gateway.ts';
import { openBrowserSide } from './webrtc/side.ts';
import type { OpenSide } from './webrtc/side.ts';

/** Lateness of a worker's tick beyond which it takes no new calls, unless the options say. */
const MAX_TICK_LATE_MS = 20;

interface Placed {
  readonly handle: LegHandle;
  readonly host: WorkerHost;
  readonly affinity: string;
  readonly events: LegEvents;
}

/** Who has a port; `events` hears the last of it, when the leg itself is long forgotten. */
interface PortOwner {
  readonly host: WorkerHost;
  readonly events: LegEvents;
}

interface Opening {
  readonly host: WorkerHost;
  readonly outcome: PromiseWithResolvers<
    Extract<NewsReport, { type: 'leg-opened' | 'leg-refused' }>
  >;
}

/** Creates the media engine; `start` makes it run. */
export function createMedia(options: MediaOptions, deps: MediaDeps): Media {
  return new MediaEngine(options, deps, spawnMediaWorker);
}

export class MediaEngine implements Media {
  readonly #options: MediaOptions;
  readonly #deps: MediaDeps;
  readonly #workers: WorkerPool;
  readonly #ports: PortPool;
  readonly #recordings: Recordings;
  readonly #gateway: WebRtcGateway | null;
  readonly #legs = new Map<string, Placed>();
  readonly #opening = new Map<string, Opening>();
  /** Ports in use by worker, to be given back when it dies. */
  readonly #portOwners = new Map<number, PortOwner>();
  readonly #totals = new Totals();
  #running = false;
  #lastPlayId = 0;

  /** @param spawn starts a worker thread; tests hold on to it to end it */
  constructor(options: MediaOptions, deps: MediaDeps, spawn: SpawnWorker) {
    this.#options = { ...options, cpd: withAnnouncements(options.cpd, deps.log) };
    this.#deps = deps;
    const { workers, maxTickLateMs = MAX_TICK_LATE_MS } = options;
    const { host, sockets = 'auto' } = options;
    const birth = { host, cpd: this.#options.cpd, sockets };
    this.#workers = new WorkerPool({ workers, maxTickLateMs, birth }, deps, spawn, {
      report: (from, report) => this.#take(from, report),
      died: (dead, reason) => this.#mourn(dead, reason),
      retired: (gone) => this.#bury(gone, 'the media worker was replaced'),
    });
    const { portMin, portMax, portRestMs } = options;
    this.#ports = new PortPool(portMin, portMax, portRestMs, deps.rng.next());
    this.#recordings = new Recordings(options.recordingsDir);
    const { webRtc = null } = options;
    this.#gateway = webRtc === null ? null : new WebRtcGateway(webRtc, host, deps);
  }

  async start(): Promise<void> {
    if (this.#running) return;
    await mkdir(this.#options.recordingsDir, { recursive: true });
    this.#running = true;
    try {
      await this.#workers.start();
    } catch (fault) {
      await this.stop();
      throw fault;
    }
    await this.#gateway?.start();
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const { handle } of this.#legs.values()) handle.abandon();
    this.#legs.clear();
    this.#gateway?.stop();
    for (const host of await this.#workers.stop()) this.#bury(host, 'media stopped');
  }

  async openLeg(
    legId: string,
    affinity: string,
    events: LegEvents,
    { srtp = 'off', codecs = this.#options.codecs, browser }: LegOptions = {},
  ): Promise<MediaLeg> {
    if (!this.#running) throw unavailable('MEDIA_NOT_RUNNING', 'media is not running');
    if (this.#legs.has(legId) || this.#opening.has(legId)) {
      throw conflict('MEDIA_LEG_EXISTS', 'there is a leg of that id', { legId });
    }
    const host = this.#workers.settleIn(affinity);
    let side: OpenSide | null = null;
    try {
      if (browser !== undefined) side = await openBrowserSide(this.#gateway, browser.offerSdp);
      const ssrc = Math.floor(1 + this.#deps.rng.next() * 0xffff_fffe);
      const rtpPort = await this.#openOn(host, legId, ssrc, events);
      const local = this.#local(rtpPort, srtp, codecs);
      const link: LegLink = {
        post: (command) => host.post(command),
        askStats: (id) => host.askLegStats(id),
        negotiated: (remote) => this.#logNegotiated(legId, remote),
        closed: (id) => this.#forget(id),
        nextPlayId: () => ++this.#lastPlayId,
      };
      const lost = (reason: string): void => this.#browserLost(legId, reason);
      const handle = new LegHandle(legId, local, link, side?.meet(local, ssrc, lost) ?? null);
      this.#legs.set(legId, { handle, host, affinity, events });
      this.#deps.log.debug('media-leg-opened', { legId, rtpPort });
      return handle;
    } catch (fault) {
      side?.close();
      this.#workers.moveOut(affinity, host);
      throw fault;
    }
  }

  resize(workers: number): void {
    this.#workers.resize(workers);
  }

  renewWorkers(workers = this.#options.workers): void {
    this.#workers.renew(workers);
  }

  bridge(legIdA: string, legIdB: string): void {
    const host = this.#sharedHost(legIdA, legIdB);
    host.post({ type: 'bridge', legIdA, legIdB });
  }

  unbridge(legIdA: string, legIdB: string): void {
    this.#legs.get(legIdA)?.host.post({ type: 'unbridge', legIdA, legIdB });
  }

  mix(members: readonly MixMember[]): void {
    checkMix(members);
    const [first] = members;
    if (first === undefined) return;
    const hosts = members.map(({ legId }) => this.#sharedHost(first.legId, legId));
    hosts[0]?.post({ type: 'mix', members });
  }

  record(request: RecordingRequest): MediaRecording {
    const { fileName, leftLegId, rightLegId, consentBeep = null } = request;
    checkBeep(consentBeep);
    const host = this.#sharedHost(leftLegId, rightLegId ?? leftLegId);
    return this.#recordings.open(fileName, host, (recordingId, path) => {
      host.post({ type: 'record', recordingId, path, leftLegId, rightLegId, consentBeep });
    });
  }

  /** Counters of live workers (they begin anew with a worker) and the ports' whereabouts. */
  async stats(): Promise<Readonly<Record<string, number>>> {
    const { figures, totals } = await this.#workers.stats();
    const sum = (name: keyof WorkerStats): number =>
      totals.reduce((total, stats) => total + (stats?.[name] ?? 0), 0);
    const ports = this.#ports.counts(this.#deps.clock.monotonicMs());
    return {
      ...figures,
      legs: this.#legs.size,
      recordings: this.#recordings.count,
      portsFree: ports.free,
      portsTaken: ports.taken,
      portsResting: ports.resting,
      packetsReceived: sum('packetsReceived'),
      packetsSent: sum('packetsSent'),
      packetsRefused: sum('packetsRefused'),
      packetsLost: sum('packetsLost'),
      ticksSkipped: sum('ticksSkipped'),
      ...this.#totals.counts(),
      ...this.#gateway?.stats(),
    };
  }

  // --- workers -------------------------------------------------------------------------------

  /** A worker died: its legs are lost, its ports rest. */
  #mourn(dead: WorkerHost, reason: string): void {
    const lost = [...this.#legs.values()].filter((placed) => placed.host === dead);
    for (const { handle } of lost) {
      handle.abandon();
      this.#legs.delete(handle.legId);
    }
    this.#bury(dead, reason);
    for (const { events } of lost) events.lost?.(reason);
  }

  /** Answers everything that waits for a worker that is gone. */
  #bury(host: WorkerHost, reason: string): void {
    for (const [rtpPort, owner] of this.#portOwners) {
      if (owner.host === host) this.#givePortBack(rtpPort);
    }
    for (const [legId, opening] of this.#opening) {
      if (opening.host !== host) continue;
      this.#opening.delete(legId);
      const lost = unavailable('MEDIA_WORKER_LOST', 'the media worker died', { legId, reason });
      opening.outcome.reject(lost);
    }
    this.#recordings.workerGone(host);
  }

  // --- legs ----------------------------------------------------------------------------------

  #logNegotiated(legId: string, remote: RemoteMedia): void {
    const { codec, ptimeMs, peerListens, peerSends } = remote;
    const suite = remote.srtp?.suite ?? null;
    const agreed = { codec, ptimeMs, peerListens, peerSends, suite };
    this.#deps.log.debug('media-negotiated', { legId, ...agreed });
  }

  #local(rtpPort: number, srtp: SrtpPolicy, codecs: readonly AudioCodec[]): LocalMedia {
    const { host, announcedHost } = this.#options;
    const sessionId = String(Math.floor(this.#deps.rng.next() * 2 ** 48));
    const key = (): string => randomBytes(30).toString('base64');
    const srtpKeys = { AES_CM_128_HMAC_SHA1_80: key(), AES_CM_128_HMAC_SHA1_32: key() };
    return { host: announcedHost ?? host, rtpPort, sessionId, codecs, srtp, srtpKeys };
  }

  /** The browser is gone while its leg stands. */
  #browserLost(legId: string, reason: string): void {
    const placed = this.#legs.get(legId);
    this.#deps.log.warn('webrtc-leg-lost', { legId, reason });
    placed?.handle.close();
    placed?.events.lost?.(reason);
  }

  #forget(legId: string): void {
    const placed = this.#legs.get(legId);
    if (placed === undefined) return;
    this.#legs.delete(legId);
    this.#workers.moveOut(placed.affinity, placed.host);
  }

  /** Tries ports until one can be bound; those in use by others rest like ours. */
  async #openOn(host: WorkerHost, legId: string, ssrc: number, events: LegEvents): Promise<number> {
    const { clock, log } = this.#deps;
    let tries = this.#ports.counts(clock.monotonicMs()).free;
    for (; tries > 0; tries--) {
      const rtpPort = this.#ports.take(clock.monotonicMs());
      if (rtpPort === null) break;
      this.#portOwners.set(rtpPort, { host, events });
      const outcome = Promise.withResolvers<Awaited<Opening['outcome']['promise']>>();
      this.#opening.set(legId, { host, outcome });
      host.post({ type: 'open-leg', legId, rtpPort, ssrc });
      const report = await outcome.promise;
      if (report.type === 'leg-opened') return rtpPort;
      this.#givePortBack(rtpPort);
      log.warn('media-port-refused', { legId, rtpPort, reason: report.reason });
      if (!report.inUse) {
        const fields = { legId, reason: report.reason };
        throw unavailable('MEDIA_SOCKET_FAILED', 'the RTP socket cannot be opened', fields);
      }
    }
    throw unavailable('MEDIA_NO_PORT', 'no RTP port is free', { legId });
  }

  #legClosed(host: WorkerHost, rtpPort: number, stats: LegStats): void {
    const owner = this.#portOwners.get(rtpPort);
    if (owner?.host !== host) return;
    this.#givePortBack(rtpPort);
    this.#totals.ended(stats);
    owner.events.ended?.(stats);
  }

  #givePortBack(rtpPort: number): void {
    this.#portOwners.delete(rtpPort);
    this.#ports.giveBack(rtpPort, this.#deps.clock.monotonicMs());
  }

  /** @throws RingbackError MEDIA_LEG_UNKNOWN, MEDIA_LEGS_APART */
  #sharedHost(legIdA: string, legIdB: string): WorkerHost {
    const a = this.#legs.get(legIdA);
    const b = this.#legs.get(legIdB);
    if (a === undefined || b === undefined) {
      const legId = a === undefined ? legIdA : legIdB;
      throw notFound('MEDIA_LEG_UNKNOWN', 'there is no such leg', { legId });
    }
    if (a.host !== b.host) {
      throw conflict('MEDIA_LEGS_APART', 'the legs live in two workers', { legIdA, legIdB });
    }
    return a.host;
  }

  // --- reports -----------------------------------------------------------------

  #take(host: WorkerHost, report: Exclude<NewsReport, { type: 'load' }>): void {
    switch (report.type) {
      case 'leg-opened':
      case 'leg-refused': {
        const opening = this.#opening.get(report.legId);
        this.#opening.delete(report.legId);
        opening?.outcome.resolve(report);
        return;
      }
      case 'leg-closed':
        this.#legClosed(host, report.rtpPort, report.stats);
        return;
      case 'verdict':
        this.#legs.get(report.legId)?.events.verdict?.(report.verdict);
        return;
      case 'play-ended':
        this.#legs.get(report.legId)?.events.playEnded?.(report.playId);
        return;
      case 'dtmf':
        this.#legs.get(report.legId)?.events.dtmf?.(report.digit, report.durationMs);
        return;
      case 'latched':
        this.#legs.get(report.legId)?.events.latched?.(report.host, report.port);
        return;
      case 'rtp-silent':
        this.#legs.get(report.legId)?.events.rtpSilent?.(report.silentMs);
        return;
      case 'one-way':
        this.#totals.oneWay();
        this.#deps.log.warn('media-one-way-audio', { ...report });
        this.#legs.get(report.legId)?.events.oneWayAudio?.(report.direction);
        return;
      case 'dead-air':
        this.#totals.deadAir();
        this.#deps.log.warn('media-dead-air', { ...report });
        this.#legs.get(report.legId)?.events.deadAir?.(report.quietMs);
        return;
      case 'play-source-failed':
        this.#deps.log.warn('media-play-source-failed', { ...report });
        return;
      case 'recorded':
        this.#recordings.finished(report.recordingId, report.durationMs);
        return;
      case 'record-failed':
        this.#deps.log.error('media-recording-failed', { reason: report.reason });
        this.#recordings.failed(report.recordingId, report.reason);
        return;
    }
  }
}
