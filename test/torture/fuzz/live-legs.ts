// Two joined legs of a running media engine, and everything a network may throw at them: strangers
// that send anything, and a peer that sends garbage, replays and disorder. Nothing but counters may
// move, and what the peer says next must still be heard.
import type { Media, MediaLeg } from '../../../media/index.ts';
import { OFFERED_TYPES } from '../../../media/sdp/model.ts';
import { Peer, rtpPacket } from '../../media/engine/peer.ts';
import { until } from '../../support/until.ts';
import type { Dice } from './mutate.ts';
import { mutatedBytes } from './mutate.ts';
import { TARGETS } from './targets.ts';

const PAYLOAD_BYTES = 160;
const SILENCE = 0xff;
const SPOKEN = 0x22;
/** All that a leg offers, whatever the answer takes: events at 48 kHz are a digit, no garbage. */
const KNOWN_TYPES = Object.values(OFFERED_TYPES);
/** So many of the longest fit a socket's buffer: none is lost on the way. */
const MOST_IN_ROUND = 40;
const SEEDS = TARGETS.filter(({ name }) => name === 'rtp' || name === 'rtcp').flatMap(
  ({ seeds }) => seeds,
);

/** What is said next: known again by its number. */
function spoken(number: number): Buffer {
  const payload = Buffer.alloc(PAYLOAD_BYTES, SPOKEN);
  payload.writeUInt32BE(number, 0);
  return payload;
}

function isOurs(payload: Buffer): boolean {
  return (
    payload.every((byte) => byte === SILENCE) || payload.subarray(4).every((b) => b === SPOKEN)
  );
}

/** Whether a receiver must drop it, whoever sent it (RFC 3550 App. A.1). */
function isNoRtp(datagram: Buffer): boolean {
  if (datagram.length < 12 || (datagram[0]! & 0xc0) !== 0x80) return true;
  return !KNOWN_TYPES.includes(datagram[1]! & 0x7f);
}

export class LiveLegs {
  readonly #legs: readonly [MediaLeg, MediaLeg];
  readonly #speaker: Peer;
  readonly #listener: Peer;
  /** One on another host, one on the peer's own host. */
  readonly #strangers: readonly [Peer, Peer];
  readonly #news: readonly string[];
  readonly #recent: Buffer[] = [];
  #number = 0;
  /** Packets sent that must have been refused. */
  #toRefuse = 0;
  #thrown = 0;

  private constructor(
    legs: readonly [MediaLeg, MediaLeg],
    peers: readonly [Peer, Peer],
    strangers: readonly [Peer, Peer],
    news: readonly string[],
  ) {
    this.#legs = legs;
    [this.#speaker, this.#listener] = peers;
    this.#strangers = strangers;
    this.#news = news;
  }

  /** Opens, joins and latches both. */
  static async open(media: Media): Promise<LiveLegs> {
    const news: string[] = [];
    const peers = [await Peer.open(), await Peer.open()] as const;
    const open = async (legId: string, peer: Peer): Promise<MediaLeg> => {
      const note =
        (what: string) =>
        (...told: readonly unknown[]) =>
          void news.push(`${what} ${told.join(' ')}`);
      const leg = await media.openLeg(legId, 'fuzz', {
        latched: note('latched'),
        dtmf: note('dtmf'),
        lost: note('lost'),
        verdict: note('verdict'),
      });
      peer.legPort = leg.rtpPort;
      leg.offer();
      leg.acceptAnswer(peer.sdp('0 101'));
      return leg;
    };
    const legs = [await open('fuzz-a', peers[0]), await open('fuzz-b', peers[1])] as const;
    media.bridge('fuzz-a', 'fuzz-b');
    const strangers = [await Peer.open('127.0.0.2'), await Peer.open()] as const;
    for (const stranger of strangers) stranger.legPort = legs[0].rtpPort;
    const live = new LiveLegs(legs, peers, strangers, news);
    peers[1].send({ payloadType: 0, sequence: 1, timestamp: 160, payload: spoken(0) });
    await live.#speak();
    await until('both are latched', () => news.length === 2);
    news.length = 0;
    return live;
  }

  /** Hostile packets so far. */
  get thrown(): number {
    return this.#thrown;
  }

  /** One burst, then a packet of the peer's. Null, or which promise was broken. */
  async round(dice: Dice): Promise<string | null> {
    for (let left = 1 + dice.below(MOST_IN_ROUND); left > 0; left--) this.#throwOne(dice);
    if (!(await this.#speak())) return 'the peer is no longer heard';
    const refused = await until('all is counted', () => this.#allRefused()).catch(() => false);
    if (refused === false) {
      const { packetsRefused } = await this.#legs[0].stats();
      return `${packetsRefused} packets were refused, not ${this.#toRefuse}`;
    }
    if (this.#news.length > 0) return `something was told: ${this.#news.join(', ')}`;
    const { heard } = this.#listener;
    if (!heard.every(({ payload }) => isOurs(payload))) return 'a packet of another got through';
    for (const peer of [this.#speaker, this.#listener, ...this.#strangers]) {
      peer.heard.length = 0;
      peer.raw.length = 0;
      peer.reports.length = 0;
    }
    return null;
  }

  close(): void {
    for (const leg of this.#legs) leg.close();
    for (const peer of [this.#speaker, this.#listener, ...this.#strangers]) peer.close();
  }

  #throwOne(dice: Dice): void {
    const broken = Buffer.from(mutatedBytes(dice.pick(SEEDS), dice), 'latin1').subarray(0, 1_500);
    this.#thrown += 1;
    switch (dice.below(5)) {
      case 0:
        this.#refusable(this.#strangers[0], broken);
        return;
      case 1:
        this.#refusable(this.#strangers[1], broken);
        return;
      case 2:
        // What the peer itself said, by another's mouth.
        this.#refusable(dice.pick(this.#strangers), dice.pick(this.#recent));
        return;
      case 3:
        if (isNoRtp(broken)) this.#refusable(this.#speaker, broken);
        return;
      case 4:
        this.#speaker.sendRaw(dice.pick(this.#recent));
        return;
    }
  }

  #refusable(from: Peer, datagram: Buffer): void {
    from.rtp.send(datagram, this.#legs[0].rtpPort, '127.0.0.1');
    this.#toRefuse += 1;
  }

  async #allRefused(): Promise<boolean> {
    const { packetsRefused } = await this.#legs[0].stats();
    return packetsRefused === this.#toRefuse;
  }

  /** Says the next thing, and waits until the other end hears it. */
  async #speak(): Promise<boolean> {
    const number = ++this.#number;
    const spec = { payloadType: 0, sequence: number, timestamp: number * PAYLOAD_BYTES };
    const packet = rtpPacket({ ...spec, payload: spoken(number) });
    this.#recent.push(packet);
    if (this.#recent.length > 20) this.#recent.shift();
    this.#speaker.sendRaw(packet);
    const wanted = spoken(number);
    const arrived = (): boolean => this.#listener.heard.some((h) => h.payload.equals(wanted));
    return until('what was said', arrived).catch(() => false);
  }
}
