// A telephone's media in a test: two UDP sockets, its own idea of SDP and RTP (written apart from
// media/, so that a mistake there is not made twice), and a memory of all it received.
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';

export interface Heard {
  readonly atMs: number;
  readonly marker: boolean;
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
  readonly fromPort: number;
}

export interface PacketSpec {
  readonly payloadType: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
  readonly marker?: boolean;
  readonly ssrc?: number;
}

export function rtpPacket(spec: PacketSpec): Buffer {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (spec.marker === true ? 0x80 : 0) | spec.payloadType;
  header.writeUInt16BE(spec.sequence & 0xffff, 2);
  header.writeUInt32BE(spec.timestamp >>> 0, 4);
  header.writeUInt32BE(spec.ssrc ?? 0xc0ffee, 8);
  return Buffer.concat([header, spec.payload]);
}

export class Peer {
  readonly rtp: Socket;
  readonly rtcp: Socket;
  readonly heard: Heard[] = [];
  /** All datagrams of the RTP port, RTCP among them. */
  readonly raw: Buffer[] = [];
  readonly reports: Buffer[] = [];
  legPort = 0;
  readonly #host: string;
  #talk: NodeJS.Timeout | undefined;

  private constructor(host: string, rtp: Socket, rtcp: Socket) {
    this.#host = host;
    this.rtp = rtp;
    this.rtcp = rtcp;
    rtp.on('message', (data, source) => {
      this.raw.push(Buffer.from(data));
      if ((data[1] ?? 0) >= 192 && (data[1] ?? 0) <= 223) return;
      this.heard.push({
        atMs: performance.now(),
        marker: ((data[1] ?? 0) & 0x80) !== 0,
        payloadType: (data[1] ?? 0) & 0x7f,
        sequence: data.readUInt16BE(2),
        timestamp: data.readUInt32BE(4),
        ssrc: data.readUInt32BE(8),
        payload: Buffer.from(data.subarray(12)),
        fromPort: source.port,
      });
    });
    rtcp.on('message', (data) => this.reports.push(Buffer.from(data)));
  }

  static async open(host = '127.0.0.1'): Promise<Peer> {
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const sockets = [createSocket(type), createSocket(type)] as const;
    for (const socket of sockets) {
      socket.bind(0, host);
      await once(socket, 'listening');
    }
    return new Peer(host, sockets[0], sockets[1]);
  }

  get port(): number {
    return this.rtp.address().port;
  }

  /** An SDP of this peer. `formats` in its order of preference. */
  sdp(formats = '0 8 101', more: readonly string[] = []): string {
    return [
      'v=0',
      'o=peer 1 1 IN IP4 127.0.0.1',
      's=-',
      `c=IN IP${this.#host.includes(':') ? 6 : 4} ${this.#host}`,
      't=0 0',
      `m=audio ${this.port} RTP/AVP ${formats}`,
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:101 telephone-event/8000',
      `a=rtcp:${this.rtcp.address().port}`,
      ...more,
      '',
    ].join('\r\n');
  }

  send(spec: PacketSpec): void {
    this.sendRaw(rtpPacket(spec));
  }

  sendRaw(datagram: Uint8Array): void {
    this.rtp.send(datagram, this.legPort, this.#host.includes(':') ? this.#host : '127.0.0.1');
  }

  /** Sends payload after payload, one each 20 ms of wall time, until it is told null or closes. */
  talk(payloadType: number, next: (index: number) => Uint8Array | null): void {
    const startMs = performance.now();
    let index = 0;
    this.#talk = setInterval(() => {
      const due = Math.floor((performance.now() - startMs) / 20);
      for (; index <= due; index++) {
        const payload = next(index);
        if (payload === null) {
          this.hush();
          return;
        }
        const timestamp = 0xffff_f000 + index * 160;
        this.send({ payloadType, sequence: 65_500 + index, timestamp, payload });
      }
    }, 5);
  }

  hush(): void {
    clearInterval(this.#talk);
  }

  close(): void {
    this.hush();
    this.rtp.close();
    this.rtcp.close();
  }
}
