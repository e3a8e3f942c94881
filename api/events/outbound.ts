// Requests to URLs that clients gave us: guarded addresses, verified TLS, no redirects, one limit
// of time for all of it, and no more of the answer in memory than is asked for.
import { lookup as resolve } from 'node:dns';
import { readFileSync } from 'node:fs';
import { request as plainRequest, type IncomingMessage } from 'node:http';
import { request as secureRequest, type RequestOptions } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import { RingbackError } from '../../core/errors.ts';
import { ApiError } from '../problem.ts';
import { AddressGuard } from './addresses.ts';

export interface OutboundOptions {
  readonly allow: readonly string[];
  readonly allowHttp: boolean;
  /** PEM file of authorities trusted beside the public ones; null: none. */
  readonly caFile: string | null;
  readonly timeoutSeconds: number;
}

export interface OutboundRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** What came back; what went wrong before an answer is `error`, one short text. */
export type OutboundAnswer =
  | { readonly status: number; readonly body: string; readonly error: null }
  | { readonly status: null; readonly body: ''; readonly error: string };

/** Of an answer only so much is read: enough for an error text. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_URL_LENGTH = 2_000;

export class Outbound {
  readonly #guard: AddressGuard;
  readonly #allowHttp: boolean;
  readonly #timeoutMs: number;
  readonly #ca: readonly string[] | undefined;

  /** @throws RingbackError OUTBOUND_CA_UNREADABLE */
  constructor({ allow, allowHttp, caFile, timeoutSeconds }: OutboundOptions) {
    this.#guard = new AddressGuard(allow);
    this.#allowHttp = allowHttp;
    this.#timeoutMs = timeoutSeconds * 1_000;
    this.#ca = caFile === null ? undefined : [...rootCertificates, readPem(caFile)];
  }

  /**
   * Whether the URL may be called at all. Names are looked up only when they are called.
   * @throws ApiError WEBHOOK_URL_REFUSED
   */
  check(url: string): void {
    const why = this.#refusal(url);
    if (why === null) return;
    throw new ApiError('WEBHOOK_URL_REFUSED', `the URL ${why}`, {
      issues: [{ field: 'url', pointer: '#/url', code: 'NOT_ALLOWED', message: why }],
    });
  }

  /** Never throws; an answer of any status is an answer. */
  async send(request: OutboundRequest): Promise<OutboundAnswer> {
    const refusal = this.#refusal(request.url);
    if (refusal !== null) return failed(`the URL ${refusal}`);
    const signal = AbortSignal.timeout(this.#timeoutMs);
    try {
      const response = await this.#exchange(request, signal);
      return { status: response.statusCode ?? 0, body: await textOf(response), error: null };
    } catch (error) {
      if (signal.aborted) return failed(`no answer within ${this.#timeoutMs / 1_000} s`);
      return failed(error instanceof Error ? error.message : String(error));
    }
  }

  #exchange(request: OutboundRequest, signal: AbortSignal): Promise<IncomingMessage> {
    const url = new URL(request.url);
    const options: RequestOptions = {
      ...{ method: request.method ?? 'POST', headers: request.headers, signal, agent: false },
      lookup: this.#lookup,
      ...(this.#ca === undefined ? {} : { ca: [...this.#ca] }),
    };
    return new Promise((answered, rejected) => {
      const send = url.protocol === 'https:' ? secureRequest : plainRequest;
      const sending = send(url, options, answered);
      sending.on('error', rejected);
      sending.end(request.body);
    });
  }

  /** Looks at the very addresses that are then connected to. */
  readonly #lookup: LookupFunction = (host, options, done) => {
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, '', 0);
      const good = addresses.filter(({ address }) => this.#guard.mayReach(address));
      const first = good[0];
      if (first === undefined) return done(new Error(`${host} leads to a refused address`), '', 0);
      if (options.all === true) done(null, good);
      else done(null, first.address, first.family);
    });
  };

  /** Why a URL is not called; null: it is. */
  #refusal(text: string): string | null {
    if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) return 'is not a URL';
    const { protocol, hostname, username, password } = new URL(text);
    if (protocol !== 'https:' && !(protocol === 'http:' && this.#allowHttp)) return 'is not https:';
    if (username !== '' || password !== '') return 'holds a user name or password';
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !this.#guard.mayReach(host)) return 'leads to a refused address';
    return null;
  }
}

function failed(error: string): OutboundAnswer {
  return { status: null, body: '', error: error.slice(0, 300) };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const verdict = { retryable: false, httpStatus: 500 };
    const text = `the authorities of ${path} cannot be read`;
    throw new RingbackError('OUTBOUND_CA_UNREADABLE', text, verdict, { path }, cause);
  }
}
