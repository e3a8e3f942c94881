// The control port: accepts applications, or connects to those that listen, checks the secret first
// of all, reads frames. What a frame means for SIP is decided behind `FrameHandler`.
import { timingSafeEqual } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Ids, Log } from '../../core/ports.ts';
import type { TimerWheel } from '../transaction/wheel.ts';
import { listenFailed } from '../transport/errors.ts';
import type { RequestHandler } from '../types.ts';
import { parseAppMessage, type AppMessage } from './app-message.ts';
import { Application, type Applications } from './applications.ts';
import { FrameDecoder, parseFrame, type AppFrame } from './frames.ts';
import type { OperatorSide } from './operator-side.ts';

/** The version told to applications; drachtio-srf starts its pings from v0.8.2 on. */
const VERSION = 'v0.9.10-ringback';

/** How long a connection may take to authenticate. */
const AUTHENTICATION_MS = 5_000;

const MAX_VERB_LENGTH = 64;

/** What applications may ask for in terms of SIP. */
export interface FrameHandler {
  sip(application: Application, frame: SipFrame, message: AppMessage): void;
  proxy(application: Application, frame: AppFrame, message: AppMessage): void;
  /** The connection is gone. */
  applicationGone(application: Application): void;
}

/** A `sip` frame's own tokens; empty strings where the application gave none. */
export interface SipFrame {
  readonly id: string;
  readonly transactionId: string;
  readonly dialogId: string;
  /** Next hop chosen by the application, a SIP URI, or empty. */
  readonly routeUrl: string;
}

export interface ControlDeps {
  readonly secret: string;
  readonly ids: Ids;
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly maxApplications: number;
  /** Connections of ours to applications that listen, at once. */
  readonly maxDialled: number;
  readonly operator: OperatorSide;
  /** `udp/host:port,...` as others reach us, and as bound. */
  readonly hostPorts: () => { readonly advertised: string; readonly bound: string };
}

export class ControlServer {
  readonly #deps: ControlDeps;
  readonly #handler: FrameHandler;
  readonly #applications: Applications;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #dialled = 0;

