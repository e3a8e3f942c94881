// drachtio-srf as this house uses it: the few members we call, typed; connecting once, without its
// own endless reconnecting. Nothing else in sip/ imports drachtio-srf.
import Srf from 'drachtio-srf';
import { unavailable } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

export type HeaderRecord = Record<string, string>;

interface SrfMessage {
  /** Header value, several of one name joined by commas; undefined when absent. */
  get(name: string): string | undefined;
  has(name: string): boolean;
  readonly body: string | undefined;
  readonly source: 'network' | 'application';
  readonly source_address: string;
  readonly source_port: number;
  /** `udp`, `tcp`. */
  readonly protocol: string;
  /** Empty or undefined outside a dialog. */
  readonly stackDialogId: string | undefined;
}

export interface SrfRequest extends SrfMessage {
  readonly method: string;
  readonly uri: string;
  on(event: 'cancel', listener: () => void): void;
  on(event: 'response', listener: (res: SrfResponse) => void): void;
  cancel(options: { headers: HeaderRecord }, done: (error: unknown) => void): void;
}

export interface SrfResponse extends SrfMessage {
  readonly status: number;
  readonly reason: string;
  readonly req: SrfRequest;
  readonly finalResponseSent: boolean;
  send(status: number, options?: ResponseOptions): void;
  send(status: number, reason: string, options: ResponseOptions): void;
}

export interface ResponseOptions {
  headers?: HeaderRecord;
  body?: string;
}

/** An error of createUAC and createUAS: a SIP final response, or a refusal of the engine. */
export interface SrfFailure {
  readonly message?: string;
  readonly status?: number;
  readonly reason?: string;
  readonly res?: SrfResponse;
}

export interface SrfDialog {
  readonly sip: { readonly callId: string; readonly localTag: string; readonly remoteTag: string };
  readonly local: { readonly contact: string };
  readonly remote: { readonly sdp: string | undefined };
  readonly srf: { removeDialog(dialog: SrfDialog): void };
  on(event: 'destroy', listener: (req: SrfRequest, reason?: string) => void): void;
  on(event: 'ack', listener: (req: SrfRequest) => void): void;
  on(event: string, listener: (req: SrfRequest, res: SrfResponse) => void): void;
  request(
    options: { method: string; headers: HeaderRecord; body?: string },
    done: (error: unknown, res?: SrfResponse) => void,
  ): void;
}

export type SrfHandler = (req: SrfRequest, res: SrfResponse) => void;

/** A connected srf. */
export interface SrfApp {
  use(method: string, handler: SrfHandler): void;
  use(handler: SrfHandler): void;
  request(
    uri: string,
    options: { method: string; headers: HeaderRecord; proxy?: string },
    done: (error: unknown, req?: SrfRequest) => void,
  ): void;
  createUAC(
    uri: string,
    options: { localSdp: string; headers: HeaderRecord; proxy?: string },
    progress: {
      cbRequest: (error: unknown, req?: SrfRequest) => void;
      cbProvisional: (res: SrfResponse) => void;
    },
    done: (error: SrfFailure | null, dialog?: SrfDialog) => void,
  ): void;
  createUAS(
    req: SrfRequest,
    res: SrfResponse,
    options: { localSdp: string; headers: HeaderRecord },
    done: (error: unknown, dialog?: SrfDialog) => void,
  ): void;
  disconnect(): void;
}

interface SrfEmitter extends SrfApp {
  on(event: 'connect', listener: (error: Error | null) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'close', listener: () => void): void;
  connect(options: {
    host: string;
    port: number;
    secret: string;
    reconnect: { maxAttempts: number };
  }): void;
}

const CONNECT_LIMIT_MS = 5_000;

/**
 * Connects to an engine's control port once; `handlers` are installed before the first request
 * can arrive, `lost` is called at most once, after a connection that stood is gone.
 * srf's own reconnecting is switched off (one attempt): it never gives up on a wrong secret.
 * @throws RingbackError SIP_CONTROL_FAILED {reason} (refused, wrong secret)
 */
export function connectSrf(
  control: { readonly host: string; readonly port: number; readonly secret: string },
  handlers: (srf: SrfApp) => void,
  lost: () => void,
  clock: Clock,
): Promise<SrfApp> {
  const srf = new Srf() as unknown as SrfEmitter;
  handlers(srf);
  let state: 'connecting' | 'connected' | 'over' = 'connecting';
  return new Promise((resolve, reject) => {
    const fail = (reason: string): void => {
      const wasConnected = state === 'connected';
      if (state === 'connecting') {
        reject(unavailable('SIP_CONTROL_FAILED', `control connection: ${reason}`, { reason }));
      }
      limit.cancel();
      state = 'over';
      if (wasConnected) lost();
    };
    const limit = clock.after(CONNECT_LIMIT_MS, () => fail('no answer'));
    srf.on('connect', (error) => {
      if (error instanceof Error) return fail(error.message);
      if (state !== 'connecting') return disconnectSrf(srf);
      state = 'connected';
      limit.cancel();
      resolve(srf);
    });
    srf.on('error', (error) => fail(error.message));
    srf.on('close', () => fail('closed'));
    srf.connect({ ...control, reconnect: { maxAttempts: 1 } });
  });
}

/** Closes the control connection; srf asserts when there is none any more. */
export function disconnectSrf(srf: SrfApp): void {
  try {
    srf.disconnect();
  } catch {
    // Already gone, which is what was wanted.
  }
}

/**
 * One header name on several lines. srf joins values of one name by commas, which RFC 3261
 * s.7.3.1 forbids for challenges; it writes values as they are, so a value may carry the next
 * line. Only for values made by us.
 */
export function headerLines(name: string, values: readonly string[]): string {
  return values.join(`\r\n${name}: `);
}
