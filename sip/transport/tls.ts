// TLS sockets for SIP: the files they are made from, read again when they change.
// RFC 3261 s.26.3.1; RFC 5922 (who a certificate speaks for); RFC 8996 (nothing below 1.2).
import { stat, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { connect, createServer, type SecureContextOptions, type Server } from 'node:tls';
import type { Log } from '../../core/ports.ts';
import type { TimerWheel, WheelTimer } from '../transaction/wheel.ts';
import type { TlsOptions } from './options.ts';
import type { SocketMaker } from './stream.ts';

/** Who connects must have shaken hands after this. */
export const HANDSHAKE_MS = 10_000;

/** What a server is made from, and given again when the files have changed. */
export interface ServerSecurity extends SecureContextOptions {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
}

type Secured = Pick<Server, 'setSecureContext'>;

/** The certificate, the key and whom we trust, as they stand in the files now. */
export class Certificates {
  readonly #options: TlsOptions;
  readonly #log: Log;
  readonly #wheel: TimerWheel;
  readonly #servers: Secured[] = [];
  #context: SecureContextOptions = {};
  #stamp = '';
  #timer: WheelTimer | null = null;
  #stopped = false;

  private constructor(options: TlsOptions, log: Log, wheel: TimerWheel) {
    this.#options = options;
    this.#log = log;
    this.#wheel = wheel;
  }

  /** Reads the files and looks at them from time to time. @throws Error of the file system */
  static async load(options: TlsOptions, log: Log, wheel: TimerWheel): Promise<Certificates> {
    const certificates = new Certificates(options, log, wheel);
    certificates.#stamp = await certificates.#changeStamp();
    certificates.#context = await certificates.#read();
    certificates.#watch();
    return certificates;
  }

  get context(): SecureContextOptions {
    return this.#context;
  }

  /** For making a server; tell `follow` about it. */
  get server(): ServerSecurity {
    const { verifyClients } = this.#options;
    return { ...this.#context, requestCert: verifyClients, rejectUnauthorized: verifyClients };
  }

  /** New connections of this server see new files; those that stand are left alone. */
  follow(server: Secured): void {
    this.#servers.push(server);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #watch(): void {
    if (this.#stopped) return;
    this.#timer = this.#wheel.after(this.#options.reloadCheckMs, () => {
      void this.#reload().finally(() => this.#watch());
    });
  }

  /** A broken file keeps what was read before, until it is whole. */
  async #reload(): Promise<void> {
    try {
      const stamp = await this.#changeStamp();
      if (stamp === this.#stamp || this.#stopped) return;
      const context = await this.#read();
      for (const server of this.#servers) server.setSecureContext(context);
      this.#context = context;
      this.#stamp = stamp;
      this.#log.info('tls-reloaded', { certificateFile: this.#options.certificateFile });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn('tls-reload-failed', { reason });
    }
  }

  async #changeStamp(): Promise<string> {
    const stats = await Promise.all(this.#files.map((file) => stat(file, { bigint: true })));
    return stats.map(({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`).join('|');
  }

  get #files(): readonly string[] {
    const { certificateFile, keyFile, caFile } = this.#options;
    return [certificateFile, keyFile, ...(caFile === null ? [] : [caFile])];
  }

  async #read(): Promise<SecureContextOptions> {
    const [cert, key, ca] = await Promise.all(this.#files.map((file) => readFile(file)));
    return { cert, key, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) };
  }
}

/** Sockets with TLS around them. */
export function tlsSockets(certificates: Certificates, verifyServers: boolean): SocketMaker {
  return {
    serve: () => {
      const server = createServer({ ...certificates.server, handshakeTimeout: HANDSHAKE_MS });
      certificates.follow(server);
      server.on('tlsClientError', (_error, socket) => socket.destroy());
      return { server, event: 'secureConnection' };
    },
    connect: (address, port, serverName) =>
      connect({
        ...certificates.context,
        ...{ host: address, port, rejectUnauthorized: verifyServers },
        // An address cannot be indicated (RFC 6066 s.3), but the certificate is checked for it.
        ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
      }),
    readyEvent: 'secureConnect',
    byName: true,
  };
}
