// One request outside of any dialog (OPTIONS, REGISTER) and its final response, one challenge
// answered. Silence and faults of the engine are outcomes, not errors. RFC 3261 s.8.1, s.22.2.
import type { Clock, Ids } from '../../../core/ports.ts';
import type { TrunkOptions } from '../../types.ts';
import { hashHex } from '../authenticator.ts';
import { answerChallenge } from '../digest.ts';
import { phrase, secondsOf, wordsOf } from '../headers.ts';
import type { HeaderRecord, SrfApp, SrfResponse } from '../srf.ts';

export interface ExchangeRequest {
  readonly method: 'OPTIONS' | 'REGISTER';
  readonly uri: string;
  /** Next hop when it is not the URI's host. */
  readonly proxy: string | null;
  /** With From, To and Call-ID; CSeq is added. */
  readonly headers: Readonly<HeaderRecord>;
  /** Of the first try; an answer to a challenge takes the next one. */
  readonly cseq: number;
  readonly credentials: TrunkOptions['credentials'];
  /** Silence is an outcome after this. */
  readonly limitMs: number;
}

export interface ExchangeOutcome {
  /** Final status; 408 unanswered, 503 not sent. */
  readonly status: number;
  readonly reason: string;
  readonly retryAfterSeconds: number | null;
  /** Null when there was none, not even one of the engine's own. */
  readonly response: Pick<SrfResponse, 'get'> | null;
}

export interface ExchangeDeps {
  /** Null while there is no engine. */
  readonly srf: () => SrfApp | null;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Sends the request; always resolves. */
export async function exchange(
  request: ExchangeRequest,
  deps: ExchangeDeps,
): Promise<ExchangeOutcome> {
  const first = await sendOnce(request, {}, request.cseq, deps);
  if (typeof first === 'string') return unheard(first);
  const proof = proofFor(request, first, deps);
  if (proof === null) return heard(first);
  const second = await sendOnce(request, proof, request.cseq + 1, deps);
  return typeof second === 'string' ? unheard(second) : heard(second);
}

/** Credentials for a challenge, or null when there is none to answer. */
function proofFor(
  { method, uri, credentials }: ExchangeRequest,
  response: SrfResponse,
  { ids }: ExchangeDeps,
): HeaderRecord | null {
  const isProxy = response.status === 407;
  if (credentials === null || (response.status !== 401 && !isProxy)) return null;
  const challenge = response.get(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate') ?? '';
  const proof = answerChallenge(
    hashHex,
    challenge,
    { method, uri, cnonce: ids.next() },
    credentials,
  );
  if (proof === null) return null;
  return { [isProxy ? 'Proxy-Authorization' : 'Authorization']: proof };
}

/** The final response, or why there is none. */
function sendOnce(
  request: ExchangeRequest,
  proof: HeaderRecord,
  cseq: number,
  { srf, clock }: ExchangeDeps,
): Promise<SrfResponse | string> {
  const app = srf();
  if (app === null) return Promise.resolve('no SIP engine');
  const { method, uri, proxy, limitMs } = request;
  const headers = { ...request.headers, ...proof, CSeq: `${cseq} ${method}` };
  return new Promise((resolve) => {
    const limit = clock.after(limitMs, () => resolve('no answer'));
    const done = (outcome: SrfResponse | string): void => {
      limit.cancel();
      resolve(outcome);
    };
    try {
      const options = { method, headers, ...(proxy === null ? {} : { proxy }) };
      app.request(uri, options, (error, sent) => {
        if (sent === undefined) return done(wordsOf(error));
        sent.on('response', (res) => {
          if (res.status >= 200) done(res);
        });
      });
    } catch (error) {
      done(wordsOf(error));
    }
  });
}

function heard(response: SrfResponse): ExchangeOutcome {
  const reason = phrase(response.reason);
  const retryAfterSeconds = secondsOf(response.get('Retry-After'));
  return { status: response.status, reason, retryAfterSeconds, response };
}

function unheard(reason: string): ExchangeOutcome {
  const status = reason === 'no answer' ? 408 : 503;
  return { status, reason, retryAfterSeconds: null, response: null };
}
