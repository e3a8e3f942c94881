// baresip as a peer: a real softphone without a screen, driven over its control socket. One folder
// per phone; both directions of its sound are written to files there.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostPort } from './phone/message.ts';
import { SAMPLE_RATE_HZ, wavBytes } from './phone/sound.ts';
import { endWithUs, freePort } from './tools.ts';
import { until } from './until.ts';

/** The microphone's file must outlast the call: at its end baresip hangs up. */
const MICROPHONE_SECONDS = 180;
const MAX_OUTPUT = 8000;

export interface BaresipOptions {
  readonly username: string;
  /** Null: no registration, calls go from address to address. */
  readonly registration: { readonly registrar: HostPort; readonly password: string } | null;
  readonly host?: string;
  /** What it says once the call stands, over and over with a second between. */
  readonly speech: Int16Array;
  /** Accepts every call by itself. */
  readonly autoAnswer?: boolean;
  /** Its one codec; `PCMU/8000/1` unless told. */
  readonly codec?: 'PCMU/8000/1' | 'G722/16000/1';
  /** Encryption by keys in the SDP: offered, or insisted on; none unless told. */
  readonly mediaEncryption?: 'srtp' | 'srtp-mand';
}

/** An event as baresip tells it. */
export interface BaresipEvent {
  readonly type: string;
  readonly param: string;
}

/** Takes whole netstrings (`LENGTH:TEXT,`) off the front of what came in. */
export function takeNetstrings(bytes: Buffer): { readonly texts: string[]; readonly rest: Buffer } {
  const texts: string[] = [];
  let rest = bytes;
  for (;;) {
    const colon = rest.indexOf(':');
    const length = Number(rest.toString('latin1', 0, Math.max(0, colon)));
    if (colon < 1 || rest.length < colon + length + 2) return { texts, rest };
    texts.push(rest.toString('utf8', colon + 1, colon + 1 + length));
    rest = rest.subarray(colon + length + 2);
  }
}

function configFile(
  folder: string,
  ports: { host: string; sip: number; control: number; rtp: number },
) {
  const modules = ['stdio', 'g711', 'g722', 'srtp', 'aufile', 'sndfile'].map(
    (name) => `module ${name}.so`,
  );
  return [
    'poll_method epoll',
    `sip_listen ${ports.host}:${ports.sip}`,
    `audio_player aufile,${folder}/player.wav`,
    `audio_source aufile,${folder}/microphone.wav`,
    'ausrc_srate 8000',
    'auplay_srate 8000',
    'audio_txmode thread',
    'module_path /usr/lib/baresip/modules',
    ...modules,
    `snd_path ${folder}`,
    'module_app account.so',
    'module_app menu.so',
    'module ctrl_tcp.so',
    `ctrl_tcp_listen ${ports.host}:${ports.control}`,
    `rtp_ports ${ports.rtp}-${ports.rtp + 9}`,
    '',
  ].join('\n');
}

function accountLine(options: BaresipOptions, host: string, sipPort: number): string {
  const { username, registration, autoAnswer = true } = options;
  const domain = registration?.registrar ?? { host, port: sipPort };
  const parts = [`<sip:${username}@${domain.host}:${domain.port};transport=udp>`];
  parts.push(registration ? 'regint=60' : 'regint=0');
  if (registration) parts.push(`auth_user=${username}`, `auth_pass=${registration.password}`);
  parts.push(
    `answermode=${autoAnswer ? 'auto' : 'manual'}`,
    `audio_codecs=${options.codec ?? 'PCMU/8000/1'}`,
  );
  if (options.mediaEncryption !== undefined) parts.push(`mediaenc=${options.mediaEncryption}`);
  return `${parts.join(';')}\n`;
}

/** A running baresip. */
export class Baresip {
  readonly address: HostPort;
  readonly uri: string;
  /** All events so far, oldest first. */
  readonly events: BaresipEvent[] = [];
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #control: Socket;
  #received: Buffer = Buffer.alloc(0);
  /** What it said to our commands, in their order. */
  readonly #answers: string[] = [];
  #closed = false;