  constructor(applications: Applications, handler: FrameHandler, deps: ControlDeps) {
    this.#deps = deps;
    this.#handler = handler;
    this.#applications = applications;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Binds; answers the port. @throws RingbackError SIP_LISTEN_FAILED */
  async start(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: Error) =>
        reject(listenFailed({ protocol: 'control', host, port }, error));
      this.#server.once('error', fail);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', fail);
        resolve();
      });
    });
    this.#server.on('error', (error) => {
      this.#deps.log.warn('control-accept-error', { reason: error.message });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /**
   * Connects to an application that listens. What is sent to it waits until it has authenticated;
   * if it never does, it is gone like any other. Null: too many are connected.
   */
  dial({ host, port }: RequestHandler): Application | null {
    if (this.#dialled >= this.#deps.maxDialled) {
      this.#deps.log.warn('applications-exhausted', {});
      return null;
    }
    return this.#attend(connect({ host, port }), true);
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size - this.#dialled >= this.#deps.maxApplications) {
      this.#deps.log.warn('applications-exhausted', {});
      socket.destroy();
      return;
    }
    this.#attend(socket, false);
  }

  #attend(socket: Socket, dialled: boolean): Application {
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    const application = new Application(socket, this.#deps.ids, dialled);
    if (dialled) this.#dialled += 1;
    const decoder = new FrameDecoder();
    this.#sockets.add(socket);
    const patience = this.#deps.wheel.after(AUTHENTICATION_MS, () => {
      if (!application.authenticated) socket.destroy();
    });
    socket.on('data', (data) => this.#data(application, decoder, data.toString('latin1')));
    socket.on('error', (error) => {
      this.#deps.log.debug('application-socket-error', { reason: error.message });
    });
    socket.on('close', () => {
      patience.cancel();
      this.#sockets.delete(socket);
      if (dialled) this.#dialled -= 1;
      else if (!application.authenticated) return;
      this.#applications.remove(application);
      this.#deps.operator.gone(application);
      this.#deps.log.info('application-disconnected', {});
      this.#handler.applicationGone(application);
    });
    return application;
  }

  #data(application: Application, decoder: FrameDecoder, chunk: string): void {
    for (const item of decoder.push(chunk)) {
      if (!application.open) return;
      if (item.kind === 'broken') {
        this.#deps.log.warn('control-stream-broken', { reason: item.reason });
        application.end();
        return;
      }
      const frame = parseFrame(item.payload);
      if (frame === null) this.#fail(application, '', 'Invalid message format');
      else this.#frame(application, frame);
    }
  }

  #frame(application: Application, frame: AppFrame): void {
    if (frame.verb === 'authenticate') {
      this.#authenticate(application, frame);
      return;
    }
    if (!application.authenticated) {
      this.#fail(application, frame.id, 'not authenticated');
      return;
    }
    const verb = frame.tokens[0]?.toLowerCase() ?? '';
    switch (frame.verb) {
      case 'route':
      case 'remove_route':
        if (verb === '' || verb.length > MAX_VERB_LENGTH || application.verbs.size > 256) {
          this.#fail(application, frame.id, 'Invalid message format');
          return;
        }
        // One that we connected to is there for one request; others are not its business.
        if (application.dialled) this.#applications.unroute(application, verb);
        else if (frame.verb === 'route') this.#applications.route(application, verb);
        else this.#applications.unroute(application, verb);
        application.reply(frame.id, 'OK');
        return;
      case 'ping':
        application.reply(frame.id, 'OK|pong');
        return;
      case 'ringback':
        this.#deps.operator.asked(application, frame);
        return;
      case 'sip':
      case 'proxy':
        this.#sip(application, frame);
        return;
      default:
        this.#fail(application, frame.id, 'Unknown message type');
    }
  }

  #sip(application: Application, frame: AppFrame): void {
    const [transactionId, dialogId, routeUrl = ''] = frame.tokens;
    const message = frame.text === null ? null : parseAppMessage(frame.text);
    if (transactionId === undefined || dialogId === undefined || frame.text === null) {
      const text =
        frame.verb === 'proxy'
          ? 'Invalid proxy request: not enough information provided'
          : 'Invalid message format';
      this.#fail(application, frame.id, text);
      return;
    }
    if (message === null) {
      const startLine = frame.text.split('\r\n', 1)[0] ?? '';
      application.refuse(frame.id, `invalid request-uri: ${startLine}`.replace(/[\r\n]/g, ' '));
      return;
    }
    if (message.duplicate !== null) {
      application.refuse(frame.id, `Server error: duplicate header ${message.duplicate}`);
      return;
    }
    if (frame.verb === 'proxy') {
      this.#handler.proxy(application, frame, message);
      return;
    }
    if (message.status > 0 && transactionId === '') {
      this.#fail(application, frame.id, 'transaction id missing');
      return;
    }
    this.#handler.sip(application, { id: frame.id, transactionId, dialogId, routeUrl }, message);
  }

  #authenticate(application: Application, frame: AppFrame): void {
    const given = Buffer.from(frame.tokens[0] ?? '', 'latin1');
    const wanted = Buffer.from(this.#deps.secret, 'utf8');
    // Compared at one length whatever was given, so that time tells nothing about the secret.
    const padded = Buffer.alloc(wanted.length);
    given.copy(padded);
    const same = timingSafeEqual(padded, wanted) && given.length === wanted.length;
    if (!same) {
      this.#deps.log.warn('application-refused', { reason: 'incorrect secret' });
      this.#fail(application, frame.id, 'incorrect secret');
      return;
    }
    if (!application.authenticated) {
      application.authenticated = true;
      this.#applications.add(application);
      this.#deps.log.info('application-connected', {});
    }
    const { advertised, bound } = this.#deps.hostPorts();
    application.reply(frame.id, `OK|${advertised}|${VERSION}|${bound}`);
    application.release();
  }

  /** Says no at the level of the protocol, and closes. */
  #fail(application: Application, requestId: string, text: string): void {
    application.reply(requestId, `NO|${text}`);
    application.end();
  }
}
