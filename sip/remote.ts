// An engine in another process, ours or a drachtio-server: the handle on it is a control
// connection of its own that routes nothing, asks where the engine listens, and then pings. So a
// process that hangs and a machine that lost its power are noticed, which TCP alone does not do.
// One of ours is also asked for gauges and bans, and for its messages (control/operator-side.ts).
import { connect, type Socket } from 'node:net';
import { unavailable } from '../core/errors.ts';
import type { Clock, Ids, Timer } from '../core/ports.ts';
import { FrameDecoder, frame, parseFrame, type AppFrame } from './control/frames.ts';
import type {
  Ban,
  EngineHandle,
  GuardHandle,
  ListenAddress,
  TracedMessage,
  TransportProtocol,
} from './types.ts';

const ANSWER_LIMIT_MS = 5_000;
const PING_MS = 5_000;

/** In the version of an engine of ours. */
const OURS = 'ringback';

/** Most questions that wait for their answers. */
const MAX_QUESTIONS = 1_000;

export interface RemoteControl {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/**
 * Connects to the control port of an engine that runs already; `stop` leaves it running. Another
 * make than ours keeps its gauges and messages to itself, and has no guard of ours.
 * @throws RingbackError SIP_CONTROL_FAILED {reason} (refused, wrong secret, no answer)
 */
export async function connectEngine(
  control: RemoteControl,
  deps: { readonly clock: Clock; readonly ids: Ids },
): Promise<EngineHandle> {
  const engine = new RemoteEngine(control, deps.clock, deps.ids);
  await engine.authenticated;
  return engine;
}

class RemoteEngine implements EngineHandle {
  readonly control: RemoteControl;
  readonly authenticated: Promise<void>;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #socket: Socket;
  readonly #decoder = new FrameDecoder();
  readonly #ready = Promise.withResolvers<void>();
  /** Present once it is known to be an engine of ours. */
  guard?: GuardHandle;
  readonly #questions = new Map<string, PromiseWithResolvers<unknown>>();
  readonly #traceListeners: ((message: TracedMessage) => void)[] = [];
  readonly #deathListeners: ((cause: Error) => void)[] = [];
  #state: 'connecting' | 'serving' | 'over' = 'connecting';
  #listening: readonly ListenAddress[] = [];
  /** Runs out when nothing answers; while all is well, the time of the next ping. */
  #timer: Timer;

  constructor(control: RemoteControl, clock: Clock, ids: Ids) {
    this.control = control;
    this.authenticated = this.#ready.promise;
    this.#clock = clock;
    this.#ids = ids;
    this.#timer = this.#limit();
    this.#socket = connect({ host: control.host, port: control.port, noDelay: true });
    this.#socket.on('connect', () => this.#send(`authenticate|${control.secret}|`));
    this.#socket.on('data', (data) => this.#received(data.toString('latin1')));
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('closed'));
  }

  get listening(): readonly ListenAddress[] {
    return this.#listening;
  }

  onTrace(listener: (message: TracedMessage) => void): void {
    this.#traceListeners.push(listener);
    if (this.guard !== undefined && this.#traceListeners.length === 1) this.#send('ringback|trace');
  }

  onDeath(listener: (cause: Error) => void): void {
    this.#deathListeners.push(listener);
  }

  async stats(): Promise<Readonly<Record<string, number>>> {
    if (this.guard === undefined) return {};
    return (await this.#ask('stats')) as Readonly<Record<string, number>>;
  }

  #makeGuard(): GuardHandle {
    return {
      authenticated: (address, proven) =>
        void this.#send(`ringback|authenticated|${address}|${proven ? 1 : 0}`),
      bans: async () => (await this.#ask('bans')) as readonly Ban[],
      liftBan: async (source) => (await this.#ask(`lift-ban|${source}`)) === true,
    };
  }

  /** Resolves with what the engine says; rejects when it is gone. */
  #ask(question: string): Promise<unknown> {
    if (this.#state === 'over' || this.#questions.size >= MAX_QUESTIONS) {
      return Promise.reject(unavailable('SIP_CONTROL_FAILED', 'the engine cannot be asked'));
    }
    const asked = Promise.withResolvers<unknown>();
    this.#questions.set(this.#send(`ringback|${question}`), asked);
    return asked.promise;
  }

  stop(): Promise<void> {
    this.#state = 'over';
    this.#timer.cancel();
    this.#socket.destroy();
    return Promise.resolve();
  }

  #limit(): Timer {
    return this.#clock.after(ANSWER_LIMIT_MS, () => this.#end('no answer'));
  }

  /** `payload` is what follows the message id; characters are UTF-8 on the wire. */
  #send(payload: string): string {
    const id = this.#ids.next();
    const bytes = Buffer.from(`${id}|${payload}`).toString('latin1');
    this.#socket.write(frame(bytes), 'latin1');
    return id;
  }

  #received(chunk: string): void {
    for (const item of this.#decoder.push(chunk)) {
      const answer = item.kind === 'frame' ? parseFrame(item.payload) : null;
      if (answer === null) return this.#end('not the control protocol');
      if (answer.verb === 'response') this.#answered(answer);
      else if (answer.verb === 'traced') this.#traced(answer.text);
    }
  }

  #traced(text: string | null): void {
    const message = valueOf(text) as TracedMessage | null;
    if (message === null) return this.#end('not the control protocol');
    for (const listener of this.#traceListeners) listener(message);
  }

  #answered({
    tokens: [rid = '', verdict, text = '', version = '', bound = text],
    text: json,
  }: AppFrame): void {
    if (this.#state === 'over') return;
    const question = this.#questions.get(rid);
    this.#questions.delete(rid);
    if (question !== undefined) return question.resolve(valueOf(json));
    // An answer to a question that wants none: no ping of ours.
    if (json !== null) return;
    if (verdict !== 'OK') return this.#end(text);
    this.#timer.cancel();
    this.#timer = this.#clock.after(PING_MS, () => {
      this.#timer = this.#limit();
      this.#send('ping');
    });
    if (this.#state === 'serving') return;
    this.#state = 'serving';
    this.#listening = readHostPorts(bound);
    if (version.includes(OURS)) this.guard = this.#makeGuard();
    this.#ready.resolve();
  }

  #end(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#timer.cancel();
    this.#socket.destroy();
    const cause = unavailable('SIP_CONTROL_FAILED', `control connection: ${reason}`, { reason });
    this.#ready.reject(cause);
    for (const question of this.#questions.values()) question.reject(cause);
    this.#questions.clear();
    for (const listener of this.#deathListeners) listener(cause);
  }
}

/** The JSON of a frame; null when there is none. */
function valueOf(text: string | null): unknown {
  try {
    return JSON.parse(Buffer.from(text ?? '', 'latin1').toString('utf8'));
  } catch {
    return null;
  }
}

/** `udp/127.0.0.1:5060,tcp/[::1]:5060`; transports that we do not use are left out. */
export function readHostPorts(text: string): readonly ListenAddress[] {
  return text.split(',').flatMap((item) => {
    const found = /^(udp|tcp|tls|wss?)\/\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(item.trim());
    if (found === null) return [];
    const [, protocol, host = '', port] = found;
    return [{ protocol: protocol as TransportProtocol, host, port: Number(port) }];
  });
}
