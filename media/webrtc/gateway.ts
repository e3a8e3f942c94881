// The mediasoup workers that stand between browsers and our legs: started, watched, replaced with
// growing pauses. Without a worker there is no WebRTC, and everything else goes on.
import type { types } from 'mediasoup';
import { unavailable } from '../../core/errors.ts';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import type { PayloadTypes } from '../sdp/model.ts';
import type { WebRtcOptions } from '../types.ts';
import { BrowserLink } from './link.ts';

/** First pause before a worker that died is replaced; doubled at each failure in a row. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** A worker that lived so long has not failed in a row with the one before it. */
const STEADY_MS = 60_000;

/** A worker process with its one pair of ports. */
interface Post {
  readonly worker: types.Worker;
  readonly server: types.WebRtcServer;
  readonly links: Set<BrowserLink>;
  readonly startedAtMs: number;
}

export interface GatewayDeps {
  readonly clock: Clock;
  readonly log: Log;
}

export class WebRtcGateway {
  readonly #options: WebRtcOptions;
  readonly #plainHost: string;
  readonly #deps: GatewayDeps;
  readonly #posts = new Set<Post>();
  readonly #respawns = new Set<Timer>();
  #running = false;
  #failuresInARow = 0;
  #workersLost = 0;
  #opening = 0;

  /** @param mediaHost where our legs' sockets are bound */
  constructor(options: WebRtcOptions, mediaHost: string, deps: GatewayDeps) {
    this.#options = options;
    this.#plainHost =
      mediaHost === '0.0.0.0' ? '127.0.0.1' : mediaHost === '::' ? '::1' : mediaHost;
    this.#deps = deps;
  }

  /** Whether browsers can be spoken with now. */
  get available(): boolean {
    return this.#posts.size > 0;
  }

  /** Starts the workers. A fault turns WebRTC off, with a word in the log; it never throws. */
  async start(): Promise<void> {
    const { workerFile, workers } = this.#options;
    if (workerFile === null) {
      const help = 'node scripts/mediasoup-worker.ts';
      this.#deps.log.warn('webrtc-off', { reason: 'there is no mediasoup worker', help });
      return;
    }
    this.#running = true;
    const started = Array.from({ length: Math.max(1, workers) }, () => this.#addPost(workerFile));
    const faults = (await Promise.all(started)).filter((fault) => fault !== null);
    if (this.#posts.size > 0) {
      this.#deps.log.info('webrtc-on', { workers: this.#posts.size });
      return;
    }
    this.#running = false;
    this.#deps.log.warn('webrtc-off', { reason: wordsOf(faults[0]) });
  }

  stop(): void {
    this.#running = false;
    for (const timer of this.#respawns) timer.cancel();
    this.#respawns.clear();
    for (const { worker, links } of this.#posts) {
      for (const link of links) link.close();
      worker.close();
    }
    this.#posts.clear();
  }

  /**
   * Opens our end of a connection with a browser, in the worker that has the fewest.
   * @throws RingbackError MEDIA_WEBRTC_OFF, MEDIA_WEBRTC_FULL (both retryable)
   */
  async openLink(numbers: PayloadTypes): Promise<BrowserLink> {
    const post = [...this.#posts].sort((a, b) => a.links.size - b.links.size)[0];
    if (post === undefined) throw unavailable('MEDIA_WEBRTC_OFF', 'no WebRTC worker is running');
    if (this.#linkCount() + this.#opening >= this.#options.maxLegs) {
      throw unavailable('MEDIA_WEBRTC_FULL', 'as many browsers as allowed are connected');
    }
    this.#opening += 1;
    try {
      const { worker, server, links } = post;
      const { consentSeconds } = this.#options;
      const plainHost = this.#plainHost;
      const link = await BrowserLink.open({
        worker,
        server,
        plainHost,
        types: numbers,
        consentSeconds,
      });
      links.add(link);
      link.onClosed(() => links.delete(link));
      return link;
    } catch (fault) {
      throw unavailable('MEDIA_WEBRTC_OFF', 'the WebRTC worker failed', {}, fault);
    } finally {
      this.#opening -= 1;
    }
  }

  stats(): Readonly<Record<string, number>> {
    return {
      webRtcWorkers: this.#posts.size,
      webRtcWorkersLost: this.#workersLost,
      webRtcLegs: this.#linkCount(),
    };
  }

  #linkCount(): number {
    let count = 0;
    for (const { links } of this.#posts) count += links.size;
    return count;
  }

  /** @returns the fault, null when the worker runs */
  async #addPost(workerFile: string): Promise<unknown> {
    let worker: types.Worker | null = null;
    try {
      // Only here: the package is large, and most installations have no browsers to talk to.
      const { createWorker } = await import('mediasoup');
      worker = await createWorker({ workerBin: workerFile, logLevel: 'error' });
      const server = await worker.createWebRtcServer({ listenInfos: this.#listenInfos() });
      if (!this.#running) {
        worker.close();
        return null;
      }
      const startedAtMs = this.#deps.clock.monotonicMs();
      const post: Post = { worker, server, links: new Set(), startedAtMs };
      worker.once('died', (fault) => this.#mourn(post, fault));
      this.#posts.add(post);
      return null;
    } catch (fault) {
      worker?.close();
      this.#deps.log.error('webrtc-worker-not-started', { reason: wordsOf(fault) });
      return fault;
    }
  }

  #listenInfos(): types.TransportListenInfo[] {
    const { host, announcedHost, portMin, portMax } = this.#options;
    const portRange = { min: portMin, max: portMax };
    const announced = announcedHost === null ? {} : { announcedAddress: announcedHost };
    const place = { ip: host, portRange, ...announced };
    return [
      { protocol: 'udp', ...place },
      { protocol: 'tcp', ...place },
    ];
  }

  /** Its calls hear of it by their transports; another worker takes its place after a pause. */
  #mourn(post: Post, fault: Error): void {
    if (!this.#posts.delete(post)) return;
    this.#workersLost += 1;
    this.#deps.log.error('webrtc-worker-died', { reason: fault.message, legs: post.links.size });
    const aliveMs = this.#deps.clock.monotonicMs() - post.startedAtMs;
    this.#failuresInARow = aliveMs >= STEADY_MS ? 0 : this.#failuresInARow;
    this.#respawnLater();
  }

  #respawnLater(): void {
    const { workerFile } = this.#options;
    if (!this.#running || workerFile === null) return;
    const delayMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failuresInARow);
    this.#failuresInARow = Math.min(this.#failuresInARow + 1, 16);
    const timer = this.#deps.clock.after(delayMs, () => {
      this.#respawns.delete(timer);
      void this.#addPost(workerFile).then((fault) => {
        if (fault !== null) this.#respawnLater();
        else this.#deps.log.info('webrtc-worker-replaced', { workers: this.#posts.size });
      });
    });
    this.#respawns.add(timer);
  }
}

function wordsOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
