// What the parts of the control protocol share: the layers below, and the tables of what lives.
import type { Clock, Ids, Log, Rng } from '../../core/ports.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { TimerWheel } from '../transaction/wheel.ts';
import type { TransportLayer } from '../transport/layer.ts';
import type { Dns } from '../transport/dns.ts';
import type { LargeRequests } from '../transport/large.ts';
import type { EngineOptions, RequestHandler } from '../types.ts';
import type { Application, Applications } from './applications.ts';
import type { DialogTable } from './dialog-table.ts';
import type { InboundRequest } from './inbound-request.ts';
import type { OutboundRequest } from './outbound-request.ts';
import type { Registrations } from './registrations.ts';
import { timeOfDay } from './frames.ts';

/** Bounds of everything that grows with traffic. */
export interface EngineLimits {
  readonly transactions: number;
  /** What is left of finished transactions, in bytes; an ordinary one takes 500. */
  readonly finishedBytes: number;
  readonly dialogs: number;
  readonly tcpConnections: number;
  readonly applications: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  transactions: 200_000,
  finishedBytes: 256 * 1024 * 1024,
  dialogs: 50_000,
  tcpConnections: 5_000,
  applications: 64,
};

/** The engine's insides, for the parts of this folder. */
export interface Core {
  readonly options: EngineOptions;
  readonly limits: EngineLimits;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly ids: Ids;
  readonly log: Log;
  readonly wheel: TimerWheel;
  readonly transports: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly applications: Applications;
  /** Connects to an application that listens; null: too many are connected. */
  readonly dial: (handler: RequestHandler) => Application | null;
  readonly dialogs: DialogTable;
  readonly registrations: Registrations;
  readonly dns: Dns;
  /** Who gets requests over 1,300 bytes as datagrams all the same. */
  readonly large: LargeRequests;
  /** User part of our Record-Route URIs: who does not know it cannot route through us. */
  readonly routeToken: string;
  /** Requests from the network that wait for an application, by transaction id. */
  readonly inbound: Map<string, InboundRequest>;
  /** Of these the new INVITEs and SUBSCRIBEs, to see one come twice (s.8.2.2.2). */
  readonly merging: Set<string>;
  /** Requests of applications that wait for a final response, by transaction id. */
  readonly outbound: Map<string, OutboundRequest>;
}

/** A branch of ours (s.8.1.1.7). */
export function newBranch(core: Core): string {
  return `z9hG4bK${core.ids.next()}`;
}

/** First CSeq number of a request outside a dialog: below 2^31 with room to grow (s.8.1.1.5). */
export function newCseq(core: Core): number {
  return 1 + Math.floor(core.rng.next() * 0x0fff_ffff);
}

let stampedAtMs = -1;
let stamp = '';

/** The time as the protocol writes it; made once per millisecond. */
export function timeStamp(core: Core): string {
  const nowMs = core.clock.nowMs();
  if (nowMs !== stampedAtMs) {
    stampedAtMs = nowMs;
    stamp = timeOfDay(nowMs);
  }
  return stamp;
}
