// The far end of a trunk over real UDP that does what a test says: answers, refuses, is silent.
import type { TestContext } from 'node:test';
import { Endpoint } from '../../../support/phone/endpoint.ts';
import { header } from '../../../support/phone/message.ts';
import type { HeaderLines, HostPort, SipText } from '../../../support/phone/message.ts';
import type { ServerRequest } from '../../../support/phone/server.ts';
import { SDP } from './world.ts';

/** What to do with the nth request of a method, from 1. */
export type Conduct = (request: ServerRequest, nth: number) => void;

export interface Carrier {
  readonly address: HostPort;
  /** Every request but ACK, retransmissions aside, in order. */
  readonly requests: readonly SipText[];
  count(method: string): number;
  /** From now on it does this instead. */
  become(conduct: Partial<Record<string, Conduct>>): void;
}

/** Opens one that answers OPTIONS, BYE and CANCEL unless told otherwise; closed with the test. */
export async function openCarrier(
  t: TestContext,
  conduct: Partial<Record<string, Conduct>>,
  host = '127.0.0.1',
): Promise<Carrier> {
  const requests: SipText[] = [];
  const fine: Conduct = (request) => request.respond(200, 'OK');
  let now: Partial<Record<string, Conduct>> = conduct;
  const count = (method: string) => requests.filter((seen) => seen.method === method).length;
  const none = () => false;
  const endpoint = await Endpoint.open(
    ...([
      { host, port: 0, trace: () => undefined, delayMs: 0, dropReceived: none, dropSent: none },
      (request: ServerRequest) => {
        requests.push(request.message);
        const method = request.message.method ?? '';
        const known = { OPTIONS: fine, BYE: fine, CANCEL: fine, ...now };
        known[method as keyof typeof known]?.(request, count(method));
      },
    ] as const),
  );
  t.after(() => endpoint.close());
  return {
    address: endpoint.address,
    requests,
    count,
    become: (next) => {
      now = next;
    },
  };
}

/** Sends one response; with a To tag, as every final response has. */
export function reply(
  status: number,
  reason: string,
  headers: HeaderLines = [],
  body = '',
): Conduct {
  return (request) => {
    const to = header(request.message, 'to');
    const tagged = to.includes(';tag=') ? to : `${to};tag=carrier`;
    request.respond(status, reason, [['To', tagged], ...headers], body);
  };
}

/** Nothing is ever heard of it. */
export const silent: Conduct = () => undefined;

/** 200 with SDP at once. */
export const answers: Conduct = (request, nth) =>
  reply(
    ...([200, 'OK'] as const),
    [
      ['Contact', `<${request.message.uri}>`],
      ['Content-Type', 'application/sdp'],
    ],
    SDP,
  )(request, nth);
