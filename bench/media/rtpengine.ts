// Debian's rtpengine in user space as the yardstick, driven by its ng protocol: a cookie and a
// bencoded dictionary in a UDP datagram each way.
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Measured } from '../sip/processes.ts';
import { openSocket } from './socket.ts';

const ANSWER_MS = 1_000;

type Value = string | readonly Value[] | { readonly [key: string]: Value };

/** Strings, lists and dictionaries as bencode writes them. */
export function bencode(value: Value): string {
  if (typeof value === 'string') return `${Buffer.byteLength(value)}:${value}`;
  if (Array.isArray(value)) return `l${(value as readonly Value[]).map(bencode).join('')}e`;
  const entries = Object.entries(value as Record<string, Value>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `d${entries.map(([key, held]) => bencode(key) + bencode(held)).join('')}e`;
}

/** The string that follows a key anywhere in a bencoded text; null when there is none. */
export function stringAfter(text: string, key: string): string | null {
  const mark = `${key.length}:${key}`;
  const at = text.indexOf(mark);
  const found = at < 0 ? null : /^(\d+):/u.exec(text.slice(at + mark.length));
  if (found === null) return null;
  const start = at + mark.length + found[0].length;
  return text.slice(start, start + Number(found[1]));
}

/** What the load needs of a relay. */
export class Rtpengine {
  readonly process: Measured;
  readonly #control: Socket;
  readonly #controlPort: number;
  #cookie = 0;
  #calls: string[] = [];

  private constructor(process: Measured, control: Socket, controlPort: number) {
    this.process = process;
    this.#control = control;
    this.#controlPort = controlPort;
  }

  /** Starts the daemon with one thread for packets, and waits until it answers. */
  static async start(controlPort: number): Promise<Rtpengine> {
    const process = new Measured('rtpengine', [
      ...['--foreground', '--table=-1', '--num-threads=1', '--log-level=2', '--config-file=none'],
      ...['--interface=127.0.0.1', `--listen-ng=127.0.0.1:${controlPort}`],
      ...['--port-min=30100', '--port-max=39999', '--pidfile=/dev/null'],
    ]);
    const control = await openSocket();
    const engine = new Rtpengine(process, control, controlPort);
    for (let tries = 20; ; tries--) {
      const pong = await engine.#ask({ command: 'ping' }).catch(() => null);
      if (pong !== null) return engine;
      if (tries === 0) throw new Error('rtpengine does not answer');
      await sleep(100);
    }
  }

  /** Pairs of streams, 2i and 2i + 1; answers where each of them is to be sent to. */
  async bridge(peerPorts: readonly number[]): Promise<number[]> {
    const ports: number[] = [];
    for (let i = 0; i < peerPorts.length; i += 2) {
      const call = { 'call-id': `call-${this.#cookie}-${i}`, 'from-tag': `a${i}` };
      this.#calls.push(call['call-id']);
      const offered = await this.#ask({ command: 'offer', ...call, sdp: sdp(peerPorts[i]!) });
      const answer = { command: 'answer', ...call, 'to-tag': `b${i}` };
      const answered = await this.#ask({ ...answer, sdp: sdp(peerPorts[i + 1]!) });
      ports.push(audioPort(answered), audioPort(offered));
    }
    return ports;
  }

  async clear(): Promise<void> {
    for (const id of this.#calls) {
      await this.#ask({ command: 'delete', 'call-id': id, 'delete delay': '0' });
    }
    this.#calls = [];
  }

  async stop(): Promise<void> {
    this.#control.close();
    await this.process.stop();
  }

  async #ask(command: Record<string, Value>): Promise<string> {
    const cookie = `c${++this.#cookie}`;
    const answer = once(this.#control, 'message', { signal: AbortSignal.timeout(ANSWER_MS) });
    this.#control.send(`${cookie} ${bencode(command)}`, this.#controlPort, '127.0.0.1');
    const text = String((await answer)[0]);
    const result = stringAfter(text, 'result');
    if (!text.startsWith(`${cookie} `) || result === null || result === 'error') {
      throw new Error(`rtpengine: ${text.slice(0, 200)}`);
    }
    return text;
  }
}

function audioPort(answer: string): number {
  return Number(/m=audio (\d+)/u.exec(stringAfter(answer, 'sdp') ?? '')?.[1] ?? 0);
}

function sdp(port: number): string {
  return [
    ...['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 'c=IN IP4 127.0.0.1', 't=0 0'],
    ...[`m=audio ${port} RTP/AVP 0`, 'a=rtpmap:0 PCMU/8000', ''],
  ].join('\r\n');
}
