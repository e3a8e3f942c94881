// Connected applications: what each one routed, and whose turn it is. Knows no SIP.
import type { Socket } from 'node:net';
import type { Ids } from '../../core/ports.ts';
import { frame } from './frames.ts';

/** An application that does not read is cut off when this much waits for it. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** One application's connection. Frames of one turn of the event loop leave in one write. */
export class Application {
  readonly verbs = new Set<string>();
  authenticated = false;
  /** We connected to it, for one request. */
  readonly dialled: boolean;
  readonly #socket: Socket;
  readonly #ids: Ids;
  #outgoing = '';
  /** What waits until the application we connected to has authenticated; null: nothing has to. */
  #held: string | null;

  constructor(socket: Socket, ids: Ids, dialled = false) {
    this.#socket = socket;
    this.#ids = ids;
    this.dialled = dialled;
    this.#held = dialled ? '' : null;
  }

  /** False once the connection is gone. */
  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  /** Sends a frame; `payload` is what follows the message id. */
  send(payload: string): void {
    const text = frame(`${this.#ids.next()}|${payload}`);
    if (this.#held === null) this.#write(text);
    else this.#held += text;
  }

  /** Answers the application's frame `requestId`. */
  reply(requestId: string, tokens: string): void {
    this.#write(frame(`${this.#ids.next()}|response|${requestId}|${tokens}`));
  }

  /** It has authenticated: what waited for that goes out. */
  release(): void {
    const held = this.#held ?? '';
    this.#held = null;
    if (held !== '') this.#write(held);
  }

  /** Says no at the level of SIP: the application's callback gets the text. */
  refuse(requestId: string, text: string): void {
    this.reply(requestId, `NOK|${text}`);
  }

  /** Sends what waits, then closes. */
  end(): void {
    this.#flush();
    this.#socket.end();
  }

  #write(text: string): void {
    if (this.#outgoing === '') setImmediate(this.#flush);
    this.#outgoing += text;
  }

  readonly #flush = (): void => {
    const outgoing = this.#outgoing;
    this.#outgoing = '';
    if (outgoing === '' || !this.open) return;
    if (this.#socket.writableLength > MAX_WAITING_BYTES) this.#socket.destroy();
    else this.#socket.write(outgoing, 'latin1');
  };
}

/** Who gets which method. */
export class Applications {
  readonly #all = new Set<Application>();
  readonly #byVerb = new Map<string, Application[]>();
  #turn = 0;

  get size(): number {
    return this.#all.size;
  }

  add(application: Application): void {
    this.#all.add(application);
  }

  remove(application: Application): void {
    this.#all.delete(application);
    for (const verb of application.verbs) this.unroute(application, verb);
  }

  /** Asks for a verb (`invite`); asking twice is asking once. */
  route(application: Application, verb: string): void {
    if (application.verbs.has(verb)) return;
    application.verbs.add(verb);
    const list = this.#byVerb.get(verb);
    if (list === undefined) this.#byVerb.set(verb, [application]);
    else list.push(application);
  }

  unroute(application: Application, verb: string): void {
    if (!application.verbs.delete(verb)) return;
    const left = (this.#byVerb.get(verb) ?? []).filter((other) => other !== application);
    if (left.length === 0) this.#byVerb.delete(verb);
    else this.#byVerb.set(verb, left);
  }

  /** The next application that wants the method, in turn; null when nobody does. */
  pick(method: string): Application | null {
    const list = this.#byVerb.get(method.toLowerCase());
    if (list === undefined) return null;
    this.#turn = (this.#turn + 1) % 0x3fff_ffff;
    return list[this.#turn % list.length] ?? null;
  }
}
