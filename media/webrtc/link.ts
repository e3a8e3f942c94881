// One browser's call in a mediasoup worker: a transport with ICE and DTLS for the browser, a plain
// one for our own leg, and one stream each way between them. Knows no SDP.
//
//   browser <==SRTP==> WebRtcTransport --Producer--> Consumer-- PlainTransport <--RTP--> our leg
//                                      <--Consumer-- Producer--
import type { types } from 'mediasoup';
import type { PayloadTypes } from '../sdp/model.ts';
import { hearerCapabilities, routerCodecs, streamParameters } from './capabilities.ts';
import type { BrowserDoor, BrowserMedia, Candidate, Fingerprint, IceCredentials } from './model.ts';
import { FINGERPRINT_ALGORITHMS } from './model.ts';

/** Our leg's socket and source. */
export interface OwnEnd {
  readonly host: string;
  readonly rtpPort: number;
  readonly ssrc: number;
}

export interface LinkOptions {
  readonly worker: types.Worker;
  readonly server: types.WebRtcServer;
  /** Where the plain transport listens: an address our leg can reach. */
  readonly plainHost: string;
  readonly types: PayloadTypes;
  /** A browser of which nothing is heard for so long is gone; seconds, as mediasoup counts. */
  readonly consentSeconds: number;
}

/** The transports of a call, before it is known who speaks what. */
interface Transports {
  readonly router: types.Router;
  readonly web: types.WebRtcTransport;
  readonly plain: types.PlainTransport;
}

export class BrowserLink implements BrowserDoor {
  readonly plain: BrowserDoor['plain'];
  readonly candidates: readonly Candidate[];
  readonly fingerprint: Fingerprint;
  readonly types: PayloadTypes;
  readonly #transports: Transports;
  #ice: IceCredentials;
  /** Asked for ahead, because an answer cannot wait for them. */
  #nextIce: IceCredentials | null = null;
  #own: OwnEnd | null = null;
  /** What the streams were made for; another one makes them anew. */
  #streams = '';
  #producers: types.Producer[] = [];
  #work: Promise<void> = Promise.resolve();
  #connected = false;
  #lost: ((reason: string) => void) | null = null;
  #onClosed: (() => void) | null = null;
  #closed = false;

  static async open(options: LinkOptions): Promise<BrowserLink> {
    const { worker, server, plainHost: ip, consentSeconds } = options;
    const router = await worker.createRouter({ mediaCodecs: routerCodecs(options.types) });
    try {
      const [web, plain] = await Promise.all([
        router.createWebRtcTransport({
          webRtcServer: server,
          enableUdp: true,
          enableTcp: true,
          preferUdp: true,
          iceConsentTimeout: consentSeconds,
        }),
        router.createPlainTransport({ listenInfo: { protocol: 'udp', ip }, rtcpMux: true }),
      ]);
      return new BrowserLink({ router, web, plain }, options.types);
    } catch (fault) {
      router.close();
      throw fault;
    }
  }

  private constructor(transports: Transports, numbers: PayloadTypes) {
    const { web, plain } = transports;
    this.#transports = transports;
    this.types = numbers;
    this.plain = { host: plain.tuple.localAddress, rtpPort: plain.tuple.localPort };
    this.candidates = web.iceCandidates.map(
      ({ address, foundation, priority, port, protocol }) => ({
        foundation,
        priority,
        host: address,
        port,
        protocol,
      }),
    );
    this.fingerprint = bestFingerprint(web.dtlsParameters.fingerprints);
    this.#ice = web.iceParameters;
    web.on('icestatechange', (state) => {
      if (state === 'completed' || state === 'connected') this.#prepareRestart();
      if (state === 'disconnected') this.#lose('the browser is out of reach');
    });
    web.on('dtlsstatechange', (state) => {
      if (state === 'failed') this.#lose('no DTLS connection');
      if (state === 'closed') this.#lose('the browser closed its connection');
    });
    web.on('routerclose', () => this.#lose('the WebRTC worker died'));
  }

  /** Tells once, and never after `close`, that the browser can no longer be heard. */
  onLost(listener: (reason: string) => void): void {
    this.#lost = listener;
  }

  onClosed(listener: () => void): void {
    this.#onClosed = listener;
  }

  /** Who is on the plain side; before the first exchange. */
  meet(own: OwnEnd): void {
    this.#own = own;
  }

  ice(): IceCredentials {
    return this.#ice;
  }

  /** The old ones stay in force until the browser uses the new. */
  restartIce(): IceCredentials {
    this.#ice = this.#nextIce ?? this.#ice;
    this.#nextIce = null;
    return this.#ice;
  }

  connect(media: BrowserMedia): void {
    this.#work = this.#work
      .then(() => this.#setUp(media))
      .catch((fault: unknown) => {
        this.#lose(fault instanceof Error ? fault.message : String(fault));
      });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transports.router.close();
    this.#onClosed?.();
  }

  async #setUp(media: BrowserMedia): Promise<void> {
    const own = this.#own;
    if (this.#closed || own === null) return;
    const { web, plain } = this.#transports;
    if (!this.#connected) {
      this.#connected = true;
      await plain.connect({ ip: own.host, port: own.rtpPort });
      await web.connect({
        dtlsParameters: { role: media.role, fingerprints: [media.fingerprint] },
      });
    }
    const wanted = `${media.ssrc} ${media.formats.join(' ')}`;
    if (wanted === this.#streams) return;
    this.#streams = wanted;
    for (const producer of this.#producers.splice(0)) producer.close();
    this.#producers = await Promise.all([
      this.#stream(web, plain, media, media.ssrc, 'browser'),
      this.#stream(plain, web, media, own.ssrc, 'ringback'),
    ]);
  }

  /** One direction: in through one transport, out through the other. */
  async #stream(
    from: types.Transport,
    to: types.Transport,
    { formats }: BrowserMedia,
    ssrc: number,
    cname: string,
  ): Promise<types.Producer> {
    const rtpParameters = streamParameters(this.types, formats, ssrc, cname);
    const producer = await from.produce({ kind: 'audio', rtpParameters });
    const rtpCapabilities = hearerCapabilities(this.types, formats);
    await to.consume({ producerId: producer.id, rtpCapabilities });
    return producer;
  }

  #prepareRestart(): void {
    if (this.#nextIce !== null || this.#closed) return;
    this.#transports.web.restartIce().then(
      (fresh) => (this.#nextIce = fresh),
      // The transport is being closed: nobody will restart anything.
      () => undefined,
    );
  }

  #lose(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#lost?.(reason);
  }
}

/** SHA-256, which every browser knows (RFC 8122 s.5). */
function bestFingerprint(offered: readonly types.DtlsFingerprint[]): Fingerprint {
  const found = offered.find(({ algorithm }) => algorithm === 'sha-256') ?? offered[0];
  const algorithm = FINGERPRINT_ALGORITHMS.find((known) => known === found?.algorithm);
  if (found === undefined || algorithm === undefined) throw new Error('a worker without a key');
  return { algorithm, value: found.value.toUpperCase() };
}
