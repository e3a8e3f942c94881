// An engine in another process, ours or a drachtio-server: the handle on it is a control
// connection of its own that routes nothing, asks where the engine listens, and then pings. So a
// process that hangs and a machine that lost its power are noticed, which TCP alone does not do.
import { connect, type Socket } from 'node:net';
import { unavailable } from '../core/errors.ts';
import type { Clock, Ids, Timer } from '../core/ports.ts';
import { FrameDecoder, frame, parseFrame, type AppFrame } from './control/frames.ts';
import type { EngineHandle, ListenAddress } from './types.ts';

const ANSWER_LIMIT_MS = 5_000;
const PING_MS = 5_000;

export interface RemoteControl {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

/**
 * Connects to the control port of an engine that runs already; `stop` leaves it running. Its trace
 * and gauges stay with it.
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

  /** Messages are traced where the engine runs. */
  onTrace(): void {
    return;
  }

  onDeath(listener: (cause: Error) => void): void {
    this.#deathListeners.push(listener);
  }

  /** The protocol has no question for gauges. */
  stats(): Promise<Readonly<Record<string, number>>> {
    return Promise.resolve({});
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
  #send(payload: string): void {
    const bytes = Buffer.from(`${this.#ids.next()}|${payload}`).toString('latin1');
    this.#socket.write(frame(bytes), 'latin1');
  }

  #received(chunk: string): void {
    for (const item of this.#decoder.push(chunk)) {
      const answer = item.kind === 'frame' ? parseFrame(item.payload) : null;
      if (answer === null) return this.#end('not the control protocol');
      if (answer.verb === 'response') this.#answered(answer);
    }
  }

  #answered({ tokens: [, verdict, text = '', , bound = text] }: AppFrame): void {
    if (this.#state === 'over') return;
    if (verdict !== 'OK') return this.#end(text);
    this.#timer.cancel();
    this.#timer = this.#clock.after(PING_MS, () => {
      this.#timer = this.#limit();
      this.#send('ping');
    });
    if (this.#state === 'serving') return;
    this.#state = 'serving';
    this.#listening = readHostPorts(bound);
    this.#ready.resolve();
  }

  #end(reason: string): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#timer.cancel();
    this.#socket.destroy();
    const cause = unavailable('SIP_CONTROL_FAILED', `control connection: ${reason}`, { reason });
    this.#ready.reject(cause);
    for (const listener of this.#deathListeners) listener(cause);
  }
}

/** `udp/127.0.0.1:5060,tcp/[::1]:5060`; transports that we do not use are left out. */
export function readHostPorts(text: string): readonly ListenAddress[] {
  return text.split(',').flatMap((item) => {
    const found = /^(udp|tcp)\/\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(item.trim());
    if (found === null) return [];
    const [, protocol, host = '', port] = found;
    return [{ protocol: protocol === 'udp' ? 'udp' : 'tcp', host, port: Number(port) } as const];
  });
}