  /** Starts it in a folder of its own. Close it after use. */
  static async start(options: BaresipOptions): Promise<Baresip> {
    const host = options.host ?? '127.0.0.1';
    const folder = await mkdtemp(join(tmpdir(), 'ringback-baresip-'));
    // It opens the next port too, for TLS.
    const sip = await freePort(host, 1);
    const [control, rtp] = [await freePort(host), await freePort(host, 9)];
    const microphone = new Int16Array(MICROPHONE_SECONDS * SAMPLE_RATE_HZ);
    const everySamples = options.speech.length + SAMPLE_RATE_HZ;
    for (let at = 0; at < microphone.length; at += everySamples) {
      microphone.set(options.speech.subarray(0, microphone.length - at), at);
    }
    await writeFile(join(folder, 'microphone.wav'), wavBytes(microphone));
    await writeFile(join(folder, 'config'), configFile(folder, { host, sip, control, rtp }));
    await writeFile(join(folder, 'accounts'), accountLine(options, host, sip));
    await writeFile(join(folder, 'contacts'), '');
    const child = spawn('baresip', ['-f', folder], { stdio: ['ignore', 'pipe', 'pipe'] });
    endWithUs(child);
    let output = '';
    const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-MAX_OUTPUT));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const socket = await until('baresip to start', async () => {
      if (child.exitCode !== null) throw new Error(`baresip ended:\n${output}`);
      return await connected(host, control);
    });
    const uri = `sip:${options.username}@${host}:${sip}`;
    return new Baresip({ host, port: sip }, uri, folder, child, socket);
  }

  private constructor(
    address: HostPort,
    uri: string,
    folder: string,
    child: ChildProcess,
    control: Socket,
  ) {
    this.address = address;
    this.uri = uri;
    this.#folder = folder;
    this.#child = child;
    this.#control = control;
    control.on('error', () => undefined);
    control.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  /** Gives a command: `dial`, `accept`, `hangup`, `hold`, `resume`, `sndcode` ... */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.#control.write(`${Buffer.byteLength(text)}:${text},`);
  }

  /** Waits for the nth event of a type (the first by default). */
  async event(type: string, nth = 1): Promise<BaresipEvent> {
    const matching = () => this.events.filter((event) => event.type === type)[nth - 1];
    return await until(`${type} of baresip`, matching);
  }

  /** Waits for its registration, which may have happened before the control socket opened. */
  async registered(): Promise<void> {
    const event = () => this.events.some(({ type }) => type === 'REGISTER_OK');
    const asked = async () => {
      const answers = this.#answers.length;
      this.command('reginfo');
      const answer = await until('baresip to answer', () => this.#answers[answers]);
      await delay(20);
      return /OK\s/.test(answer);
    };
    await until('the registration of baresip', async () => event() || (await asked()));
  }

  /** Files with what it heard (`decoded`) and said (`encoded`), one pair for each call. */
  async dumps(): Promise<{ readonly heard: readonly string[]; readonly said: readonly string[] }> {
    const names = (await readdir(this.#folder)).sort();
    const ending = (end: string) =>
      names.filter((name) => name.endsWith(end)).map((name) => join(this.#folder, name));
    return { heard: ending('-dec.wav'), said: ending('-enc.wav') };
  }

  /** Ends the program and removes its folder. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#control.destroy();
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  #read(bytes: Buffer): void {
    const { texts, rest } = takeNetstrings(Buffer.concat([this.#received, bytes]));
    this.#received = rest;
    for (const text of texts) {
      const value = JSON.parse(text) as Readonly<Record<string, unknown>>;
      if (value['event'] === true) {
        const { type, param } = value;
        this.events.push({ type: String(type), param: typeof param === 'string' ? param : '' });
      } else {
        this.#answers.push(String(value['data']));
      }
    }
  }
}

async function connected(host: string, port: number): Promise<Socket | null> {
  const socket = connect(port, host);
  return await new Promise((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}
