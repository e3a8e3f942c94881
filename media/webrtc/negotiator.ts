// Offer and answer with a browser: its descriptions become plain ones for the negotiation that all
// legs have, and what that says becomes a browser's again. PURE (it keeps state, but knows no
// clock, no socket). RFC 3264; RFC 9429; RFC 8842 s.5 (roles); RFC 8839 s.4.4.3 (restart of ICE).
//
//   browser --offer--> readBrowserSdp --> plain offer --> SdpNegotiator --> plain answer --+
//   browser <--answer-- writeBrowserSdp <--------------------------------------------------+
import { unacceptable } from '../sdp/model.ts';
import type { Direction, LocalMedia, PayloadTypes, RemoteMedia } from '../sdp/model.ts';
import { SdpNegotiator } from '../sdp/negotiator.ts';
import type { Answered, Negotiator } from '../sdp/negotiator.ts';
import { readSdp } from '../sdp/read.ts';
import type { AudioLine } from '../sdp/read.ts';
import type { BrowserDescription, BrowserDoor, BrowserMedia, DtlsSetup } from './model.ts';
import { commonTypes, readBrowserSdp } from './read.ts';
import { inOrder, writeBrowserSdp, writePlainSdp } from './write.ts';

/** What lasts from one exchange to the next. */
interface Frame {
  readonly others: BrowserDescription['others'];
  readonly index: number;
  readonly mid: string | null;
  readonly bundled: boolean;
}

const FIRST_FRAME: Frame = { others: [], index: 0, mid: '0', bundled: true };

export class BrowserNegotiator implements Negotiator {
  readonly #door: BrowserDoor;
  readonly #inner: SdpNegotiator;
  readonly #sessionId: string;
  #frame = FIRST_FRAME;
  #version = 0;
  #lastWritten = '';
  /** The browser's side of the connection, once known. */
  #peer: Pick<BrowserDescription, 'ice' | 'fingerprint'> | null = null;
  /** What the browser is in DTLS, once known: it lasts as long as the connection. */
  #role: BrowserMedia['role'] | null = null;

  /** @param local our own leg, on the plain side of the gateway */
  constructor(local: LocalMedia, door: BrowserDoor) {
    this.#door = door;
    this.#sessionId = local.sessionId;
    this.#inner = new SdpNegotiator({ ...local, srtp: 'off', host: door.plain.host });
  }

  /** One codec: browsers must know G.711 (RFC 7874 s.3), and the gateway need not guess. */
  offer(direction: Direction = 'sendrecv'): string {
    const audio = this.#common(audioOf(this.#inner.offer(direction)));
    const codecs = inOrder(audio.codecs).slice(0, 1);
    return this.#write({ ...audio, codecs }, this.#frame, 'actpass');
  }

  /** @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
  acceptAnswer(sdp: string): RemoteMedia | null {
    const browser = this.#read(sdp);
    if (browser.setup === 'actpass') throw unacceptable('an answer leaves the DTLS role open');
    const remote = this.#inner.acceptAnswer(writePlainSdp(browser.audio, this.#door.plain));
    this.#connect(browser, browser.audio, browser.setup);
    return remote;
  }

  /** @throws RingbackError MEDIA_SDP_UNACCEPTABLE */
  answerTo(offerSdp: string): Answered {
    const browser = this.#read(offerSdp);
    const plain = this.#inner.answerTo(writePlainSdp(browser.audio, this.#door.plain));
    const audio = audioOf(plain.answer);
    const restarts =
      this.#peer !== null && this.#peer.ice.usernameFragment !== browser.ice.usernameFragment;
    if (restarts) this.#door.restartIce();
    this.#frame = browser;
    this.#connect(browser, audio, browser.setup);
    const setup = this.#role === 'client' ? 'passive' : 'active';
    return { answer: this.#write(audio, browser, setup), remote: plain.remote };
  }

  #read(sdp: string): BrowserDescription {
    const browser = readBrowserSdp(sdp);
    const known = this.#peer?.fingerprint.value ?? browser.fingerprint.value;
    if (known !== browser.fingerprint.value) throw unacceptable('another certificate in the call');
    return { ...browser, audio: this.#common(browser.audio) };
  }

  /** Without codecs whose numbers are others than at first: the gateway would not know them. */
  #common(audio: AudioLine): AudioLine {
    const types = commonTypes(audio.types, this.#door.types);
    return { ...audio, types, codecs: audio.codecs.filter((codec) => types[codec] !== null) };
  }

  /** The browser opens DTLS unless it insists on being opened to (RFC 8842 s.5.3). */
  #connect(browser: BrowserDescription, audio: AudioLine, setup: DtlsSetup): void {
    this.#role ??= setup === 'passive' ? 'server' : 'client';
    const { ice, fingerprint, ssrc } = browser;
    this.#peer = { ice, fingerprint };
    const events = (['telephoneEvent', 'telephoneEvent48'] as const).filter(
      (name) => audio.types[name] !== null,
    );
    const formats: readonly (keyof PayloadTypes)[] = [...audio.codecs, ...events];
    this.#door.connect({ fingerprint, role: this.#role, ssrc, formats });
  }

  /** The o= version grows by one whenever the text differs from the last one (RFC 3264 s.8). */
  #write(audio: AudioLine, frame: Frame, setup: DtlsSetup): string {
    const { others, index, mid, bundled } = frame;
    const shape = { others, index, mid, bundled, audio, setup, ice: this.#door.ice() };
    const write = () =>
      writeBrowserSdp({ ...shape, sessionId: this.#sessionId, version: this.#version }, this.#door);
    if (write() === this.#lastWritten) return this.#lastWritten;
    this.#version += 1;
    this.#lastWritten = write();
    return this.#lastWritten;
  }
}

/** Our own plain text has one audio line. */
function audioOf(plainSdp: string): AudioLine {
  const line = readSdp(plainSdp).find(({ kind }) => kind === 'audio');
  if (line?.kind !== 'audio') throw unacceptable('no audio line');
  return line;
}
